/** Takes the cells that a scan gives out; they are valid only during the call. */
import type { CellView } from '../format/cell-view.ts';

export interface CellSink {
  /** False: enough for now. */
  add(cell: CellView): boolean;
}
