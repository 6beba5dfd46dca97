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

/** A source that shows the record of another; what `next` does beside is its own. */
export abstract class SourceView implements SortedSource {
  protected readonly source: SortedSource;

  constructor(source: SortedSource) {
    this.source = source;
  }

  get bytes(): Uint8Array {
    return this.source.bytes;
  }
  get keyStart(): number {
    return this.source.keyStart;
  }
  get keyEnd(): number {
    return this.source.keyEnd;
  }
  get valueStart(): number {
    return this.source.valueStart;
  }
  get valueEnd(): number {
    return this.source.valueEnd;
  }
  get frameStart(): number {
    return this.source.frameStart;
  }
  abstract next(): boolean;
}
