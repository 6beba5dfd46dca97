/**
 * Reads the rows of a key range over several families, forward or in reverse, batch by batch.
 *
 * Bounded memory: a batch ends with the row that fills it, or inside a row when `cellsPerRow` asks
 * for that. Between batches nothing is held that a flush or compaction would have to wait for: the
 * owner may make a new scanner at `position` at any time.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { SeekKey } from '../format/seek-key.ts';
import type { CellFilter } from './filter.ts';
import type { RowBatchBuilder } from './row-batch.ts';
import type { StoreScanner } from './store-scanner.ts';

export interface ScanRange {
  /** First row; empty: from the beginning. In reverse the row to begin below or at. */
  readonly start: Uint8Array;
  /** Empty: to the end. */
  readonly stop: Uint8Array;
  readonly includesStart: boolean;
  readonly includesStop: boolean;
  readonly isReverse: boolean;
}

export interface BatchLimits {
  /** Rows in all that may still be given out. */
  rows: number;
  /** A batch is ended by the row that passes this. */
  readonly bytes: number;
}

export class RegionScanner {
  readonly #stores: readonly StoreScanner[];
  readonly #range: ScanRange;
  readonly #filter: CellFilter | undefined;
  readonly #key = new SeekKey();
  #row: Uint8Array = new Uint8Array(0);
  #hasRow = false;
  #isInRow = false;
  #hasBegun = false;
  #isDone = false;

  constructor(stores: readonly StoreScanner[], range: ScanRange, filter: CellFilter | undefined) {
    this.#stores = stores;
    this.#range = range;
    this.#filter = filter;
  }

  get isDone(): boolean {
    return this.#isDone;
  }
  /** The row read last; continue behind it. */
  get position(): Uint8Array {
    return this.#row;
  }
  /** False before the first row: `position` then means nothing. */
  get hasPosition(): boolean {
    return this.#hasRow;
  }
  /** A row was given out in part: a new scanner could not go on here. */
  get isInRow(): boolean {
    return this.#isInRow;
  }

  /** Fills the builder; returns whether the last row is only a part. */
  read(builder: RowBatchBuilder, limits: BatchLimits): boolean {
    if (!this.#hasBegun) this.#begin();
    while (!this.#isDone && limits.rows > 0) {
      if (!this.#isInRow) {
        if (!this.#findRow() || this.#filter?.isDone() === true) {
          this.#isDone = true;
          break;
        }
        this.#filter?.reset();
        if (this.#filter?.row(this.#anyCell()) === true) {
          this.#passRow();
          continue;
        }
      }
      builder.startRow();
      if (!this.#readRow(builder)) {
        this.#isInRow = true;
        builder.endRow(false);
        return true;
      }
      this.#isInRow = false;
      const before = builder.rowCount;
      builder.endRow(builder.cellsInRow > 0 && this.#filter?.rowEnd() === true);
      if (builder.rowCount === before) limits.rows--;
      if (this.#range.isReverse) this.#goBefore();
      if (builder.byteCount >= limits.bytes) break;
    }
    return false;
  }

  close(): void {
    this.#isDone = true;
    for (const store of this.#stores) store.close();
  }

  #begin(): void {
    this.#hasBegun = true;
    const { start, isReverse, includesStart } = this.#range;
    if (isReverse) {
      this.#row = start;
      for (const store of this.#stores) {
        const target =
          start.length === 0
            ? undefined
            : includesStart
              ? this.#key.lastOnRow(start)
              : this.#key.firstOnRow(start);
        if (target === undefined) seekLast(store, this.#key);
        else store.seekBefore(target);
      }
      return;
    }
    const target =
      start.length === 0
        ? undefined
        : includesStart
          ? this.#key.firstOnRow(start)
          : this.#key.lastOnRow(start);
    for (const store of this.#stores) store.seek(target);
  }

  /** Takes the next row in the direction of the scan; false at the end of the range. */
  #findRow(): boolean {
    const { isReverse } = this.#range;
    let best: CellView | undefined;
    for (const store of this.#stores) {
      if (!store.isAtCell) continue;
      if (best === undefined) best = store.cell;
      else if (compareRows(store.cell, best) < 0 !== isReverse) {
        if (compareRows(store.cell, best) !== 0) best = store.cell;
      }
    }
    if (best === undefined || this.#isPastStop(best)) return false;
    this.#row = best.copyRow();
    this.#hasRow = true;
    if (isReverse) {
      const target = this.#key.firstOnRow(this.#row);
      for (const store of this.#stores) {
        if (store.isAtRow(this.#row, this.#row.length)) store.seek(target);
      }
    }
    return true;
  }

  #isPastStop(cell: CellView): boolean {
    const { stop, includesStop, isReverse } = this.#range;
    if (stop.length === 0) return false;
    const start = cell.rowPosition;
    const order = compareBytes(cell.bytes, start, start + cell.rowLength, stop, 0, stop.length);
    if (order === 0) return !includesStop;
    return isReverse ? order < 0 : order > 0;
  }

  #anyCell(): CellView {
    const row = this.#row;
    return this.#stores.find((store) => store.isAtRow(row, row.length))!.cell;
  }

  #readRow(builder: RowBatchBuilder): boolean {
    const row = this.#row;
    for (const store of this.#stores) {
      if (store.isAtRow(row, row.length) && !store.readRow(builder)) return false;
    }
    return true;
  }

  #passRow(): void {
    const row = this.#row;
    if (this.#range.isReverse) {
      this.#goBefore();
      return;
    }
    for (const store of this.#stores) {
      if (store.isAtRow(row, row.length)) store.skipRow();
    }
  }

  /** All stores that are not below the row go before it. */
  #goBefore(): void {
    const row = this.#row;
    for (const store of this.#stores) {
      const isBelow = store.isAtCell && compareToRow(store.cell, row) < 0;
      if (!isBelow) store.seekBefore(this.#key.firstOnRow(row));
    }
  }
}

/** Longer and higher than every row. */
const beyond = new Uint8Array(32767).fill(0xff);

function seekLast(store: StoreScanner, key: SeekKey): void {
  store.seekBefore(key.lastOnRow(beyond));
}

function compareRows(a: CellView, b: CellView): number {
  const aRow = a.rowPosition;
  const bRow = b.rowPosition;
  return compareBytes(a.bytes, aRow, aRow + a.rowLength, b.bytes, bRow, bRow + b.rowLength);
}

function compareToRow(cell: CellView, row: Uint8Array): number {
  const start = cell.rowPosition;
  return compareBytes(cell.bytes, start, start + cell.rowLength, row, 0, row.length);
}
