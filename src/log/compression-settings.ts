/** What the settings of a log say of compression. */
import { codecNumber, type CodecName } from './format/codec-number.ts';
import type { LogCore } from './log-core.ts';

/** The codec that the log wants, or the one that was asked for where it leaves the choice. */
export function codecOf({ config }: LogCore, asked: CodecName | undefined): number {
  const type = config['compression.type'];
  if (type === 'producer') return codecNumber(asked ?? 'none');
  return codecNumber(type === 'uncompressed' ? 'none' : type);
}

/** Levels by codec name. */
export function levelsOf({ config }: LogCore): Readonly<Record<string, number>> {
  return {
    gzip: config['compression.gzip.level'],
    lz4: config['compression.lz4.level'],
    zstd: config['compression.zstd.level'],
  };
}
