/**
 * Records in order of their keys, one at a time: a segment, a part of a sort buffer, a merge of
 * such.
 *
 * Lifetime: the regions are valid until the next `next`.
 */
export interface SortedSource {
  readonly bytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Where the record's frame begins; it ends at `valueEnd`. */
  readonly frameStart: number;
  /** Goes to the next record; false at the end. */
  next(): boolean;
}

export const emptySource: SortedSource = {
  bytes: new Uint8Array(0),
  keyStart: 0,
  keyEnd: 0,
  valueStart: 0,
  valueEnd: 0,
  frameStart: 0,
  next: () => false,
};
