/**
 * One block of a block index in memory: keys, and the places of the blocks they lead to.
 *
 * The blocks below that are in the cache hang in its slots. Lifetime: as long as somebody has it.
 * Format doc: docs/formats/lsm.md, "Index blocks".
 */
import { ByteReader, readInt64OrNaN, type ErrorContext } from '../../../native-free-io/index.ts';
import { compareKeys, type KeyComparator } from '../format/comparator.ts';
import { corruptFile } from '../format/damage.ts';
import { indexEntryOverheadBytes } from '../format/layout.ts';
import { isKey } from '../format/plain-cells.ts';
import { BlockSlots, CachedBlock } from './block-cache.ts';
import type { BlockPlace } from './block-reader.ts';
import type { DataBlock } from './data-block.ts';
import { headHigh, headLow, KeyHeads } from './key-heads.ts';

/** Fewer entries are searched without heads. */
const linearEntries = 8;

/** Bytes that hold the body of an index block. */
export interface IndexBody {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly context: ErrorContext;
}

export class IndexBlock extends CachedBlock {
  readonly bytes: Uint8Array;
  /** Made by the first search. */
  #heads: KeyHeads | undefined;
  /** Where each key begins and ends: two numbers an entry. */
  readonly keys: Int32Array;
  readonly positions: Float64Array;
  readonly sizes: Int32Array;
  readonly count: number;
  /** 1 when its entries lead to data blocks, else one more than theirs. */
  readonly level: number;
  readonly parent: IndexBlock | undefined;
  readonly parentEntry: number;
  readonly data: BlockSlots<DataBlock>;
  readonly children: BlockSlots<IndexBlock>;

  constructor(entries: IndexEntries, level: number, parent?: IndexBlock, parentEntry = 0) {
    super();
    this.bytes = entries.bytes;
    this.keys = entries.keys;
    this.positions = entries.positions;
    this.sizes = entries.sizes;
    this.count = entries.sizes.length;
    this.level = level;
    this.parent = parent;
    this.parentEntry = parentEntry;
    this.data = new BlockSlots(level === 1 ? this.count : 0);
    this.children = new BlockSlots(level === 1 ? 0 : this.count);
  }

  get memoryBytes(): number {
    return this.bytes.length + this.count * 48;
  }

  keyStart(entry: number): number {
    return this.keys[entry * 2]!;
  }
  keyLength(entry: number): number {
    return this.keys[entry * 2 + 1]! - this.keys[entry * 2]!;
  }
  copyKey(entry: number): Uint8Array {
    return new Uint8Array(this.bytes.subarray(this.keys[entry * 2], this.keys[entry * 2 + 1]));
  }
  place(entry: number): BlockPlace {
    return { position: this.positions[entry]!, totalBytes: this.sizes[entry]! };
  }

  /** The last entry whose key is not above the given one; -1 when all are. */
  find(key: Uint8Array, position: number, length: number, compare: KeyComparator): number {
    const { bytes, keys } = this;
    let low = 0;
    let high = this.count;
    if (compare === compareKeys && high > linearEntries) {
      this.#heads ??= new KeyHeads(bytes, keys, { stride: 2, offset: 0 });
      this.#heads.narrow(key, position);
      low = headLow;
      high = headHigh;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = keys[middle * 2]!;
      const order = compare(bytes, start, keys[middle * 2 + 1]! - start, key, position, length);
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export interface IndexEntries {
  readonly bytes: Uint8Array;
  readonly keys: Int32Array;
  readonly positions: Float64Array;
  readonly sizes: Int32Array;
}

/** Fewest bytes of an entry of a root, whose key has its length before it. */
const leastRootEntryBytes: number = indexEntryOverheadBytes + 1;

/** Entries of a root, of which there are `count`; returns also where they end. */
export function decodeRootEntries(
  body: IndexBody,
  count: number,
): { entries: IndexEntries; end: number } {
  const { bytes, start, end, context } = body;
  if (count > (end - start) / leastRootEntryBytes) {
    throw corruptFile(`${count} index entries in ${end - start} bytes`, context);
  }
  const entries = room(bytes, count);
  const reader = new ByteReader(bytes, start, end);
  for (let i = 0; i < count; i++) {
    entries.positions[i] = reader.readInt64();
    entries.sizes[i] = reader.readInt32();
    const length = reader.readHadoopVInt();
    entries.keys[i * 2] = reader.position;
    reader.skip(length);
    entries.keys[i * 2 + 1] = reader.position;
  }
  return { entries, end: reader.position };
}

/** Entries of a block that is no root: a table of where they begin comes first. */
export function decodeNonRootEntries(body: IndexBody): IndexEntries {
  const { bytes, view, start, end, context } = body;
  const wrong = (what: string): Error => corruptFile(`index block: ${what}`, context);
  if (end - start < 8) throw wrong('cut short');
  const count = view.getInt32(start);
  const first = start + 4 + 4 * (count + 1);
  if (count < 1 || first > end) throw wrong(`${count} entries`);
  const entries = room(bytes, count);
  if (first + view.getInt32(first - 4) !== end) throw wrong('its entries do not fill it');
  for (let i = 0; i < count; i++) {
    const from = first + view.getInt32(start + 4 + 4 * i);
    const to = first + view.getInt32(start + 8 + 4 * i);
    if (from < first || to > end || to - from < indexEntryOverheadBytes) {
      throw wrong(`entry ${i} lies from ${from} to ${to}`);
    }
    entries.positions[i] = readInt64OrNaN(view, from);
    entries.sizes[i] = view.getInt32(from + 8);
    entries.keys[i * 2] = from + indexEntryOverheadBytes;
    entries.keys[i * 2 + 1] = to;
  }
  return entries;
}

/** LSM_CORRUPT_FILE unless every key of the index is one of cells. */
export function checkIndexKeys(entries: IndexEntries, context: ErrorContext): void {
  const { bytes, keys, sizes } = entries;
  for (let i = 0; i < sizes.length; i++) {
    const start = keys[i * 2]!;
    if (isKey(bytes, start, keys[i * 2 + 1]! - start)) continue;
    throw corruptFile(`the key of index entry ${i} is malformed`, context);
  }
}

function room(bytes: Uint8Array, count: number): IndexEntries {
  return {
    bytes,
    keys: new Int32Array(count * 2),
    positions: new Float64Array(count),
    sizes: new Int32Array(count),
  };
}
