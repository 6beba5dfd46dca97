/**
 * Gathers the cells of one data block in the layout without encoding, in bytes of its own.
 *
 *    { KeyValue | [ tags length u16 | tags ] | [ sequence id VLong ] }…
 *
 * Encodings are made of the whole when the block ends. Format doc: docs/formats/lsm.md,
 * "Data block".
 */
import { InvalidArgumentError, writeHadoopVInt } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { kvKeyPosition, tagsLengthBytes, valueLengthPosition } from '../format/kv-layout.ts';
import type { CellParts } from '../format/plain-cells.ts';

const mostSequenceIdBytes = 9;
/** Where `mostBlockBytes` leaves room for a header and checksums. */
const mostBytes = 0x7ff0_0000;

export class DataBlockBuilder {
  readonly #parts: CellParts;
  bytes: Uint8Array;
  #view: DataView;
  /** Bytes written. */
  length = 0;
  /** Of the key added last; it stays until `clear`. */
  lastKeyPosition = 0;
  lastKeyLength = 0;
  cells = 0;

  constructor(parts: CellParts, firstBytes: number) {
    this.#parts = parts;
    this.bytes = new Uint8Array(firstBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Begins the next block. */
  clear(): void {
    this.length = 0;
    this.cells = 0;
  }

  add(cell: CellView): void {
    const { includesTags, includesSequenceIds } = this.#parts;
    const { keyLength, valueLength, tagsLength } = cell;
    const most = kvKeyPosition + keyLength + valueLength + tagsLengthBytes + tagsLength;
    this.#grow(this.length + most + mostSequenceIdBytes);
    const view = this.#view;
    const { bytes } = this;
    let at = this.length;
    view.setInt32(at, keyLength);
    view.setInt32(at + valueLengthPosition, valueLength);
    at += kvKeyPosition;
    this.lastKeyPosition = at;
    this.lastKeyLength = keyLength;
    if (cell.valuePosition === cell.keyPosition + keyLength) {
      const length = keyLength + valueLength;
      copyBytes(cell, cell.keyPosition, bytes, view, at, length);
      at += length;
    } else {
      copyBytes(cell, cell.keyPosition, bytes, view, at, keyLength);
      at += keyLength;
      copyBytes(cell, cell.valuePosition, bytes, view, at, valueLength);
      at += valueLength;
    }
    if (includesTags) {
      view.setUint16(at, tagsLength);
      at += tagsLengthBytes;
      copyBytes(cell, cell.tagsPosition, bytes, view, at, tagsLength);
      at += tagsLength;
    }
    if (includesSequenceIds) at = writeHadoopVInt(bytes, at, cell.sequenceId);
    this.length = at;
    this.cells++;
  }

  copyLastKey(): Uint8Array {
    const at = this.lastKeyPosition;
    return new Uint8Array(this.bytes.subarray(at, at + this.lastKeyLength));
  }

  #grow(needed: number): void {
    if (needed <= this.bytes.length) return;
    if (needed > mostBytes) {
      throw new InvalidArgumentError(
        'LSM_CELL_INVALID',
        `a block of ${needed} bytes cannot be written`,
      );
    }
    const bytes = new Uint8Array(Math.min(mostBytes, Math.max(needed, this.bytes.length * 2)));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** From here on the platform's copy is faster than words. */
const nativeFromBytes = 192;

function copyBytes(
  cell: CellView,
  from: number,
  bytes: Uint8Array,
  view: DataView,
  to: number,
  length: number,
): void {
  if (length >= nativeFromBytes) {
    bytes.set(cell.bytes.subarray(from, from + length), to);
    return;
  }
  const source = cell.view;
  const words = length & ~3;
  for (let i = 0; i < words; i += 4) view.setInt32(to + i, source.getInt32(from + i));
  for (let i = words; i < length; i++) bytes[to + i] = cell.bytes[from + i]!;
}
