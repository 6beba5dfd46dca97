/**
 * Counts versions per column of the current row, and knows which columns are wanted.
 *
 * Cells of one column and timestamp count once; the newest `maxVersions` stay; a cell whose time is
 * over stays only while fewer than `minVersions` were counted.
 * Upstream: apache/hbase: .../querymatcher/{ScanWildcardColumnTracker,ExplicitColumnTracker}.java.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { isDeleteType } from './delete-tracker.ts';
import { Verdict } from './verdict.ts';

export interface ColumnRules {
  readonly maxVersions: number;
  readonly minVersions: number;
  /** Timestamps below have outlived their time. */
  readonly oldestUnexpired: number;
  /** Delete markers are counted as versions are. Default false. */
  readonly countsMarkers?: boolean;
}

const noBytes = new Uint8Array(0);
/** Room for a qualifier, made with the first. */
const leastKept = 64;

export class ColumnTracker {
  readonly #rules: ColumnRules;
  /** Sorted; undefined: every column. */
  readonly #wanted: readonly Uint8Array[] | undefined;
  #wantedIndex = 0;
  #hasColumn = false;
  #qualifier = noBytes;
  #qualifierLength = 0;
  #count = 0;
  #lastTimestamp = 0;
  #lastType = -1;

  constructor(rules: ColumnRules, wanted?: readonly Uint8Array[]) {
    this.#rules = rules;
    this.#wanted = wanted;
  }

  reset(): void {
    this.#wantedIndex = 0;
    this.#hasColumn = false;
    this.#lastType = -1;
  }

  /** The column that `Verdict.wantedColumn` leads to. */
  get wantedColumn(): Uint8Array {
    return this.#wanted![this.#wantedIndex]!;
  }

  /** True when nothing of this time can stay, however few versions there are. */
  isOver(timestamp: number): boolean {
    return this.#rules.minVersions <= 0 && timestamp < this.#rules.oldestUnexpired;
  }

  /** Whether the column is wanted: include, or where to go. */
  checkColumn(cell: CellView): Verdict {
    const wanted = this.#wanted;
    if (wanted === undefined) return Verdict.include;
    const start = cell.qualifierPosition;
    const end = start + cell.qualifierLength;
    while (this.#wantedIndex < wanted.length) {
      const next = wanted[this.#wantedIndex]!;
      const order = compareBytes(next, 0, next.length, cell.bytes, start, end);
      if (order === 0) return Verdict.include;
      if (order > 0) return Verdict.wantedColumn;
      this.#wantedIndex++;
    }
    return Verdict.nextRow;
  }

  /** include, skip or nextColumn. `ignoreCount`: some reader may still need every version. */
  checkVersions(cell: CellView, ignoreCount: boolean): Verdict {
    const { timestamp, type } = cell;
    if (!this.#isSameColumn(cell)) {
      this.#startColumn(cell);
    } else if (!ignoreCount && this.#lastType === type && this.#lastTimestamp === timestamp) {
      return Verdict.skip;
    }
    if (ignoreCount) return Verdict.include;
    const { maxVersions, minVersions, oldestUnexpired, countsMarkers } = this.#rules;
    if (countsMarkers === true || !isDeleteType(type)) this.#count++;
    if (this.#count > maxVersions) return Verdict.nextColumn;
    if (this.#count > minVersions && timestamp < oldestUnexpired) return Verdict.nextColumn;
    this.#lastTimestamp = timestamp;
    this.#lastType = type;
    return Verdict.include;
  }

  /** True when the newest allowed version of the column has been counted. */
  get isFull(): boolean {
    return this.#count >= this.#rules.maxVersions;
  }

  /** True behind the last wanted column once it is full. */
  get isLastWanted(): boolean {
    return this.#wanted !== undefined && this.#wantedIndex === this.#wanted.length - 1;
  }

  #isSameColumn(cell: CellView): boolean {
    if (!this.#hasColumn) return false;
    const length = cell.qualifierLength;
    if (length !== this.#qualifierLength) return false;
    const start = cell.qualifierPosition;
    return compareBytes(this.#qualifier, 0, length, cell.bytes, start, start + length) === 0;
  }

  #startColumn(cell: CellView): void {
    const length = cell.qualifierLength;
    if (length > this.#qualifier.length) {
      this.#qualifier = new Uint8Array(Math.max(leastKept, length * 2));
    }
    const start = cell.qualifierPosition;
    for (let i = 0; i < length; i++) this.#qualifier[i] = cell.bytes[start + i]!;
    this.#qualifierLength = length;
    this.#hasColumn = true;
    this.#count = 0;
    this.#lastType = -1;
  }
}
