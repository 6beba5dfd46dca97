/**
 * Walks the cells of a memstore in order; a `CellCursor`.
 *
 * Inserts between two moves are noticed: the cursor then looks up its cell anew. Cells inserted
 * behind the place where it stands are met, which the read point hides where it must.
 */
import { CellView } from '../format/cell-view.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import type { CellTree } from './cell-tree.ts';
import { nodeSlots, noNode } from './tree-nodes.ts';

export class CellTreeCursor implements CellCursor {
  readonly cell: CellView = new CellView();
  readonly #tree: CellTree;
  readonly #firstSequenceId: number;
  #leaf = 0;
  #index = 0;
  #changes = -1;
  #place = 0;
  /** See `touchCells`. */
  touched = 0;

  constructor(tree: CellTree, firstSequenceId: number) {
    this.#tree = tree;
    this.#firstSequenceId = firstSequenceId;
  }

  first(): boolean {
    this.#changes = this.#tree.changes;
    this.#leaf = this.#tree.firstLeaf;
    this.#index = 0;
    return this.#arrive();
  }

  seek(target: CellView): boolean {
    const tree = this.#tree;
    this.#changes = tree.changes;
    tree.find(target);
    this.#leaf = tree.foundLeaf;
    this.#index = tree.foundIndex;
    return this.#arrive();
  }

  reseek(target: CellView): boolean {
    return this.seek(target);
  }

  next(): boolean {
    if (this.#changes !== this.#tree.changes) this.#findAgain();
    this.#index++;
    if (this.#index % cellsAhead === 1) this.#touchAhead();
    return this.#arrive();
  }

  seekBefore(target: CellView): boolean {
    const tree = this.#tree;
    this.#changes = tree.changes;
    tree.find(target);
    this.#leaf = tree.foundLeaf;
    this.#index = tree.foundIndex - 1;
    if (this.#index < 0) {
      const previous = tree.leaves.previous[this.#leaf]!;
      if (previous === noNode) return false;
      this.#leaf = previous;
      this.#index = tree.leaves.counts[previous]! - 1;
    }
    return this.#arrive();
  }

  close(): void {
    // Holds nothing.
  }

  /** Sets the cell from the slot; steps over the end of a leaf. */
  #arrive(): boolean {
    const { leaves } = this.#tree;
    while (this.#index >= leaves.counts[this.#leaf]!) {
      const next = leaves.next[this.#leaf]!;
      if (next === noNode) return false;
      this.#leaf = next;
      this.#index = 0;
    }
    const slot = this.#leaf * nodeSlots + this.#index;
    const { arena } = this.#tree;
    const place = leaves.places[slot]!;
    this.#place = place;
    setCell(this.cell, arena, place);
    this.cell.sequenceId = this.#firstSequenceId + leaves.distances[slot]!;
    return true;
  }

  #touchAhead(): void {
    const { leaves, arena } = this.#tree;
    const from = this.#leaf * nodeSlots + this.#index;
    const end = this.#leaf * nodeSlots + leaves.counts[this.#leaf]!;
    this.touched = touchCells(arena.bytes, leaves.places, from, Math.min(from + cellsAhead, end));
  }

  #findAgain(): void {
    const tree = this.#tree;
    const place = this.#place;
    tree.find(this.cell);
    this.#changes = tree.changes;
    this.#leaf = tree.foundLeaf;
    this.#index = tree.foundIndex;
    // Among cells of equal key it is known by its place.
    while (this.#arrive() && this.#place !== place) this.#index++;
  }
}

/** Cells fetched from memory at once. */
export const cellsAhead = 8;
const lineBytes = 64;

/**
 * Reads a byte of every cache line of the cells in these slots, as far as they are short. They lie
 * all over the arena: asked for one by one each would be waited for, together they come at once.
 * The sum means nothing; who keeps it keeps the compiler from leaving the reading out.
 */
export function touchCells(
  bytes: Uint8Array,
  places: Uint32Array,
  from: number,
  end: number,
): number {
  let sum = 0;
  const last = bytes.length - 2 * lineBytes;
  for (let slot = from; slot < end; slot++) {
    const place = places[slot]!;
    if (place >= last) continue;
    sum += bytes[place]! + bytes[place + lineBytes]! + bytes[place + 2 * lineBytes]!;
  }
  return sum;
}

/** Points `cell` at the KeyValue at `place`. */
export function setCell(
  cell: CellView,
  arena: { readonly bytes: Uint8Array; readonly view: DataView },
  place: number,
): void {
  const { view } = arena;
  const keyLength = view.getInt32(place);
  const valueLength = view.getInt32(place + 4);
  const total = view.getInt32(place - 4);
  const valuePosition = place + 8 + keyLength;
  const valueEnd = valuePosition + valueLength;
  const end = place + total;
  cell.bytes = arena.bytes;
  cell.view = view;
  cell.keyPosition = place + 8;
  cell.keyLength = keyLength;
  cell.valuePosition = valuePosition;
  cell.valueLength = valueLength;
  cell.tagsPosition = valueEnd < end ? valueEnd + 2 : valueEnd;
  cell.tagsLength = valueEnd < end ? end - valueEnd - 2 : 0;
}
