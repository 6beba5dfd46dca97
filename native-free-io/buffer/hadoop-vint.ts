/**
 * Hadoop's variable-length integers (WritableUtils VInt and VLong), as store files and logs of the
 * Hadoop family hold them.
 *
 *    first byte     meaning
 *    -112 .. 127    the value itself
 *    -113 .. -120   a value >= 0 in 1 .. 8 bytes after it, big-endian, no leading zero byte
 *    -121 .. -128   the complement of a value < 0, likewise
 *
 * A VInt and a VLong of the same value have the same bytes; they differ in the range a reader
 * accepts. Encodings longer than needed are accepted, as upstream does.
 *
 * Decoders return the value and leave the position after it in `hadoopVIntEnd`; read it before the
 * next call.
 *
 * Upstream: apache/hadoop: io/WritableUtils.java (Apache-2.0); format kept, code our own.
 */
import { CorruptionError, LimitError } from '../errors.ts';

const twoTo8 = 0x100;
const twoTo16 = 0x1_0000;
const twoTo24 = 0x100_0000;
const twoTo32 = 0x1_0000_0000;
const leastInline = -112;
/** First bytes below this one announce a negative value. */
const leastPositiveMarker = -120;

/** Position after the integer decoded last. */
export let hadoopVIntEnd = 0;

/** Bytes of a VInt or VLong of a safe integer. */
export function hadoopVIntSize(value: number): number {
  if (value >= leastInline && value <= 127) return 1;
  const magnitude = value < 0 ? -value - 1 : value;
  if (magnitude < twoTo8) return 2;
  if (magnitude < twoTo16) return 3;
  if (magnitude < twoTo24) return 4;
  if (magnitude < twoTo32) return 5;
  if (magnitude < twoTo32 * twoTo8) return 6;
  return magnitude < twoTo32 * twoTo16 ? 7 : 8;
}

/** Bytes of the integer that begins with `firstByte` (0 to 255), that byte included. */
export function hadoopVIntSizeOf(firstByte: number): number {
  const marker = (firstByte << 24) >> 24;
  if (marker >= leastInline) return 1;
  return marker < leastPositiveMarker ? -119 - marker : -111 - marker;
}

/** Writes a safe integer as VInt or VLong; returns the position after it. */
export function writeHadoopVInt(bytes: Uint8Array, position: number, value: number): number {
  if (value >= leastInline && value <= 127) {
    bytes[position] = value;
    return position + 1;
  }
  if (!Number.isSafeInteger(value)) {
    throw new LimitError('BUFFER_NUMBER_RANGE', `${value} is not a safe integer`);
  }
  const magnitude = value < 0 ? -value - 1 : value;
  const count = hadoopVIntSize(value) - 1;
  bytes[position] = (value < 0 ? leastPositiveMarker : leastInline) - count;
  let low = magnitude >>> 0;
  let high = Math.floor(magnitude / twoTo32);
  for (let at = position + count; at > position; at--) {
    bytes[at] = low;
    low = (low >>> 8) | (high << 24);
    high >>>= 8;
  }
  return position + count + 1;
}

/** Reads a VInt that ends before `end`; BUFFER_NUMBER_RANGE when it does not fit 32 bits. */
export function readHadoopVInt(bytes: Uint8Array, position: number, end: number): number {
  const value = readHadoopVLong(bytes, position, end);
  if (value === (value | 0)) return value;
  throw outOfRange(`${value} is not a 32-bit integer`, position);
}

/** Reads a VLong that ends before `end`; BUFFER_NUMBER_RANGE when it is not a safe integer. */
export function readHadoopVLong(bytes: Uint8Array, position: number, end: number): number {
  if (position >= end) throw endsEarly(position);
  const first = bytes[position]!;
  const marker = (first << 24) >> 24;
  if (marker >= leastInline) {
    hadoopVIntEnd = position + 1;
    return marker;
  }
  const after = position + hadoopVIntSizeOf(first);
  if (after > end) throw endsEarly(position);
  let magnitude = 0;
  // Past 2^53 a sum may round, but never back below it, so the check after the loop holds.
  for (let at = position + 1; at < after; at++) magnitude = magnitude * twoTo8 + bytes[at]!;
  const value = marker < leastPositiveMarker ? -magnitude - 1 : magnitude;
  if (!Number.isSafeInteger(value)) {
    throw outOfRange('a VLong is not a safe integer', position);
  }
  hadoopVIntEnd = after;
  return value;
}

function outOfRange(message: string, position: number): LimitError {
  return new LimitError('BUFFER_NUMBER_RANGE', message, { context: { position } });
}

function endsEarly(position: number): CorruptionError {
  return new CorruptionError('BUFFER_VARINT_MALFORMED', 'a VInt ends early', {
    context: { position },
  });
}
