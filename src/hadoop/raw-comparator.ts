/**
 * Order of serialized keys, without decoding them where their bytes allow it.
 *
 * A comparator gets regions of bytes that each hold exactly one key; they need not be checked, the
 * keys were when they were written or read.
 */
import { compareBytes } from '../../native-free-io/index.ts';

/** Negative, zero or positive as key a sorts before, with or after key b. */
export type RawComparator = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
) => number;

/** Unsigned bytes, a prefix first: the order of keys that are nothing but bytes. */
export const compareAsBytes: RawComparator = compareBytes;

/** The opposite order. */
export function reversed(compare: RawComparator): RawComparator {
  return (a, aStart, aEnd, b, bStart, bEnd) => compare(b, bStart, bEnd, a, aStart, aEnd);
}

/** Unsigned bytes after a prefix of fixed length, such as the length of a BytesWritable. */
export function compareAfter(prefixBytes: number): RawComparator {
  return (a, aStart, aEnd, b, bStart, bEnd) =>
    compareBytes(a, aStart + prefixBytes, aEnd, b, bStart + prefixBytes, bEnd);
}
