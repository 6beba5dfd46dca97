/**
 * Collects what one vectored write shall put on disk: large pieces by reference, small ones merged
 * by copying.
 *
 * A vector costs the platform about 80 ns, copying a view of 512 bytes 70 (Node 20), so views below
 * `mergeBelowBytes` that follow each other are copied together. The system takes at most
 * 1024 vectors in one call; longer lists are split.
 *
 * Lifetime: views added by reference must stay unchanged until the write; `clear` lets go of them
 * and voids the lists given out. Merged bytes lie in buffers of this list, kept for the next round.
 */
import { InvalidArgumentError, LimitError } from '../errors.ts';

export interface GatherListOptions {
  /** Views shorter than this are copied, others are referred to. Default 512. */
  readonly mergeBelowBytes?: number;
  /** Most bytes copied between two calls of `clear`. Default 16 MiB. */
  readonly mergeLimitBytes?: number;
}

/** Where the list is written to; a FileHandle is one. */
export interface VectorTarget {
  writeVectorSync(sources: readonly Uint8Array[], position: number): void;
  writeVector(sources: readonly Uint8Array[], position: number): Promise<void>;
}

/** Most vectors the system takes in one call (IOV_MAX). */
export const vectorsPerWrite = 1024;
const defaultMergeBelowBytes = 512;
const defaultMergeLimitBytes = 16 << 20;
const mergeBufferBytes = 64 << 10;
const loopedCopyBytes = 16;

export class GatherList {
  readonly #mergeBelowBytes: number;
  readonly #mergeLimitBytes: number;
  readonly #pieces: Uint8Array[] = [];
  readonly #mergeBuffers: Uint8Array[] = [];
  /** The merge buffer being filled, and the part of it not yet in `#pieces`. */
  #mergeIndex = 0;
  #mergeStart = 0;
  #mergeEnd = 0;
  #mergedBytes = 0;
  #length = 0;

  constructor(options: GatherListOptions = {}) {
    this.#mergeBelowBytes = Math.min(
      options.mergeBelowBytes ?? defaultMergeBelowBytes,
      mergeBufferBytes,
    );
    this.#mergeLimitBytes = options.mergeLimitBytes ?? defaultMergeLimitBytes;
  }

  /** Bytes in the list. */
  get length(): number {
    return this.#length;
  }

  /** Adds `bytes[start..end]`. */
  add(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (start < 0 || start > end || end > bytes.length) {
      throw new InvalidArgumentError(
        'IO_INVALID_ARGUMENT',
        `${start} to ${end} is no region of ${bytes.length} bytes`,
      );
    }
    const length = end - start;
    if (length === 0) return;
    if (length < this.#mergeBelowBytes) this.#merge(bytes, start, end);
    else {
      this.#closeMerge();
      this.#pieces.push(length === bytes.length ? bytes : bytes.subarray(start, end));
    }
    this.#length += length;
  }

  /** The vectors in order. Valid until `add` or `clear`. */
  vectors(): readonly Uint8Array[] {
    this.#closeMerge();
    return this.#pieces;
  }

  /** Writes everything at `position`, 1024 vectors at a time; returns the position after it. */
  writeSync(target: VectorTarget, position: number): number {
    let at = position;
    for (const vectors of this.#writes()) {
      target.writeVectorSync(vectors, at);
      at += totalLength(vectors);
    }
    return at;
  }

  /** As `writeSync`, through the thread pool. The list must not change meanwhile. */
  async write(target: VectorTarget, position: number): Promise<number> {
    let at = position;
    for (const vectors of this.#writes()) {
      await target.writeVector(vectors, at);
      at += totalLength(vectors);
    }
    return at;
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces.length = 0;
    this.#mergeIndex = 0;
    this.#mergeStart = 0;
    this.#mergeEnd = 0;
    this.#mergedBytes = 0;
    this.#length = 0;
  }

  *#writes(): Generator<readonly Uint8Array[]> {
    const vectors = this.vectors();
    if (vectors.length <= vectorsPerWrite) {
      if (vectors.length > 0) yield vectors;
      return;
    }
    for (let first = 0; first < vectors.length; first += vectorsPerWrite) {
      yield vectors.slice(first, first + vectorsPerWrite);
    }
  }

  #merge(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#mergedBytes + length > this.#mergeLimitBytes) {
      throw new LimitError(
        'BUFFER_EXHAUSTED',
        `more than ${this.#mergeLimitBytes} bytes in small pieces; write what there is and clear`,
      );
    }
    if (this.#mergeEnd + length > mergeBufferBytes) {
      this.#closeMerge();
      this.#mergeIndex++;
      this.#mergeStart = 0;
      this.#mergeEnd = 0;
    }
    let buffer = this.#mergeBuffers[this.#mergeIndex];
    if (buffer === undefined) {
      buffer = new Uint8Array(mergeBufferBytes);
      this.#mergeBuffers.push(buffer);
    }
    copyInto(buffer, this.#mergeEnd, bytes, start, end);
    this.#mergeEnd += length;
    this.#mergedBytes += length;
  }

  /** Turns what was merged since the last piece into a piece. */
  #closeMerge(): void {
    if (this.#mergeEnd === this.#mergeStart) return;
    const buffer = this.#mergeBuffers[this.#mergeIndex]!;
    this.#pieces.push(buffer.subarray(this.#mergeStart, this.#mergeEnd));
    this.#mergeStart = this.#mergeEnd;
  }
}

/** A loop for the few bytes that a call of `set`, some 40 ns, would cost more than. */
function copyInto(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  if (end - start > loopedCopyBytes) {
    const whole = start === 0 && end === source.length;
    target.set(whole ? source : source.subarray(start, end), at);
    return;
  }
  for (let i = start, to = at; i < end; i++, to++) target[to] = source[i]!;
}

function totalLength(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}
