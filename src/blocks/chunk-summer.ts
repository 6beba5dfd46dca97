/**
 * Sums of bytes that come in pieces, one per chunk, kept until they are written to the sidecar.
 *
 * The sum of the short chunk at the end is carried on from piece to piece, so no byte is read
 * twice.
 * Invariant: C1 `position` = bytes summed; the pending sums are those of the whole chunks that end
 * in [firstPending * chunkBytes, position), and `partialSum` is of the `partialBytes` after them.
 */
import { computeChunks, crc32, crc32c, type ChecksumKind } from '../../native-free-io/index.ts';
import { sumBytes } from './format/layout.ts';
import { readSum, writeSum } from './format/sums.ts';

export class ChunkSummer {
  readonly kind: ChecksumKind;
  readonly chunkBytes: number;
  readonly #sum: typeof crc32c;
  #sums: Uint8Array;
  #pending = 0;
  #firstPending: number;
  #partialBytes: number;
  #partialSum: number;

  /** Goes on behind `position` bytes, of whose short last chunk `partialSum` is the sum. */
  constructor(
    kind: ChecksumKind,
    chunkBytes: number,
    from: { position: number; partialSum: number },
  ) {
    this.kind = kind;
    this.chunkBytes = chunkBytes;
    this.#sum = kind === 'crc32' ? crc32 : crc32c;
    this.#sums = new Uint8Array(4096);
    this.#firstPending = Math.floor(from.position / chunkBytes);
    this.#partialBytes = from.position % chunkBytes;
    this.#partialSum = this.#partialBytes === 0 ? 0 : from.partialSum;
  }

  /** Ordinal of the chunk that the first pending sum belongs to. */
  get firstPending(): number {
    return this.#firstPending;
  }

  /** Bytes of the pending sums of whole chunks. */
  get pendingBytes(): number {
    return this.#pending * sumBytes;
  }

  get partialBytes(): number {
    return this.#partialBytes;
  }

  get partialSum(): number {
    return this.#partialSum;
  }

  update(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#partialBytes > 0) {
      at = Math.min(end, start + this.chunkBytes - this.#partialBytes);
      this.#extendPartial(bytes, start, at);
      if (at === end) return;
    }
    const whole = at + Math.floor((end - at) / this.chunkBytes) * this.chunkBytes;
    if (whole > at) this.#addWhole(bytes, at, whole);
    if (whole < end) this.#extendPartial(bytes, whole, end);
  }

  /** Takes sums known to be right, of bytes that begin at a chunk; a short chunk may end them. */
  add(sums: Uint8Array, length: number): void {
    const whole = Math.floor(length / this.chunkBytes);
    this.#reserve(whole);
    this.#sums.set(sums.subarray(0, whole * sumBytes), this.#pending * sumBytes);
    this.#pending += whole;
    this.#partialBytes = length % this.chunkBytes;
    this.#partialSum = this.#partialBytes === 0 ? 0 : readSum(sums, whole * sumBytes);
  }

  /** Forgets the short chunk at the end: it is given again, from its first byte. */
  dropPartial(): void {
    this.#partialBytes = 0;
    this.#partialSum = 0;
  }

  /**
   * The pending sums, with that of the short chunk behind them; a view until the next call. Then
   * `written` says that they are in the sidecar.
   */
  pendingWithPartial(): Uint8Array {
    if (this.#partialBytes === 0) return this.#sums.subarray(0, this.pendingBytes);
    this.#reserve(1);
    writeSum(this.#sums, this.pendingBytes, this.#partialSum);
    return this.#sums.subarray(0, this.pendingBytes + sumBytes);
  }

  written(): void {
    this.#firstPending += this.#pending;
    this.#pending = 0;
  }

  #extendPartial(bytes: Uint8Array, start: number, end: number): void {
    this.#partialSum = this.#sum(bytes, start, end, this.#partialSum);
    this.#partialBytes += end - start;
    if (this.#partialBytes < this.chunkBytes) return;
    this.#reserve(1);
    writeSum(this.#sums, this.pendingBytes, this.#partialSum);
    this.#pending++;
    this.dropPartial();
  }

  #addWhole(bytes: Uint8Array, start: number, end: number): void {
    const count = (end - start) / this.chunkBytes;
    this.#reserve(count);
    computeChunks(this.kind, {
      bytes,
      start,
      end,
      chunkBytes: this.chunkBytes,
      sums: this.#sums,
      sumsStart: this.pendingBytes,
    });
    this.#pending += count;
  }

  /** Room for so many sums more. */
  #reserve(count: number): void {
    const needed = (this.#pending + count) * sumBytes;
    if (needed <= this.#sums.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#sums.length * 2));
    grown.set(this.#sums);
    this.#sums = grown;
  }
}
