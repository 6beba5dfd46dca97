import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { codeOf } from '../../helpers/codes.ts';
import { fromHex, toHex } from '../../helpers/hex.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { offsetIndexAt } from './index-fixtures.ts';

const seed = seedFor('offset index');

function emptyIndex(baseOffset = 0, maxBytes = 1024) {
  return offsetIndexAt({ fs, dir: temporaryFolder() }, baseOffset, maxBytes);
}

function entriesOf(index: ReturnType<typeof emptyIndex>): [number, number][] {
  return Array.from({ length: index.count }, (_, at) => [index.offsetAt(at), index.positionAt(at)]);
}

describe('OffsetIndex', () => {
  test('KF-31: the bytes are those of Apache Kafka', () => {
    const dir = temporaryFolder();
    const index = offsetIndexAt({ fs, dir }, 1000);
    index.append(1005, 402);
    index.append(1009, 804);
    index.append(1013, 1206);
    index.file.flush();
    expect(toHex(readFileSync(join(dir, 'test.index')))).toBe(
      '000000050000019200000009000003240000000d000004b6',
    );
    expect(entriesOf(offsetIndexAt({ fs, dir }, 1000))).toEqual([
      [1005, 402],
      [1009, 804],
      [1013, 1206],
    ]);
  });

  test('lookup of an empty index gives the start of the file', () => {
    expect([emptyIndex(50).lookup(50), emptyIndex(50).lookup(1e9)]).toEqual([0, 0]);
    expect(emptyIndex(50).lastOffset).toBe(50);
  });

  test('lookup before the first entry, at, between and after entries', () => {
    const index = emptyIndex(100);
    index.append(110, 1000);
    index.append(120, 2000);
    const positions = [100, 109, 110, 111, 119, 120, 121, 1e9].map((offset) =>
      index.lookup(offset),
    );
    expect(positions).toEqual([0, 0, 1000, 1000, 1000, 2000, 2000, 2000]);
    expect(index.lastOffset).toBe(120);
  });

  test(`KF-31: lookups agree with a linear scan, before and after a reopen`, () => {
    const random = new Seeded(seed);
    const dir = temporaryFolder();
    const base = random.between(0, 2 ** 40);
    const index = offsetIndexAt({ fs, dir }, base, 1 << 20);
    const entries: [number, number][] = [];
    let offset = base;
    let position = 0;
    for (let count = 0; count < 5000; count++) {
      offset += random.between(1, 50);
      position += random.between(1, 5000);
      entries.push([offset, position]);
      index.append(offset, position);
    }
    index.file.flush();
    for (const subject of [index, offsetIndexAt({ fs, dir }, base, 1 << 20)]) {
      for (let round = 0; round < 1000; round++) {
        const target = base + random.between(0, offset - base + 100);
        const expected = entries.findLast(([at]) => at <= target)?.[1] ?? 0;
        expect(subject.lookup(target), `offset ${target}`).toBe(expected);
      }
    }
  });

  test('entries that do not ascend are refused', () => {
    const index = emptyIndex(10);
    index.append(20, 100);
    for (const [offset, position] of [
      [20, 200],
      [19, 200],
      [21, 100],
      [21, 99],
    ] as const) {
      expect(codeOf(() => index.append(offset, position))).toBe('INTERNAL_INVARIANT');
    }
    expect(index.count).toBe(1);
  });

  test('an offset that does not fit 31 bits above the base is refused', () => {
    const index = emptyIndex(5);
    expect(codeOf(() => index.append(5 + 2 ** 31, 10))).toBe('INTERNAL_INVARIANT');
    expect(codeOf(() => index.append(4, 10))).toBe('INTERNAL_INVARIANT');
    index.append(5 + 2 ** 31 - 1, 10);
    expect(index.lastOffset).toBe(5 + 2 ** 31 - 1);
  });

  test('is full at segment.index.bytes, rounded down to whole entries', () => {
    const index = emptyIndex(0, 25);
    expect(index.maxEntries).toBe(3);
    for (const at of [1, 2, 3]) {
      expect(index.isFull).toBe(false);
      index.append(at, at);
    }
    expect(index.isFull).toBe(true);
  });

  test('truncation before, at, between and after entries', () => {
    const kept = (offset: number): number[] => {
      const index = emptyIndex();
      for (const at of [10, 20, 30]) index.append(at, at * 10);
      index.truncateTo(offset);
      return entriesOf(index).map(([at]) => at);
    };
    expect(kept(31)).toEqual([10, 20, 30]);
    expect(kept(30)).toEqual([10, 20]);
    expect(kept(29)).toEqual([10, 20]);
    expect(kept(20)).toEqual([10]);
    expect(kept(11)).toEqual([10]);
    expect(kept(10)).toEqual([]);
    expect(kept(0)).toEqual([]);
  });

  test('after a truncation appending goes on, in memory and in the file', () => {
    const dir = temporaryFolder();
    const index = offsetIndexAt({ fs, dir });
    for (const at of [10, 20, 30]) index.append(at, at * 10);
    index.file.flush();
    index.truncateTo(15);
    index.append(16, 160);
    index.file.flush();
    expect(entriesOf(offsetIndexAt({ fs, dir }))).toEqual([
      [10, 100],
      [16, 160],
    ]);
    expect(readFileSync(join(dir, 'test.index'))).toHaveLength(16);
  });

  test('the first entry at or after a position bounds a fetch', () => {
    const index = emptyIndex(100);
    index.append(110, 1000);
    index.append(120, 2000);
    const bounds = [0, 1000, 1001, 2000, 2001].map((position) =>
      index.offsetAtOrAfterPosition(position),
    );
    expect(bounds).toEqual([110, 110, 120, 120, undefined]);
  });

  test('a partial entry at the end of the file is cut off', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'test.index'), fromHex('0000000500000192 00000009 00'));
    expect(entriesOf(offsetIndexAt({ fs, dir }))).toEqual([[5, 402]]);
    expect(readFileSync(join(dir, 'test.index'))).toHaveLength(8);
  });
});
