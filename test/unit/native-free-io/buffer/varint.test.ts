import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readUvarint,
  readVarint,
  readVarlong,
  uvarintSize,
  varintEnd,
  varintSize,
  varlongSize,
  writeUvarint,
  writeVarint,
  writeVarlong,
} from '../../../../native-free-io/buffer/varint.ts';
import { codeOf, edgeNumbers, fromHex, toHex } from './codes.ts';

const bytes = new Uint8Array(32);

/** Reference: base-128 groups of an unsigned big integer. */
function groups(value: bigint): string {
  let hex = '';
  let rest = value;
  do {
    const more = rest >= 128n ? 128n : 0n;
    hex += ((rest & 127n) | more).toString(16).padStart(2, '0');
    rest >>= 7n;
  } while (rest > 0n);
  return hex;
}
const zigzag = (value: number): bigint =>
  value < 0 ? BigInt(value) * -2n - 1n : BigInt(value) * 2n;

test('unsigned varints of every edge have the reference bytes, size and value', () => {
  for (const value of edgeNumbers(2 ** 32 - 1).filter((edge) => edge >= 0)) {
    const end = writeUvarint(bytes, 2, value);
    expect(toHex(bytes, 2, end)).toBe(groups(BigInt(value)));
    expect(uvarintSize(value)).toBe(end - 2);
    expect(readUvarint(bytes, 2, end)).toBe(value);
    expect(varintEnd).toBe(end);
  }
});

test('zigzag varints of 32 bits have the reference bytes, size and value', () => {
  for (const value of edgeNumbers(2 ** 31).filter((edge) => edge < 2 ** 31)) {
    const end = writeVarint(bytes, 1, value);
    expect(toHex(bytes, 1, end)).toBe(groups(zigzag(value)));
    expect(varintSize(value)).toBe(end - 1);
    expect(readVarint(bytes, 1, end)).toBe(value);
    expect(varintEnd).toBe(end);
  }
});

test('zigzag varints of safe integers have the reference bytes, size and value', () => {
  for (const value of edgeNumbers(Number.MAX_SAFE_INTEGER)) {
    const end = writeVarlong(bytes, 0, value);
    expect(toHex(bytes, 0, end)).toBe(groups(zigzag(value)));
    expect(varlongSize(value)).toBe(end);
    expect(readVarlong(bytes, 0, end)).toBe(value);
    expect(varintEnd).toBe(end);
  }
});

test('random safe integers round-trip', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const end = writeVarlong(bytes, 0, value);
      return varlongSize(value) === end && readVarlong(bytes, 0, end) === value;
    }),
  );
});

test('a varint cut at any byte is malformed, not read from the bytes behind it', () => {
  const end = writeVarlong(bytes, 0, Number.MIN_SAFE_INTEGER);
  for (let cut = 0; cut < end; cut++) {
    expect(codeOf(() => readVarlong(bytes, 0, cut))).toBe('BUFFER_VARINT_MALFORMED');
  }
  const end32 = writeUvarint(bytes, 0, 2 ** 32 - 1);
  for (let cut = 0; cut < end32; cut++) {
    expect(codeOf(() => readUvarint(bytes, 0, cut))).toBe('BUFFER_VARINT_MALFORMED');
    expect(codeOf(() => readVarint(bytes, 0, cut))).toBe('BUFFER_VARINT_MALFORMED');
  }
});

test('a varint longer than its type is malformed', () => {
  const endless = new Uint8Array(32).fill(0xff);
  expect(codeOf(() => readUvarint(endless, 0, 32))).toBe('BUFFER_VARINT_MALFORMED');
  expect(codeOf(() => readVarint(endless, 0, 32))).toBe('BUFFER_VARINT_MALFORMED');
  expect(codeOf(() => readVarlong(endless, 0, 32))).toBe('BUFFER_VARINT_MALFORMED');
});

test('a varlong past the safe integers is out of range, not rounded', () => {
  // 2^53, -(2^53) - 1, the longest positive and the longest negative 64-bit number.
  const foreign = [
    '80808080808080 20',
    '81808080808080 20',
    'feffffffffffffffff01',
    'ffffffffffffffffff01',
  ];
  for (const hex of foreign) {
    const encoded = fromHex(hex);
    expect(codeOf(() => readVarlong(encoded, 0, encoded.length))).toBe('BUFFER_NUMBER_RANGE');
  }
  expect(codeOf(() => writeVarlong(bytes, 0, 2 ** 53))).toBe('BUFFER_NUMBER_RANGE');
});
