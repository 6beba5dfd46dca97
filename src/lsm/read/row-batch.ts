/**
 * Rows as a scan gives them out: the cells of many rows in one buffer, with their places.
 *
 *    buffer  KeyValue | KeyValue | …          cells   place of each KeyValue, ascending
 *                                             rows    index of the first cell of each row
 *
 * Objects (`Row`, `Cell`) are made when asked for; `cellAt` moves one CellView without making any.
 * Lifetime: a batch owns its bytes; views of it stay good as long as anybody holds them.
 */
import { compareBytes, giveBackBehind, takeBytes } from '../../../native-free-io/index.ts';
import { CellView } from '../format/cell-view.ts';
import type { CellSink } from './cell-sink.ts';

export interface Cell {
  readonly row: Uint8Array;
  readonly family: string;
  readonly qualifier: Uint8Array;
  readonly timestamp: number;
  /** A `CellType`: 4 is a put. */
  readonly type: number;
  readonly value: Uint8Array;
}

export class RowBatch implements Iterable<Row> {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #cells: readonly number[];
  readonly #rows: readonly number[];
  readonly cellCount: number;
  readonly rowCount: number;
  /** The last row continues in the next batch. */
  readonly isLastRowPartial: boolean;

  constructor(parts: {
    bytes: Uint8Array;
    cells: readonly number[];
    rows: readonly number[];
    isLastRowPartial: boolean;
  }) {
    this.bytes = parts.bytes;
    this.view = new DataView(parts.bytes.buffer, parts.bytes.byteOffset, parts.bytes.length);
    this.#cells = parts.cells;
    this.#rows = parts.rows;
    this.cellCount = parts.cells.length;
    this.rowCount = parts.rows.length;
    this.isLastRowPartial = parts.isLastRowPartial;
  }

  /** Points `cell` at the cell of this index. */
  cellAt(index: number, cell: CellView): CellView {
    const place = this.#cells[index]!;
    const { view } = this;
    cell.bytes = this.bytes;
    cell.view = view;
    cell.keyPosition = place + 8;
    cell.keyLength = view.getInt32(place);
    cell.valuePosition = place + 8 + cell.keyLength;
    cell.valueLength = view.getInt32(place + 4);
    return cell;
  }

  row(index: number): Row {
    const start = this.#rows[index]!;
    const end = index + 1 < this.rowCount ? this.#rows[index + 1]! : this.cellCount;
    return new Row(this, start, end);
  }

  *[Symbol.iterator](): IterableIterator<Row> {
    for (let index = 0; index < this.rowCount; index++) yield this.row(index);
  }
}

/** One row of a batch. */
export class Row {
  readonly #batch: RowBatch;
  readonly #start: number;
  readonly #end: number;

  constructor(batch: RowBatch, start: number, end: number) {
    this.#batch = batch;
    this.#start = start;
    this.#end = end;
  }

  get key(): Uint8Array {
    const cell = this.#batch.cellAt(this.#start, new CellView());
    return viewOf(cell, cell.rowPosition, cell.rowLength);
  }
  get cellCount(): number {
    return this.#end - this.#start;
  }

  cell(index: number): Cell {
    const cell = this.#batch.cellAt(this.#start + index, new CellView());
    return {
      row: viewOf(cell, cell.rowPosition, cell.rowLength),
      family: textOf(viewOf(cell, cell.familyPosition, cell.familyLength)),
      qualifier: viewOf(cell, cell.qualifierPosition, cell.qualifierLength),
      timestamp: cell.timestamp,
      type: cell.type,
      value: viewOf(cell, cell.valuePosition, cell.valueLength),
    };
  }

  *cells(): IterableIterator<Cell> {
    for (let index = 0; index < this.cellCount; index++) yield this.cell(index);
  }

  /** The newest value of a column that was read; undefined when it is not there. */
  value(family: string, qualifier: string | Uint8Array): Uint8Array | undefined {
    const wanted = typeof qualifier === 'string' ? Buffer.from(qualifier) : qualifier;
    const cell = new CellView();
    for (let index = this.#start; index < this.#end; index++) {
      this.#batch.cellAt(index, cell);
      const start = cell.qualifierPosition;
      const end = start + cell.qualifierLength;
      if (compareBytes(wanted, 0, wanted.length, cell.bytes, start, end) !== 0) continue;
      if (textOf(viewOf(cell, cell.familyPosition, cell.familyLength)) !== family) continue;
      return viewOf(cell, cell.valuePosition, cell.valueLength);
    }
    return undefined;
  }
}

function viewOf(cell: CellView, position: number, length: number): Uint8Array {
  return cell.bytes.subarray(position, position + length);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Collects cells into a batch. */
export class RowBatchBuilder implements CellSink {
  #bytes: Uint8Array;
  #view: DataView;
  #used = 0;
  /** Of either the first so many: what was dropped lies behind. */
  readonly #cells: number[] = [];
  #cellCount = 0;
  readonly #rows: number[] = [];
  #rowCount = 0;
  /** Cells of one row that are taken at once. */
  readonly #cellsPerRow: number;

  constructor(bytes: number = 1 << 12, cellsPerRow: number = Number.POSITIVE_INFINITY) {
    const room = takeBytes(bytes);
    this.#bytes = room.bytes;
    this.#view = room.view;
    this.#cellsPerRow = cellsPerRow;
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get cellCount(): number {
    return this.#cellCount;
  }
  /** Cells of the row begun last. */
  get cellsInRow(): number {
    return this.#cellCount - this.#rows[this.#rowCount - 1]!;
  }
  get byteCount(): number {
    return this.#used;
  }

  startRow(): void {
    this.#rows[this.#rowCount++] = this.#cellCount;
  }

  /** Forgets the row begun last when it got no cell, or always. */
  endRow(isDropped: boolean): void {
    const start = this.#rows[this.#rowCount - 1]!;
    if (!isDropped && this.#cellCount > start) return;
    this.#rowCount--;
    if (start < this.#cellCount) this.#used = this.#cells[start]!;
    this.#cellCount = start;
  }

  add(cell: CellView): boolean {
    const { keyLength, valueLength, keyPosition, valuePosition } = cell;
    const start = this.#used;
    const length = 8 + keyLength + valueLength;
    if (start + length > this.#bytes.length) this.#grow(start + length);
    this.#view.setInt32(start, keyLength);
    this.#view.setInt32(start + 4, valueLength);
    const isTogether = keyPosition + keyLength === valuePosition;
    if (isTogether) copy(cell.bytes, keyPosition, this.#bytes, start + 8, length - 8);
    else {
      copy(cell.bytes, keyPosition, this.#bytes, start + 8, keyLength);
      copy(cell.bytes, valuePosition, this.#bytes, start + 8 + keyLength, valueLength);
    }
    this.#cells[this.#cellCount++] = start;
    this.#used = start + length;
    return this.#cellCount - this.#rows[this.#rowCount - 1]! < this.#cellsPerRow;
  }

  /** The batch; the builder must not be used any more. */
  build(isLastRowPartial: boolean): RowBatch {
    giveBackBehind(this.#bytes, this.#used);
    this.#cells.length = this.#cellCount;
    this.#rows.length = this.#rowCount;
    return new RowBatch({
      bytes: this.#bytes.subarray(0, this.#used),
      cells: this.#cells,
      rows: this.#rows,
      isLastRowPartial,
    });
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Up to here a loop is faster than making a view. */
const loopBytes = 32;

function copy(
  source: Uint8Array,
  start: number,
  target: Uint8Array,
  at: number,
  length: number,
): void {
  if (length > loopBytes) {
    target.set(source.subarray(start, start + length), at);
    return;
  }
  for (let i = 0; i < length; i++) target[at + i] = source[start + i]!;
}
