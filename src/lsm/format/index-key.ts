/**
 * Keys of index entries: something short between the last key of a block and the first of the next.
 *
 *    the first part that differs, of row, family, qualifier, with l of the left key, r of the right
 *    l begins r             r up to the length of l, and 00
 *    else, at difference d  l up to d, and l[d] + 1
 *
 * That part ends the new key: what comes after it is left out, the timestamp is the latest, the
 * type maximum. Keys that differ in timestamp or type alone: the right key as it is.
 * Invariant: left < result <= right.
 * Upstream: apache/hbase: hbase-server/.../HFileWriterImpl.java (getMidpoint, 2.6; Apache-2.0).
 */
import {
  CellType,
  familyLengthBytes,
  keyOverheadBytes,
  latestTimestamp,
  rowLengthBytes,
  timestampTypeBytes,
} from './kv-layout.ts';
import { writeTimestamp } from './timestamp.ts';

interface Range {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** An index key for the block that begins with `right`, whole keys both. Owns its bytes. */
export function indexKeyBetween(left: Uint8Array, right: Uint8Array): Uint8Array {
  const before = partsOf(left);
  const after = partsOf(right);
  const row = between(before.row, after.row);
  if (row !== undefined) return keyOf(row, noBytes, noBytes);
  const family = between(before.family, after.family);
  if (family !== undefined) return keyOf(copyOf(after.row), family, noBytes);
  const qualifier = between(before.qualifier, after.qualifier);
  if (qualifier !== undefined) return keyOf(copyOf(after.row), copyOf(after.family), qualifier);
  return new Uint8Array(right);
}

const noBytes = new Uint8Array(0);

function partsOf(key: Uint8Array): { row: Range; family: Range; qualifier: Range } {
  const rowEnd = rowLengthBytes + ((key[0]! << 8) | key[1]!);
  const familyStart = rowEnd + familyLengthBytes;
  const familyEnd = familyStart + key[rowEnd]!;
  return {
    row: { bytes: key, start: rowLengthBytes, end: rowEnd },
    family: { bytes: key, start: familyStart, end: familyEnd },
    qualifier: { bytes: key, start: familyEnd, end: key.length - timestampTypeBytes },
  };
}

/** Undefined when the parts are equal. */
function between(left: Range, right: Range): Uint8Array | undefined {
  const leftLength = left.end - left.start;
  const rightLength = right.end - right.start;
  let same = 0;
  const common = Math.min(leftLength, rightLength);
  while (same < common && left.bytes[left.start + same] === right.bytes[right.start + same]) same++;
  if (same === leftLength && same === rightLength) return undefined;
  const bytes = new Uint8Array(same + 1);
  bytes.set(right.bytes.subarray(right.start, right.start + same));
  if (same < leftLength) bytes[same] = left.bytes[left.start + same]! + 1;
  return bytes;
}

function copyOf(part: Range): Uint8Array {
  return new Uint8Array(part.bytes.subarray(part.start, part.end));
}

function keyOf(row: Uint8Array, family: Uint8Array, qualifier: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(keyOverheadBytes + row.length + family.length + qualifier.length);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, row.length);
  bytes.set(row, rowLengthBytes);
  let at = rowLengthBytes + row.length;
  bytes[at] = family.length;
  at += familyLengthBytes;
  bytes.set(family, at);
  at += family.length;
  bytes.set(qualifier, at);
  writeTimestamp(view, at + qualifier.length, latestTimestamp);
  bytes[bytes.length - 1] = CellType.maximum;
  return bytes;
}
