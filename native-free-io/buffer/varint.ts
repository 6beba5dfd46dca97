/**
 * Variable-length integers for hot loops: free functions on bytes, no objects made.
 *
 * Unsigned: base 128, least significant group first, high bit = more follows. Signed: zigzag first.
 * Decoders return the value and leave the position after it in `varintEnd`, which is why they are
 * not reentrant; read it before the next call.
 */
import { CorruptionError, LimitError } from '../errors.ts';

const twoTo28 = 2 ** 28;
const twoTo32 = 2 ** 32;

/** Position after the integer decoded last. */
export let varintEnd = 0;

/** Bytes of an unsigned 32-bit varint. */
export function uvarintSize(value: number): number {
  const unsigned = value >>> 0;
  if (unsigned < 0x80) return 1;
  if (unsigned < 0x4000) return 2;
  if (unsigned < 0x20_0000) return 3;
  return unsigned < 0x1000_0000 ? 4 : 5;
}

/** Bytes of a zigzag varint of a 32-bit integer. */
export function varintSize(value: number): number {
  return uvarintSize((value << 1) ^ (value >> 31));
}

/** Bytes of a zigzag varint of a safe integer. */
export function varlongSize(value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return varintSize(value);
  let size = 1;
  // The zigzag value is 2v or -2v-1; comparing v with half the bounds avoids leaving safe integers.
  const magnitude = value < 0 ? -value - 1 : value;
  for (let bound = 64; magnitude >= bound && size < 10; bound *= 128) size++;
  return size;
}

export function writeUvarint(bytes: Uint8Array, position: number, value: number): number {
  let rest = value >>> 0;
  let at = position;
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Writes a zigzag varint of a 32-bit integer; returns the position after it. */
export function writeVarint(bytes: Uint8Array, position: number, value: number): number {
  return writeUvarint(bytes, position, (value << 1) ^ (value >> 31));
}

/** Writes a zigzag varint of a safe integer; returns the position after it. */
export function writeVarlong(bytes: Uint8Array, position: number, value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return writeVarint(bytes, position, value);
  if (!Number.isSafeInteger(value)) {
    throw new LimitError('BUFFER_NUMBER_RANGE', `${value} is not a safe integer`);
  }
  // Low 28 bits and the rest of the zigzag value, each exact: 2v may leave the safe range.
  const magnitude = value < 0 ? -value - 1 : value;
  const sign = value < 0 ? 1 : 0;
  const half = 2 ** 27;
  let low = (magnitude % half) * 2 + sign;
  let high = Math.floor(magnitude / half);
  let at = position;
  for (let group = 0; group < 4; group++) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  while (high >= 0x80) {
    bytes[at++] = (high % 128) | 0x80;
    high = Math.floor(high / 128);
  }
  bytes[at++] = high;
  return at;
}

/** Reads an unsigned 32-bit varint that ends before `end`. */
export function readUvarint(bytes: Uint8Array, position: number, end: number): number {
  let at = position;
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= end) throw malformed('ends early', position);
    const byte = bytes[at++]!;
    if (shift === 28 && byte > 0x0f) {
      if (byte >= 0x80) break;
    }
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      varintEnd = at;
      return value >>> 0;
    }
  }
  throw malformed('is longer than 5 bytes', position);
}

/** Reads a zigzag varint of a 32-bit integer. */
export function readVarint(bytes: Uint8Array, position: number, end: number): number {
  // Up to three bytes without the loop: lengths and deltas are seldom longer.
  if (position + 2 < end) {
    const first = bytes[position]!;
    if (first < 0x80) {
      varintEnd = position + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[position + 1]!;
    if (second < 0x80) {
      varintEnd = position + 2;
      return (((first & 0x7f) | (second << 7)) >>> 1) ^ -(first & 1);
    }
    const third = bytes[position + 2]!;
    if (third < 0x80) {
      varintEnd = position + 3;
      return (((first & 0x7f) | ((second & 0x7f) << 7) | (third << 14)) >>> 1) ^ -(first & 1);
    }
  }
  const raw = readUvarint(bytes, position, end);
  return (raw >>> 1) ^ -(raw & 1);
}

/** Reads a zigzag varint of up to 10 bytes; BUFFER_NUMBER_RANGE when it is not a safe integer. */
export function readVarlong(bytes: Uint8Array, position: number, end: number): number {
  if (position < end) {
    const first = bytes[position]!;
    if (first < 0x80) {
      varintEnd = position + 1;
      return (first >>> 1) ^ -(first & 1);
    }
  }
  let at = position;
  let low = 0;
  let high = 0;
  for (let group = 0; group < 10; group++) {
    if (at >= end) throw malformed('ends early', position);
    const byte = bytes[at++]!;
    if (group < 4) low |= (byte & 0x7f) << (group * 7);
    else high += (byte & 0x7f) * 128 ** (group - 4);
    if (byte < 0x80) {
      varintEnd = at;
      return unzigzag(low, high, position);
    }
  }
  throw malformed('is longer than 10 bytes', position);
}

/** The zigzag value is `high * 2^28 + low`; halved without leaving exact arithmetic. */
function unzigzag(low: number, high: number, position: number): number {
  const negative = (low & 1) === 1;
  const magnitude = (high * twoTo28) / 2 + (low >>> 1);
  if (high >= twoTo32 || magnitude > Number.MAX_SAFE_INTEGER) {
    throw new LimitError('BUFFER_NUMBER_RANGE', 'a varint is not a safe integer', {
      context: { position },
    });
  }
  return negative ? -magnitude - 1 : magnitude;
}

function malformed(reason: string, position: number): CorruptionError {
  return new CorruptionError('BUFFER_VARINT_MALFORMED', `a varint ${reason}`, {
    context: { position },
  });
}
