/** Outputs of a job, as options name them. */
import { writingCodec, type HadoopCodecName } from '../../hadoop/index.ts';
import type { OutputSpec } from './output-spec.ts';

/** Lines of key, separator, value. */
export function textOutput(
  dir: string,
  options: { readonly separator?: string; readonly codec?: HadoopCodecName } = {},
): OutputSpec {
  const { separator = '\t', codec } = options;
  return { format: 'text', dir, separator, codec: knownCodec(codec) };
}

/** SequenceFiles of the job's types. Compression: default none; record when a codec is given. */
export function sequenceFileOutput(
  dir: string,
  options: {
    readonly compression?: 'none' | 'record' | 'block';
    readonly codec?: HadoopCodecName;
  } = {},
): OutputSpec {
  const compression = options.compression ?? (options.codec === undefined ? 'none' : 'record');
  const codec = compression === 'none' ? undefined : (options.codec ?? 'default');
  return { format: 'sequence', dir, compression, codec: knownCodec(codec) };
}

/** Parts written by a module's export, a `WriterFactory`; `detail` is plain data for it. */
export function moduleOutput(
  dir: string,
  writer: { readonly module: URL; readonly name: string; readonly detail?: unknown },
): OutputSpec {
  const { module, name, detail } = writer;
  return { format: 'module', dir, href: module.href, name, detail };
}

function knownCodec(codec: HadoopCodecName | undefined): HadoopCodecName | undefined {
  if (codec !== undefined) writingCodec(codec);
  return codec;
}
