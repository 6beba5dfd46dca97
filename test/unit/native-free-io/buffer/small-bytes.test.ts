import { expect, test } from 'vitest';
import { giveBackBehind, takeBytes } from '../../../../native-free-io/buffer/small-bytes.ts';

test('parts of all sizes never overlap, and views cover exactly their bytes', () => {
  const parts = Array.from({ length: 300 }, (_, index) => takeBytes((index * 97) % 9000));
  for (const [index, { bytes }] of parts.entries()) bytes.fill(index % 251);
  for (const [index, { bytes, view }] of parts.entries()) {
    expect(bytes.every((byte) => byte === index % 251)).toBe(true);
    expect([view.buffer, view.byteOffset, view.byteLength]).toEqual([
      bytes.buffer,
      bytes.byteOffset,
      bytes.length,
    ]);
  }
});

test('what is given back is taken next, but not when something was taken since', () => {
  const first = takeBytes(1000).bytes;
  giveBackBehind(first, 100);
  const second = takeBytes(50).bytes;
  expect([second.buffer, second.byteOffset]).toEqual([first.buffer, first.byteOffset + 100]);
  giveBackBehind(first, 0);
  const third = takeBytes(50).bytes;
  expect(third.byteOffset).toBe(second.byteOffset + 50);
});
