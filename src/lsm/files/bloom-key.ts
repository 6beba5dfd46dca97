/**
 * The key that a row-and-column filter hashes: the first key of the column, without its family.
 *
 *    row length i16 | row | 00 | qualifier | latest timestamp i64 | ff
 */
import { keyOverheadBytes, rowLengthBytes } from '../format/kv-layout.ts';

/** Where row and qualifier lie. */
export interface ColumnParts {
  readonly bytes: Uint8Array;
  readonly rowPosition: number;
  readonly rowLength: number;
  readonly qualifierPosition: number;
  readonly qualifierLength: number;
}

export function columnKeyBytes(rowLength: number, qualifierLength: number): number {
  return keyOverheadBytes + rowLength + qualifierLength;
}

/** Writes the key at the beginning of `target`; returns its end. */
export function writeColumnKey(target: Uint8Array, parts: ColumnParts): number {
  const { bytes, rowPosition, rowLength, qualifierPosition, qualifierLength } = parts;
  target[0] = rowLength >> 8;
  target[1] = rowLength;
  let at = rowLengthBytes;
  for (let i = 0; i < rowLength; i++) target[at++] = bytes[rowPosition + i]!;
  target[at++] = 0;
  for (let i = 0; i < qualifierLength; i++) target[at++] = bytes[qualifierPosition + i]!;
  target[at++] = 0x7f;
  for (let i = 0; i < 8; i++) target[at++] = 0xff;
  return at;
}
