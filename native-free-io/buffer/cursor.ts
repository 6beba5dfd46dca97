/**
 * Reads a region of bytes from front to back: fixed big-endian integers, the variable-length ones
 * of `varint.ts` and `hadoop-vint.ts`, and byte strings as views.
 *
 * Every read is checked against the region's end: BUFFER_OVERRUN (CorruptionError, with the
 * position) instead of foreign bytes. A failed read leaves the position where it was.
 *
 * Lifetime: `reset` aims the reader at other bytes, so that a loop over many blocks makes no
 * objects. Views from `readView` live as long as the bytes below them; `readCopy` owns its bytes.
 */
import { CorruptionError, InvalidArgumentError } from '../errors.ts';
import { hadoopVIntEnd, readHadoopVInt, readHadoopVLong } from './hadoop-vint.ts';
import { readInt64 } from './int64.ts';
import { readUvarint, readVarint, readVarlong, varintEnd } from './varint.ts';

/** Bytes and a DataView of exactly the same bytes; a Slab is one. */
export interface BytesAndView {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export class ByteReader {
  #bytes: Uint8Array;
  #view: DataView;
  #position: number;
  #end: number;

  /** Reads `bytes[start..end]`; positions are those of `bytes`. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    assertRegion(bytes, start, end);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#position = start;
    this.#end = end;
  }

  /** Continues with `source.bytes[start..end]`, whose DataView is used as it is. */
  reset(source: BytesAndView, start: number, end: number): void {
    assertRegion(source.bytes, start, end);
    this.#bytes = source.bytes;
    this.#view = source.view;
    this.#position = start;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }
  get end(): number {
    return this.#end;
  }
  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Moves to a position before or at the end. */
  seek(position: number): void {
    if (!(position >= 0 && position <= this.#end)) {
      throw this.#overrun(position - this.#position);
    }
    this.#position = position;
  }

  skip(length: number): void {
    this.#advance(length);
  }

  readUint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }
  readInt8(): number {
    return this.#view.getInt8(this.#advance(1));
  }
  readUint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }
  readInt16(): number {
    return this.#view.getInt16(this.#advance(2));
  }
  readUint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }
  readInt32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  /** BUFFER_NUMBER_RANGE when it is not a safe integer; `readBigInt64` takes those. */
  readInt64(): number {
    this.#require(8);
    const value = readInt64(this.#view, this.#position);
    this.#position += 8;
    return value;
  }
  readBigInt64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** Unsigned 32-bit varint. */
  readUvarint(): number {
    const value = readUvarint(this.#bytes, this.#position, this.#end);
    this.#position = varintEnd;
    return value;
  }
  /** Zigzag varint of a 32-bit integer. */
  readVarint(): number {
    const value = readVarint(this.#bytes, this.#position, this.#end);
    this.#position = varintEnd;
    return value;
  }
  /** Zigzag varint of a safe integer. */
  readVarlong(): number {
    const value = readVarlong(this.#bytes, this.#position, this.#end);
    this.#position = varintEnd;
    return value;
  }
  readHadoopVInt(): number {
    const value = readHadoopVInt(this.#bytes, this.#position, this.#end);
    this.#position = hadoopVIntEnd;
    return value;
  }
  readHadoopVLong(): number {
    const value = readHadoopVLong(this.#bytes, this.#position, this.#end);
    this.#position = hadoopVIntEnd;
    return value;
  }

  /** The next bytes as a view of the region. */
  readView(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next bytes as a copy that may stay. */
  readCopy(length: number): Uint8Array {
    return new Uint8Array(this.readView(length));
  }

  /** Moves past `length` bytes; returns where they begin. */
  #advance(length: number): number {
    this.#require(length);
    const start = this.#position;
    this.#position = start + length;
    return start;
  }

  #require(length: number): void {
    if (length >= 0 && length <= this.#end - this.#position) return;
    throw this.#overrun(length);
  }

  #overrun(length: number): CorruptionError {
    return new CorruptionError(
      'BUFFER_OVERRUN',
      `${length} bytes asked for at ${this.#position}, the region ends at ${this.#end}`,
      { context: { position: this.#position, length, end: this.#end } },
    );
  }
}

function assertRegion(bytes: Uint8Array, start: number, end: number): void {
  if (start >= 0 && start <= end && end <= bytes.length) return;
  throw new InvalidArgumentError(
    'IO_INVALID_ARGUMENT',
    `${start} to ${end} is no region of ${bytes.length} bytes`,
  );
}
