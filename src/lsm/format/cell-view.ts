/**
 * Where a cell lies: bytes and the positions of its parts. One per cursor, moved from cell to cell.
 *
 * Also the form of seek targets: those need `bytes`, `keyPosition` and `keyLength` only.
 *
 * Invariant: `view` covers exactly `bytes`; key, value and tags lie within, checked by whoever set
 * the positions. Lifetime: that of the cursor's standing on the cell; `copy*` own their bytes.
 */
import {
  familyLengthBytes,
  keyOverheadBytes,
  rowLengthBytes,
  timestampTypeBytes,
  typeBytes,
} from './kv-layout.ts';
import { readTimestamp } from './timestamp.ts';

const noBytes = new Uint8Array(0);
const noView = new DataView(noBytes.buffer);

export class CellView {
  bytes: Uint8Array = noBytes;
  view: DataView = noView;
  /** Of the row length field. */
  keyPosition = 0;
  keyLength = 0;
  valuePosition = 0;
  valueLength = 0;
  /** Of the first tag. */
  tagsPosition = 0;
  tagsLength = 0;
  /** mvcc: the write order. */
  sequenceId = 0;

  get rowPosition(): number {
    return this.keyPosition + rowLengthBytes;
  }
  get rowLength(): number {
    const at = this.keyPosition;
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }
  get familyPosition(): number {
    return this.keyPosition + rowLengthBytes + this.rowLength + familyLengthBytes;
  }
  get familyLength(): number {
    return this.bytes[this.keyPosition + rowLengthBytes + this.rowLength]!;
  }
  get qualifierPosition(): number {
    return this.familyPosition + this.familyLength;
  }
  get qualifierLength(): number {
    return this.keyLength - keyOverheadBytes - this.rowLength - this.familyLength;
  }
  get timestampPosition(): number {
    return this.keyPosition + this.keyLength - timestampTypeBytes;
  }
  /** Milliseconds by convention; beyond ±2^53 the nearest number. */
  get timestamp(): number {
    return readTimestamp(this.view, this.timestampPosition);
  }
  /** A `CellType`, or what a later version wrote. */
  get type(): number {
    return this.bytes[this.keyPosition + this.keyLength - typeBytes]!;
  }

  copyRow(): Uint8Array {
    return this.#copy(this.rowPosition, this.rowLength);
  }
  copyFamily(): Uint8Array {
    return this.#copy(this.familyPosition, this.familyLength);
  }
  copyQualifier(): Uint8Array {
    return this.#copy(this.qualifierPosition, this.qualifierLength);
  }
  copyKey(): Uint8Array {
    return this.#copy(this.keyPosition, this.keyLength);
  }
  copyValue(): Uint8Array {
    return this.#copy(this.valuePosition, this.valueLength);
  }
  copyTags(): Uint8Array {
    return this.#copy(this.tagsPosition, this.tagsLength);
  }

  /** Stands where `other` stands. */
  set(other: CellView): void {
    this.bytes = other.bytes;
    this.view = other.view;
    this.keyPosition = other.keyPosition;
    this.keyLength = other.keyLength;
    this.valuePosition = other.valuePosition;
    this.valueLength = other.valueLength;
    this.tagsPosition = other.tagsPosition;
    this.tagsLength = other.tagsLength;
    this.sequenceId = other.sequenceId;
  }

  #copy(position: number, length: number): Uint8Array {
    return new Uint8Array(this.bytes.subarray(position, position + length));
  }
}
