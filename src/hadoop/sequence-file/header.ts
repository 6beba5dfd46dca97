/**
 * Header of a SequenceFile: what the file holds and how.
 *
 *    'SEQ' | version 6 | key class Text | value class Text | compressed u8 | block compressed u8
 *    | codec class Text, if compressed | metadata i32 count, then (Text, Text) each
 *    | sync marker 16
 *
 * Older versions lack the fields at the end (layout.ts) and, below 4, write class names behind two
 * bytes of length. A newer version is refused.
 *
 * Upstream: apache/hadoop: io/SequenceFile.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/mapreduce.md, "SequenceFile".
 */
import {
  ByteReader,
  compareBytes,
  CorruptionError,
  StoreError,
  type ByteSink,
} from '../../../native-free-io/index.ts';
import {
  firstVersionWithBlockFlag,
  firstVersionWithCodecName,
  firstVersionWithCompressedFlag,
  firstVersionWithMetadata,
  firstVersionWithSync,
  sequenceFileMagic,
  sequenceFileVersion,
  syncMarkerBytes,
} from './layout.ts';

export type SequenceCompression = 'none' | 'record' | 'block';

export interface SequenceFileHeader {
  readonly version: number;
  readonly keyClass: string;
  readonly valueClass: string;
  readonly compression: SequenceCompression;
  /** Undefined when nothing is compressed. */
  readonly codecClass: string | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  /** 16 bytes. */
  readonly syncMarker: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Writes version 6 whatever `header.version` says. */
export function writeHeader(sink: ByteSink, header: Omit<SequenceFileHeader, 'version'>): void {
  const { compression, codecClass } = header;
  for (const byte of sequenceFileMagic) sink.writeUint8(byte);
  sink.writeUint8(sequenceFileVersion);
  writeText(sink, encoder.encode(header.keyClass));
  writeText(sink, encoder.encode(header.valueClass));
  sink.writeUint8(compression === 'none' ? 0 : 1);
  sink.writeUint8(compression === 'block' ? 1 : 0);
  if (codecClass !== undefined) writeText(sink, encoder.encode(codecClass));
  sink.writeInt32(header.metadata.size);
  for (const [key, value] of inByteOrder(header.metadata)) {
    writeText(sink, key);
    writeText(sink, value);
  }
  sink.writeBytes(header.syncMarker);
}

function inByteOrder(metadata: ReadonlyMap<string, string>): [Uint8Array, Uint8Array][] {
  return Array.from(metadata, ([key, value]): [Uint8Array, Uint8Array] => [
    encoder.encode(key),
    encoder.encode(value),
  ]).sort(([a], [b]) => compareBytes(a, 0, a.length, b, 0, b.length));
}

function writeText(sink: ByteSink, bytes: Uint8Array): void {
  sink.writeHadoopVInt(bytes.length);
  sink.writeBytes(bytes);
}

/**
 * Reads a header from the first bytes of a file; `length` is where the first record may begin.
 * HADOOP_CORRUPT_SEQUENCE_FILE names `path` and the byte.
 */
export function readHeader(
  bytes: Uint8Array,
  path: string,
): { readonly header: SequenceFileHeader; readonly length: number } {
  const reader = new ByteReader(bytes);
  try {
    const header = readFields(reader, path);
    return { header, length: reader.position };
  } catch (error) {
    if (error instanceof CorruptionError && error.code === 'HADOOP_CORRUPT_SEQUENCE_FILE') {
      throw error;
    }
    if (!(error instanceof StoreError)) throw error;
    throw corruptSequenceFile(path, reader.position, 'the header ends early', error);
  }
}

function readFields(reader: ByteReader, path: string): SequenceFileHeader {
  for (const byte of sequenceFileMagic) {
    if (reader.readUint8() !== byte) throw corruptSequenceFile(path, 0, 'it does not begin SEQ');
  }
  const version = reader.readUint8();
  if (version > sequenceFileVersion || version === 0) {
    throw corruptSequenceFile(path, 3, `version ${version} is not known`);
  }
  const readName = version < firstVersionWithBlockFlag ? readShortString : readText;
  const keyClass = readName(reader, path);
  const valueClass = readName(reader, path);
  const isCompressed = version >= firstVersionWithCompressedFlag && reader.readUint8() !== 0;
  const isBlock = version >= firstVersionWithBlockFlag && reader.readUint8() !== 0;
  if (isBlock && !isCompressed) {
    throw corruptSequenceFile(path, reader.position - 1, 'blocks without compression');
  }
  const codecClass = isCompressed ? readCodecClass(reader, version, path) : undefined;
  const metadata = version >= firstVersionWithMetadata ? readMetadata(reader, path) : new Map();
  const hasMarker = version >= firstVersionWithSync;
  return {
    version,
    keyClass,
    valueClass,
    compression: isBlock ? 'block' : isCompressed ? 'record' : 'none',
    codecClass,
    metadata,
    syncMarker: hasMarker ? reader.readCopy(syncMarkerBytes) : new Uint8Array(syncMarkerBytes),
  };
}

function readCodecClass(reader: ByteReader, version: number, path: string): string {
  if (version >= firstVersionWithCodecName) return readText(reader, path);
  return 'org.apache.hadoop.io.compress.DefaultCodec';
}

function readMetadata(reader: ByteReader, path: string): Map<string, string> {
  const position = reader.position;
  const count = reader.readInt32();
  // Each entry takes two bytes at least, so a false count ends with the bytes, not the memory.
  if (count < 0 || count * 2 > reader.remaining) {
    throw corruptSequenceFile(path, position, `${count} entries of metadata`);
  }
  const metadata = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const key = readText(reader, path);
    metadata.set(key, readText(reader, path));
  }
  return metadata;
}

function readText(reader: ByteReader, path: string): string {
  const position = reader.position;
  const length = reader.readHadoopVInt();
  if (length < 0) throw corruptSequenceFile(path, position, `a name of ${length} bytes`);
  return decoder.decode(reader.readView(length));
}

/** java.io's modified UTF-8 behind two bytes of length; class names are ASCII. */
function readShortString(reader: ByteReader): string {
  return decoder.decode(reader.readView(reader.readUint16()));
}

export function corruptSequenceFile(
  path: string,
  position: number,
  reason: string,
  cause?: unknown,
): CorruptionError {
  return new CorruptionError(
    'HADOOP_CORRUPT_SEQUENCE_FILE',
    `not a sound SequenceFile: ${reason}`,
    {
      context: { path, position },
      cause,
    },
  );
}
