/**
 * The last offset of each key in a stretch of a log, in a fixed amount of memory.
 *
 * Open addressing over typed arrays; a key is known by its 128-bit hash only. When the map is full,
 * the round of cleaning ends there: memory decides how far one round reaches, never what is kept.
 */
import { hashKey, keyHash } from './key-hash.ts';

/** Four hash words and a 64-bit float for the offset. */
export const bytesPerSlot = 24;
const loadFactor = 0.9;

export class OffsetMap {
  readonly #slots: number;
  readonly #hashes: Int32Array;
  /** -1 marks a free slot. */
  readonly #offsets: Float64Array;
  readonly #capacity: number;
  #count = 0;
  /** The last offset taken into account, also where records without a key lie; -1 for none. */
  latestOffset = -1;

  /** `memoryBytes` bounds both arrays together. */
  constructor(memoryBytes: number) {
    this.#slots = Math.max(16, Math.floor(memoryBytes / bytesPerSlot));
    this.#hashes = new Int32Array(this.#slots * 4);
    this.#offsets = new Float64Array(this.#slots).fill(-1);
    this.#capacity = Math.floor(this.#slots * loadFactor);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#capacity;
  }

  /** Notes that the key bytes[start, end) was seen at `offset`; later calls win. */
  put(bytes: Uint8Array, start: number, end: number, offset: number): void {
    hashKey(bytes, start, end);
    const slot = this.#find();
    if (this.#offsets[slot]! < 0) {
      this.#count++;
      this.#hashes.set(keyHash, slot * 4);
    }
    this.#offsets[slot] = offset;
  }

  /** Last offset of the key, -1 when it was not seen. */
  get(bytes: Uint8Array, start: number, end: number): number {
    hashKey(bytes, start, end);
    return this.#offsets[this.#find()]!;
  }

  /** The slot of the hash in `keyHash`, or the free one where it belongs. */
  #find(): number {
    const hashes = this.#hashes;
    const [h0, h1, h2, h3] = [keyHash[0]!, keyHash[1]!, keyHash[2]!, keyHash[3]!];
    let slot = (h0 >>> 0) % this.#slots;
    while (this.#offsets[slot]! >= 0) {
      const at = slot * 4;
      if (
        hashes[at] === h0 &&
        hashes[at + 1] === h1 &&
        hashes[at + 2] === h2 &&
        hashes[at + 3] === h3
      ) {
        return slot;
      }
      slot = slot + 1 === this.#slots ? 0 : slot + 1;
    }
    return slot;
  }
}
