/**
 * Reads of a block: verified by default, any range, following a block while it grows, going on with
 * another copy where its own is damaged.
 */
import type { Writable } from 'node:stream';
import {
  CorruptionError,
  InvalidArgumentError,
  regionChunks,
  sendRegion,
} from '../../native-free-io/index.ts';
import type { OpenBlock } from './open-blocks.ts';
import type { Replica } from './replica.ts';
import { sendPackets, written } from './send-packets.ts';
import type { StoreCore } from './store-core.ts';

export interface ReadOptions {
  /** First byte. Default 0. */
  readonly start?: number;
  /** Byte after the last. Default: what is visible now. */
  readonly end?: number;
  /** False: the bytes as they are, unchecked. Default true. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
  /** Bytes per piece, rounded up to whole chunks. Default 2 MiB. */
  readonly pieceBytes?: number;
  /** 'async' for files that are not in the page cache. Default 'sync'. */
  readonly reads?: 'sync' | 'async';
}

export interface FollowOptions extends ReadOptions {
  /** True: wait for more while the block is being written. Default false. */
  readonly follow?: boolean;
}

export interface TransferOptions extends ReadOptions {
  /**
   * 'verify' (default): checked before they are sent; 'none': as they are, unchecked; 'packets':
   * chunk-aligned, in packets of HDFS's read protocol, sums with them, for a receiver that checks.
   */
  readonly checksums?: 'verify' | 'none' | 'packets';
}

/** What is verified is the quicker the longer it is; beyond this little is gained. */
const defaultPieceBytes = 2 << 20;
/** Longer chunks are not read as one piece. */
const largestPieceBytes = 64 << 20;

/** Runs work with the replica's files open; notes damage and disk failures. */
export function withOpen<T>(core: StoreCore, replica: Replica, work: (block: OpenBlock) => T): T {
  let block: OpenBlock | undefined;
  try {
    block = core.open.pin(replica);
    return work(block);
  } catch (error) {
    throw noted(core, replica, error);
  } finally {
    if (block !== undefined) core.open.unpin(block);
  }
}

export async function* readBlock(
  core: StoreCore,
  id: bigint,
  options: FollowOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const replica = readable(core, id);
  const follow = options.follow ?? false;
  const range = rangeOf(replica, options, follow);
  const block = pinned(core, replica);
  let at = range.start;
  try {
    for (;;) {
      const end = Math.min(range.end, replica.length);
      for await (const chunk of visibleChunks(core, block, { at, end }, options)) {
        at += chunk.length;
        yield chunk;
      }
      if (at >= range.end || !follow || replica.state !== 'rbw') return;
      if (replica.length <= at) await replica.untilChanged(options.signal);
    }
  } finally {
    core.open.unpin(block);
  }
}

/** [at, end) of a block, with the other copy's bytes where the own are damaged. */
async function* visibleChunks(
  core: StoreCore,
  block: OpenBlock,
  range: { at: number; end: number },
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const verify = options.verify ?? true;
  const { replica } = block;
  const file = verify ? block.verified : block.data;
  const pieceBytes = pieceOf(block, options);
  let { at } = range;
  while (at < range.end) {
    const region = { file, position: at, length: range.end - at };
    let damage: CorruptionError | undefined;
    const chunks = regionChunks(region, { ...movers(options), pieceBytes });
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await chunks.next();
      } catch (error) {
        damage = damageOf(core, replica, error);
        break;
      }
      if (next.done === true) break;
      at += next.value.length;
      count(core, next.value.length, verify);
      yield next.value;
    }
    if (damage === undefined) return;
    const bytes = await otherCopy(core, replica, { start: at, end: range.end, cause: damage });
    at += bytes.length;
    yield bytes;
  }
}

/** Fills `target` from `position`; returns the bytes read, fewer at the end of the block. */
export function readInto(
  core: StoreCore,
  id: bigint,
  target: Uint8Array,
  position: number,
): number {
  const replica = readable(core, id);
  return withOpen(core, replica, ({ verified }) => {
    const got = verified.readSync(target, 0, target.length, position);
    count(core, got, true);
    return got;
  });
}

export async function transferBlock(
  core: StoreCore,
  id: bigint,
  target: Writable,
  options: TransferOptions,
): Promise<number> {
  const replica = readable(core, id);
  const range = rangeOf(replica, options, false);
  const { checksums = 'verify' } = options;
  const block = pinned(core, replica);
  try {
    if (checksums === 'packets') return await sendPackets(block, target, range, options.signal);
    await sendPieces(core, block, { target, ...range }, options);
    return range.end - range.start;
  } catch (error) {
    throw noted(core, replica, error);
  } finally {
    core.open.unpin(block);
  }
}

/** As visibleChunks, to a stream: what the other copy gives is sent where the own is damaged. */
async function sendPieces(
  core: StoreCore,
  block: OpenBlock,
  { target, start, end }: { target: Writable; start: number; end: number },
  options: TransferOptions,
): Promise<void> {
  const verify = (options.checksums ?? 'verify') === 'verify';
  const file = verify ? block.verified : block.data;
  const pieceBytes = pieceOf(block, options);
  for (let at = start; at < end;) {
    const region = { file, position: at, length: end - at };
    let sent = 0;
    const onProgress = (bytes: number): void => {
      sent = bytes;
    };
    try {
      await sendRegion(region, target, { ...movers(options), pieceBytes, onProgress });
      count(core, end - at, verify);
      return;
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      at += sent;
      count(core, sent, verify);
      const bytes = await otherCopy(core, block.replica, { start: at, end, cause: error });
      core.damaged(block.replica);
      await written(target, bytes);
      at += bytes.length;
    }
  }
}

function readable(core: StoreCore, id: bigint): Replica {
  const replica = core.replica(id);
  replica.volume.assertLive();
  if (replica.state === 'finalized' || replica.state === 'rbw') return replica;
  throw new InvalidArgumentError(
    'BLOCKS_NOT_READABLE',
    `block ${id} is ${replica.state}: nothing of it may be read before it is recovered`,
    { context: { block: id, state: replica.state } },
  );
}

function rangeOf(
  replica: Replica,
  options: ReadOptions,
  isGrowing: boolean,
): { start: number; end: number } {
  const bound = isGrowing ? Number.MAX_SAFE_INTEGER : replica.length;
  const start = options.start ?? 0;
  const end = options.end ?? bound;
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end)) {
    if (start >= 0 && start <= end && end <= bound) return { start, end };
  }
  throw new InvalidArgumentError(
    'BLOCKS_RANGE',
    `bytes [${start}, ${end}) of block ${replica.id}, of which ${replica.length} can be read`,
    { context: { block: replica.id } },
  );
}

function pinned(core: StoreCore, replica: Replica): OpenBlock {
  try {
    return core.open.pin(replica);
  } catch (error) {
    throw noted(core, replica, error);
  }
}

/** Whole chunks, so that pieces are verified where they are read to. */
function pieceOf({ header }: OpenBlock, options: ReadOptions): number {
  const wanted = options.pieceBytes ?? defaultPieceBytes;
  if (header.checksum === 'none' || header.chunkBytes > largestPieceBytes) return wanted;
  return Math.ceil(wanted / header.chunkBytes) * header.chunkBytes;
}

function movers(options: ReadOptions): { signal?: AbortSignal; reads?: 'sync' | 'async' } {
  const { signal, reads } = options;
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(reads === undefined ? {} : { reads }),
  };
}

function count(core: StoreCore, bytes: number, verified: boolean): void {
  core.metrics.bytesRead += bytes;
  if (verified) core.metrics.bytesVerified += bytes;
}

/** The damage, noted; anything else is thrown. */
function damageOf(core: StoreCore, replica: Replica, error: unknown): CorruptionError {
  const known = noted(core, replica, error);
  if (known instanceof CorruptionError) return known;
  throw known;
}

function noted(core: StoreCore, replica: Replica, error: unknown): unknown {
  if (error instanceof CorruptionError) core.damaged(replica);
  else core.failed(replica, error);
  return error;
}

async function otherCopy(
  core: StoreCore,
  replica: Replica,
  missing: { start: number; end: number; cause: CorruptionError },
): Promise<Uint8Array> {
  const { id, generationStamp } = replica;
  const bytes = await core.options.otherCopy?.({ id, generationStamp, ...missing });
  if (bytes === undefined || bytes.length === 0) throw missing.cause;
  core.metrics.otherCopies++;
  return bytes.subarray(0, missing.end - missing.start);
}
