/**
 * Filters made of filters: all must let a cell pass, or any, or the scan or row ends with the first
 * that does not.
 *
 * Upstream: apache/hbase: .../filter/{FilterListWithAND,FilterListWithOR,SkipFilter,
 * WhileMatchFilter}.java.
 */
import type { CellView } from '../format/cell-view.ts';
import { FilterVerdict, type CellFilter } from './filter.ts';

/** How far a verdict moves on; of several that all must agree the farthest counts. */
const reach: Readonly<Record<FilterVerdict, number>> = {
  [FilterVerdict.include]: 0,
  [FilterVerdict.includeThenColumn]: 1,
  [FilterVerdict.skip]: 2,
  [FilterVerdict.nextColumn]: 3,
  [FilterVerdict.nextRow]: 4,
};

export function allOf(filters: readonly CellFilter[]): CellFilter {
  return {
    reset: () => filters.forEach((filter) => filter.reset()),
    row: (cell) => filters.map((filter) => filter.row(cell)).includes(true),
    cell(cell) {
      let verdict: FilterVerdict = FilterVerdict.include;
      for (const filter of filters) {
        const one = filter.cell(cell);
        if (reach[one] > reach[verdict]) verdict = one;
        if (verdict >= FilterVerdict.skip) break;
      }
      return verdict;
    },
    // Who comes later is not asked about a row that is out: a page counts what passed before it.
    rowEnd: () => filters.some((filter) => filter.rowEnd()),
    isDone: () => filters.some((filter) => filter.isDone()),
  };
}

export function anyOf(filters: readonly CellFilter[]): CellFilter {
  /** Filters that excluded the current row take no part in it. */
  let isOut = filters.map(() => false);
  return {
    reset() {
      isOut = filters.map(() => false);
      for (const filter of filters) filter.reset();
    },
    row(cell) {
      isOut = filters.map((filter) => filter.isDone() || filter.row(cell));
      return !isOut.includes(false);
    },
    cell(cell) {
      let verdict: FilterVerdict = FilterVerdict.nextRow;
      for (const [index, filter] of filters.entries()) {
        if (isOut[index] === true) continue;
        const one = filter.cell(cell);
        if (reach[one] < reach[verdict]) verdict = one;
      }
      // One that wants only this much must not cut off the others.
      return verdict === FilterVerdict.includeThenColumn ? FilterVerdict.include : verdict;
    },
    rowEnd() {
      return filters.every((filter, index) => isOut[index] === true || filter.rowEnd());
    },
    isDone: () => filters.every((filter) => filter.isDone()),
  };
}

/**
 * A row of which any cell fails stays out. What the inner filter says of whole rows and of the end
 * of the scan does not count, as upstream has it; of the row's key it does, which upstream does not
 * ask (so that a prefix there lets nothing pass, and a row everything).
 */
export function skipOf(inner: CellFilter): CellFilter {
  let hasFailed = false;
  return {
    reset() {
      hasFailed = false;
      inner.reset();
    },
    row: (cell) => inner.row(cell),
    cell(cell) {
      const verdict = inner.cell(cell);
      if (!isPass(verdict)) hasFailed = true;
      return verdict;
    },
    rowEnd: () => hasFailed,
    isDone: () => false,
  };
}

/** The scan ends with the first row or cell that fails. */
export function whileOf(inner: CellFilter): CellFilter {
  let isOver = false;
  const note = (failed: boolean): boolean => {
    if (failed) isOver = true;
    return failed;
  };
  return {
    reset: () => inner.reset(),
    row: (cell: CellView) => note(inner.row(cell)),
    cell(cell) {
      const verdict = inner.cell(cell);
      note(!isPass(verdict));
      return verdict;
    },
    rowEnd: () => note(inner.rowEnd()),
    isDone: () => isOver || inner.isDone(),
  };
}

function isPass(verdict: FilterVerdict): boolean {
  return verdict === FilterVerdict.include || verdict === FilterVerdict.includeThenColumn;
}
