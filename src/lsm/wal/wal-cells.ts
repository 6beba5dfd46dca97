/**
 * The cells of one log entry, one after another.
 *
 *    { length i32 | key length i32 | value length i32 | key | value | [ tags length u16 | tags ] }…
 *
 * The tags are there when the cell's length leaves room for them. Lifetime of what `cell` tells:
 * that of the entry.
 */
import { CellView } from '../format/cell-view.ts';
import {
  keyOverheadBytes,
  kvKeyPosition,
  tagsLengthBytes,
  valueLengthPosition,
} from '../format/kv-layout.ts';
import { isKey } from '../format/plain-cells.ts';
import { walCellLengthBytes } from '../format/wal-layout.ts';

export class WalCells {
  readonly cell: CellView = new CellView();
  #start = 0;
  #next = 0;
  #end = 0;

  /** Stands before the first of the cells in bytes[start..end], which `walCellEnd` has judged. */
  reset(
    bytes: Uint8Array,
    view: DataView,
    range: { readonly start: number; readonly end: number },
    sequenceId: number,
  ): void {
    const { cell } = this;
    cell.bytes = bytes;
    cell.view = view;
    cell.sequenceId = sequenceId;
    this.#start = range.start;
    this.#next = range.start;
    this.#end = range.end;
  }

  /** The cells as they lie in the log, for appending them elsewhere or keeping a copy. */
  get range(): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    return { bytes: this.cell.bytes, start: this.#start, end: this.#end };
  }

  /** Stands before the first cell again. */
  rewind(): void {
    this.#next = this.#start;
  }

  /** Moves to the next cell; false behind the last. */
  next(): boolean {
    if (this.#next >= this.#end) return false;
    const { cell } = this;
    const { view } = cell;
    const start = this.#next + walCellLengthBytes;
    const end = start + view.getInt32(this.#next);
    cell.keyPosition = start + kvKeyPosition;
    cell.keyLength = view.getInt32(start);
    cell.valuePosition = cell.keyPosition + cell.keyLength;
    cell.valueLength = view.getInt32(start + valueLengthPosition);
    const after = cell.valuePosition + cell.valueLength;
    cell.tagsPosition = after + tagsLengthBytes;
    cell.tagsLength = after === end ? 0 : view.getUint16(after);
    this.#next = end;
    return true;
  }
}

/** Why a cell could not be read. */
export const cutShort = -1;
export const malformed = -2;

/**
 * Where the cell at `at` ends; `cutShort` when the bytes end inside it, `malformed` when no bytes
 * could make it right.
 */
export function walCellEnd(bytes: Uint8Array, view: DataView, at: number, end: number): number {
  if (end - at < walCellLengthBytes) return cutShort;
  const length = view.getInt32(at);
  const start = at + walCellLengthBytes;
  if (length < kvKeyPosition + keyOverheadBytes) return malformed;
  if (length > end - start) return cutShort;
  const keyLength = view.getInt32(start);
  const valueLength = view.getInt32(start + valueLengthPosition);
  if (keyLength < keyOverheadBytes || valueLength < 0) return malformed;
  const plain = kvKeyPosition + keyLength + valueLength;
  if (plain > length || !isKey(bytes, start + kvKeyPosition, keyLength)) return malformed;
  const tags = length - plain;
  if (tags === 0) return start + length;
  if (tags < tagsLengthBytes) return malformed;
  if (view.getUint16(start + plain) !== tags - tagsLengthBytes) return malformed;
  return start + length;
}
