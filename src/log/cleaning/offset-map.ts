/**
 * The last offset of each key in a stretch of a log, in a fixed amount of memory.
 *
 * Open addressing over typed arrays; a key is known by its 128-bit hash only. When the map is full,
 * the round of cleaning ends there: memory decides how far one round reaches, never what is kept.
 *
 * The arrays begin small and grow fourfold, since most logs have few keys and a map that fits the
 * processor's caches takes half the time. While it grows the old arrays and the new ones are within
 * the bound together, so the last growth leaves out what the old ones take.
 */
import { hashKey, keyHash } from './key-hash.ts';

/** Four hash words and a 64-bit float for the offset. */
export const bytesPerSlot = 24;
const loadFactor = 0.9;
/** Of a map that can still grow: fewer steps per search. */
const growingLoadFactor = 0.6;
/** Slots a map begins with, when its bound is much larger. */
const firstSlots = 1 << 16;
const growthFactor = 4;

export class OffsetMap {
  readonly #maxSlots: number;
  #slots: number;
  #hashes: Int32Array;
  /** -1 marks a free slot. */
  #offsets: Float64Array;
  #capacity: number;
  #count = 0;
  /** The last offset taken into account, also where records without a key lie; -1 for none. */
  latestOffset = -1;

  /** `memoryBytes` bounds all arrays together. */
  constructor(memoryBytes: number) {
    this.#maxSlots = Math.max(16, Math.floor(memoryBytes / bytesPerSlot));
    const grows = this.#maxSlots > firstSlots * growthFactor;
    this.#slots = grows ? firstSlots : this.#maxSlots;
    this.#hashes = new Int32Array(this.#slots * 4);
    this.#offsets = new Float64Array(this.#slots).fill(-1);
    this.#capacity = this.#capacityNow();
  }

  get count(): number {
    return this.#count;
  }

  /** Slots there are now. */
  get slots(): number {
    return this.#slots;
  }

  get isFull(): boolean {
    return this.#count >= this.#capacity && this.#nextSlots() === 0;
  }

  /** Notes that the key bytes[start, end) was seen at `offset`; later calls win. */
  put(bytes: Uint8Array, start: number, end: number, offset: number): void {
    hashKey(bytes, start, end);
    if (this.#count >= this.#capacity) this.#grow();
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

  /** Slots after the next growth; 0 when there is no memory for one that pays. */
  #nextSlots(): number {
    const left = this.#maxSlots - this.#slots;
    return left < this.#slots * 1.25 ? 0 : Math.min(left, this.#slots * growthFactor);
  }

  #capacityNow(): number {
    return Math.floor(this.#slots * (this.#nextSlots() === 0 ? loadFactor : growingLoadFactor));
  }

  #grow(): void {
    const slots = this.#nextSlots();
    if (slots === 0) return;
    const [hashes, offsets, wanted] = [this.#hashes, this.#offsets, Int32Array.from(keyHash)];
    this.#slots = slots;
    this.#hashes = new Int32Array(slots * 4);
    this.#offsets = new Float64Array(slots).fill(-1);
    this.#capacity = this.#capacityNow();
    for (let slot = 0; slot < offsets.length; slot++) {
      if (offsets[slot]! < 0) continue;
      for (let word = 0; word < 4; word++) keyHash[word] = hashes[slot * 4 + word]!;
      const target = this.#find();
      this.#hashes.set(keyHash, target * 4);
      this.#offsets[target] = offsets[slot]!;
    }
    keyHash.set(wanted);
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
