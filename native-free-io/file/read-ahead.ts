/**
 * Reads a region front to back and keeps the next pieces coming while the caller works: for cold
 * files, where the disk should be busy and the event loop should not wait.
 *
 * Reads of a window run at once in the thread pool; pieces are handed out in the order of the
 * file. With `reads: 'sync'` (page cache) each piece is read when it is asked for, nothing ahead.
 *
 * Invariants: A1 at most `windowPieces` slabs are leased here and not handed out; A2 after `close`
 * none is, and no read is running.
 * Lifetime: a piece handed out belongs to the caller, who releases its slab.
 */
import { StateError, throwIfAborted } from '../errors.ts';
import type { Slab } from '../buffer/slab.ts';
import type { FileRegion } from './file-system.ts';
import {
  assertWhole,
  resolveRegionOptions,
  type RegionOptions,
  type ResolvedRegionOptions,
} from './region-pieces.ts';

/** A piece of the region; whoever gets it releases the slab. */
export interface ReadPiece {
  readonly slab: Slab;
  /** Byte in the file where the piece begins. */
  readonly position: number;
  /** Valid bytes of the slab. */
  readonly length: number;
}

/** A read under way. Its promise never rejects, so that a failure nobody asks for stays quiet. */
interface Reading {
  readonly piece: ReadPiece;
  readonly done: Promise<{ readonly error: unknown } | undefined>;
}

export class ReadAhead implements AsyncDisposable {
  readonly #region: FileRegion;
  readonly #options: ResolvedRegionOptions;
  readonly #ahead: Reading[] = [];
  /** Next byte to read, relative to the region. */
  #read = 0;
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  /** Reads nothing before the first `next`. */
  constructor(region: FileRegion, options: RegionOptions = {}) {
    this.#options = resolveRegionOptions(region, { reads: 'async', ...options });
    this.#region = region;
  }

  /**
   * The next piece, undefined after the last. One call at a time. A failed read is thrown again by
   * every later call: a piece after a gap is never handed out.
   */
  async next(): Promise<ReadPiece | undefined> {
    this.#assertReadable();
    this.#fill();
    const reading = this.#ahead.shift();
    if (reading === undefined) return undefined;
    this.#failure = await reading.done;
    try {
      this.#assertReadable();
    } catch (error) {
      reading.piece.slab.release();
      throw error;
    }
    return reading.piece;
  }

  /** Waits for the reads under way and gives their slabs back. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const reading of this.#ahead.splice(0)) {
      await reading.done;
      reading.piece.slab.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Starts reads up to the window; the piece asked for needs a slab, those after it may wait. */
  #fill(): void {
    const { pool, pieceBytes, reads } = this.#options;
    const window = reads === 'async' ? this.#options.windowPieces : 1;
    while (this.#ahead.length < window && this.#read < this.#region.length) {
      const length = Math.min(pieceBytes, this.#region.length - this.#read);
      const slab = this.#ahead.length === 0 ? pool.lease(length) : pool.tryLease(length);
      if (slab === undefined) return;
      const piece = { slab, position: this.#region.position + this.#read, length };
      this.#read += length;
      this.#ahead.push({ piece, done: this.#start(piece) });
    }
  }

  async #start(piece: ReadPiece): Promise<{ readonly error: unknown } | undefined> {
    const { slab, position, length } = piece;
    const { file } = this.#region;
    try {
      const got =
        this.#options.reads === 'async'
          ? await file.read(slab.bytes, 0, length, position)
          : file.readSync(slab.bytes, 0, length, position);
      assertWhole(this.#region, position, length, got);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  #assertReadable(): void {
    if (this.#isClosed) {
      const { path } = this.#region.file;
      throw new StateError('IO_CLOSED', 'the reader is closed', { context: { path } });
    }
    throwIfAborted(this.#options.signal);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
