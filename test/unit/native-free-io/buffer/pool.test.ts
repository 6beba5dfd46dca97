import { expect, test } from 'vitest';
import { poisonByte, SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { kernelMemory, pageBytes } from '../../../../native-free-io/kernel/memory.ts';
import { codeOf } from './codes.ts';

test('a slab is page-aligned, of its size class, and bytes and view are the same bytes', () => {
  const pool = new SlabPool();
  for (const [asked, given] of [
    [0, 4096],
    [1, 4096],
    [4096, 4096],
    [4097, 8192],
    [1 << 20, 1 << 20],
  ] as const) {
    using slab = pool.lease(asked);
    expect([slab.length, slab.bytes.length, slab.view.byteLength]).toEqual([given, given, given]);
    expect(slab.bytes.byteOffset % pageBytes).toBe(0);
    slab.view.setUint16(given - 2, 0xabcd);
    expect(slab.bytes[given - 1]).toBe(0xcd);
  }
});

test('slabs lie in kernel memory unless the pool says heap', () => {
  using inside = new SlabPool().lease(1);
  using outside = new SlabPool({ location: 'heap' }).lease(1);
  expect(inside.bytes.buffer).toBe(kernelMemory().buffer);
  expect(outside.bytes.buffer).not.toBe(kernelMemory().buffer);
  expect(inside.bytes.byteOffset).toBeGreaterThan(0);
});

test('two leases never share bytes and a released slab is used again', () => {
  const pool = new SlabPool();
  const first = pool.lease(4096);
  const second = pool.lease(4096);
  first.bytes.fill(1);
  second.bytes.fill(2);
  expect(first.bytes[0]).toBe(1);
  const where = first.bytes.byteOffset;
  first.release();
  using third = pool.lease(100);
  expect(third.bytes.byteOffset).toBe(where);
  second.release();
});

test('the budget counts leased size classes, and a release makes room', () => {
  const pool = new SlabPool({ name: 'small', budgetBytes: 3 * 4096 });
  const first = pool.lease(4096);
  using second = pool.lease(5000);
  expect(pool.leasedBytes).toBe(3 * 4096);
  expect(second.length).toBe(8192);
  expect(pool.tryLease(1)).toBeUndefined();
  expect(codeOf(() => pool.lease(1))).toBe('BUFFER_EXHAUSTED');
  first.release();
  using again = pool.lease(1);
  expect(again.length).toBe(4096);
});

test('a second release is refused, by name of the pool, and counts nothing', () => {
  const pool = new SlabPool({ name: 'the pool' });
  const slab = pool.lease(4096);
  slab.release();
  expect(codeOf(() => slab.release())).toBe('BUFFER_RELEASED');
  expect(() => slab.release()).toThrow(/the pool/);
  expect(pool.leasedBytes).toBe(0);
});

test('a checked pool poisons released bytes and an unchecked one leaves them', () => {
  const checked = new SlabPool({ checked: true }).lease(4096);
  checked.bytes.fill(1);
  checked.release();
  expect(checked.bytes.every((byte) => byte === poisonByte)).toBe(true);
  const plain = new SlabPool().lease(4096);
  plain.bytes.fill(1);
  plain.release();
  expect(plain.bytes[0]).toBe(1);
});

test('a checked pool names who never released', () => {
  const pool = new SlabPool({ checked: true });
  function forgetful() {
    return pool.lease(4096);
  }
  pool.assertNoLeaks();
  const slab = forgetful();
  expect(codeOf(() => pool.assertNoLeaks())).toBe('BUFFER_LEAKED');
  expect(() => pool.assertNoLeaks()).toThrow(/forgetful/);
  slab.release();
  pool.assertNoLeaks();
});

test('trimmed kernel slabs serve the next pool', () => {
  const first = new SlabPool();
  const slab = first.lease(1 << 16);
  const where = slab.bytes.byteOffset;
  slab.release();
  first.trim();
  using reused = new SlabPool().lease(1 << 16);
  expect(reused.bytes.byteOffset).toBe(where);
});

test('a pool goes on in buffers of its own when kernel memory is used up', () => {
  const memory = kernelMemory();
  const pool = new SlabPool({ budgetBytes: 2 * memory.buffer.byteLength });
  const slabs = [];
  while (slabs.at(-1)?.bytes.buffer !== undefined || slabs.length === 0) {
    const slab = pool.lease(16 << 20);
    slabs.push(slab);
    if (slab.bytes.buffer !== memory.buffer) break;
  }
  const own = slabs.at(-1);
  expect(own?.bytes.buffer).not.toBe(memory.buffer);
  expect(own?.length).toBe(16 << 20);
  for (const slab of slabs) slab.release();
  expect(pool.leasedBytes).toBe(0);
});
