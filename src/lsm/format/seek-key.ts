/**
 * Builds keys that no cell has, as targets of seeks: before or after everything of a row or column.
 *
 *    firstOnRow(r)            family and qualifier empty, latest timestamp, type maximum
 *    firstOnColumn(r, f, q)   latest timestamp, type maximum
 *    firstOnColumn(.., t)     timestamp t, type maximum: before every cell of t
 *    lastOnRow(r)             family and qualifier empty, oldest timestamp, type minimum
 *    lastOnColumn(r, f, q)    oldest timestamp, type minimum
 *    firstDeleteFamily(r, f)  qualifier empty, latest timestamp, type delete family
 *
 * Lifetime: one buffer per SeekKey, which grows; the CellView given back is always the same one and
 * tells of the key built last.
 * Upstream: apache/hbase: hbase-common/.../PrivateCellUtil.java (Apache-2.0); code our own.
 */
import { takeBytes } from '../../../native-free-io/index.ts';
import { CellView } from './cell-view.ts';
import {
  CellType,
  familyLengthBytes,
  keyOverheadBytes,
  latestTimestamp,
  oldestTimestamp,
  rowLengthBytes,
} from './kv-layout.ts';
import { writeTimestamp } from './timestamp.ts';

const noBytes = new Uint8Array(0);
/** Keys of most tables are shorter. */
const firstBytes = 128;

export class SeekKey {
  readonly cell: CellView = new CellView();

  constructor(initialBytes: number = firstBytes) {
    this.#use(initialBytes);
  }

  firstOnRow(row: Uint8Array): CellView {
    return this.#end(this.#column(row, noBytes, noBytes), latestTimestamp, CellType.maximum);
  }
  firstOnColumn(
    row: Uint8Array,
    family: Uint8Array,
    qualifier: Uint8Array,
    timestamp: number = latestTimestamp,
  ): CellView {
    return this.#end(this.#column(row, family, qualifier), timestamp, CellType.maximum);
  }
  lastOnRow(row: Uint8Array): CellView {
    return this.#end(this.#column(row, noBytes, noBytes), oldestTimestamp, CellType.minimum);
  }
  lastOnColumn(row: Uint8Array, family: Uint8Array, qualifier: Uint8Array): CellView {
    return this.#end(this.#column(row, family, qualifier), oldestTimestamp, CellType.minimum);
  }
  firstDeleteFamily(row: Uint8Array, family: Uint8Array): CellView {
    return this.#end(this.#column(row, family, noBytes), latestTimestamp, CellType.deleteFamily);
  }

  /** Of the row that `cell` is in. */
  firstOnRowOf(cell: CellView): CellView {
    return this.#fromCell(cell, cell.rowPosition + cell.rowLength, {
      timestamp: latestTimestamp,
      type: CellType.maximum,
    });
  }
  /** Behind the row that `cell` is in. */
  lastOnRowOf(cell: CellView): CellView {
    return this.#fromCell(cell, cell.rowPosition + cell.rowLength, {
      timestamp: oldestTimestamp,
      type: CellType.minimum,
    });
  }
  /** Before the cells of `timestamp` in the column that `cell` is in. */
  firstOnColumnOf(cell: CellView, timestamp: number = latestTimestamp): CellView {
    return this.#fromCell(cell, cell.timestampPosition, { timestamp, type: CellType.maximum });
  }
  /** Behind the column that `cell` is in. */
  lastOnColumnOf(cell: CellView): CellView {
    return this.#fromCell(cell, cell.timestampPosition, {
      timestamp: oldestTimestamp,
      type: CellType.minimum,
    });
  }

  /** Writes a key up to its timestamp; returns the position of that. */
  #column(row: Uint8Array, family: Uint8Array, qualifier: Uint8Array): number {
    this.#grow(keyOverheadBytes + row.length + family.length + qualifier.length);
    const { bytes } = this.cell;
    bytes[0] = row.length >> 8;
    bytes[1] = row.length;
    bytes.set(row, rowLengthBytes);
    let at = rowLengthBytes + row.length;
    bytes[at] = family.length;
    at += familyLengthBytes;
    if (family.length > 0) bytes.set(family, at);
    at += family.length;
    if (qualifier.length > 0) bytes.set(qualifier, at);
    return at + qualifier.length;
  }

  /** What stands before `end` in the key of `cell`; when that is the row only, no family. */
  #fromCell(cell: CellView, end: number, tail: { timestamp: number; type: number }): CellView {
    const length = end - cell.keyPosition;
    this.#grow(length + keyOverheadBytes);
    const { bytes } = this.cell;
    const source = cell.bytes;
    for (let i = 0; i < length; i++) bytes[i] = source[cell.keyPosition + i]!;
    if (end !== cell.timestampPosition) {
      bytes[length] = 0;
      return this.#end(length + familyLengthBytes, tail.timestamp, tail.type);
    }
    return this.#end(length, tail.timestamp, tail.type);
  }

  #end(at: number, timestamp: number, type: number): CellView {
    const { cell } = this;
    writeTimestamp(cell.view, at, timestamp);
    cell.bytes[at + 8] = type;
    cell.keyLength = at + 9;
    return cell;
  }

  #grow(length: number): void {
    if (length > this.cell.bytes.length) this.#use(length * 2);
  }

  #use(length: number): void {
    const { bytes, view } = takeBytes(length);
    this.cell.bytes = bytes;
    this.cell.view = view;
  }
}
