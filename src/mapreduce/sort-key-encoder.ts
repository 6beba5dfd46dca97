/**
 * Makes from the keys of a line one string of bytes whose order, as unsigned bytes, is the order of
 * the keys: the part of a frame that the kernel compares.
 *
 *    text     bytes, 00 written as 00 FF, then 00 00
 *    numeric  02 for zero; else 03, count of integer digits, digits, fraction digits, 00;
 *             negative: 01 and the rest inverted. The count is a byte, or FF and four.
 *    human    order of the suffix + 128, then as numeric
 *    general  00 no number, 01 not a number, 02 and a double whose bits sort
 *    month    0 to 12
 *
 * No encoding is a beginning of another, so encodings may follow each other; inverted bytes sort
 * the other way round.
 * Upstream: coreutils: src/sort.c, lib/strnumcmp-in.h (GPL; the rules, none of the code).
 */
import { findKey } from './sort-field.ts';
import { generalNumber, monthOf, suffixOrder } from './sort-number.ts';
import type { SortKey } from './sort-key.ts';

export interface EncodedKey {
  readonly key: SortKey;
  /** Written inverted: the key's direction is not the one of the whole sort. */
  readonly inverted: boolean;
}

/** Bytes an encoding takes at most. */
export function largestEncoding(keys: number, lineBytes: number): number {
  return keys * (2 * lineBytes + 16);
}

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const point = 0x2e;
const manyDigits = 0xff;

export class KeyEncoder {
  readonly #keys: readonly EncodedKey[];
  readonly #separator: number;
  readonly #tables: readonly (Uint8Array | undefined)[];

  /** `separator`: the byte between fields, -1 for blanks. */
  constructor(keys: readonly EncodedKey[], separator: number) {
    this.#keys = keys;
    this.#separator = separator;
    this.#tables = keys.map(({ key }) => translation(key));
  }

  /** Writes the keys of the line [start, end) to `target`; returns where they end. */
  encode(line: Uint8Array, start: number, end: number, into: Target): number {
    let { at } = into;
    for (let index = 0; index < this.#keys.length; index++) {
      const { key, inverted } = this.#keys[index]!;
      const found = findKey({ bytes: line, start, end }, key, this.#separator);
      const from = at;
      at = this.#encodeOne(line, found, index, { bytes: into.bytes, at });
      if (inverted) invert(into.bytes, from, at);
    }
    return at;
  }

  #encodeOne(line: Uint8Array, { start, end }: Range, index: number, into: Target): number {
    const { key } = this.#keys[index]!;
    const { bytes, at } = into;
    switch (key.kind) {
      case 'text':
        return encodeText({ bytes: line, start, end }, this.#tables[index], into);
      case 'numeric':
        return encodeNumber(line, start, end, into);
      case 'human':
        bytes[at] = 128 + suffixOrder(line, start, end);
        return encodeNumber(line, start, end, { bytes, at: at + 1 });
      case 'general':
        return encodeDouble(generalNumber(line, start, end), into);
      case 'month':
        bytes[at] = monthOf(line, start, end);
        return at + 1;
    }
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where to write. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly at: number;
}

function encodeText(
  { bytes, start, end }: Range & { readonly bytes: Uint8Array },
  table: Uint8Array | undefined,
  target: Target,
): number {
  const to = target.bytes;
  let { at } = target;
  for (let from = start; from < end; from++) {
    let byte = bytes[from]!;
    if (table !== undefined) {
      if (table[256 + byte] === 1) continue;
      byte = table[byte]!;
    }
    to[at++] = byte;
    if (byte === 0) to[at++] = 0xff;
  }
  to[at++] = 0;
  to[at++] = 0;
  return at;
}

/** 256 bytes to write, and 256 flags of those that are left out; undefined: as they are. */
function translation({ only, folds }: SortKey): Uint8Array | undefined {
  if (only === 'all' && !folds) return undefined;
  const table = new Uint8Array(512);
  for (let byte = 0; byte < 256; byte++) {
    const isSmall = byte >= 0x61 && byte <= 0x7a;
    const isBlank = byte === 0x20 || byte === 9;
    const isLetter = isSmall || (byte >= 0x41 && byte <= 0x5a);
    const isDigit = byte >= zero && byte <= nine;
    table[byte] = folds && isSmall ? byte - 0x20 : byte;
    const counts =
      only === 'all' ||
      (only === 'dictionary' ? isBlank || isLetter || isDigit : byte >= 0x20 && byte < 0x7f);
    table[256 + byte] = counts ? 0 : 1;
  }
  return table;
}

function encodeNumber(line: Uint8Array, start: number, end: number, target: Target): number {
  const { bytes: to, at: begin } = target;
  let from = start;
  while (from < end && isBlankByte(line[from]!)) from++;
  const isNegative = from < end && line[from] === minus;
  if (isNegative) from++;
  while (from < end && line[from] === zero) from++;
  const digits = from;
  while (from < end && isDigitByte(line[from]!)) from++;
  const count = from - digits;
  let fractionEnd = from;
  if (from < end && line[from] === point) {
    let at = from + 1;
    for (; at < end && isDigitByte(line[at]!); at++) if (line[at] !== zero) fractionEnd = at + 1;
  }
  const hasFraction = fractionEnd > from;
  if (count === 0 && !hasFraction) {
    to[begin] = 2;
    return begin + 1;
  }
  to[begin] = isNegative ? 1 : 3;
  let at = writeCount(to, begin + 1, count);
  for (let digit = digits; digit < digits + count; digit++) to[at++] = line[digit]!;
  for (let digit = from + 1; digit < fractionEnd; digit++) to[at++] = line[digit]!;
  to[at++] = 0;
  if (isNegative) invert(to, begin + 1, at);
  return at;
}

function writeCount(to: Uint8Array, at: number, count: number): number {
  if (count < manyDigits) {
    to[at] = count;
    return at + 1;
  }
  to[at] = manyDigits;
  for (let byte = 0; byte < 4; byte++) to[at + 1 + byte] = count >>> (24 - 8 * byte);
  return at + 5;
}

const double = new DataView(new ArrayBuffer(8));

function encodeDouble(value: number | undefined, { bytes, at }: Target): number {
  bytes[at] = value === undefined ? 0 : Number.isNaN(value) ? 1 : 2;
  if (value === undefined || Number.isNaN(value)) return at + 1;
  // Adding 0 makes the negative zero positive.
  double.setFloat64(0, value + 0);
  const isNegative = (double.getUint8(0) & 0x80) !== 0;
  for (let byte = 0; byte < 8; byte++) {
    const bits = double.getUint8(byte);
    bytes[at + 1 + byte] = isNegative ? ~bits : byte === 0 ? bits | 0x80 : bits;
  }
  return at + 9;
}

function invert(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = ~bytes[at]!;
}

function isDigitByte(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

function isBlankByte(byte: number): boolean {
  return byte === 0x20 || byte === 9 || byte === 10;
}
