/**
 * Counts words by their bytes: an open hash table whose places hold a short word with its count, so
 * that a word which is known costs one line of the processor's caches and no object. It grows with
 * the words it meets: few words stay in the caches.
 *
 *     place   hash | number + 1, 0 where free | length | count | the word, or where it begins
 *             8 whole numbers; a word of more than 16 bytes is kept beside, in an arena
 *
 * Places move when the table grows: one is good until the next word is looked for.
 */
const numberField = 1;
const lengthField = 2;
const countField = 3;
const wordField = 4;
const placeBits = 3;
const placeWords = 1 << placeBits;
const shortWords = placeWords - wordField;
const shortBytes = shortWords * 4;
const firstCapacity = 1 << 13;
const firstBytes = 1 << 16;
const mostCount = 0x7fff_ffff;
/** Of multiplicative hashing: odd, bits well mixed. */
const factor = 0x9e37_79b1;

/** No place: the table has no room for the word. */
export const noRoom = -1;
/** No place: the text does not consist of ASCII alone. */
export const notAscii = -2;

export class WordTable {
  readonly #mostWords: number;
  readonly #mostBytes: number;
  #mask = firstCapacity - 1;
  #places = new Int32Array(firstCapacity * placeWords);
  /** By number of a word. */
  #placeOf = new Int32Array(firstCapacity / 2);
  #arena: Uint8Array = new Uint8Array(firstBytes);
  #arenaUsed = 0;
  #words = 0;
  #bytes = 0;
  /** The word that is looked for, four bytes a number, and the bytes themselves. */
  #key = new Int32Array(256);
  #keyBytes = new Uint8Array(this.#key.buffer);

  /** Holds up to `mostWords` of `mostBytes` in all. */
  constructor(mostWords: number, mostBytes: number) {
    this.#mostWords = mostWords;
    this.#mostBytes = mostBytes;
  }

  get size(): number {
    return this.#words;
  }

  /** One more of the word bytes[start, end); false when there is no room for it. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const place = this.find(bytes, start, end);
    if (place < 0) return false;
    const count = this.#places[place + countField]!;
    if (count === mostCount) return false;
    this.#places[place + countField] = count + 1;
    return true;
  }

  /** Place of the word bytes[start, end), put in with a count of 0 when it is new. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    this.#requireKey(length);
    const key = this.#key;
    let hash = length;
    let packed = 0;
    let index = 0;
    for (; index < length; index++) {
      packed |= bytes[start + index]! << ((index & 3) << 3);
      if ((index & 3) !== 3) continue;
      key[index >> 2] = packed;
      hash = mixed(hash, packed);
      packed = 0;
    }
    key[index >> 2] = packed;
    return this.#search(mixed(hash, packed), length);
  }

  /** Place of a word of ASCII, as `find` does. */
  findText(text: string): number {
    const { length } = text;
    this.#requireKey(length);
    const key = this.#key;
    let hash = length;
    let packed = 0;
    let index = 0;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 127) return notAscii;
      packed |= unit << ((index & 3) << 3);
      if ((index & 3) !== 3) continue;
      key[index >> 2] = packed;
      hash = mixed(hash, packed);
      packed = 0;
    }
    key[index >> 2] = packed;
    return this.#search(mixed(hash, packed), length);
  }

  numberAt(place: number): number {
    return this.#places[place + numberField]! - 1;
  }
  /** Bytes of the word. */
  lengthAt(place: number): number {
    return this.#places[place + lengthField]!;
  }
  countAt(place: number): number {
    return this.#places[place + countField]!;
  }
  setCount(place: number, count: number): void {
    this.#places[place + countField] = count;
  }
  placeOf(number: number): number {
    return this.#placeOf[number]!;
  }

  /** Every word once, in the order they came, with its count. */
  forEach(visit: (bytes: Uint8Array, start: number, end: number, count: number) => void): void {
    const places = this.#places;
    const placeBytes = new Uint8Array(places.buffer);
    for (let number = 0; number < this.#words; number++) {
      const place = this.#placeOf[number]!;
      const length = places[place + lengthField]!;
      const isShort = length <= shortBytes;
      const bytes = isShort ? placeBytes : this.#arena;
      const start = isShort ? (place + wordField) * 4 : places[place + wordField]!;
      visit(bytes, start, start + length, places[place + countField]!);
    }
  }

  clear(): void {
    this.#places.fill(0);
    this.#words = 0;
    this.#bytes = 0;
    this.#arenaUsed = 0;
  }

  #search(hash: number, length: number): number {
    const places = this.#places;
    const key = this.#key;
    const words = (length + 3) >>> 2;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = slot << placeBits;
      if (places[place + numberField] === 0) return this.#insert(hash, length);
      if (places[place] !== hash || places[place + lengthField] !== length) continue;
      if (length > shortBytes) {
        if (this.#isInArena(places[place + wordField]!, length)) return place;
        continue;
      }
      let word = 0;
      while (word < words && places[place + wordField + word] === key[word]) word++;
      if (word === words) return place;
    }
  }

  #isInArena(start: number, length: number): boolean {
    for (let at = 0; at < length; at++) {
      if (this.#arena[start + at] !== this.#keyBytes[at]) return false;
    }
    return true;
  }

  #insert(hash: number, length: number): number {
    if (this.#words === this.#mostWords || this.#bytes + length > this.#mostBytes) return noRoom;
    if (this.#words * 2 >= this.#mask) this.#grow();
    const place = this.#freePlace(hash);
    const places = this.#places;
    this.#placeOf[this.#words++] = place;
    this.#bytes += length;
    places[place] = hash;
    places[place + numberField] = this.#words;
    places[place + lengthField] = length;
    places[place + countField] = 0;
    if (length > shortBytes) {
      places[place + wordField] = this.#toArena(length);
      return place;
    }
    const words = (length + 3) >>> 2;
    for (let word = 0; word < words; word++) places[place + wordField + word] = this.#key[word]!;
    return place;
  }

  #freePlace(hash: number): number {
    let slot = hash & this.#mask;
    while (this.#places[(slot << placeBits) + numberField] !== 0) slot = (slot + 1) & this.#mask;
    return slot << placeBits;
  }

  #toArena(length: number): number {
    const start = this.#arenaUsed;
    if (start + length > this.#arena.length) {
      const grown = new Uint8Array(Math.max(this.#arena.length * 2, start + length));
      grown.set(this.#arena);
      this.#arena = grown;
    }
    this.#arena.set(this.#keyBytes.subarray(0, length), start);
    this.#arenaUsed = start + length;
    return start;
  }

  #grow(): void {
    const old = this.#places;
    this.#mask = this.#mask * 2 + 1;
    this.#places = new Int32Array((this.#mask + 1) * placeWords);
    const placeOf = new Int32Array((this.#mask + 1) / 2);
    for (let number = 0; number < this.#words; number++) {
      const from = this.#placeOf[number]!;
      const place = this.#freePlace(old[from]!);
      for (let field = 0; field < placeWords; field++) {
        this.#places[place + field] = old[from + field]!;
      }
      placeOf[number] = place;
    }
    this.#placeOf = placeOf;
  }

  #requireKey(length: number): void {
    // The last number is written even where a word ends with the one before.
    if (length < this.#keyBytes.length) return;
    this.#key = new Int32Array((length >>> 1) + 1);
    this.#keyBytes = new Uint8Array(this.#key.buffer);
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, factor);
  return product ^ (product >>> 15);
}
