/** What `BlockStore.open` takes, its defaults and bounds. */
import { InvalidArgumentError } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import type { BlockChecksum } from './format/meta-header.ts';
import type { CopyRequest } from './other-copy.ts';

export interface VolumeOptions {
  readonly dir: string;
  /** Bytes left free for others (`dfs.datanode.du.reserved`). Default 0. */
  readonly reservedBytes?: number;
}

/** Identity for directories that are new; what exists keeps its own and must agree. */
export interface StoreIdentity {
  readonly clusterId?: string;
  readonly datanodeUuid?: string;
  /** `BP-<number>-<address>-<time>`; also chooses among several pools of a directory. */
  readonly blockPoolId?: string;
  readonly namespaceId?: number;
  /** Creation time of the namespace, ms. */
  readonly cTime?: number;
}

export interface BlockStoreOptions {
  /** The volumes, usually one per disk. Made if missing; a directory of other files is refused. */
  readonly dirs: readonly (string | VolumeOptions)[];
  readonly identity?: StoreIdentity;
  /** The world to act in; the real one by default. */
  readonly env?: Partial<Env>;
  /** Of new blocks. Default 'crc32c'. Existing blocks say themselves. */
  readonly checksum?: BlockChecksum;
  /** Bytes per sum of new blocks, 1 to 2^31 - 1. Default 512. */
  readonly chunkBytes?: number;
  /** Space set aside for a block being written, and where `putFile` cuts. Default 128 MiB. */
  readonly blockBytes?: number;
  /** Default 'round-robin'. */
  readonly volumeChoice?: 'round-robin' | 'available-space';
  /** Volumes that may fail before the store does. Default: all but one. */
  readonly failedVolumesTolerated?: number;
  /** True (default): a finalized block is durable. False: as HDFS, when the system writes it. */
  readonly syncOnFinalize?: boolean;
  /** Nothing is created, repaired, locked or moved; recovery happens in memory. Default false. */
  readonly readOnly?: boolean;
  /** Blocks whose files stay open between reads, at most. Default 256. */
  readonly maxOpenBlocks?: number;
  /** Asked for the bytes when a read meets damage; see `CopyRequest`. */
  readonly otherCopy?: (request: CopyRequest) => Promise<Uint8Array | undefined>;
}

export interface ResolvedOptions {
  readonly volumes: readonly Required<VolumeOptions>[];
  readonly identity: StoreIdentity;
  readonly checksum: BlockChecksum;
  readonly chunkBytes: number;
  readonly blockBytes: number;
  readonly volumeChoice: 'round-robin' | 'available-space';
  readonly failedVolumesTolerated: number;
  readonly syncOnFinalize: boolean;
  readonly readOnly: boolean;
  readonly maxOpenBlocks: number;
  readonly otherCopy: ((request: CopyRequest) => Promise<Uint8Array | undefined>) | undefined;
}

const known: Readonly<Record<keyof BlockStoreOptions, true>> = {
  dirs: true,
  identity: true,
  env: true,
  checksum: true,
  chunkBytes: true,
  blockBytes: true,
  volumeChoice: true,
  failedVolumesTolerated: true,
  syncOnFinalize: true,
  readOnly: true,
  maxOpenBlocks: true,
  otherCopy: true,
};
const largestInt = 0x7fffffff;
const defaultBlockBytes = 128 << 20;

export function resolveOptions(options: BlockStoreOptions): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw invalid(name, 'no such option');
  }
  const volumes = options.dirs.map((dir) =>
    typeof dir === 'string'
      ? { dir, reservedBytes: 0 }
      : { dir: dir.dir, reservedBytes: dir.reservedBytes ?? 0 },
  );
  if (volumes.length === 0) throw invalid('dirs', 'at least one directory is needed');
  if (new Set(volumes.map(({ dir }) => dir)).size < volumes.length) {
    throw invalid('dirs', 'a directory is named twice');
  }
  const resolved: ResolvedOptions = {
    volumes,
    identity: options.identity ?? {},
    checksum: options.checksum ?? 'crc32c',
    chunkBytes: options.chunkBytes ?? 512,
    blockBytes: options.blockBytes ?? defaultBlockBytes,
    volumeChoice: options.volumeChoice ?? 'round-robin',
    failedVolumesTolerated: options.failedVolumesTolerated ?? volumes.length - 1,
    syncOnFinalize: options.syncOnFinalize ?? true,
    readOnly: options.readOnly ?? false,
    maxOpenBlocks: options.maxOpenBlocks ?? 256,
    otherCopy: options.otherCopy,
  };
  requireChecksum(resolved.checksum);
  requireWhole('chunkBytes', resolved.chunkBytes, 1, largestInt);
  requireWhole('blockBytes', resolved.blockBytes, 1, Number.MAX_SAFE_INTEGER);
  requireWhole('failedVolumesTolerated', resolved.failedVolumesTolerated, 0, volumes.length - 1);
  requireWhole('maxOpenBlocks', resolved.maxOpenBlocks, 1, largestInt);
  for (const { reservedBytes } of volumes) {
    requireWhole('reservedBytes', reservedBytes, 0, Number.MAX_SAFE_INTEGER);
  }
  return Object.freeze(resolved);
}

export function requireChecksum(checksum: string): void {
  if (checksum === 'crc32c' || checksum === 'crc32' || checksum === 'none') return;
  throw invalid('checksum', `expected crc32c, crc32 or none, got ${checksum}`);
}

/** OPTION_INVALID unless `value` is a whole number from `least` to `most`. */
export function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(name, `expected a whole number from ${least} to ${most}, got ${String(value)}`);
}

function invalid(name: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `${name}: ${reason}`);
}
