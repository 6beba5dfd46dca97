import { expect, test } from 'vitest';
import { RequestMemory } from '../../../../../src/roles/broker/connection/memory-budget.ts';

test('who waits for memory gets it in the order of asking, and never more than there is', () => {
  const memory = new RequestMemory(100);
  const order: string[] = [];
  const ask = (name: string, bytes: number) => memory.reserve(bytes, () => order.push(name));
  expect(ask('a', 80)).toBe(true);
  expect(ask('b', 60)).toBe(false);
  expect(ask('c', 30)).toBe(false);
  expect(ask('small', 1)).toBe(false);
  memory.release(80);
  expect(order).toEqual(['b', 'c', 'small']);
  expect(memory.usedBytes).toBe(91);
  expect(ask('d', 10)).toBe(false);
  memory.release(60);
  expect([order.at(-1), memory.usedBytes]).toEqual(['d', 41]);
});

test('a request above the limit is let in when it is alone', () => {
  const memory = new RequestMemory(100);
  let isIn = false;
  expect(memory.reserve(10, () => undefined)).toBe(true);
  expect(memory.reserve(500, () => (isIn = true))).toBe(false);
  memory.release(10);
  expect([isIn, memory.usedBytes]).toEqual([true, 500]);
  memory.release(500);
  expect(memory.usedBytes).toBe(0);
});
