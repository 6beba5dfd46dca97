/**
 * The key that point reads seek: the first place a cell of one column can be.
 *
 * A room of its own because it is built once per read: the family's bytes are written once, rows
 * and qualifiers are copied by a loop.
 */
import { equalBytes } from '../../../native-free-io/index.ts';
import { CellView } from '../format/cell-view.ts';
import { CellType, timestampTypeBytes } from '../format/kv-layout.ts';

export class PointKey {
  readonly cell: CellView = new CellView();

  constructor() {
    this.#grow(256);
  }

  set(row: Uint8Array, family: Uint8Array, qualifier: Uint8Array): CellView {
    const { cell } = this;
    const needed = 12 + row.length + family.length + qualifier.length;
    if (needed > cell.bytes.length) this.#grow(needed * 2);
    const { bytes, view } = cell;
    const rowLength = row.length;
    bytes[0] = rowLength >> 8;
    bytes[1] = rowLength;
    if (rowLength > 48) bytes.set(row, 2);
    else for (let i = 0; i < rowLength; i++) bytes[2 + i] = row[i]!;
    let at = 2 + rowLength;
    bytes[at++] = family.length;
    for (let i = 0; i < family.length; i++) bytes[at + i] = family[i]!;
    at += family.length;
    for (let i = 0; i < qualifier.length; i++) bytes[at + i] = qualifier[i]!;
    at += qualifier.length;
    view.setInt32(at, 0x7fff_ffff);
    view.setInt32(at + 4, -1);
    bytes[at + 8] = CellType.maximum;
    cell.keyLength = at + 9;
    return cell;
  }

  /** True when `cell` lies in this column. */
  isColumnOf(cell: CellView): boolean {
    const own = this.cell;
    if (cell.keyLength !== own.keyLength) return false;
    const length = own.keyLength - timestampTypeBytes;
    const start = cell.keyPosition;
    return equalBytes(own.bytes, 0, length, cell.bytes, start, start + length);
  }

  #grow(length: number): void {
    this.cell.bytes = new Uint8Array(length);
    this.cell.view = new DataView(this.cell.bytes.buffer);
  }
}
