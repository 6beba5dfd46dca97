/**
 * The order of cells, over bytes and positions.
 *
 *    1 row ascending   2 "last on row" keys (type minimum, no family, no qualifier) after the row
 *    3 family          4 qualifier, both ascending        5 timestamp descending, signed
 *    6 type descending, unsigned                          7 sequence id descending
 *
 * Bytes compare unsigned, a prefix before what it begins. Keys in files compare without step 7.
 * The keys must be well-formed: bounds are judged where bytes come from, not here.
 * Upstream: apache/hbase: hbase-common/.../CellComparatorImpl.java (Apache-2.0); code our own.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import type { CellView } from './cell-view.ts';
import {
  CellType,
  familyLengthBytes,
  rowLengthBytes,
  timestampTypeBytes,
  typeBytes,
} from './kv-layout.ts';

/** Negative, zero or positive as key `a` sorts before, with or after key `b`. */
export type KeyComparator = (
  a: Uint8Array,
  aPosition: number,
  aLength: number,
  b: Uint8Array,
  bPosition: number,
  bLength: number,
) => number;

/** Steps 1 to 6. */
export function compareKeys(
  a: Uint8Array,
  aPosition: number,
  aLength: number,
  b: Uint8Array,
  bPosition: number,
  bLength: number,
): number {
  const aRow = aPosition + rowLengthBytes;
  const bRow = bPosition + rowLengthBytes;
  const aRowEnd = aRow + ((a[aPosition]! << 8) | a[aPosition + 1]!);
  const bRowEnd = bRow + ((b[bPosition]! << 8) | b[bPosition + 1]!);
  const byRow = compareBytes(a, aRow, aRowEnd, b, bRow, bRowEnd);
  if (byRow !== 0) return byRow;
  return compareAfterRow(a, aRowEnd, aPosition + aLength, b, bRowEnd, bPosition + bLength);
}

/** Steps 2 to 6, for keys of the same row, given from their family length on. */
export function compareAfterRow(
  a: Uint8Array,
  aFamilyLengthPosition: number,
  aEnd: number,
  b: Uint8Array,
  bFamilyLengthPosition: number,
  bEnd: number,
): number {
  const aFamily = aFamilyLengthPosition + familyLengthBytes;
  const bFamily = bFamilyLengthPosition + familyLengthBytes;
  const aTimestamp = aEnd - timestampTypeBytes;
  const bTimestamp = bEnd - timestampTypeBytes;
  const aIsLast = aFamily === aTimestamp && a[aEnd - typeBytes] === CellType.minimum;
  const bIsLast = bFamily === bTimestamp && b[bEnd - typeBytes] === CellType.minimum;
  if (aIsLast !== bIsLast) return aIsLast ? 1 : -1;
  const aFamilyLength = a[aFamilyLengthPosition]!;
  const bFamilyLength = b[bFamilyLengthPosition]!;
  if (aFamilyLength !== bFamilyLength) {
    const byFamily = compareBytes(
      a,
      aFamily,
      aFamily + aFamilyLength,
      b,
      bFamily,
      bFamily + bFamilyLength,
    );
    if (byFamily !== 0) return byFamily;
  }
  // Families of one length: family and qualifier compare in one go.
  const byColumn = compareBytes(a, aFamily, aTimestamp, b, bFamily, bTimestamp);
  if (byColumn !== 0) return byColumn;
  return compareTimestamps(a, aTimestamp, b, bTimestamp) || b[bEnd - 1]! - a[aEnd - 1]!;
}

/** Descending. */
export function compareTimestamps(
  a: Uint8Array,
  aPosition: number,
  b: Uint8Array,
  bPosition: number,
): number {
  // The sign bit makes the first byte ascend when flipped.
  const first = (b[bPosition]! ^ 0x80) - (a[aPosition]! ^ 0x80);
  if (first !== 0) return first;
  for (let i = 1; i < 8; i++) {
    const difference = b[bPosition + i]! - a[aPosition + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Steps 1 to 7. */
export function compareCells(a: CellView, b: CellView): number {
  const byKey = compareKeys(
    a.bytes,
    a.keyPosition,
    a.keyLength,
    b.bytes,
    b.keyPosition,
    b.keyLength,
  );
  return byKey || b.sequenceId - a.sequenceId;
}
