/**
 * Finds the bytes of a key in a line, by the rules of POSIX sort: with a separator fields lie
 * between its occurrences; without, a field begins with the blanks before it.
 */
import type { SortKey } from './sort-key.ts';

export interface Line {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** The delimiter's place. */
  readonly end: number;
}

/** `separator`: a byte, or -1 for blanks. */
export function findKey(
  line: Line,
  key: SortKey,
  separator: number,
): { readonly start: number; readonly end: number } {
  const start = keyStart(line, key, separator);
  const end = key.endField === Infinity ? line.end : keyEnd(line, key, separator);
  return { start, end: Math.max(start, end) };
}

function keyStart({ bytes, start, end }: Line, key: SortKey, separator: number): number {
  let at = start;
  for (let field = key.startField; field > 0 && at < end; field--) {
    at = separator >= 0 ? nextByte(bytes, at, end, separator) : fieldEnd(bytes, at, end);
    if (separator >= 0 && at < end) at++;
  }
  if (key.skipsStartBlanks) at = blanksEnd(bytes, at, end);
  return Math.min(end, at + key.startByte);
}

function keyEnd({ bytes, start, end }: Line, key: SortKey, separator: number): number {
  const { endByte } = key;
  // Without a byte the key takes the whole of its last field.
  let fields = key.endField + (endByte === 0 ? 1 : 0);
  let at = start;
  while (fields > 0 && at < end) {
    fields--;
    at = separator >= 0 ? nextByte(bytes, at, end, separator) : fieldEnd(bytes, at, end);
    if (separator >= 0 && at < end && (fields > 0 || endByte !== 0)) at++;
  }
  if (endByte === 0) return at;
  if (key.skipsEndBlanks) at = blanksEnd(bytes, at, end);
  return Math.min(end, at + endByte);
}

function nextByte(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  let at = start;
  while (at < end && bytes[at] !== wanted) at++;
  return at;
}

function fieldEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = blanksEnd(bytes, start, end);
  while (at < end && !isBlank(bytes[at]!)) at++;
  return at;
}

function blanksEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 9 || byte === 10;
}
