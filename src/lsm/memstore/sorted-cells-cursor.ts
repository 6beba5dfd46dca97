/**
 * Walks a memstore's cells from its order alone, in whatever thread: what a flush reads.
 *
 * Only forward: seeks are for trees.
 */
import { invariant } from '../../base/index.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import { CellView } from '../format/cell-view.ts';
import { isBelow } from '../read/merge-cursor.ts';
import { setCell } from './cell-tree-cursor.ts';
import type { SortedCells } from './segment.ts';

export class SortedCellsCursor implements CellCursor {
  readonly cell: CellView = new CellView();
  readonly #places: Uint32Array;
  readonly #distances: Uint32Array;
  readonly #arena: { readonly bytes: Uint8Array; readonly view: DataView };
  readonly #cells: SortedCells;
  #index = -1;

  constructor(cells: SortedCells) {
    this.#cells = cells;
    this.#places = new Uint32Array(cells.places);
    this.#distances = new Uint32Array(cells.distances);
    this.#arena = { bytes: new Uint8Array(cells.arena), view: new DataView(cells.arena) };
  }

  first(): boolean {
    this.#index = -1;
    return this.next();
  }

  next(): boolean {
    this.#index++;
    if (this.#index >= this.#cells.count) return false;
    setCell(this.cell, this.#arena, this.#places[this.#index]!);
    this.cell.sequenceId = this.#cells.firstSequenceId + this.#distances[this.#index]!;
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
