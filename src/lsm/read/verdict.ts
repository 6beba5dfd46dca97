/** What a matcher says about a cell: whether it is given out, and where to look next. */
export const Verdict = {
  include: 0,
  /** And nothing more of this column. */
  includeThenColumn: 1,
  /** And nothing more of this row. */
  includeThenRow: 2,
  skip: 3,
  nextColumn: 4,
  nextRow: 5,
  /** Forward to the next wanted column, which the tracker knows. */
  wantedColumn: 6,
  /** Nothing more at all. */
  done: 7,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];
