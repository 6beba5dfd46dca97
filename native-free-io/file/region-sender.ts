/**
 * Streams a file region into a Writable: the work behind `sendRegion`.
 *
 * Pieces are read into slabs and handed over with `write`; a slab goes back to its pool when the
 * stream's write callback says that the stream is done with it, never earlier. The callback is the
 * backpressure too: no more than a window of pieces is ever handed over and not called back.
 *
 * Invariants: R1 pieces are written in the order of the file; R2 at most `windowPieces` slabs are
 * out; R3 at most `windowPieces` pieces are read in one turn of the event loop, so that a fast peer
 * does not starve the others; R4 the promise settles only when every slab is back.
 *
 * Lifetime: R4 needs the stream to call back or to close. Streams do so once destroyed, hence an
 * abort destroys a stream that was handed bytes; its message is cut in the middle anyway.
 */
import type { Writable } from 'node:stream';
import { AbortedError, IoError, type StoreError } from '../errors.ts';
import type { Slab } from '../buffer/slab.ts';
import type { FileRegion } from './file-system.ts';
import { assertWhole, type ResolvedRegionOptions } from './region-pieces.ts';

/** A piece between its lease and the write callback. */
interface Piece {
  readonly slab: Slab | undefined;
  readonly bytes: Uint8Array;
  readonly length: number;
  isBack: boolean;
}

export class RegionSender {
  readonly #region: FileRegion;
  readonly #target: Writable;
  readonly #options: ResolvedRegionOptions;
  readonly #keepsBytes: boolean;
  readonly #out = new Set<Piece>();
  /** Next byte to read, relative to the region. */
  #read = 0;
  /** Bytes the stream has called back for. */
  #sent = 0;
  /** Pieces still allowed in this turn. */
  #turnBudget: number;
  #isTurnAwaited = false;
  /** The piece that an asynchronous read is filling. */
  #filling: Piece | undefined;
  #wasHanded = false;
  #failure: unknown;
  #hasFailed = false;
  #settle: { resolve(sent: number): void; reject(error: unknown): void } | undefined;

  constructor(
    region: FileRegion,
    target: Writable,
    options: ResolvedRegionOptions,
    keepsBytes: boolean,
  ) {
    this.#region = region;
    this.#target = target;
    this.#options = options;
    this.#keepsBytes = keepsBytes;
    this.#turnBudget = options.windowPieces;
  }

  run(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#target.on('error', this.#onError);
      this.#target.on('close', this.#onClose);
      this.#options.signal?.addEventListener('abort', this.#onAbort);
      if (this.#target.destroyed || this.#target.writableEnded) {
        this.#fail(this.#closedError(undefined));
      } else {
        this.#pump();
      }
    });
  }

  /** Hands over pieces until the window or this turn's share is used up. */
  #pump(): void {
    try {
      while (this.#mayRead()) {
        if (this.#turnBudget === 0) {
          this.#awaitTurn();
          return;
        }
        this.#turnBudget--;
        const piece = this.#lease();
        if (piece === undefined) return;
        if (this.#options.reads === 'async') {
          void this.#readAsync(piece);
          return;
        }
        this.#readSync(piece);
        this.#hand(piece);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #mayRead(): boolean {
    if (this.#hasFailed || this.#filling !== undefined) return false;
    return this.#read < this.#region.length && this.#out.size < this.#options.windowPieces;
  }

  #awaitTurn(): void {
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    setImmediate(() => {
      this.#isTurnAwaited = false;
      this.#turnBudget = this.#options.windowPieces;
      this.#pump();
    });
  }

  /** A piece for the next bytes; undefined when the pool is empty and our own return is awaited. */
  #lease(): Piece | undefined {
    const length = Math.min(this.#options.pieceBytes, this.#region.length - this.#read);
    const { pool } = this.#options;
    let slab: Slab | undefined;
    if (!this.#keepsBytes) {
      slab = this.#out.size === 0 ? pool.lease(length) : pool.tryLease(length);
      if (slab === undefined) return undefined;
    }
    const bytes = slab?.bytes ?? new Uint8Array(length);
    const piece: Piece = { slab, bytes, length, isBack: false };
    this.#out.add(piece);
    return piece;
  }

  #readSync(piece: Piece): void {
    const position = this.#region.position + this.#read;
    try {
      const got = this.#region.file.readSync(piece.bytes, 0, piece.length, position);
      assertWhole(this.#region, position, piece.length, got);
    } catch (error) {
      this.#takeBack(piece);
      throw error;
    }
  }

  /** One read at a time: the pieces already handed over are sent meanwhile. */
  async #readAsync(piece: Piece): Promise<void> {
    const position = this.#region.position + this.#read;
    this.#filling = piece;
    try {
      const got = await this.#region.file.read(piece.bytes, 0, piece.length, position);
      assertWhole(this.#region, position, piece.length, got);
      this.#filling = undefined;
      if (this.#hasFailed) this.#takeBack(piece);
      else this.#hand(piece);
    } catch (error) {
      this.#filling = undefined;
      this.#takeBack(piece);
      this.#fail(error);
    }
    this.#settleWhenDone();
    this.#pump();
  }

  #hand(piece: Piece): void {
    this.#read += piece.length;
    this.#wasHanded = true;
    this.#target.write(piece.bytes.subarray(0, piece.length), (error) => {
      this.#written(piece, error ?? undefined);
    });
  }

  /** The stream's write callback: it will not look at the piece's bytes again. */
  #written(piece: Piece, error: Error | undefined): void {
    if (piece.isBack) return;
    this.#takeBack(piece);
    if (error !== undefined) {
      this.#fail(this.#closedError(error));
      return;
    }
    this.#sent += piece.length;
    try {
      if (!this.#hasFailed) this.#options.onProgress?.(this.#sent);
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#settleWhenDone();
    this.#pump();
  }

  #takeBack(piece: Piece): void {
    piece.isBack = true;
    this.#out.delete(piece);
    piece.slab?.release();
  }

  readonly #onError = (error: Error): void => {
    this.#fail(this.#closedError(error));
  };

  /** A closed stream uses nothing any more, called back or not. */
  readonly #onClose = (): void => {
    for (const piece of this.#out) {
      if (piece !== this.#filling) this.#takeBack(piece);
    }
    this.#fail(this.#closedError(undefined));
    this.#settleWhenDone();
  };

  readonly #onAbort = (): void => {
    const { signal } = this.#options;
    this.#fail(new AbortedError(undefined, { cause: signal?.reason, context: this.#context() }));
    if (this.#wasHanded) this.#target.destroy();
  };

  /** Keeps the first failure; the promise is rejected once all slabs are back. */
  #fail(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#failure = error;
    }
    this.#settleWhenDone();
  }

  #settleWhenDone(): void {
    if (this.#settle === undefined || this.#out.size > 0) return;
    if (!this.#hasFailed && this.#sent < this.#region.length) return;
    const settle = this.#settle;
    this.#settle = undefined;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#target.off('close', this.#onClose);
    if (this.#hasFailed) {
      // The error listener stays: the stream may still emit the error that the rejection reports.
      settle.reject(this.#failure);
      return;
    }
    this.#target.off('error', this.#onError);
    settle.resolve(this.#sent);
  }

  #closedError(cause: Error | undefined): StoreError {
    const errno = cause !== undefined && 'code' in cause ? String(cause.code) : '';
    const isGone = cause === undefined || goneCodes.has(errno);
    const code = isGone ? 'IO_CLOSED' : 'IO_FAILED';
    const what = isGone
      ? 'the receiver closed its stream'
      : `the receiver's stream failed: ${errno}`;
    return new IoError(code, `${what} after ${this.#sent} of ${this.#region.length} bytes`, {
      context: { ...this.#context(), errno },
      cause,
    });
  }

  #context(): { path: string; position: number; length: number; sent: number } {
    const { file, position, length } = this.#region;
    return { path: file.path, position, length, sent: this.#sent };
  }
}

/** How the platform says that nobody receives any more. */
const goneCodes: ReadonlySet<string> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTCONN',
  'ECANCELED',
  'EOF',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_ALREADY_FINISHED',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
