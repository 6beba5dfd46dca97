/**
 * Counts words by their bytes: an open hash table beside an arena, so that a word costs a probe and
 * no object. What makes counting words a matter of reading the text once.
 *
 * The hash is that of Text (31 h + signed byte, from 1 on); callers compute it while they look for
 * the word's end.
 */
const slotsPerWord = 2;

export class WordTable {
  readonly #mostWords: number;
  readonly #mostBytes: number;
  readonly #mask: number;
  /** Number of a word, plus one; 0 where a slot is free. */
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  readonly #counts: Float64Array;
  readonly #bytes: Uint8Array;
  #words = 0;
  #used = 0;

  /** Holds up to `mostWords` (a power of two) of `mostBytes` in all. */
  constructor(mostWords: number, mostBytes: number) {
    this.#mostWords = mostWords;
    this.#mostBytes = mostBytes;
    this.#mask = mostWords * slotsPerWord - 1;
    this.#slots = new Int32Array(mostWords * slotsPerWord);
    this.#hashes = new Int32Array(mostWords);
    this.#starts = new Int32Array(mostWords);
    this.#lengths = new Int32Array(mostWords);
    this.#counts = new Float64Array(mostWords);
    this.#bytes = new Uint8Array(mostBytes);
  }

  get size(): number {
    return this.#words;
  }

  /** One more of the word bytes[start, end); false when there is no room for a new word. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const length = end - start;
    const own = this.#bytes;
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;;) {
      const word = this.#slots[slot]! - 1;
      if (word < 0) return this.#insert(slot, bytes, start, end, hash);
      if (this.#hashes[word] === hash && this.#lengths[word] === length) {
        let at = 0;
        const from = this.#starts[word]!;
        while (at < length && own[from + at] === bytes[start + at]) at++;
        if (at === length) {
          this.#counts[word]!++;
          return true;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Every word once, with its count. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, count: number) => void): void {
    for (let word = 0; word < this.#words; word++) {
      const start = this.#starts[word]!;
      visit(this.#bytes, start, start + this.#lengths[word]!, this.#counts[word]!);
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#words = 0;
    this.#used = 0;
  }

  #insert(
    ...[slot, bytes, start, end, hash]: [number, Uint8Array, number, number, number]
  ): boolean {
    const length = end - start;
    if (this.#words === this.#mostWords || this.#used + length > this.#mostBytes) return false;
    const word = this.#words++;
    this.#slots[slot] = word + 1;
    this.#hashes[word] = hash;
    this.#starts[word] = this.#used;
    this.#lengths[word] = length;
    this.#counts[word] = 1;
    for (let at = start, to = this.#used; at < end;) this.#bytes[to++] = bytes[at++]!;
    this.#used += length;
    return true;
  }
}
