/**
 * Ordered index of the cells of one family in a memstore: a B+tree in typed arrays over an arena.
 *
 * No object per cell: a slot is a position in the arena, the sequence id as a distance to the
 * segment's first, and six bytes of the row as a number that decides most compares without touching
 * the arena. Those bytes begin behind what all rows share (`#skip`): rows of one table mostly begin
 * alike. A row that shares less moves the place and every prefix is made anew, at most 32 times.
 *
 *    leaf slot    prefix f64 | place u32 | sequence distance u32
 *    inner slot   the same of the first cell below, and the child u32
 *
 * Invariants: T1 slots ascend by key, equal keys by descending age: what is inserted later stands
 * first; T2 cells are never moved or removed; T3 the separator of a child is its first cell, the
 * first child's is never looked at.
 * Lifetime: places stay good for the segment's life; slots move with every insert (`changes`).
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { compareKeys } from '../format/comparator.ts';
import type { CellArena } from './cell-arena.ts';
import { leastFilled, nodeSlots, noNode, TreeNodes } from './tree-nodes.ts';

const maxDepth = 8;
const maxSkip = 64;
const twoTo16 = 0x1_0000;
const below = -1;
const above = Number.POSITIVE_INFINITY;
export class CellTree {
  readonly arena: CellArena;
  readonly leaves: TreeNodes = new TreeNodes(false, () => this.#expectedLeaves());
  readonly #inner = new TreeNodes(true, () => Math.ceil(this.#expectedLeaves() / leastFilled));
  /** Inner node when `#depth` > 0, else a leaf. */
  #root: number;
  #depth = 0;
  #size = 0;
  #changes = 0;
  #skip = 0;
  #lastLeaf: number;
  /** The row whose first `#skip` bytes all rows share. */
  #sampleRow = 0;
  readonly #pathNodes = new Uint32Array(maxDepth);
  readonly #pathSlots = new Uint32Array(maxDepth);

  constructor(arena: CellArena) {
    this.arena = arena;
    this.#root = this.leaves.add();
    this.#lastLeaf = this.#root;
  }

  get size(): number {
    return this.#size;
  }
  /** Counts inserts: who stands on a slot looks again when it has moved on. */
  get changes(): number {
    return this.#changes;
  }
  get lastLeaf(): number {
    return this.#lastLeaf;
  }
  /** The leaf with the smallest cells is never split away from its number. */
  get firstLeaf(): number {
    return 0;
  }
  /** When the arena is as full as it gets, of cells like those so far. */
  #expectedLeaves(): number {
    const bytesPerCell = this.arena.used / this.#size;
    return Math.ceil(this.arena.reserve / bytesPerCell / leastFilled);
  }

  /** Inserts the cell whose KeyValue lies at `place` of the arena, before all of equal key. */
  insert(place: number, distance: number): void {
    const { bytes } = this.arena;
    const key = place + 8;
    const rowLength = (bytes[key]! << 8) | bytes[key + 1]!;
    if (this.#size === 0) this.#startSkip(key + 2, rowLength);
    else this.#shareRow(key + 2, rowLength);
    const prefix = this.#prefixAt(bytes, key + 2, rowLength);
    this.#size++;
    this.#changes++;
    const keyLength = this.arena.view.getInt32(place);
    const { leaves } = this;
    const last = this.#lastLeaf;
    const lastCount = leaves.counts[last]!;
    const isLargest =
      lastCount === 0 ||
      this.#compareSlot(leaves, last * nodeSlots + lastCount - 1, prefix, bytes, key, keyLength) <
        0;
    if (isLargest && lastCount < nodeSlots) {
      this.#fill(leaves, leaves.open(last, lastCount), prefix, place, distance);
      return;
    }
    this.#descend(prefix, bytes, key, keyLength);
    const leaf = this.foundLeaf;
    const index = this.foundIndex;
    if (leaves.counts[leaf]! < nodeSlots) {
      this.#fill(leaves, leaves.open(leaf, index), prefix, place, distance);
    } else {
      this.#splitLeaf(leaf, index, prefix, place, distance);
    }
  }

  /** Where `find` stopped: a leaf, and a slot in it that may be its end. */
  foundLeaf = 0;
  foundIndex = 0;

  /** Finds the first cell whose key is not below the target's. */
  find(target: CellView): void {
    if (this.#size === 0) {
      this.foundLeaf = 0;
      this.foundIndex = 0;
      return;
    }
    const { bytes, keyPosition, keyLength } = target;
    const rowLength = (bytes[keyPosition]! << 8) | bytes[keyPosition + 1]!;
    const prefix = this.#prefixOfForeign(bytes, keyPosition + 2, rowLength);
    this.#descend(prefix, bytes, keyPosition, keyLength);
  }

  #fill(nodes: TreeNodes, slot: number, prefix: number, place: number, distance: number): void {
    nodes.prefixes[slot] = prefix;
    nodes.places[slot] = place;
    nodes.distances[slot] = distance;
  }

  /** Fills path, foundLeaf and foundIndex with the lower bound of the key. */
  #descend(prefix: number, bytes: Uint8Array, key: number, keyLength: number): void {
    const inner = this.#inner;
    let node = this.#root;
    for (let level = 0; level < this.#depth; level++) {
      const start = node * nodeSlots;
      // The last child whose first cell is below the key; the first child when there is none.
      let low = 1;
      let high = inner.counts[node]!;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.#compareSlot(inner, start + middle, prefix, bytes, key, keyLength) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      this.#pathNodes[level] = node;
      this.#pathSlots[level] = low - 1;
      node = inner.children[start + low - 1]!;
    }
    const start = node * nodeSlots;
    let low = 0;
    let high = this.leaves.counts[node]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareSlot(this.leaves, start + middle, prefix, bytes, key, keyLength) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    this.foundLeaf = node;
    this.foundIndex = low;
  }

  /** Of the cell in a slot with the key. */
  #compareSlot(
    nodes: TreeNodes,
    slot: number,
    prefix: number,
    bytes: Uint8Array,
    key: number,
    keyLength: number,
  ): number {
    const own = nodes.prefixes[slot]!;
    if (own !== prefix) return own < prefix ? -1 : 1;
    const place = nodes.places[slot]!;
    const { arena } = this;
    return compareKeys(arena.bytes, place + 8, arena.view.getInt32(place), bytes, key, keyLength);
  }

  #splitLeaf(leaf: number, index: number, prefix: number, place: number, distance: number): void {
    const { leaves } = this;
    const added = leaves.add();
    const next = leaves.next[leaf]!;
    leaves.next[leaf] = added;
    leaves.previous[added] = leaf;
    leaves.next[added] = next;
    if (next === noNode) this.#lastLeaf = added;
    else leaves.previous[next] = added;
    // Ascending keys fill their leaves; all others leave half of the room in both.
    const isAtEnd = next === noNode && index === nodeSlots;
    leaves.moveTail(leaf, isAtEnd ? nodeSlots : nodeSlots >>> 1, added);
    const kept = leaves.counts[leaf]!;
    const goesRight = index > kept || isAtEnd;
    const node = goesRight ? added : leaf;
    this.#fill(
      leaves,
      leaves.open(node, goesRight ? index - kept : index),
      prefix,
      place,
      distance,
    );
    this.#addChild(this.#depth - 1, leaves, added);
  }

  /** Hangs a new node in behind the child on the path at `level`. */
  #addChild(level: number, nodes: TreeNodes, child: number): void {
    const inner = this.#inner;
    const first = child * nodeSlots;
    const prefix = nodes.prefixes[first]!;
    const place = nodes.places[first]!;
    const distance = nodes.distances[first]!;
    if (level < 0) {
      const root = inner.add();
      inner.counts[root] = 2;
      inner.children[root * nodeSlots] = this.#root;
      inner.children[root * nodeSlots + 1] = child;
      this.#fill(inner, root * nodeSlots, below, place, distance);
      this.#fill(inner, root * nodeSlots + 1, prefix, place, distance);
      this.#root = root;
      this.#depth++;
      return;
    }
    const node = this.#pathNodes[level]!;
    const index = this.#pathSlots[level]! + 1;
    if (inner.counts[node] === nodeSlots) {
      const added = inner.add();
      const kept = index === nodeSlots ? nodeSlots - 1 : nodeSlots >>> 1;
      inner.moveTail(node, kept, added);
      if (index > kept) {
        this.#insertChild(added, index - kept, child, prefix, place, distance);
      } else {
        this.#insertChild(node, index, child, prefix, place, distance);
      }
      this.#addChild(level - 1, inner, added);
      return;
    }
    this.#insertChild(node, index, child, prefix, place, distance);
  }

  #insertChild(
    node: number,
    index: number,
    child: number,
    prefix: number,
    place: number,
    distance: number,
  ): void {
    const slot = this.#inner.open(node, index);
    this.#fill(this.#inner, slot, prefix, place, distance);
    this.#inner.children[slot] = child;
  }

  #startSkip(row: number, rowLength: number): void {
    this.#sampleRow = row;
    this.#skip = Math.min(rowLength, maxSkip) & ~1;
  }

  /** Moves the place of the prefix to the front when this row shares less with the others. */
  #shareRow(row: number, rowLength: number): void {
    const { bytes } = this.arena;
    const sample = this.#sampleRow;
    const skip = this.#skip;
    let shared = 0;
    const limit = rowLength < skip ? rowLength : skip;
    while (shared < limit && bytes[row + shared] === bytes[sample + shared]) shared++;
    if (shared === skip) return;
    this.#skip = shared & ~1;
    this.#renew(this.leaves);
    this.#renew(this.#inner);
  }

  #renew(nodes: TreeNodes): void {
    const { bytes } = this.arena;
    for (let node = 0; node < nodes.used; node++) {
      const start = node * nodeSlots;
      for (let slot = start; slot < start + nodes.counts[node]!; slot++) {
        const key = nodes.places[slot]! + 8;
        const rowLength = (bytes[key]! << 8) | bytes[key + 1]!;
        nodes.prefixes[slot] = this.#prefixAt(bytes, key + 2, rowLength);
      }
    }
  }

  /** Six bytes behind the shared ones, zeros where the row ends. */
  #prefixAt(bytes: Uint8Array, row: number, rowLength: number): number {
    const at = row + this.#skip;
    const left = rowLength - this.#skip;
    if (left >= 6) {
      const high =
        ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>>
        0;
      return high * twoTo16 + ((bytes[at + 4]! << 8) | bytes[at + 5]!);
    }
    let prefix = 0;
    for (let i = 0; i < 6; i++) prefix = prefix * 256 + (i < left ? bytes[at + i]! : 0);
    return prefix;
  }

  /** Of a row that need not begin as the others do. */
  #prefixOfForeign(bytes: Uint8Array, row: number, rowLength: number): number {
    const skip = this.#skip;
    const sample = this.#sampleRow;
    const common = rowLength < skip ? rowLength : skip;
    const order = compareBytes(bytes, row, row + common, this.arena.bytes, sample, sample + common);
    if (order !== 0) return order < 0 ? below : above;
    return rowLength < skip ? below : this.#prefixAt(bytes, row, rowLength);
  }
}
