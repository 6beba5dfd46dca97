/**
 * The shape of everything that gives cells in order: memstore, store file, merge of both.
 *
 * C1  After a move that returned true, `cell` tells where the cell lies; after one that returned
 *     false, its content means nothing and the cursor stands nowhere.
 * C2  `cell` is one object for the cursor's life; the bytes it tells of are valid until the next
 *     move or `close`. Consumers read it in place and make no objects.
 * C3  Seeks compare keys without sequence ids: they stop at the first of several equal keys.
 * C4  Cells come in the order of `compareCells`; cells with equal keys by descending sequence id.
 * C5  Moves are synchronous and may read the disk; damage throws CorruptionError naming file and
 *     position, after which the cursor stands nowhere.
 */
import type { CellView } from './cell-view.ts';

export interface CellCursor {
  readonly cell: CellView;
  /** Moves to the first cell of all. */
  first(): boolean;
  /** Moves to the first cell whose key is not below the target's. */
  seek(target: CellView): boolean;
  /**
   * As `seek` for a cursor that stands on a cell and a target that is not below what the cursor
   * has passed: only moves forward, and stays where it is when that cell is not below the target.
   * Cheap when the target is near.
   */
  reseek(target: CellView): boolean;
  /** Moves to the next cell; only after a move that returned true. */
  next(): boolean;
  /**
   * Moves to the last cell whose key is below the target's, and there to the last in file order:
   * for reading rows in reverse. `next` goes on forward from there.
   */
  seekBefore(target: CellView): boolean;
  /** Gives back what the cursor holds (blocks of the cache). May be called again. */
  close(): void;
}
