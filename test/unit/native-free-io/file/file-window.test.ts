import { expect, test } from 'vitest';
import { FileWindow, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';

function fileOf(length: number) {
  const file = new MemoryFileSystem().openSync('/f', 'create');
  file.writeSync(
    Uint8Array.from({ length }, (_, index) => index),
    0,
    length,
    0,
  );
  return file;
}

test('a window gives the bytes asked for wherever they lie, for every window and length', () => {
  const file = fileOf(40);
  for (let windowBytes = 1; windowBytes <= 41; windowBytes++) {
    const window = new FileWindow(file, { windowBytes });
    for (let length = 0; length <= 12; length++) {
      for (let position = 0; position + length <= 40; position += 3) {
        const index = window.at(position, length);
        const bytes = window.bytes.subarray(index, index + length);
        expect([...bytes]).toEqual(Array.from({ length }, (_, step) => position + step));
      }
    }
  }
});

test('a window ends where its region ends and takes no memory for what is not there', () => {
  const window = new FileWindow(fileOf(40), { start: 10, end: 20, windowBytes: 4 });
  expect(window.at(10, 10)).toBe(0);
  expect(window.at(10, 11)).toBe(-1);
  expect(window.at(9, 1)).toBe(-1);
  expect(window.at(10, 2 ** 40)).toBe(-1);
  expect(window.at(12, -1)).toBe(-1);
  expect(window.bytes.length).toBe(10);
});

test('fill gives what is at hand, one byte at least before the end and none at it', () => {
  const window = new FileWindow(fileOf(10), { windowBytes: 4 });
  let total = 0;
  for (let position = 0; position < 10;) {
    const { index, length } = window.fill(position);
    expect(window.bytes[index]).toBe(position);
    expect(length).toBeGreaterThan(0);
    position += length;
    total += length;
  }
  expect(total).toBe(10);
  expect(window.fill(10)).toEqual({ index: 0, length: 0 });
});

test('a window on no region is refused', () => {
  expect(codeOf(() => new FileWindow(fileOf(4), { start: 3, end: 2 }))).toBe('IO_INVALID_ARGUMENT');
  expect(codeOf(() => new FileWindow(fileOf(4), { windowBytes: 0 }))).toBe('IO_INVALID_ARGUMENT');
});
