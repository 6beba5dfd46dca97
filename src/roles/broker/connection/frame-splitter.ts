/**
 * Cuts a stream of bytes into frames: four bytes of length, then that many bytes.
 *
 * A frame that lies in one chunk is a view of it. One that comes in pieces is gathered in a buffer
 * that grows with what has arrived, not with what the length promises. Chunks are borrowed until
 * `keep` copies what is left of them.
 *
 * Invariants: F1 at most the frame under way and the chunks not yet cut are held; F2 the buffer is
 * at most 16 KiB, or four times what arrived of its frame, or one of the few that are used again.
 */
import { giveFrameBuffer, takeFrameBuffer } from './frame-buffers.ts';
import { MalformedError } from '../protocol/wire.ts';

/** One frame without its length: `bytes[start..end]`. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const firstBufferBytes = 16 << 10;

export class FrameSplitter {
  /** Most bytes of a frame; changes when a client has shown who it is. */
  limitBytes: number;
  #chunks: Uint8Array[] = [];
  /** Position in the first chunk. */
  #at = 0;
  /** Bytes in all chunks behind `#at`. */
  #waiting = 0;
  /** The frame under way with its length in front; undefined when none has begun. */
  #partial: Uint8Array | undefined;
  #filled = 0;
  /** Frames are valid until the next one is asked for, so that their buffers are used again. */
  readonly #lends: boolean;
  #lent: Uint8Array | undefined;

  constructor(limitBytes: number, options: { readonly lends?: boolean } = {}) {
    this.limitBytes = limitBytes;
    this.#lends = options.lends ?? false;
  }

  /** Bytes that arrived and are not cut yet. */
  get waitingBytes(): number {
    return this.#waiting;
  }
  /** Memory of the frame under way. */
  get partialBytes(): number {
    return this.#partial?.length ?? 0;
  }
  /** Size of the frame that comes next with its length; 0 while that is not known. */
  get expectedBytes(): number {
    if (this.#filled >= 4) return 4 + this.#checkedSize(this.#partial!, 0);
    const chunk = this.#chunks[0];
    if (this.#partial !== undefined || chunk === undefined || chunk.length - this.#at < 4) return 0;
    return 4 + this.#checkedSize(chunk, this.#at);
  }
  /** A frame has begun and not ended. */
  get isMidFrame(): boolean {
    return this.#partial !== undefined || this.#waiting > 0;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
  }

  /** The last chunk is about to be overwritten: copies what is not cut yet. */
  keep(): void {
    this.#takeBack();
    if (this.#waiting === 0) return;
    const last = this.#chunks.pop()!;
    const isOnly = this.#chunks.length === 0;
    this.#chunks.push(new Uint8Array(last.subarray(isOnly ? this.#at : 0)));
    if (isOnly) this.#at = 0;
  }

  /** The next whole frame; MalformedError when a length cannot be. */
  next(): Frame | undefined {
    this.#takeBack();
    while (this.#waiting > 0) {
      const chunk = this.#chunks[0]!;
      const left = chunk.length - this.#at;
      if (this.#partial === undefined && left >= 4) {
        const size = this.#checkedSize(chunk, this.#at);
        if (left >= 4 + size) {
          const start = this.#at + 4;
          this.#advance(4 + size);
          return { bytes: chunk, start, end: start + size };
        }
      }
      const frame = this.#gather(chunk, left);
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  /** Adds what the first chunk holds to the frame under way. */
  #gather(chunk: Uint8Array, left: number): Frame | undefined {
    this.#partial ??= this.#firstBuffer(chunk, left);
    const known = this.#filled >= 4;
    const total = known ? 4 + this.#checkedSize(this.#partial, 0) : 4;
    const length = Math.min(left, total - this.#filled);
    this.#reserve(this.#filled + length, total);
    this.#partial.set(chunk.subarray(this.#at, this.#at + length), this.#filled);
    this.#filled += length;
    this.#advance(length);
    if (this.#filled < 4) return undefined;
    const size = this.#checkedSize(this.#partial, 0);
    if (this.#filled < 4 + size) return undefined;
    const bytes = this.#partial;
    this.#partial = undefined;
    this.#filled = 0;
    this.#lent = bytes;
    return { bytes, start: 4, end: 4 + size };
  }

  #takeBack(): void {
    if (this.#lent === undefined) return;
    if (this.#lends) giveFrameBuffer(this.#lent);
    this.#lent = undefined;
  }

  /** Large enough for the whole frame where enough of it is there to believe its length. */
  #firstBuffer(chunk: Uint8Array, left: number): Uint8Array {
    const used = this.#lends ? takeFrameBuffer() : undefined;
    if (used !== undefined) return used;
    const total = left >= 4 ? 4 + this.#checkedSize(chunk, this.#at) : 0;
    return Buffer.allocUnsafeSlow(Math.max(firstBufferBytes, Math.min(total, 4 * left)));
  }

  #reserve(needed: number, total: number): void {
    const partial = this.#partial!;
    if (needed <= partial.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.min(total, Math.max(needed, 2 * partial.length)));
    grown.set(partial.subarray(0, this.#filled));
    if (this.#lends) giveFrameBuffer(partial);
    this.#partial = grown;
  }

  #checkedSize(bytes: Uint8Array, at: number): number {
    const size =
      (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (size >= 0 && size <= this.limitBytes) return size;
    throw new MalformedError(`a frame of ${size} bytes, allowed are ${this.limitBytes}`, 0);
  }

  #advance(length: number): void {
    this.#at += length;
    this.#waiting -= length;
    if (this.#at < this.#chunks[0]!.length) return;
    this.#chunks.shift();
    this.#at = 0;
  }
}
