/**
 * The dictionaries of compressed logs and of compressed tags: what was used last stays longest.
 *
 *    ff | length varint | bytes      a new entry, which is added
 *    index i16                       an entry that is there
 *
 * A new entry takes the next index while there are some, then that of the entry unused longest.
 * Upstream: apache/hbase: hbase-common/.../io/util/LRUDictionary.java (Apache-2.0); code our own.
 */
import {
  CorruptionError,
  LimitError,
  readUvarint,
  varintEnd,
} from '../../../native-free-io/index.ts';

const newEntry = 0xff;

/** Position after what was read last. */
export let dictionaryEnd = 0;

export class LruDictionary {
  readonly #capacity: number;
  readonly #entries: Uint8Array[] = [];
  /** Neighbours by time of use, as indexes; -1 for none. */
  readonly #newer: number[] = [];
  readonly #older: number[] = [];
  #newest = -1;
  #oldest = -1;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#newer.length = 0;
    this.#older.length = 0;
    this.#newest = -1;
    this.#oldest = -1;
  }

  /** Reads an entry, new or known, from bytes[at..end]; leaves its end in `dictionaryEnd`. */
  read(bytes: Uint8Array, at: number, end: number): Uint8Array {
    if (at >= end) throw cutShort(at);
    if (bytes[at] !== newEntry) {
      if (at + 2 > end) throw cutShort(at);
      const entry = this.#use((bytes[at]! << 8) | bytes[at + 1]!, at);
      dictionaryEnd = at + 2;
      return entry;
    }
    const length = readUvarint(bytes, at + 1, end);
    const start = varintEnd;
    if (length > end - start) throw cutShort(at);
    const entry = new Uint8Array(bytes.subarray(start, start + length));
    // Upstream keeps no empty ones.
    if (length > 0) this.#add(entry);
    dictionaryEnd = start + length;
    return entry;
  }

  #use(index: number, at: number): Uint8Array {
    const entry = this.#entries[index];
    if (entry === undefined) {
      const message = `dictionary entry ${index} of ${this.#entries.length}`;
      throw new LimitError('BUFFER_NUMBER_RANGE', message, { context: { position: at } });
    }
    this.#unlink(index);
    this.#link(index);
    return entry;
  }

  #add(entry: Uint8Array): void {
    let index = this.#entries.length;
    if (index >= this.#capacity) {
      index = this.#oldest;
      this.#unlink(index);
    }
    this.#entries[index] = entry;
    this.#link(index);
  }

  #link(index: number): void {
    this.#older[index] = this.#newest;
    this.#newer[index] = -1;
    if (this.#newest >= 0) this.#newer[this.#newest] = index;
    this.#newest = index;
    if (this.#oldest < 0) this.#oldest = index;
  }

  #unlink(index: number): void {
    const newer = this.#newer[index]!;
    const older = this.#older[index]!;
    if (newer >= 0) this.#older[newer] = older;
    else this.#newest = older;
    if (older >= 0) this.#newer[older] = newer;
    else this.#oldest = newer;
  }
}

function cutShort(position: number): CorruptionError {
  return new CorruptionError('BUFFER_OVERRUN', 'a dictionary entry ends early', {
    context: { position },
  });
}
