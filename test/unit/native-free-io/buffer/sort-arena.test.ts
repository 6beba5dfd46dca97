import { expect, test } from 'vitest';
import { SortArena } from '../../../../native-free-io/index.ts';
import { seedFor, Seeded } from '../../../helpers/seeded.ts';

interface Item {
  readonly partition: number;
  readonly key: Buffer;
  readonly kept: Buffer;
}

function drawItems(seeded: Seeded, partitions: number): Item[] {
  return Array.from({ length: seeded.between(0, 300) }, (_, index) => ({
    partition: seeded.between(0, partitions - 1),
    key: Buffer.from(seeded.bytes(seeded.between(0, 3)).map((byte) => byte & 3)),
    kept: Buffer.from(`${index}${'.'.repeat(seeded.between(0, 60))};`),
  }));
}

function fill(arena: SortArena, items: readonly Item[]): void {
  for (const [index, { partition, key, kept }] of items.entries()) {
    const bytes = Buffer.concat([Buffer.from('x'), kept, key]);
    const keyStart = 1 + kept.length;
    const ranges = { bytes, keyStart, keyEnd: bytes.length, start: 1, end: keyStart };
    const isIn =
      index % 2 === 0 ? arena.add(partition, key, kept) : arena.addRange(partition, ranges);
    expect(isIn).toBe(true);
  }
}

test.each(['fastest', 'plain'] as const)(
  'SortArena (%s) orders by partition, key and time of adding',
  (implementation) => {
    const seeded = new Seeded(seedFor('sort arena'));
    for (const partitions of [1, 3, 256, 257, 70_000]) {
      const arena = new SortArena({ memoryBytes: 1 << 20, partitions, implementation });
      for (let run = 0; run < 8; run++) {
        const items = drawItems(seeded, partitions);
        arena.reset();
        fill(arena, items);
        arena.sort();
        const order = items.toSorted(
          (a, b) => a.partition - b.partition || Buffer.compare(a.key, b.key),
        );
        expect(arena.count).toBe(items.length);
        const got = order.map((_, index) => ({
          partition: arena.partitionOf(index),
          key: Buffer.from(arena.bytes.subarray(arena.keyStart(index), arena.keyEnd(index))),
          kept: Buffer.from(arena.bytes.subarray(arena.frameStart(index), arena.frameEnd(index))),
        }));
        expect(got).toEqual(order);
        const partition = seeded.between(0, partitions);
        const first = order.findIndex((item) => item.partition >= partition);
        expect(arena.firstOf(partition)).toBe(first < 0 ? order.length : first);
      }
    }
  },
);

test('SortArena.gather hands out what was kept, packed, records larger than a piece alone', () => {
  const arena = new SortArena({ memoryBytes: 4 << 20, partitions: 1 });
  const large = Buffer.alloc(600_000, 'L');
  const items = ['c', 'a', 'b'].map((name) => ({
    partition: 0,
    key: Buffer.from(name),
    kept: name === 'b' ? large : Buffer.from(name),
  }));
  fill(arena, items);
  arena.sort();
  const pieces: string[] = [];
  arena.gather(0, 3, (bytes, start, end) =>
    pieces.push(Buffer.from(bytes.subarray(start, end)).toString()),
  );
  expect(pieces).toEqual(['a', large.toString(), 'c']);
  const rest: string[] = [];
  arena.gather(2, 3, (bytes, start, end) =>
    rest.push(Buffer.from(bytes.subarray(start, end)).toString()),
  );
  expect(rest).toEqual(['c']);
});

test('a full SortArena takes no more, and everything again after a reset', () => {
  const arena = new SortArena({ memoryBytes: 1 << 20, partitions: 2 });
  const key = Buffer.from('key');
  let added = 0;
  while (arena.add(added % 2, key, key)) added++;
  expect(arena.usedBytes).toBeLessThanOrEqual(1 << 20);
  expect(arena.count).toBe(added);
  expect(added).toBeGreaterThan(10_000);
  arena.sort();
  expect(arena.firstOf(1)).toBe(Math.ceil(added / 2));
  expect(() => arena.add(0, key, key)).toThrow('reset first');
  arena.reset();
  expect(arena.add(0, key, key)).toBe(true);
  expect(() => arena.firstOf(0)).toThrow('not sorted yet');
});

test('SortArena refuses partitions and sizes out of range', () => {
  expect(() => new SortArena({ memoryBytes: 5, partitions: 1 })).toThrow('memoryBytes is 5');
  expect(() => new SortArena({ memoryBytes: 1 << 20, partitions: 0 })).toThrow('partitions is 0');
  const arena = new SortArena({ memoryBytes: 1 << 20, partitions: 2 });
  expect(() => arena.add(2, Buffer.from('a'), Buffer.from('b'))).toThrow('partition is 2');
});
