import { expect, test } from 'vitest';
import { Arena } from '../../../../native-free-io/buffer/arena.ts';
import { poisonByte } from '../../../../native-free-io/buffer/pool.ts';
import { codeOf, fromHex, toHex } from './codes.ts';

test('allocations do not overlap, are aligned as asked and never at zero', () => {
  const arena = new Arena({ budgetBytes: 4096 });
  let end = 0;
  for (const [length, alignment] of [
    [1, 1],
    [3, 4],
    [0, 1],
    [5, 8],
    [7, 2],
    [1, 8],
  ] as const) {
    const position = arena.allocate(length, alignment);
    expect(position).toBeGreaterThan(0);
    expect(position % alignment).toBe(0);
    expect(position).toBeGreaterThanOrEqual(end);
    end = position + length;
  }
});

test('the budget is used to the last byte and then refused', () => {
  const arena = new Arena({ budgetBytes: 64 });
  arena.allocate(arena.availableBytes - 1);
  expect(arena.tryAllocate(2)).toBe(0);
  expect(codeOf(() => arena.allocate(2))).toBe('BUFFER_EXHAUSTED');
  expect(arena.allocate(1)).toBe(63);
  expect(arena.availableBytes).toBe(0);
  expect(arena.tryAllocate(1)).toBe(0);
});

test('an allocation refused for its alignment leaves the arena as it was', () => {
  const arena = new Arena({ budgetBytes: 16 });
  arena.allocate(1);
  expect(arena.tryAllocate(1, 8)).toBe(0);
  expect(arena.allocatedBytes).toBe(1);
  expect(arena.allocate(7)).toBe(9);
});

test('reset frees everything and, when checked, poisons it', () => {
  const arena = new Arena({ budgetBytes: 64, checked: true });
  const position = arena.store(fromHex('01020304'), 1, 3);
  expect(toHex(arena.bytes, position, position + 2)).toBe('0203');
  arena.reset();
  expect(arena.allocatedBytes).toBe(0);
  expect(arena.bytes[position]).toBe(poisonByte);
  expect(arena.bytes[position + 1]).toBe(poisonByte);
  expect(arena.store(fromHex('aa'))).toBe(position);
});

test('a shared arena is read by whoever has its buffer', () => {
  const arena = new Arena({ budgetBytes: 64, memory: 'shared' });
  expect(arena.buffer).toBeInstanceOf(SharedArrayBuffer);
  const position = arena.store(fromHex('beef'));
  const elsewhere = structuredClone(arena.buffer);
  expect(new DataView(elsewhere).getUint16(position)).toBe(0xbeef);
  expect(new Arena({ budgetBytes: 64 }).buffer).toBeInstanceOf(ArrayBuffer);
});

test('nonsense is refused', () => {
  for (const budgetBytes of [0, 15, 16.5, Number.NaN, 2 ** 31 + 1]) {
    expect(codeOf(() => new Arena({ budgetBytes }))).toBe('IO_INVALID_ARGUMENT');
  }
  const arena = new Arena({ budgetBytes: 64 });
  for (const length of [-1, 0.5, Number.NaN]) {
    expect(codeOf(() => arena.allocate(length))).toBe('IO_INVALID_ARGUMENT');
  }
  for (const alignment of [0, 3, 16, -4]) {
    expect(codeOf(() => arena.allocate(1, alignment))).toBe('IO_INVALID_ARGUMENT');
  }
});
