/**
 * Reads one family row by row: what the merge of its sources gives, judged by a matcher.
 *
 * A seek costs more than a few steps, so it is made only for the second surplus cell of a column.
 * Cells without a qualifier are always passed one by one: markers of the family stand among them
 * (HBASE-18471).
 */
import { equalBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { SeekKey } from '../format/seek-key.ts';
import type { CellSink } from './cell-sink.ts';
import { isBelow, type MergeCursor } from './merge-cursor.ts';
import { Verdict } from './verdict.ts';

export interface Matcher {
  startRow(): void;
  match(cell: CellView): Verdict;
  readonly columns?: { readonly wantedColumn: Uint8Array };
}

export class StoreScanner {
  readonly cursor: MergeCursor;
  readonly #matcher: Matcher;
  readonly #key = new SeekKey();
  #row = new Uint8Array(64);
  #rowLength = 0;
  /** Stands on a cell. */
  isAtCell = false;
  #isInRow = false;

  constructor(cursor: MergeCursor, matcher: Matcher) {
    this.cursor = cursor;
    this.#matcher = matcher;
  }

  get cell(): CellView {
    return this.cursor.cell;
  }

  /** Stands on the first cell not below the target; of everything without one. */
  seek(target: CellView | undefined): boolean {
    this.#isInRow = false;
    this.isAtCell = target === undefined ? this.cursor.first() : this.cursor.seek(target);
    return this.isAtCell;
  }

  /** Stands on some cell of the last row below the target's. */
  seekBefore(target: CellView): boolean {
    this.#isInRow = false;
    this.isAtCell = this.cursor.seekBefore(target);
    return this.isAtCell;
  }

  /** True when the current cell belongs to `row[0..length]`. */
  isAtRow(row: Uint8Array, length: number): boolean {
    if (!this.isAtCell) return false;
    const { cell } = this.cursor;
    const start = cell.rowPosition;
    return equalBytes(row, 0, length, cell.bytes, start, start + cell.rowLength);
  }

  /**
   * Gives the rest of the current row to the sink and stands behind it. False when the sink had
   * enough before: the next call goes on in the row.
   */
  readRow(sink: CellSink): boolean {
    if (!this.#isInRow) this.#startRow();
    while (this.isAtCell && this.isAtRow(this.#row, this.#rowLength)) {
      const verdict = this.#matcher.match(this.cursor.cell);
      switch (verdict) {
        case Verdict.include:
        case Verdict.includeThenColumn:
        case Verdict.includeThenRow: {
          const wantsMore = sink.add(this.cursor.cell);
          if (verdict === Verdict.includeThenRow) this.skipRow();
          else this.isAtCell = this.cursor.next();
          if (!wantsMore && this.isAtRow(this.#row, this.#rowLength)) return false;
          break;
        }
        case Verdict.skip:
          this.isAtCell = this.cursor.next();
          break;
        case Verdict.nextColumn:
          this.#leaveColumn();
          break;
        case Verdict.wantedColumn:
          this.#goToWanted();
          break;
        case Verdict.nextRow:
        case Verdict.done:
          this.skipRow();
          break;
      }
    }
    this.#isInRow = false;
    return true;
  }

  /** Stands behind the row that the current cell is in. */
  skipRow(): void {
    this.#isInRow = false;
    const target = this.#key.lastOnRowOf(this.cursor.cell);
    this.isAtCell = this.cursor.next();
    if (this.isAtCell && isBelow(this.cursor.cell, target)) {
      this.isAtCell = this.cursor.reseek(target);
    }
  }

  close(): void {
    this.isAtCell = false;
    this.cursor.close();
  }

  #startRow(): void {
    const { cell } = this.cursor;
    const length = cell.rowLength;
    if (length > this.#row.length) this.#row = new Uint8Array(length * 2);
    const start = cell.rowPosition;
    for (let i = 0; i < length; i++) this.#row[i] = cell.bytes[start + i]!;
    this.#rowLength = length;
    this.#isInRow = true;
    this.#matcher.startRow();
  }

  #leaveColumn(): void {
    const { cell } = this.cursor;
    if (cell.qualifierLength === 0) {
      this.isAtCell = this.cursor.next();
      return;
    }
    const target = this.#key.lastOnColumnOf(cell);
    this.isAtCell = this.cursor.next();
    if (this.isAtCell && isBelow(this.cursor.cell, target)) {
      this.isAtCell = this.cursor.reseek(target);
    }
  }

  #goToWanted(): void {
    const { cell } = this.cursor;
    if (cell.qualifierLength === 0) {
      this.isAtCell = this.cursor.next();
      return;
    }
    const wanted = this.#matcher.columns!.wantedColumn;
    const target = this.#key.firstOnColumn(cell.copyRow(), cell.copyFamily(), wanted);
    this.isAtCell = this.cursor.reseek(target);
  }
}
