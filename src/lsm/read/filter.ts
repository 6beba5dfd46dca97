/**
 * What a filter is asked, in this order: per row `row` (with its first cell), per cell `cell`, at
 * the end of the row `rowEnd`; `reset` before every row; `isDone` before every row.
 *
 * Filters keep state and serve one scan each: users hand in a description (`filters.ts`), every
 * scan makes its own.
 * Upstream: apache/hbase: hbase-client/.../filter/Filter.java.
 */
import type { CellView } from '../format/cell-view.ts';

export const FilterVerdict = {
  include: 0,
  includeThenColumn: 1,
  skip: 2,
  nextColumn: 3,
  nextRow: 4,
} as const;
export type FilterVerdict = (typeof FilterVerdict)[keyof typeof FilterVerdict];

export interface CellFilter {
  reset(): void;
  /** True: the whole row stays out. */
  row(cell: CellView): boolean;
  cell(cell: CellView): FilterVerdict;
  /** True: the row stays out after all. */
  rowEnd(): boolean;
  /** True: nothing that follows can pass. */
  isDone(): boolean;
}
