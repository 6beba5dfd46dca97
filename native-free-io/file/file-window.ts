/**
 * A moving window over a region of a file, for readers that go front to back and need the next few
 * bytes in one piece, whatever record they belong to.
 *
 * Reads synchronously (page cache); grows when a caller needs more bytes in one piece than it
 * holds, never beyond what the region has, so that a false length in a file takes no memory.
 *
 * Lifetime: `bytes`, `view` and indexes into them are stale after the next `at` or `fill`.
 */
import { InvalidArgumentError } from '../errors.ts';
import type { FileHandle } from './file-system.ts';

const defaultWindowBytes = 1 << 20;

export interface FileWindowOptions {
  /** First byte of the file that is read. Default 0. */
  readonly start?: number;
  /** Byte after the last. Default: the size of the file now. */
  readonly end?: number;
  /** Bytes read at once, at least 1. Default 1 MiB. */
  readonly windowBytes?: number;
  /** Told of every byte once, in order, while positions only grow: for a running checksum. */
  readonly onRead?: (bytes: Uint8Array, start: number, end: number) => void;
}

export class FileWindow {
  readonly file: FileHandle;
  readonly start: number;
  readonly end: number;
  bytes: Uint8Array;
  view: DataView;
  readonly #windowBytes: number;
  readonly #onRead: FileWindowOptions['onRead'];
  /** Position in the file of `bytes[0]`. */
  #from: number;
  /** Bytes that are valid. */
  #held = 0;

  constructor(file: FileHandle, options: FileWindowOptions = {}) {
    this.file = file;
    this.start = options.start ?? 0;
    this.end = options.end ?? file.sizeSync();
    this.#windowBytes = options.windowBytes ?? defaultWindowBytes;
    this.#onRead = options.onRead;
    if (!(this.start >= 0 && this.start <= this.end && this.#windowBytes >= 1)) {
      const message = `no window of ${this.#windowBytes} bytes on ${this.start} to ${this.end}`;
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', message);
    }
    this.#from = this.start;
    this.bytes = new Uint8Array(Math.min(this.#windowBytes, this.end - this.start));
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Index in `bytes` of the byte at `position`, with `length` bytes from there on present; -1 when
   * the region ends before them.
   */
  at(position: number, length: number): number {
    const index = position - this.#from;
    if (length < 0) return -1;
    if (index >= 0 && index + length <= this.#held) return index;
    if (position < this.start || position + length > this.end) return -1;
    this.#move(position, length);
    return this.#held < length ? -1 : 0;
  }

  /** As many bytes from `position` on as are at hand, at least one unless the region ends. */
  fill(position: number): { readonly index: number; readonly length: number } {
    const index = this.at(position, Math.min(1, Math.max(0, this.end - position)));
    const length = index < 0 ? 0 : this.#held - index;
    return { index: length === 0 ? 0 : index, length };
  }

  /** Reads from `position` on, keeping what is held of it already. */
  #move(position: number, length: number): void {
    const heldEnd = this.#from + this.#held;
    const reused = position >= this.#from && position < heldEnd ? heldEnd - position : 0;
    const wanted = Math.min(Math.max(length, this.#windowBytes), this.end - position);
    const old = this.bytes;
    if (wanted > this.bytes.length) {
      this.bytes = new Uint8Array(wanted);
      this.view = new DataView(this.bytes.buffer);
    }
    if (reused > 0) this.bytes.set(old.subarray(this.#held - reused, this.#held));
    this.#from = position;
    const got = this.file.readSync(this.bytes, reused, wanted - reused, position + reused);
    this.#held = reused + got;
    this.#onRead?.(this.bytes, reused, this.#held);
  }
}
