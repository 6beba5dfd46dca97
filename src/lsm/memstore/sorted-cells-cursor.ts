/**
 * Walks the leaves of a memstore that takes no more writes, in whatever thread: what a flush reads.
 *
 * Only forward: seeks are for trees.
 */
import { invariant } from '../../base/index.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import { CellView } from '../format/cell-view.ts';
import { isBelow } from '../read/merge-cursor.ts';
import { nodeSlots, noNode } from './tree-nodes.ts';
import { cellsAhead, setCell, touchCells } from './cell-tree-cursor.ts';
import type { SortedCells } from './segment.ts';

export class SortedCellsCursor implements CellCursor {
  readonly cell: CellView = new CellView();
  readonly #arena: { readonly bytes: Uint8Array; readonly view: DataView };
  readonly #cells: SortedCells;
  #leaf = 0;
  #index = -1;
  /** See `touchCells`. */
  touched = 0;

  constructor(cells: SortedCells) {
    this.#cells = cells;
    this.#arena = { bytes: new Uint8Array(cells.arena), view: new DataView(cells.arena) };
  }

  first(): boolean {
    this.#leaf = 0;
    this.#index = -1;
    return this.next();
  }

  next(): boolean {
    const { counts, next, places, distances, firstSequenceId } = this.#cells;
    this.#index++;
    while (this.#index >= counts[this.#leaf]!) {
      const following = next[this.#leaf]!;
      if (following === noNode) return false;
      this.#leaf = following;
      this.#index = 0;
    }
    const slot = this.#leaf * nodeSlots + this.#index;
    if (this.#index % cellsAhead === 0) {
      const end = Math.min(slot + cellsAhead, this.#leaf * nodeSlots + counts[this.#leaf]!);
      this.touched = touchCells(this.#arena.bytes, places, slot, end);
    }
    setCell(this.cell, this.#arena, places[slot]!);
    this.cell.sequenceId = firstSequenceId + distances[slot]!;
    return true;
  }

  reseek(target: CellView): boolean {
    while (isBelow(this.cell, target)) {
      if (!this.next()) return false;
    }
    return true;
  }

  seek(_target: CellView): boolean {
    invariant(false, 'a flush does not seek');
  }

  seekBefore(_target: CellView): boolean {
    invariant(false, 'a flush does not read in reverse');
  }

  close(): void {
    // Holds nothing.
  }
}
