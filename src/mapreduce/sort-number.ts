/** What GNU sort's -h, -g and -M read at the start of a key. */

const blanks = new Set([0x20, 9, 10]);
const suffixes = 'KMGTPEZY';
const months = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC';
/** Bytes looked at for a floating-point number: no sensible one is longer. */
const mostNumberBytes = 400;

/** Rank of the suffix behind a number, negative for a negative number, 0 for none or for zero. */
export function suffixOrder(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && blanks.has(bytes[at]!)) at++;
  const isNegative = at < end && bytes[at] === 0x2d;
  if (isNegative) at++;
  let largest = 0;
  const digits = (): void => {
    for (; at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at++) {
      largest = Math.max(largest, bytes[at]! - 0x30);
    }
  };
  digits();
  if (at < end && bytes[at] === 0x2e) {
    at++;
    digits();
  }
  if (largest === 0 || at >= end) return 0;
  const letter = bytes[at] === 0x6b ? 'K' : String.fromCharCode(bytes[at]!);
  const order = suffixes.indexOf(letter) + 1;
  return isNegative ? -order : order;
}

/** 1 to 12; 0 for no month. */
export function monthOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && blanks.has(bytes[at]!)) at++;
  if (end - at < 3) return 0;
  const name = String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!).toUpperCase();
  const found = months.indexOf(name);
  return found >= 0 && found % 3 === 0 ? found / 3 + 1 : 0;
}

const decimal = /^[ \t\n\v\f\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/;
const hexadecimal =
  /^[ \t\n\v\f\r]*([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([+-]?\d+))?/;
const named = /^[ \t\n\v\f\r]*([+-]?)(inf|nan)/i;

/** The floating-point number a key begins with; undefined when it begins with none. */
export function generalNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const stop = Math.min(end, start + mostNumberBytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('latin1');
  const hex = hexadecimal.exec(text);
  if (hex !== null && `${hex[2]}${hex[3] ?? ''}` !== '') return hexValue(hex);
  const match = decimal.exec(text);
  if (match !== null) return Number(match[1]);
  const word = named.exec(text);
  if (word === null) return undefined;
  if (word[2]!.toLowerCase() === 'nan') return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}

function hexValue([, sign, whole = '', fraction = '', exponent = '0']: RegExpExecArray): number {
  const digits = Number(`0x${whole}${fraction}`);
  const value = digits * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}
