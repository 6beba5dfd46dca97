/**
 * Compression codecs as Hadoop names them: by Java class in SequenceFiles, by suffix in directories
 * of text.
 *
 * bzip2 is read, not written. The LZO codecs are not there: their code is under the GPL.
 */
import {
  bzip2Codec,
  deflateCodec,
  gzipCodec,
  hadoopLz4Codec,
  hadoopSnappyCodec,
  InvalidArgumentError,
  zstdCodec,
  type Codec,
} from '../../native-free-io/index.ts';

export interface HadoopCodec {
  /** Full name of the Java class. */
  readonly className: string;
  /** Of file names, with the dot. */
  readonly suffix: string;
  readonly codec: Codec;
  readonly isReadOnly?: boolean;
}

export type HadoopCodecName = 'default' | 'deflate' | 'gzip' | 'bzip2' | 'snappy' | 'lz4' | 'zstd';

const packageName = 'org.apache.hadoop.io.compress.';

/** By the short names that options take. `default` is zlib, as DefaultCodec. */
export const hadoopCodecs: Readonly<Record<HadoopCodecName, HadoopCodec>> = {
  default: { className: `${packageName}DefaultCodec`, suffix: '.deflate', codec: deflateCodec },
  deflate: { className: `${packageName}DeflateCodec`, suffix: '.deflate', codec: deflateCodec },
  gzip: { className: `${packageName}GzipCodec`, suffix: '.gz', codec: gzipCodec },
  bzip2: {
    className: `${packageName}BZip2Codec`,
    suffix: '.bz2',
    codec: bzip2Codec,
    isReadOnly: true,
  },
  snappy: { className: `${packageName}SnappyCodec`, suffix: '.snappy', codec: hadoopSnappyCodec },
  lz4: { className: `${packageName}Lz4Codec`, suffix: '.lz4', codec: hadoopLz4Codec },
  zstd: { className: `${packageName}ZStandardCodec`, suffix: '.zst', codec: zstdCodec },
};

const all: readonly HadoopCodec[] = Object.values(hadoopCodecs);

/** The codec of a Java class; HADOOP_CODEC_UNKNOWN for any other, with the file that names it. */
export function codecOfClass(className: string, path?: string): HadoopCodec {
  const found = all.find((one) => one.className === className);
  if (found !== undefined) return found;
  const known = all.map((one) => one.className).join(', ');
  throw new InvalidArgumentError(
    'HADOOP_CODEC_UNKNOWN',
    `no codec is known for ${className}: there are ${known}`,
    path === undefined ? {} : { context: { path } },
  );
}

/** A codec that writes, by its short name; OPTION_INVALID for others. */
export function writingCodec(name: HadoopCodecName): HadoopCodec {
  const found = Object.hasOwn(hadoopCodecs, name) ? hadoopCodecs[name] : undefined;
  if (found === undefined) throw invalid(`no codec is called '${name}'`);
  if (found.isReadOnly === true) throw invalid(`${name} is read, not written`);
  return found;
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}

/** Suffixes of compressed files that Hadoop knows and this cannot read. */
const unreadable = ['.lzo', '.lzo_deflate'];

/**
 * The codec that a file name announces, undefined for a plain file; HADOOP_CODEC_UNKNOWN where the
 * suffix is one of a codec that is not there, because its bytes are no text.
 */
export function codecOfName(path: string): HadoopCodec | undefined {
  const name = path.toLowerCase();
  const missing = unreadable.find((suffix) => name.endsWith(suffix));
  if (missing !== undefined) {
    throw new InvalidArgumentError('HADOOP_CODEC_UNKNOWN', `no codec for files named ${missing}`, {
      context: { path },
    });
  }
  return all.find((one) => name.endsWith(one.suffix));
}
