/**
 * Writes one block: bytes are gathered into pieces of 1 MiB, summed where they lie, and written.
 *
 *    write   ─▶ held in a slab, or summed and written at once when large
 *    hflush  ─▶ everything is with the system and visible to readers
 *    hsync   ─▶ and durable
 *    finalize ─▶ closed, moved to its place, immutable until appended to
 *
 * Invariants: W1 data is written before its sums, and both before they are published; W2 a sum
 * that covers durable bytes of a short chunk is guarded before it is overwritten (guard.ts); W3
 * after a failure nothing but `close` and `abort` works, and readers keep what was published.
 *
 * Calls are carried out one after the other, also when they are not awaited.
 * Upstream: apache/hadoop: BlockReceiver.java.
 */
import {
  InvalidArgumentError,
  SlabPool,
  StateError,
  verifyChunks,
  type FileHandle,
  type Slab,
} from '../../native-free-io/index.ts';
import { damagedChunk } from './damage.ts';
import { sumPosition } from './block-files.ts';
import { ChunkSummer } from './chunk-summer.ts';
import type { MetaHeader } from './format/meta-header.ts';
import { Guard } from './guard.ts';
import type { StoreMetrics } from './metrics.ts';
import type { BlockInfo, Replica } from './replica.ts';
import { Serial } from './serial.ts';

const pieceBytes = 1 << 20;
/** Sums are written when so many wait, or when asked. */
const sumsPerWriteBytes = 64 << 10;

let sharedPool: SlabPool | undefined;

/** What the store does for a writer. */
export interface WriterHome {
  readonly metrics: StoreMetrics;
  /** Moves the closed files to their place; makes everything durable if the store does so. */
  finalize(replica: Replica, lastSync: () => Promise<void>): Promise<BlockInfo>;
  /** Makes a temporary replica one that is being written. */
  convert(replica: Replica): Promise<void>;
  /** The writer has gone; the replica waits for recovery, a temporary one goes too. */
  release(replica: Replica): Promise<void>;
  discard(replica: Replica): Promise<void>;
  /** Told what failed on the volume. */
  failed(replica: Replica, cause: unknown): void;
}

export interface WriterParts {
  readonly home: WriterHome;
  readonly replica: Replica;
  readonly header: MetaHeader;
  readonly data: FileHandle;
  readonly meta: FileHandle;
  /** Where the block stands: 0 of a new one. */
  readonly from: { readonly position: number; readonly partialSum: number };
  /** Bytes of the volume set aside. */
  readonly reservedBytes: number;
}

export class BlockWriter implements AsyncDisposable {
  readonly #parts: WriterParts;
  readonly #replica: Replica;
  readonly #summer: ChunkSummer | undefined;
  readonly #guard: Guard;
  readonly #calls = new Serial();
  #held: Slab | undefined;
  #heldBytes = 0;
  #written: number;
  #reserved: number;
  /** Durable bytes, and the sum of their short last chunk. */
  #durable: { length: number; sum: number };
  #guardedLength = 0;
  #isNameDurable: boolean;
  #state: 'open' | 'failed' | 'finalized' | 'closed' = 'open';
  #failure: unknown;

  /** Made by the store. */
  constructor(parts: WriterParts) {
    const { header, from, replica } = parts;
    this.#parts = parts;
    this.#replica = replica;
    this.#summer =
      header.checksum === 'none'
        ? undefined
        : new ChunkSummer(header.checksum, header.chunkBytes, from);
    this.#guard = new Guard(replica.volume, replica.id);
    this.#written = from.position;
    this.#reserved = parts.reservedBytes;
    this.#durable = { length: from.position, sum: from.partialSum };
    this.#isNameDurable = from.position > 0;
    // Of an append: the store saved it before it moved the files.
    if (from.position % header.chunkBytes !== 0) this.#guardedLength = from.position;
  }

  get id(): bigint {
    return this.#replica.id;
  }

  get generationStamp(): number {
    return this.#replica.generationStamp;
  }

  /** Finalized, aborted or closed. */
  get hasEnded(): boolean {
    return this.#state === 'finalized' || this.#state === 'closed';
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#written + this.#heldBytes;
  }

  /** Bytes that readers may see. */
  get visibleLength(): number {
    return this.#replica.length;
  }

  /** Takes the bytes; they may be changed again when it resolves. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#calls.run(() => this.#working(() => this.#take(bytes)));
  }

  /**
   * Writes bytes with the sums their sender computed, one per chunk, big-endian, as a packet of
   * HDFS brings them. The bytes are checked against them: BLOCKS_CORRUPT_CHUNK and nothing written
   * when they disagree.
   *
   * `position` (default: the end) must be the first byte of a chunk. It may lie before the end: a
   * sender repeats the short last chunk when it grows, and what it has sent when it recovers.
   */
  writeWithSums(
    bytes: Uint8Array,
    sums: Uint8Array,
    position: number = this.position,
  ): Promise<void> {
    return this.#calls.run(() => this.#working(() => this.#takeWithSums(bytes, sums, position)));
  }

  /** Everything written so far is visible to readers when it resolves. Not durable. */
  hflush(): Promise<void> {
    return this.#calls.run(() => this.#working(() => this.#flush()));
  }

  /** Everything written so far is visible and durable when it resolves. */
  hsync(): Promise<void> {
    return this.#calls.run(async () => {
      this.#working(() => this.#flush());
      await this.#working(() => this.#sync());
    });
  }

  /**
   * Makes a temporary replica one that is being written, as HDFS does when a copy becomes part of a
   * pipeline: what was written so far is visible when it resolves.
   */
  convertToRbw(): Promise<void> {
    return this.#calls.run(() =>
      this.#working(async () => {
        await this.#parts.home.convert(this.#replica);
        this.#flush();
      }),
    );
  }

  /** Ends the block; it is immutable from now on. Durable unless the store says otherwise. */
  finalize(): Promise<BlockInfo> {
    return this.#calls.run(() => this.#working(() => this.#finalize()));
  }

  /** Ends the block and removes it. */
  abort(): Promise<void> {
    return this.#calls.run(async () => {
      if (this.hasEnded) return;
      this.#end('closed');
      this.#guard.remove();
      await this.#parts.home.discard(this.#replica);
    });
  }

  /**
   * Ends writing. A block that was not finalized stays, with what was written, until it is
   * recovered or deleted; a temporary one is removed. Idempotent.
   */
  close(): Promise<void> {
    return this.#calls.run(async () => {
      if (this.hasEnded) return;
      try {
        if (this.#state === 'open') this.#flush();
      } finally {
        this.#end('closed');
        await this.#parts.home.release(this.#replica);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #take(bytes: Uint8Array): void {
    let at = 0;
    if (this.#heldBytes > 0) {
      at = Math.min(bytes.length, pieceBytes - this.#heldBytes);
      this.#hold(bytes, 0, at);
      if (this.#heldBytes < pieceBytes) return;
      this.#writeHeld();
    }
    for (; bytes.length - at >= pieceBytes; at += pieceBytes) {
      this.#writePiece(bytes, at, at + pieceBytes);
    }
    if (at < bytes.length) this.#hold(bytes, at, bytes.length);
  }

  #takeWithSums(bytes: Uint8Array, sums: Uint8Array, position: number): void {
    const summer = this.#summer;
    const { chunkBytes, checksum } = this.#parts.header;
    if (summer === undefined || checksum === 'none') {
      throw new InvalidArgumentError('BLOCKS_INVALID_WRITE', 'the block keeps no sums');
    }
    if (position % chunkBytes !== 0 || position > this.position) {
      throw new InvalidArgumentError(
        'BLOCKS_INVALID_WRITE',
        `sums from position ${position}: not the first byte of a chunk up to ${this.position}`,
      );
    }
    const chunked = { bytes, start: 0, end: bytes.length, chunkBytes, sums };
    const bad = verifyChunks(checksum, chunked);
    if (bad >= 0) {
      const chunk = position / chunkBytes + bad;
      throw damagedChunk(this.#replica, { path: this.#parts.data.path, chunk, chunkBytes });
    }
    this.#writeHeld();
    const end = position + bytes.length;
    if (end <= this.#written) return;
    const start = this.#written - position;
    const skipped = Math.floor(start / chunkBytes);
    this.#parts.data.writeSync(bytes, start, bytes.length - start, this.#written);
    summer.dropPartial();
    summer.add(sums.subarray(skipped * 4), bytes.length - skipped * chunkBytes);
    this.#wrote(bytes.length - start);
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    sharedPool ??= new SlabPool({ name: 'block writers' });
    this.#held ??= sharedPool.lease(pieceBytes);
    const whole = start === 0 && end === bytes.length;
    this.#held.bytes.set(whole ? bytes : bytes.subarray(start, end), this.#heldBytes);
    this.#heldBytes += end - start;
  }

  #writeHeld(): void {
    if (this.#held === undefined) return;
    const length = this.#heldBytes;
    this.#writePiece(this.#held.bytes, 0, length);
    this.#letGo();
  }

  #writePiece(bytes: Uint8Array, start: number, end: number): void {
    this.#summer?.update(bytes, start, end);
    this.#parts.data.writeSync(bytes, start, end - start, this.#written);
    this.#wrote(end - start);
  }

  #wrote(length: number): void {
    this.#written += length;
    this.#parts.home.metrics.bytesWritten += length;
    this.#unreserve(length);
    if ((this.#summer?.pendingBytes ?? 0) >= sumsPerWriteBytes) this.#writeSums();
  }

  /** What is written takes space of the disk itself, no longer of the reservation. */
  #unreserve(length: number): void {
    const freed = Math.min(length, this.#reserved);
    this.#reserved -= freed;
    this.#replica.volume.reservedBytes -= freed;
  }

  #writeSums(): void {
    const summer = this.#summer;
    if (summer === undefined) return;
    const sums = summer.pendingWithPartial();
    if (sums.length === 0) return;
    this.#guardDurableSum(summer.firstPending);
    this.#parts.meta.writeSync(sums, 0, sums.length, sumPosition(summer.firstPending));
    summer.written();
  }

  #guardDurableSum(firstPending: number): void {
    const { length, sum } = this.#durable;
    const { chunkBytes } = this.#parts.header;
    if (length % chunkBytes === 0 || this.#guardedLength === length) return;
    if (firstPending > Math.floor(length / chunkBytes)) return;
    this.#guard.save(this.#replica.generationStamp, length, sum);
    this.#guardedLength = length;
  }

  #flush(): void {
    this.#writeHeld();
    this.#writeSums();
    const summer = this.#summer;
    const isPartial = summer !== undefined && summer.partialBytes > 0;
    this.#replica.publish(this.#written, isPartial ? summer.partialSum : undefined);
    this.#parts.home.metrics.flushes++;
  }

  async #sync(): Promise<void> {
    const { data, meta, home } = this.#parts;
    if (this.#isNameDurable && this.#durable.length === this.#written) return;
    await Promise.all([data.sync(), meta.sync()]);
    if (!this.#isNameDurable) {
      await this.#replica.volume.fs.syncDirectory(this.#replica.directory);
      this.#isNameDurable = true;
    }
    this.#durable = { length: this.#written, sum: this.#summer?.partialSum ?? 0 };
    home.metrics.syncs++;
  }

  async #finalize(): Promise<BlockInfo> {
    this.#flush();
    const { home } = this.#parts;
    const info = await home.finalize(this.#replica, () => this.#sync());
    this.#end('finalized');
    if (this.#guardedLength > 0) this.#guard.remove();
    return info;
  }

  #end(state: 'finalized' | 'closed'): void {
    this.#state = state;
    this.#letGo();
    this.#unreserve(this.#reserved);
    this.#guard.close();
    this.#parts.data.closeSync();
    this.#parts.meta.closeSync();
  }

  #letGo(): void {
    this.#held?.release();
    this.#held = undefined;
    this.#heldBytes = 0;
  }

  /** Runs a piece of work; a failure of the disk ends the writer. */
  #working<T>(work: () => T): T {
    this.#assertOpen();
    try {
      const result = work();
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw this.#failed(error);
      }) as T;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    // A refused argument or sums that disagree leave everything as it was.
    if (isRefusal(error)) return error;
    this.#state = 'failed';
    this.#failure = error;
    this.#letGo();
    this.#parts.home.failed(this.#replica, error);
    return error;
  }

  #assertOpen(): void {
    if (this.#state === 'open') return;
    const message =
      this.#state === 'failed'
        ? 'an earlier write failed: only closing works'
        : 'writing has ended';
    throw new StateError('BLOCKS_WRITER_CLOSED', message, {
      context: { block: this.id, volume: this.#replica.volume.dir },
      cause: this.#failure,
    });
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof InvalidArgumentError ||
    (error instanceof Error && 'code' in error && error.code === 'BLOCKS_CORRUPT_CHUNK')
  );
}
