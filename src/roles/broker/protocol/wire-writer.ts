/**
 * Writes the primitive types of Kafka's protocol, frame after frame, into slabs that grow.
 *
 * Records are not copied: bytes and file regions are put between the pieces written so far, and
 * `takePieces` gives everything in order. Lengths that are known only later are patched.
 *
 * Lifetime: pieces belong to whoever takes them; the writer goes on behind them.
 * Upstream: apache/kafka: clients/.../protocol/{SendBuilder,Writable}.java; format kept, code our
 *           own.
 */
import {
  InternalError,
  uvarintSize,
  writeInt64,
  type FileRegion,
} from '../../../../native-free-io/index.ts';

/** What a records field holds on the way out. */
export type RecordsPiece = Uint8Array | FileRegion;

const slabBytes = 32 << 10;
/** Records up to this size are copied into the slab: cheaper than a piece of their own. */
const inlineBytes = 1 << 10;
/** Strings up to this length are tried letter by letter: two calls into the runtime cost more. */
const shortLetters = 32;

export class WireWriter {
  flexible = false;
  #bytes: Buffer;
  #view: DataView;
  #start = 0;
  #position = 0;
  #pieces: RecordsPiece[] = [];
  /** Bytes in `#pieces`. */
  #pieceBytes = 0;
  /** Where the open frame's length goes: behind `#start`, or in bytes that were cut off. */
  #frameAt = 0;
  #frameView: DataView | undefined;
  #frameBefore = 0;

  constructor(initialBytes = 256) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written and not yet taken. */
  get length(): number {
    return this.#pieceBytes + this.#position - this.#start;
  }

  /** Everything written since the last call. */
  takePieces(): RecordsPiece[] {
    this.#cut();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#pieceBytes = 0;
    return pieces;
  }

  /** What was written, as one run of bytes of its own; only where no file region was. */
  copyBytes(): Uint8Array {
    const pieces = this.takePieces().map((piece) => {
      if (piece instanceof Uint8Array) return piece;
      throw new InternalError('INTERNAL_INVARIANT', 'a file region has no bytes to copy');
    });
    return new Uint8Array(Buffer.concat(pieces));
  }

  /** Begins a frame; `endFrame` fills in its length. One at a time. */
  beginFrame(): void {
    this.#need(4);
    this.#frameView = undefined;
    this.#frameAt = this.#position - this.#start;
    this.#frameBefore = this.length;
    this.#position += 4;
  }
  endFrame(): void {
    const length = this.length - this.#frameBefore - 4;
    if (this.#frameView === undefined) this.#view.setInt32(this.#start + this.#frameAt, length);
    else this.#frameView.setInt32(this.#frameAt, length);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }
  int8(value: number): void {
    const at = this.#need(1);
    this.#view.setInt8(at, value);
    this.#position = at + 1;
  }
  int16(value: number): void {
    const at = this.#need(2);
    this.#view.setInt16(at, value);
    this.#position = at + 2;
  }
  uint16(value: number): void {
    this.int16(value);
  }
  int32(value: number): void {
    const at = this.#need(4);
    this.#view.setInt32(at, value);
    this.#position = at + 4;
  }
  uint32(value: number): void {
    this.int32(value);
  }
  int64(value: number): void {
    const at = this.#need(8);
    writeInt64(this.#view, at, value);
    this.#position = at + 8;
  }
  float64(value: number): void {
    const at = this.#need(8);
    this.#view.setFloat64(at, value);
    this.#position = at + 8;
  }
  uuid(value: string): void {
    this.#need(16);
    const written = this.#bytes.write(value, this.#position, 16, 'base64url');
    if (written !== 16) throw new InternalError('INTERNAL_INVARIANT', `'${value}' is no uuid`);
    this.#position += 16;
  }
  uvarint(value: number): void {
    this.#need(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#position++] = rest;
  }

  string(value: string): void {
    if (value.length <= shortLetters && this.#shortAscii(value)) return;
    const length = Buffer.byteLength(value);
    if (this.flexible) this.uvarint(length + 1);
    else if (length > 0x7fff) throw tooLong(length);
    else this.int16(length);
    this.#text(value, length);
  }
  nullableString(value: string | null): void {
    if (value !== null) this.string(value);
    else if (this.flexible) this.uvarint(0);
    else this.int16(-1);
  }
  /** With a length of two bytes at every version. */
  plainNullableString(value: string | null): void {
    const length = value === null ? -1 : Buffer.byteLength(value);
    if (length > 0x7fff) throw tooLong(length);
    this.int16(length);
    if (value !== null) this.#text(value, length);
  }
  bytes(value: Uint8Array): void {
    this.#length(value.length);
    this.#need(value.length);
    this.#bytes.set(value, this.#position);
    this.#position += value.length;
  }
  nullableBytes(value: Uint8Array | null): void {
    if (value === null) this.#length(-1);
    else this.bytes(value);
  }
  records(value: RecordsPiece): void {
    if (value instanceof Uint8Array && value.length <= inlineBytes) {
      this.bytes(value);
      return;
    }
    this.#length(value.length);
    if (value.length === 0) return;
    this.#cut();
    this.#pieces.push(value);
    this.#pieceBytes += value.length;
  }
  nullableRecords(value: RecordsPiece | null): void {
    if (value === null) this.#length(-1);
    else this.records(value);
  }

  array<T>(items: readonly T[], version: number, write: WriteItem<T>): void {
    this.#length(items.length);
    for (const item of items) write(this, version, item);
  }
  nullableArray<T>(items: readonly T[] | null, version: number, write: WriteItem<T>): void {
    if (items === null) this.#length(-1);
    else this.array(items, version, write);
  }
  readonly writeInt8: WriteItem<number> = (w, _v, value) => w.int8(value);
  readonly writeInt16: WriteItem<number> = (w, _v, value) => w.int16(value);
  readonly writeInt32: WriteItem<number> = (w, _v, value) => w.int32(value);
  readonly writeInt64: WriteItem<number> = (w, _v, value) => w.int64(value);
  readonly writeString: WriteItem<string> = (w, _v, value) => w.string(value);
  readonly writeUuid: WriteItem<string> = (w, _v, value) => w.uuid(value);

  /** The mark in front of a struct that may be null. */
  presence(isThere: boolean, isTagged: boolean): void {
    if (isTagged) this.uvarint(isThere ? 1 : 0);
    else this.int8(isThere ? 1 : -1);
  }
  noTags(): void {
    if (this.flexible) this.uvarint(0);
  }
  /** Begins the content of a tag. */
  openTag(tag: number): number {
    this.uvarint(tag);
    return this.#position - this.#start;
  }
  /** Puts the size in front of what was written since `mark`. */
  closeTag(mark: number): void {
    const size = this.#position - this.#start - mark;
    const sizeBytes = uvarintSize(size);
    this.#need(sizeBytes);
    const from = this.#start + mark;
    this.#bytes.copyWithin(from + sizeBytes, from, from + size);
    this.#position = from;
    this.uvarint(size);
    this.#position += size;
  }

  /** A value that this version needs. */
  present<T>(value: T | null, name: string): T {
    if (value !== null) return value;
    throw new InternalError('INTERNAL_INVARIANT', `${name} is null`);
  }
  /** A field was set that this version has no place for. */
  lost(name: string, version: number): never {
    throw new InternalError('INTERNAL_INVARIANT', `version ${version} has no field ${name}`);
  }

  #length(length: number): void {
    if (this.flexible) this.uvarint(length + 1);
    else this.int32(length);
  }

  /** Writes length and letters; false, with nothing written, if one is beyond ASCII. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    const lengthBytes = this.flexible ? 1 : 2;
    const at = this.#need(lengthBytes + length);
    const bytes = this.#bytes;
    const begin = at + lengthBytes;
    for (let index = 0; index < length; index++) {
      const letter = value.charCodeAt(index);
      if (letter > 0x7f) return false;
      bytes[begin + index] = letter;
    }
    if (this.flexible) bytes[at] = length + 1;
    else this.#view.setInt16(at, length);
    this.#position = begin + length;
    return true;
  }

  #text(value: string, length: number): void {
    this.#need(length);
    this.#bytes.write(value, this.#position, length);
    this.#position += length;
  }

  /** Makes what was written since the last cut a piece of its own. */
  #cut(): void {
    if (this.#position === this.#start) return;
    if (this.#frameView === undefined) {
      this.#frameAt += this.#start;
      this.#frameView = this.#view;
    }
    this.#pieces.push(this.#bytes.subarray(this.#start, this.#position));
    this.#pieceBytes += this.#position - this.#start;
    this.#start = this.#position;
  }

  /** Room for `length` bytes; returns where they begin. Bytes and view may be others afterwards. */
  #need(length: number): number {
    if (this.#position + length > this.#bytes.length) this.#grow(length);
    return this.#position;
  }

  #grow(length: number): void {
    const used = this.#position - this.#start;
    const bytes = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (used + length)));
    bytes.set(this.#bytes.subarray(this.#start, this.#position));
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#start = 0;
    this.#position = used;
  }
}

type WriteItem<T> = (w: WireWriter, version: number, value: T) => void;

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function tooLong(length: number): InternalError {
  return new InternalError('INTERNAL_INVARIANT', `a string of ${length} bytes`);
}
