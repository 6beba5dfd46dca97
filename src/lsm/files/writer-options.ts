/** What a store file is written with: names of upstream's family attributes and settings. */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { encodingNames, type EncodingName } from '../format/block-encoding.ts';
import { defaultChunkBytes, defaultErrorRate } from '../format/bloom-sizing.ts';
import { blockHeaderBytes, defaultBytesPerChecksum, HashType } from '../format/layout.ts';
import type { ChecksumName } from './block-writer.ts';
import { compressionNames, type CompressionName, type ZstdFraming } from './compression.ts';

export const bloomTypes = ['NONE', 'ROW', 'ROWCOL', 'ROWPREFIX_FIXED_LENGTH'] as const;
export type BloomType = (typeof bloomTypes)[number];

export interface HFileWriterOptions {
  /** A data block ends with the cell that reaches this many bytes. Default 65536. */
  readonly blockBytes?: number;
  /** Default 'none'. */
  readonly compression?: CompressionName;
  /** Of the codec; default its own. Snappy and LZ4 have none. */
  readonly compressionLevel?: number;
  /** How zstd is wrapped. Default 'frame', what HBase's own default reads. */
  readonly zstdFraming?: ZstdFraming;
  /** Default 'NONE'. */
  readonly encoding?: EncodingName;
  /** Default 'ROW'. */
  readonly bloom?: BloomType;
  /** Bytes of the row that a prefix filter takes. Required with ROWPREFIX_FIXED_LENGTH. */
  readonly bloomPrefixBytes?: number;
  /** Share of wrong answers a filter may give. Default 0.01. */
  readonly bloomErrorRate?: number;
  /** Default 131072. */
  readonly bloomChunkBytes?: number;
  /** A `HashType`. Default murmur. */
  readonly bloomHash?: number;
  /** Whether cells are written with their tags; if not, cells with tags are refused. Default no. */
  readonly includesTags?: boolean;
  /** Whether cells are written with their sequence ids. Default yes. */
  readonly includesSequenceIds?: boolean;
  /** Default 'crc32c'. */
  readonly checksum?: ChecksumName;
  /** Default 16384. */
  readonly bytesPerChecksum?: number;
  /** Default 131072. */
  readonly indexBlockBytes?: number;
  /** Default 16. */
  readonly minIndexEntries?: number;
  /** Milliseconds; 0 says nothing. Default 0. */
  readonly createTimeMs?: number;
}

export type ResolvedWriterOptions = Required<Omit<HFileWriterOptions, 'compressionLevel'>> &
  Pick<HFileWriterOptions, 'compressionLevel'>;

/** Fills in defaults; OPTION_INVALID for what cannot be. */
export function resolveWriterOptions(options: HFileWriterOptions): ResolvedWriterOptions {
  const resolved: ResolvedWriterOptions = {
    blockBytes: 65536,
    compression: 'none',
    zstdFraming: 'frame',
    encoding: 'NONE',
    bloom: 'ROW',
    bloomPrefixBytes: 0,
    bloomErrorRate: defaultErrorRate,
    bloomChunkBytes: defaultChunkBytes,
    bloomHash: HashType.murmur,
    includesTags: false,
    includesSequenceIds: true,
    checksum: 'crc32c',
    bytesPerChecksum: defaultBytesPerChecksum,
    indexBlockBytes: 131072,
    minIndexEntries: 16,
    createTimeMs: 0,
    ...options,
  };
  oneOf('compression', resolved.compression, compressionNames);
  oneOf('encoding', resolved.encoding, encodingNames);
  oneOf('bloom', resolved.bloom, bloomTypes);
  oneOf('checksum', resolved.checksum, ['none', 'crc32', 'crc32c']);
  oneOf('zstdFraming', resolved.zstdFraming, ['frame', 'block']);
  oneOf('bloomHash', resolved.bloomHash, Object.values(HashType));
  within('blockBytes', resolved.blockBytes, 1, 1 << 30);
  within('indexBlockBytes', resolved.indexBlockBytes, 1, 1 << 30);
  within('minIndexEntries', resolved.minIndexEntries, 1, 1 << 20);
  within('bytesPerChecksum', resolved.bytesPerChecksum, blockHeaderBytes, 1 << 30);
  if (resolved.bloom === 'ROWPREFIX_FIXED_LENGTH') {
    within('bloomPrefixBytes', resolved.bloomPrefixBytes, 1, 32767);
  }
  return resolved;
}

function oneOf<T>(name: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  const list = allowed.join(', ');
  throw new InvalidArgumentError('OPTION_INVALID', `${name} is ${String(value)}, not of ${list}`);
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidArgumentError('OPTION_INVALID', `${name} is ${value}, not ${least} to ${most}`);
}
