/**
 * Cells on their way in, encoded as the log and the memstore have them, one after another.
 *
 *    length i32 | KeyValue | length i32 | KeyValue | …
 *
 * One buffer and two columns of numbers, however many cells: no object per cell. Timestamps that
 * the store gives are written as "latest" and set when the batch is applied.
 */
import { InvalidArgumentError, LimitError, takeBytes } from '../../native-free-io/index.ts';
import type { CellView } from './format/cell-view.ts';
import { CellType, latestTimestamp, maxRowBytes } from './format/kv-layout.ts';
import { writeTimestamp } from './format/timestamp.ts';
import { setCell } from './memstore/cell-tree-cursor.ts';

export type Bytes = string | Uint8Array;

/** Key and value of one cell; HBase's default for both ends. Bytes. */
export const maxCellBytes: number = 10 << 20;
const noBytes = new Uint8Array(0);
/** Enough for most single cells; who needs more gets much more. */
const fewBytes = 256;
const leastGrown = 4096;
/** Up to here a loop is faster than a call. */
const loopBytes = 24;

/** What `CellBuffer.add` writes. */
export interface CellParts {
  readonly row: Uint8Array;
  readonly family: Uint8Array;
  readonly qualifier: Uint8Array;
  readonly value: Uint8Array;
  readonly type: number;
  /** `latestTimestamp`: the store gives it. */
  readonly timestamp: number;
}

export class CellBuffer {
  bytes: Uint8Array;
  view: DataView;
  used = 0;
  count = 0;
  /** Where each KeyValue begins. */
  readonly places: number[] = [];
  /** Index of each cell's family in the table. */
  readonly families: number[] = [];
  /** Deletes of "the newest version", which the store has to look up first. */
  newestDeletes = 0;

  /** `bytes`: room at first. */
  constructor(bytes: number = fewBytes) {
    const own = takeBytes(bytes);
    this.bytes = own.bytes;
    this.view = own.view;
  }

  clear(): void {
    this.used = 0;
    this.count = 0;
    this.newestDeletes = 0;
  }

  add(parts: CellParts, familyIndex: number): void {
    const { row, family, qualifier, value, type, timestamp } = parts;
    const place = this.#begin(row.length, family.length + qualifier.length, value.length);
    const { bytes } = this;
    let at = copyIn(row, bytes, place + 10);
    bytes[at++] = family.length;
    at = copyIn(family, bytes, at);
    at = copyIn(qualifier, bytes, at);
    this.#end(at, timestamp, type);
    copyIn(value, bytes, at + 9);
    this.families[this.count++] = familyIndex;
  }

  /** A put of the store's own time without qualifier: the form of plain keys and values. */
  addPut(row: Uint8Array, family: Uint8Array, familyIndex: number, value: Uint8Array): void {
    const place = this.#begin(row.length, family.length, value.length);
    const { bytes, view } = this;
    let at = copyIn(row, bytes, place + 10);
    bytes[at++] = family.length;
    at = copyIn(family, bytes, at);
    view.setInt32(at, 0x7fff_ffff);
    view.setInt32(at + 4, -1);
    bytes[at + 8] = CellType.put;
    copyIn(value, bytes, at + 9);
    this.families[this.count++] = familyIndex;
  }

  /** Copies one cell of another buffer. */
  addFrom(other: CellBuffer, index: number): void {
    this.addEncoded(other.bytes, other.places[index]! - 4, other.families[index]!);
    if (other.newestDeletes > 0) this.newestDeletes++;
  }

  /** Copies the cell whose length stands at `start`. */
  addEncoded(source: Uint8Array, start: number, familyIndex: number): void {
    const length =
      4 +
      ((source[start]! << 24) |
        (source[start + 1]! << 16) |
        (source[start + 2]! << 8) |
        source[start + 3]!);
    if (this.used + length > this.bytes.length) this.#grow(this.used + length);
    this.bytes.set(source.subarray(start, start + length), this.used);
    this.places[this.count] = this.used + 4;
    this.families[this.count++] = familyIndex;
    this.used += length;
  }

  /** Points `cell` at a cell. */
  cellAt(index: number, cell: CellView): CellView {
    setCell(cell, this, this.places[index]!);
    return cell;
  }

  #begin(rowLength: number, columnLength: number, valueLength: number): number {
    if (rowLength === 0 || rowLength > maxRowBytes) {
      throw new InvalidArgumentError(
        'LSM_ROW_INVALID',
        `a row of ${rowLength} bytes; 1 to ${maxRowBytes} are allowed`,
      );
    }
    const keyLength = 12 + rowLength + columnLength;
    const length = 8 + keyLength + valueLength;
    if (length > maxCellBytes) {
      throw new LimitError('LSM_CELL_TOO_LARGE', `a cell of ${length} bytes of ${maxCellBytes}`);
    }
    const start = this.used;
    if (start + 4 + length > this.bytes.length) this.#grow(start + 4 + length);
    const { view } = this;
    view.setInt32(start, length);
    view.setInt32(start + 4, keyLength);
    view.setInt32(start + 8, valueLength);
    view.setInt16(start + 12, rowLength);
    this.places[this.count] = start + 4;
    this.used = start + 4 + length;
    return start + 4;
  }

  #end(at: number, timestamp: number, type: number): void {
    if (timestamp !== latestTimestamp) {
      if (!(timestamp >= 0)) {
        throw new InvalidArgumentError('LSM_TIMESTAMP_INVALID', `${timestamp} is no timestamp`);
      }
    } else if (type === CellType.delete) {
      this.newestDeletes++;
    }
    writeTimestamp(this.view, at, timestamp);
    this.bytes[at + 8] = type;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, leastGrown, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.used));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** Returns the position behind. */
function copyIn(source: Uint8Array, target: Uint8Array, at: number): number {
  const { length } = source;
  if (length > loopBytes) target.set(source, at);
  else for (let i = 0; i < length; i++) target[at + i] = source[i]!;
  return at + length;
}

export function toBytes(bytes: Bytes): Uint8Array {
  if (typeof bytes !== 'string') return bytes;
  return bytes.length === 0 ? noBytes : Buffer.from(bytes);
}
