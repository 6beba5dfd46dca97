/**
 * Writes integers and byte strings one after another, the same kinds that `cursor.ts` reads.
 *
 * Fixed: into bytes the caller owns (a slab), BUFFER_OVERRUN (LimitError) when they do not suffice.
 * Growing: into a buffer of its own that doubles up to a limit. A failed write leaves the position
 * where it was.
 *
 * Lifetime: `written` is a view; growing or `clear` makes it stale. `copyWritten` owns its bytes.
 */
import { InvalidArgumentError, LimitError } from '../errors.ts';
import type { BytesAndView } from './cursor.ts';
import { hadoopVIntSize, writeHadoopVInt } from './hadoop-vint.ts';
import { writeBigInt64, writeInt64 } from './int64.ts';
import {
  uvarintSize,
  varintSize,
  varlongSize,
  writeUvarint,
  writeVarint,
  writeVarlong,
} from './varint.ts';

export interface GrowingSinkOptions {
  /** Bytes to begin with. Default 256. */
  readonly initialBytes?: number;
  /** Most bytes it grows to. Default 1 GiB. */
  readonly limitBytes?: number;
}

const defaultInitialBytes = 256;
const defaultLimitBytes = 1 << 30;

export class ByteSink {
  #bytes: Uint8Array;
  #view: DataView;
  #start: number;
  #position: number;
  /** Where the bytes at hand end. */
  #capacity: number;
  /** Where growing ends. */
  #limit: number;

  private constructor(target: BytesAndView, start: number, capacity: number, limit: number) {
    this.#bytes = target.bytes;
    this.#view = target.view;
    this.#start = start;
    this.#position = start;
    this.#capacity = capacity;
    this.#limit = limit;
  }

  /** Writes into `target.bytes[start..end]` and nowhere else. */
  static fixed(target: BytesAndView, start = 0, end: number = target.bytes.length): ByteSink {
    if (start < 0 || start > end || end > target.bytes.length) {
      throw new InvalidArgumentError(
        'IO_INVALID_ARGUMENT',
        `${start} to ${end} is no region of ${target.bytes.length} bytes`,
      );
    }
    return new ByteSink(target, start, end, end);
  }

  /** Writes into a buffer of its own. */
  static growing(options: GrowingSinkOptions = {}): ByteSink {
    const limit = options.limitBytes ?? defaultLimitBytes;
    const bytes = new Uint8Array(Math.min(options.initialBytes ?? defaultInitialBytes, limit));
    const view = new DataView(bytes.buffer);
    return new ByteSink({ bytes, view }, 0, bytes.length, limit);
  }

  /** Where the next byte goes; of a fixed sink, the position in the caller's bytes. */
  get position(): number {
    return this.#position;
  }
  /** Bytes written. */
  get length(): number {
    return this.#position - this.#start;
  }
  /** What was written, as a view. */
  get written(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#position);
  }
  copyWritten(): Uint8Array {
    return new Uint8Array(this.written);
  }

  /** Begins anew in the same bytes. */
  clear(): void {
    this.#position = this.#start;
  }

  writeUint8(value: number): void {
    this.#writeInteger(value, 1, 0, 0xff);
  }
  writeInt8(value: number): void {
    this.#writeInteger(value, 1, -0x80, 0x7f);
  }
  writeUint16(value: number): void {
    this.#writeInteger(value, 2, 0, 0xffff);
  }
  writeInt16(value: number): void {
    this.#writeInteger(value, 2, -0x8000, 0x7fff);
  }
  writeUint32(value: number): void {
    this.#writeInteger(value, 4, 0, 0xffff_ffff);
  }
  writeInt32(value: number): void {
    this.#writeInteger(value, 4, -0x8000_0000, 0x7fff_ffff);
  }
  writeInt64(value: number): void {
    this.#require(8);
    writeInt64(this.#view, this.#position, value);
    this.#position += 8;
  }
  writeBigInt64(value: bigint): void {
    this.#require(8);
    writeBigInt64(this.#view, this.#position, value);
    this.#position += 8;
  }

  /** Unsigned 32-bit varint. */
  writeUvarint(value: number): void {
    assertInteger(value, 0, 0xffff_ffff);
    this.#require(uvarintSize(value));
    this.#position = writeUvarint(this.#bytes, this.#position, value);
  }
  /** Zigzag varint of a 32-bit integer. */
  writeVarint(value: number): void {
    assertInteger(value, -0x8000_0000, 0x7fff_ffff);
    this.#require(varintSize(value));
    this.#position = writeVarint(this.#bytes, this.#position, value);
  }
  /** Zigzag varint of a safe integer. */
  writeVarlong(value: number): void {
    assertInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    this.#require(varlongSize(value));
    this.#position = writeVarlong(this.#bytes, this.#position, value);
  }
  writeHadoopVInt(value: number): void {
    assertInteger(value, -0x8000_0000, 0x7fff_ffff);
    this.#require(hadoopVIntSize(value));
    this.#position = writeHadoopVInt(this.#bytes, this.#position, value);
  }
  writeHadoopVLong(value: number): void {
    assertInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    this.#require(hadoopVIntSize(value));
    this.#position = writeHadoopVInt(this.#bytes, this.#position, value);
  }

  writeBytes(source: Uint8Array, start = 0, length: number = source.length - start): void {
    if (start < 0 || length < 0 || start + length > source.length) {
      throw new InvalidArgumentError(
        'IO_INVALID_ARGUMENT',
        `${length} bytes from ${start} of ${source.length}`,
      );
    }
    this.#require(length);
    const whole = start === 0 && length === source.length;
    this.#bytes.set(whole ? source : source.subarray(start, start + length), this.#position);
    this.#position += length;
  }

  /** Leaves room for bytes written later with `patchInt32`; returns where it begins. */
  reserve(length: number): number {
    this.#require(length);
    const start = this.#position;
    this.#bytes.fill(0, start, start + length);
    this.#position += length;
    return start;
  }

  /** Overwrites four bytes written before: a length or checksum known only now. */
  patchInt32(position: number, value: number): void {
    assertInteger(value, -0x8000_0000, 0xffff_ffff);
    if (position < this.#start || position + 4 > this.#position) {
      throw new LimitError('BUFFER_OVERRUN', `nothing was written at ${position} yet`);
    }
    this.#view.setInt32(position, value);
  }

  /**
   * Range-checked big-endian integer of 1, 2 or 4 bytes; signed and unsigned have the same bytes.
   */
  #writeInteger(value: number, size: number, least: number, most: number): void {
    assertInteger(value, least, most);
    this.#require(size);
    if (size === 1) this.#view.setUint8(this.#position, value);
    else if (size === 2) this.#view.setUint16(this.#position, value);
    else this.#view.setUint32(this.#position, value);
    this.#position += size;
  }

  #require(length: number): void {
    if (length > this.#capacity - this.#position) this.#grow(length);
  }

  #grow(length: number): void {
    const needed = this.#position + length;
    if (needed > this.#limit || length < 0) {
      throw new LimitError(
        'BUFFER_OVERRUN',
        `${length} bytes do not fit at ${this.#position}, the region ends at ${this.#limit}`,
        { context: { position: this.#position, length, end: this.#limit } },
      );
    }
    const bytes = new Uint8Array(Math.min(this.#limit, Math.max(needed, this.#capacity * 2)));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#capacity = bytes.length;
  }
}

function assertInteger(value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new LimitError('BUFFER_NUMBER_RANGE', `${value} is not an integer of ${least} to ${most}`);
}
