/**
 * Writes blocks of the encodings PREFIX, DIFF and FAST_DIFF from plain cells.
 *
 * The frame is that of encoded-cells.ts. Tags are written as they are, never through a dictionary.
 */
import { uvarintSize, writeUvarint } from '../../../native-free-io/index.ts';
import { kvKeyPosition, tagsLengthBytes, valueLengthPosition } from './kv-layout.ts';
import { encodingIdBytes } from './layout.ts';
import { indexCells, type PlainCells } from './plain-cells.ts';

/** A plain cell: where its parts are. */
export interface EncodableCell {
  readonly key: number;
  readonly keyLength: number;
  readonly value: number;
  readonly valueLength: number;
  /** Where it ends, its tags and mvcc among it. */
  readonly end: number;
}

export class BlockEncoder {
  readonly plain: PlainCells;
  readonly #starts: Int32Array;
  bytes: Uint8Array;
  view: DataView;
  /** Where the next byte goes. */
  to: number = encodingIdBytes;
  previous: EncodableCell | undefined;
  #current: EncodableCell | undefined;
  #index = 0;

  constructor(plain: PlainCells, encodingId: number) {
    this.plain = plain;
    this.#starts = indexCells(plain);
    this.bytes = new Uint8Array(plain.end - plain.start + 64);
    this.view = new DataView(this.bytes.buffer);
    this.view.setInt16(0, encodingId);
  }

  /** How many bytes the plain cells take. */
  writeTotal(): void {
    this.view.setInt32(this.to, this.plain.end - this.plain.start);
    this.to += 4;
  }

  /** The next cell; the one before becomes `previous`. */
  next(): EncodableCell | undefined {
    const start = this.#starts[this.#index];
    if (start === undefined) return undefined;
    const { view, end } = this.plain;
    const keyLength = view.getInt32(start);
    const key = start + kvKeyPosition;
    this.#index++;
    this.#current = {
      key,
      keyLength,
      value: key + keyLength,
      valueLength: view.getInt32(start + valueLengthPosition),
      end: this.#starts[this.#index] ?? end,
    };
    return this.#current;
  }

  /** Writes what stands behind the cell: tags, mvcc. */
  endCell(cell: EncodableCell): void {
    const { parts, view } = this.plain;
    let at = cell.value + cell.valueLength;
    if (parts.includesTags) {
      const tags = view.getUint16(at);
      this.room(tags + 8);
      this.writeInteger(tags);
      this.copy(at + tagsLengthBytes, tags);
      at += tagsLengthBytes + tags;
    }
    this.room(cell.end - at);
    this.copy(at, cell.end - at);
    this.previous = cell;
  }

  writeInteger(value: number): void {
    this.room(uvarintSize(value));
    this.to = writeUvarint(this.bytes, this.to, value);
  }

  /** Copies plain bytes; there must be room. */
  copy(from: number, length: number): void {
    const { bytes: source } = this.plain;
    if (length > 64) this.bytes.set(source.subarray(from, from + length), this.to);
    else for (let i = 0; i < length; i++) this.bytes[this.to + i] = source[from + i]!;
    this.to += length;
  }

  /** Makes room for that many bytes more. */
  room(length: number): void {
    if (this.to + length <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.to + length, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.to));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.to);
  }
}
