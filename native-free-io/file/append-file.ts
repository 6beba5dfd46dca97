/**
 * Appends to one file: small writes coalesce into pieces, syncs are shared by everyone who waits.
 *
 * The bytes since the last flush lie in a pooled slab, leased when there is something to hold and
 * given back by the flush, so an idle file holds no memory. What does not fit the slab is written
 * at once together with what it holds.
 *
 * Invariants: W1 `position` = `flushedPosition` + held bytes; W2 only `sync` makes bytes durable;
 * W3 a failed write changes neither position, so it may be tried again; W4 a failed sync poisons:
 * nothing but `close` works afterwards, and the file must be opened and verified anew.
 *
 * Whoever uses this owns the end of the file: bytes past `flushedPosition` are leftovers of failed
 * writes and may be cut off at any time.
 */
import { InvalidArgumentError, IoError, StateError } from '../errors.ts';
import { SlabPool } from '../buffer/pool.ts';
import type { Slab } from '../buffer/slab.ts';
import type { FileHandle, FileSystem, SyncOptions } from './file-system.ts';
import { GroupCommit } from './group-commit.ts';
import { requireInteger } from './region-pieces.ts';

export interface AppendFileOptions {
  /** Where the held bytes lie. Default: one pool per thread, shared by all appenders. */
  readonly pool?: SlabPool;
  /** Bytes held before they are written, 1 to 1 GiB. Default 1 MiB. */
  readonly pieceBytes?: number;
  /** What `sync` asks of the file. Default: contents and size only. */
  readonly sync?: SyncOptions;
}

const defaultPieceBytes = 1 << 20;
const largestPieceBytes = 1 << 30;

let sharedPool: SlabPool | undefined;

export class AppendFile implements AsyncDisposable {
  readonly file: FileHandle;
  readonly #pool: SlabPool;
  readonly #pieceBytes: number;
  readonly #commits: GroupCommit;
  #held: Slab | undefined;
  #heldBytes = 0;
  #flushedPosition: number;
  #syncedPosition: number;
  #isClosed = false;

  /** Appends to `file` at `position`, which must be its end; takes over closing it. */
  constructor(file: FileHandle, position: number, options: AppendFileOptions = {}) {
    const pieceBytes = options.pieceBytes ?? defaultPieceBytes;
    requireInteger('position', position, 0, Number.MAX_SAFE_INTEGER);
    requireInteger('pieceBytes', pieceBytes, 1, largestPieceBytes);
    sharedPool ??= new SlabPool({ name: 'appends' });
    this.file = file;
    this.#pool = options.pool ?? sharedPool;
    this.#pieceBytes = pieceBytes;
    this.#commits = new GroupCommit(
      () => this.#syncFile(options.sync),
      () => this.flush(),
    );
    this.#flushedPosition = position;
    this.#syncedPosition = position;
  }

  /** Opens the file, made empty when absent, to append at its end. */
  static async open(
    fs: FileSystem,
    path: string,
    options: AppendFileOptions = {},
  ): Promise<AppendFile> {
    const file = await fs.open(path, 'create');
    try {
      return new AppendFile(file, await file.size(), options);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Where the next byte goes; counts held bytes. */
  get position(): number {
    return this.#flushedPosition + this.#heldBytes;
  }

  /** Bytes the operating system has. */
  get flushedPosition(): number {
    return this.#flushedPosition;
  }

  /** Bytes made durable by `sync`, counting those it began with. */
  get syncedPosition(): number {
    return this.#syncedPosition;
  }

  /** True after a failed sync: only `close` works. */
  get isPoisoned(): boolean {
    return this.#commits.isPoisoned;
  }

  /** Syncs performed so far. */
  get syncs(): number {
    return this.#commits.syncs;
  }

  /** Appends `source[start..start + length]`; returns the position of its first byte. */
  append(source: Uint8Array, start = 0, length: number = source.length - start): number {
    this.#assertUsable();
    if (start < 0 || length < 0 || start + length > source.length) {
      throw new InvalidArgumentError(
        'IO_INVALID_ARGUMENT',
        `${length} bytes from ${start} of ${source.length}`,
      );
    }
    const position = this.position;
    if (this.#heldBytes + length < this.#pieceBytes) this.#hold(source, start, length);
    else this.#writeThrough([source.subarray(start, start + length)], length);
    return position;
  }

  /** Appends all sources, as one write where they are large; returns the first byte's position. */
  appendVector(sources: readonly Uint8Array[]): number {
    this.#assertUsable();
    let length = 0;
    for (const source of sources) length += source.length;
    const position = this.position;
    if (this.#heldBytes + length >= this.#pieceBytes) {
      this.#writeThrough(sources, length);
    } else {
      for (const source of sources) this.#hold(source, 0, source.length);
    }
    return position;
  }

  /** Hands the held bytes to the operating system. Not durable yet. */
  flush(): void {
    this.#assertUsable();
    if (this.#heldBytes > 0) this.#writeThrough([], 0);
  }

  /**
   * Resolves when every byte appended before the call is durable. Callers that wait at the same
   * time share a write and a sync, and the promise of it. A failed write rejects those who wait for
   * it and may be tried again; a failed sync rejects its waiters with its own error and everything
   * later with IO_POISONED.
   */
  sync(): Promise<void> {
    try {
      this.#assertUsable();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#commits.commit();
  }

  /** Forgets everything from `size` on, held or written. Durable after the next `sync`. */
  truncateTo(size: number): void {
    this.#assertUsable();
    requireInteger('size', size, 0, this.position);
    if (size >= this.#flushedPosition) {
      this.#heldBytes = size - this.#flushedPosition;
      if (this.#heldBytes === 0) this.#letGo();
      return;
    }
    this.file.truncateSync(size);
    this.#flushedPosition = size;
    this.#syncedPosition = Math.min(size, this.#syncedPosition);
    this.#letGo();
  }

  /**
   * Flushes, unless poisoned, and closes the file. Closes it also when the flush fails, and throws
   * that failure. Does not sync. Idempotent.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (!this.isPoisoned) this.flush();
    } finally {
      this.#isClosed = true;
      this.#letGo();
      await this.file.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #syncFile(options: SyncOptions | undefined): Promise<void> {
    const position = this.#flushedPosition;
    await this.file.sync(options);
    this.#syncedPosition = position;
  }

  #hold(source: Uint8Array, start: number, length: number): void {
    if (length === 0) return;
    this.#held ??= this.#pool.lease(this.#pieceBytes);
    const whole = start === 0 && length === source.length;
    this.#held.bytes.set(whole ? source : source.subarray(start, start + length), this.#heldBytes);
    this.#heldBytes += length;
  }

  /** Writes the held bytes and then `sources`, in one call. */
  #writeThrough(sources: readonly Uint8Array[], length: number): void {
    const at = this.#flushedPosition;
    const { file } = this;
    try {
      if (this.#held !== undefined && length > 0) {
        file.writeVectorSync([this.#held.bytes.subarray(0, this.#heldBytes), ...sources], at);
      } else if (this.#held !== undefined) {
        file.writeSync(this.#held.bytes, 0, this.#heldBytes, at);
      } else if (sources.length === 1) {
        file.writeSync(sources[0]!, 0, length, at);
      } else {
        file.writeVectorSync(sources, at);
      }
    } catch (error) {
      this.#cutLeftovers();
      throw error;
    }
    this.#flushedPosition = at + this.#heldBytes + length;
    this.#letGo();
  }

  /**
   * A write that failed half way should not leave its half behind; a later write covers it anyway.
   */
  #cutLeftovers(): void {
    try {
      this.file.truncateSync(this.#flushedPosition);
    } catch {
      // The write's own error tells more; the leftovers stay past the end this room vouches for.
    }
  }

  #letGo(): void {
    this.#held?.release();
    this.#held = undefined;
    this.#heldBytes = 0;
  }

  #assertUsable(): void {
    const context = { path: this.file.path };
    if (this.#isClosed) throw new StateError('IO_CLOSED', 'the appender is closed', { context });
    if (this.isPoisoned) {
      const message = 'an earlier sync failed; reopen to recover';
      throw new IoError('IO_POISONED', message, { context });
    }
  }
}
