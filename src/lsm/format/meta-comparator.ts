/**
 * The order of cells in files of `hbase:meta`, whose rows are `table,start key,id`.
 *
 * The parts between the first and the last comma compare one after the other, so that bytes of a
 * start key below the comma do not mix tables. A row without the comma sorts before those with it.
 * Upstream: apache/hbase: hbase-common/.../MetaCellComparator.java (Apache-2.0); code our own.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import { compareAfterRow, type KeyComparator } from './comparator.ts';
import { rowLengthBytes } from './kv-layout.ts';

const comma = 0x2c;

export const compareMetaKeys: KeyComparator = (a, aPosition, aLength, b, bPosition, bLength) => {
  const aRow = aPosition + rowLengthBytes;
  const bRow = bPosition + rowLengthBytes;
  const aRowEnd = aRow + ((a[aPosition]! << 8) | a[aPosition + 1]!);
  const bRowEnd = bRow + ((b[bPosition]! << 8) | b[bPosition + 1]!);
  return (
    compareMetaRows(a, aRow, aRowEnd, b, bRow, bRowEnd) ||
    compareAfterRow(a, aRowEnd, aPosition + aLength, b, bRowEnd, bPosition + bLength)
  );
};

export function compareMetaRows(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const aFirst = firstComma(a, aStart, aEnd);
  const bFirst = firstComma(b, bStart, bEnd);
  const byTable = compareBytes(
    a,
    aStart,
    aFirst < 0 ? aEnd : aFirst,
    b,
    bStart,
    bFirst < 0 ? bEnd : bFirst,
  );
  if (byTable !== 0) return byTable;
  if (aFirst < 0 || bFirst < 0) return (aFirst < 0 ? 0 : 1) - (bFirst < 0 ? 0 : 1);
  const aLast = lastComma(a, aFirst + 1, aEnd);
  const bLast = lastComma(b, bFirst + 1, bEnd);
  const byStart = compareBytes(
    a,
    aFirst + 1,
    aLast < 0 ? aEnd : aLast,
    b,
    bFirst + 1,
    bLast < 0 ? bEnd : bLast,
  );
  if (byStart !== 0) return byStart;
  if (aLast < 0 || bLast < 0) return (aLast < 0 ? 0 : 1) - (bLast < 0 ? 0 : 1);
  return compareBytes(a, aLast + 1, aEnd, b, bLast + 1, bEnd);
}

function firstComma(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === comma) return at;
  return -1;
}

function lastComma(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === comma) return at;
  return -1;
}
