import { expect, test } from 'vitest';
import {
  readBigInt64,
  readInt64,
  readInt64OrNaN,
  writeBigInt64,
  writeInt64,
} from '../../../../native-free-io/buffer/int64.ts';
import { codeOf } from './codes.ts';

const view = new DataView(new ArrayBuffer(24), 4, 16);
const edges = [
  0,
  1,
  -1,
  127,
  -128,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 32),
  -(2 ** 32) - 1,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

test('int64 round-trips every edge with the bytes of the platform', () => {
  for (const value of edges) {
    writeInt64(view, 3, value);
    expect(view.getBigInt64(3)).toBe(BigInt(value));
    expect(readInt64(view, 3)).toBe(value);
    expect(readInt64OrNaN(view, 3)).toBe(value);
    expect(readBigInt64(view, 3)).toBe(BigInt(value));
  }
});

test('readInt64 refuses what is not a safe integer and readInt64OrNaN says NaN', () => {
  const unsafe = [2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
  for (const value of unsafe) {
    writeBigInt64(view, 0, value);
    expect(codeOf(() => readInt64(view, 0))).toBe('BUFFER_NUMBER_RANGE');
    expect(readInt64OrNaN(view, 0)).toBeNaN();
    expect(readBigInt64(view, 0)).toBe(value);
  }
});

test('writers refuse what does not fit and write nothing', () => {
  writeInt64(view, 0, 42);
  for (const value of [2 ** 53, -(2 ** 53), 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(codeOf(() => writeInt64(view, 0, value))).toBe('BUFFER_NUMBER_RANGE');
  }
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
    expect(codeOf(() => writeBigInt64(view, 0, value))).toBe('BUFFER_NUMBER_RANGE');
  }
  expect(readInt64(view, 0)).toBe(42);
});

test('minus zero is written as zero', () => {
  writeInt64(view, 0, -0);
  expect(view.getBigInt64(0)).toBe(0n);
  expect(Object.is(readInt64(view, 0), 0)).toBe(true);
});
