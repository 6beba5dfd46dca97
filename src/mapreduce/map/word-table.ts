/**
 * Counts words by their bytes: an open hash table over entries of four numbers beside an arena of
 * bytes, so that a word costs a probe and no object. It grows with the words it meets: few words
 * stay in the caches of the processor.
 *
 *     entry   hash | start of its bytes | their length | count
 *
 * The hash is that of Text (31 h + signed byte, from 1 on); callers compute it while they look for
 * the word's end.
 */
const slotsPerWord = 2;
const entryWords = 4;
const startField = 1;
const lengthField = 2;
const countField = 3;
const firstCapacity = 1 << 12;
const firstBytes = 1 << 16;
const mostCount = 0x7fff_ffff;

export class WordTable {
  readonly #mostWords: number;
  readonly #mostBytes: number;
  #mask = firstCapacity * slotsPerWord - 1;
  /** Number of a word, plus one; 0 where a slot is free. */
  #slots = new Int32Array(firstCapacity * slotsPerWord);
  #entries = new Int32Array(firstCapacity * entryWords);
  #bytes: Uint8Array = new Uint8Array(firstBytes);
  #words = 0;
  #used = 0;

  /** Holds up to `mostWords` (a power of two, 4096 or more) of `mostBytes` in all. */
  constructor(mostWords: number, mostBytes: number) {
    this.#mostWords = mostWords;
    this.#mostBytes = mostBytes;
  }

  get size(): number {
    return this.#words;
  }

  /** One more of the word bytes[start, end); false when there is no room for it. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const word = this.indexOf(bytes, start, end, hash);
    if (word < 0) return false;
    const field = word * entryWords + countField;
    const count = this.#entries[field]!;
    if (count === mostCount) return false;
    this.#entries[field] = count + 1;
    return true;
  }

  /** Number of the word bytes[start, end), put in when it is new; -1 when there is no room. */
  indexOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const entries = this.#entries;
    const slots = this.#slots;
    const mask = this.#mask;
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const word = slots[slot]!;
      if (word === 0) return this.#insert(bytes, start, end, hash);
      const entry = (word - 1) * entryWords;
      if (entries[entry] === hash && entries[entry + lengthField] === length) {
        const own = this.#bytes;
        let from = entries[entry + startField]!;
        let at = start;
        while (at < end && own[from] === bytes[at]) {
          at++;
          from++;
        }
        if (at === end) return word - 1;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Every word once, with its count. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, count: number) => void): void {
    const entries = this.#entries;
    for (let word = 0; word < this.#words; word++) {
      const entry = word * entryWords;
      const start = entries[entry + startField]!;
      const count = entries[entry + countField]!;
      visit(this.#bytes, start, start + entries[entry + lengthField]!, count);
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#words = 0;
    this.#used = 0;
  }

  #insert(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start;
    if (this.#words === this.#mostWords || this.#used + length > this.#mostBytes) return -1;
    this.#makeRoom(length);
    const word = this.#words++;
    this.#slots[this.#freeSlot(hash)] = word + 1;
    const entry = word * entryWords;
    this.#entries[entry] = hash;
    this.#entries[entry + startField] = this.#used;
    this.#entries[entry + lengthField] = length;
    this.#entries[entry + countField] = 0;
    for (let at = start, to = this.#used; at < end;) this.#bytes[to++] = bytes[at++]!;
    this.#used += length;
    return word;
  }

  #freeSlot(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #makeRoom(length: number): void {
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    if (this.#words * entryWords < this.#entries.length) return;
    const entries = new Int32Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(this.#mask + 1);
    for (let word = 0; word < this.#words; word++) {
      this.#slots[this.#freeSlot(entries[word * entryWords]!)] = word + 1;
    }
  }
}
