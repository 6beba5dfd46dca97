import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  hadoopVIntEnd,
  hadoopVIntSize,
  hadoopVIntSizeOf,
  readHadoopVInt,
  readHadoopVLong,
  writeHadoopVInt,
} from '../../../../native-free-io/buffer/hadoop-vint.ts';
import { codeOf, edgeNumbers, fromHex, toHex } from './codes.ts';

const bytes = new Uint8Array(16);

/** Reference: the definition in big integers. */
function reference(value: number): string {
  if (value >= -112 && value <= 127) return (value & 0xff).toString(16).padStart(2, '0');
  let hex = (value < 0 ? -BigInt(value) - 1n : BigInt(value)).toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const marker = (value < 0 ? -120 : -112) - hex.length / 2;
  return (marker & 0xff).toString(16) + hex;
}

test('known values have the bytes that Hadoop writes', () => {
  const known: [number, string][] = [
    [0, '00'],
    [127, '7f'],
    [-112, '90'],
    [128, '8f80'],
    [-113, '8770'],
    [255, '8fff'],
    [256, '8e0100'],
    [-256, '87ff'],
    [-257, '860100'],
    [2147483647, '8c7fffffff'],
    [-2147483648, '847fffffff'],
    [1700000000000, '8a018bcfe56800'],
  ];
  for (const [value, hex] of known) {
    const end = writeHadoopVInt(bytes, 0, value);
    expect(toHex(bytes, 0, end)).toBe(hex);
  }
});

test('every edge has the reference bytes, size and value', () => {
  for (const value of [...edgeNumbers(Number.MAX_SAFE_INTEGER), -111, -112, -113, -120, -121]) {
    const end = writeHadoopVInt(bytes, 3, value);
    expect(toHex(bytes, 3, end)).toBe(reference(value));
    expect(hadoopVIntSize(value)).toBe(end - 3);
    expect(hadoopVIntSizeOf(bytes[3]!)).toBe(end - 3);
    expect(readHadoopVLong(bytes, 3, end)).toBe(value);
    expect(hadoopVIntEnd).toBe(end);
  }
});

test('random safe integers round-trip', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const end = writeHadoopVInt(bytes, 0, value);
      return hadoopVIntSize(value) === end && readHadoopVLong(bytes, 0, end) === value;
    }),
  );
});

test('every first byte announces the size that its definition gives', () => {
  for (let first = 0; first < 256; first++) {
    const marker = first > 127 ? first - 256 : first;
    const count = marker >= -112 ? 0 : marker >= -120 ? -112 - marker : -120 - marker;
    expect(hadoopVIntSizeOf(first)).toBe(1 + count);
  }
});

test('an integer cut at any byte is malformed', () => {
  const end = writeHadoopVInt(bytes, 0, Number.MIN_SAFE_INTEGER);
  for (let cut = 0; cut < end; cut++) {
    expect(codeOf(() => readHadoopVLong(bytes, 0, cut))).toBe('BUFFER_VARINT_MALFORMED');
  }
});

test('a VInt that needs more than 32 bits is out of range', () => {
  for (const value of [2 ** 31, -(2 ** 31) - 1, 2 ** 40]) {
    const end = writeHadoopVInt(bytes, 0, value);
    expect(codeOf(() => readHadoopVInt(bytes, 0, end))).toBe('BUFFER_NUMBER_RANGE');
  }
  for (const value of [2 ** 31 - 1, -(2 ** 31)]) {
    const end = writeHadoopVInt(bytes, 0, value);
    expect(readHadoopVInt(bytes, 0, end)).toBe(value);
  }
});

test('a VLong past the safe integers is out of range, not rounded', () => {
  // 2^53, 2^53 + 1 (which rounds to 2^53), most and least of 64 bits.
  for (const hex of [
    '8920000000000000',
    '8920000000000001',
    '811fffffffffffff',
    '887fffffffffffffff',
    '807fffffffffffffff',
  ]) {
    const encoded = fromHex(hex);
    expect(codeOf(() => readHadoopVLong(encoded, 0, encoded.length))).toBe('BUFFER_NUMBER_RANGE');
  }
  expect(codeOf(() => writeHadoopVInt(bytes, 0, 2 ** 53))).toBe('BUFFER_NUMBER_RANGE');
});

test('encodings longer than needed are read, as upstream reads them', () => {
  const encoded = fromHex('8e0001');
  expect(readHadoopVInt(encoded, 0, 3)).toBe(1);
  expect(hadoopVIntEnd).toBe(3);
});
