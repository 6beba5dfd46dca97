/**
 * How much of a key an encoding takes from the key before, families being equal.
 *
 *    rows of different length   the equal leading bytes of the two row lengths: 0 or 1
 *    else                       2 and the equal bytes of the rows
 *    rows equal                 and the family, and the equal bytes of the qualifiers
 *
 * Upstream: apache/hbase: hbase-common/.../encoding/BufferedDataBlockEncoder.java (Apache-2.0).
 */
import { familyLengthBytes, rowLengthBytes, timestampTypeBytes } from './kv-layout.ts';

/** Common bytes of two keys in `bytes`, before their timestamps. */
export function commonPrefix(
  bytes: Uint8Array,
  before: { readonly position: number; readonly length: number },
  key: { readonly position: number; readonly length: number },
): number {
  const a = before.position;
  const b = key.position;
  if (bytes[a] !== bytes[b]) return 0;
  if (bytes[a + 1] !== bytes[b + 1]) return 1;
  const rowLength = (bytes[a]! << 8) | bytes[a + 1]!;
  const rowEnd = rowLengthBytes + rowLength;
  let same = rowLengthBytes;
  while (same < rowEnd && bytes[a + same] === bytes[b + same]) same++;
  if (same < rowEnd) return same;
  const familyEnd = rowEnd + familyLengthBytes + bytes[a + rowEnd]!;
  const qualifiersEnd = Math.min(before.length, key.length) - timestampTypeBytes;
  same = familyEnd;
  while (same < qualifiersEnd && bytes[a + same] === bytes[b + same]) same++;
  return same;
}
