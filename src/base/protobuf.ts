/**
 * Protocol Buffers, as far as the Apache formats need them: fields of a message, one after another.
 *
 *    field = tag varint (number << 3 | wire type) | content
 *    wire type 0 varint | 1 eight bytes | 2 length varint, bytes | 5 four bytes
 *
 * Integers are numbers: what is no safe integer is refused (BUFFER_NUMBER_RANGE), except through
 * the bigint forms. Damage is BUFFER_OVERRUN or BUFFER_VARINT_MALFORMED with the position; callers
 * who know the file wrap it. Unknown fields are the caller's to `skip`. No groups.
 */
import {
  ByteSink,
  CorruptionError,
  LimitError,
  readUvarint,
  uvarintSize,
  varintEnd,
  writeUvarint,
} from '../../native-free-io/index.ts';

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const twoTo32 = 0x1_0000_0000;
const longestVarint = 10;

/** The 64-bit varint read last, as halves. */
let lowHalf = 0;
let highHalf = 0;
/** Where it ended. */
let longEnd = 0;

export class ProtobufReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  #position: number;
  /** Of the field that `next` found. */
  field = 0;
  wireType = 0;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#position = start;
    this.end = end;
  }

  /** A message with its length before it (upstream: delimited). `end` is where it ends. */
  static delimited(bytes: Uint8Array, start: number, end: number): ProtobufReader {
    const length = readUvarint(bytes, start, end);
    const from = varintEnd;
    if (length > end - from) throw overrun(from, length, end);
    return new ProtobufReader(bytes, from, from + length);
  }

  get position(): number {
    return this.#position;
  }

  /** Moves to the next field; false at the end. Its content must then be read or skipped. */
  next(): boolean {
    if (this.#position >= this.end) return false;
    const tag = readUvarint(this.bytes, this.#position, this.end);
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    if (this.field === 0) throw malformed('field number 0', this.#position);
    this.#position = varintEnd;
    return true;
  }

  /** int32, int64, uint32, uint64, enum: a safe integer; negative ones are sign-extended. */
  readInteger(): number {
    this.#readLong();
    const value = (highHalf | 0) * twoTo32 + lowHalf;
    if (Number.isSafeInteger(value)) return value;
    throw new LimitError('BUFFER_NUMBER_RANGE', 'a varint is not a safe integer', {
      context: { position: this.#position },
    });
  }

  /** uint64 with all its bits. */
  readBigUint64(): bigint {
    this.#readLong();
    return (BigInt(highHalf) << 32n) | BigInt(lowHalf);
  }

  readBoolean(): boolean {
    this.#readLong();
    return lowHalf !== 0 || highHalf !== 0;
  }

  /** Bytes, string or message, as a view. */
  readView(): Uint8Array {
    const start = this.#bytesField();
    return this.bytes.subarray(start, this.#position);
  }

  readCopy(): Uint8Array {
    return new Uint8Array(this.readView());
  }

  readString(): string {
    return new TextDecoder().decode(this.readView());
  }

  readMessage(): ProtobufReader {
    const start = this.#bytesField();
    return new ProtobufReader(this.bytes, start, this.#position);
  }

  skip(): void {
    if (this.wireType === WireType.varint) this.#readLong();
    else if (this.wireType === WireType.bytes) this.#bytesField();
    else if (this.wireType === WireType.fixed64) this.#advance(8);
    else if (this.wireType === WireType.fixed32) this.#advance(4);
    else throw malformed(`wire type ${this.wireType}`, this.#position);
  }

  /** Moves past a length-delimited field; returns where its bytes begin. */
  #bytesField(): number {
    this.#require(WireType.bytes);
    const length = readUvarint(this.bytes, this.#position, this.end);
    this.#position = varintEnd;
    return this.#advance(length);
  }

  #readLong(): void {
    this.#require(WireType.varint);
    readLong(this.bytes, this.#position, this.end);
    this.#position = longEnd;
  }

  #require(wireType: number): void {
    if (this.wireType === wireType) return;
    throw malformed(`field ${this.field} has wire type ${this.wireType}`, this.#position);
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.end - start) throw overrun(start, length, this.end);
    this.#position = start + length;
    return start;
  }
}

export class ProtobufWriter {
  readonly #sink: ByteSink = ByteSink.growing();

  /** Integers and enums; negative ones take ten bytes. */
  writeInteger(field: number, value: number): this {
    this.#tag(field, WireType.varint);
    if (value >= 0 && value < twoTo32) {
      this.#sink.writeUvarint(value);
      return this;
    }
    if (!Number.isSafeInteger(value)) {
      throw new LimitError('BUFFER_NUMBER_RANGE', `${value} is not a safe integer`);
    }
    return this.#long(value >>> 0, Math.floor(value / twoTo32) >>> 0);
  }

  writeBigUint64(field: number, value: bigint): this {
    this.#tag(field, WireType.varint);
    return this.#long(Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn));
  }

  writeBoolean(field: number, value: boolean): this {
    return this.writeInteger(field, value ? 1 : 0);
  }

  writeBytes(field: number, value: Uint8Array): this {
    this.#tag(field, WireType.bytes);
    this.#sink.writeUvarint(value.length);
    this.#sink.writeBytes(value);
    return this;
  }

  writeString(field: number, value: string): this {
    return this.writeBytes(field, new TextEncoder().encode(value));
  }

  writeMessage(field: number, message: ProtobufWriter): this {
    return this.writeBytes(field, message.finish());
  }

  /** The message. A view that later writes make stale. */
  finish(): Uint8Array {
    return this.#sink.written;
  }

  /** The message with its length before it, in bytes of its own. */
  delimited(): Uint8Array {
    const message = this.finish();
    const bytes = new Uint8Array(uvarintSize(message.length) + message.length);
    bytes.set(message, writeUvarint(bytes, 0, message.length));
    return bytes;
  }

  #tag(field: number, wireType: number): void {
    this.#sink.writeUvarint(((field << 3) | wireType) >>> 0);
  }

  #long(low: number, high: number): this {
    let restLow = low;
    let restHigh = high;
    while (restHigh !== 0 || restLow >= 0x80) {
      this.#sink.writeUint8((restLow & 0x7f) | 0x80);
      restLow = ((restLow >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    this.#sink.writeUint8(restLow);
    return this;
  }
}

/** Leaves the halves in `lowHalf` and `highHalf`, both unsigned. */
function readLong(bytes: Uint8Array, position: number, end: number): void {
  let low = 0;
  let high = 0;
  for (let i = 0; i < longestVarint; i++) {
    const at = position + i;
    if (at >= end) throw malformed('a varint ends early', position);
    const byte = bytes[at]!;
    const group = byte & 0x7f;
    if (i < 4) low |= group << (7 * i);
    else if (i === 4) {
      low |= group << 28;
      high = group >>> 4;
    } else high |= group << (7 * i - 32);
    if (byte < 0x80) {
      lowHalf = low >>> 0;
      highHalf = high >>> 0;
      longEnd = at + 1;
      return;
    }
  }
  throw malformed('a varint is longer than 10 bytes', position);
}

function malformed(reason: string, position: number): CorruptionError {
  return new CorruptionError('BUFFER_VARINT_MALFORMED', `protobuf: ${reason}`, {
    context: { position },
  });
}

function overrun(position: number, length: number, end: number): CorruptionError {
  return new CorruptionError(
    'BUFFER_OVERRUN',
    `protobuf: ${length} bytes at ${position}, the message ends at ${end}`,
    { context: { position, length, end } },
  );
}
