import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { codeOf } from '../../helpers/codes.ts';
import { toHex } from '../../helpers/hex.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { timeIndexAt } from './index-fixtures.ts';

function emptyIndex(baseOffset = 0, maxBytes = 1024) {
  return timeIndexAt({ fs, dir: temporaryFolder() }, baseOffset, maxBytes);
}

function entriesOf(index: ReturnType<typeof emptyIndex>): [number, number][] {
  return Array.from({ length: index.count }, (_, at) => [
    index.timestampAt(at),
    index.offsetAt(at),
  ]);
}

describe('TimeIndex', () => {
  test('the bytes are those of Apache Kafka', () => {
    const dir = temporaryFolder();
    const index = timeIndexAt({ fs, dir }, 1000);
    index.maybeAppend(6001, 1005);
    index.maybeAppend(7001, 1009);
    index.maybeAppend(8001, 1013);
    index.file.flush();
    expect(toHex(readFileSync(join(dir, 'test.timeindex')))).toBe(
      '0000000000001771000000050000000000001b59000000090000000000001f410000000d',
    );
    expect(entriesOf(timeIndexAt({ fs, dir }, 1000))).toEqual([
      [6001, 1005],
      [7001, 1009],
      [8001, 1013],
    ]);
  });

  test('a time that does not rise adds nothing', () => {
    const index = emptyIndex();
    index.maybeAppend(-1, 0);
    expect(index.count).toBe(0);
    index.maybeAppend(0, 3);
    index.maybeAppend(0, 5);
    index.maybeAppend(-1, 9);
    expect(entriesOf(index)).toEqual([[0, 3]]);
  });

  test('an offset that descends is refused', () => {
    const index = emptyIndex();
    index.maybeAppend(10, 5);
    expect(codeOf(() => index.maybeAppend(11, 4))).toBe('INTERNAL_INVARIANT');
    index.maybeAppend(11, 5);
    expect(index.count).toBe(2);
  });

  test('lookup before the first entry, at, between and after entries', () => {
    const index = emptyIndex(100);
    index.maybeAppend(1000, 110);
    index.maybeAppend(2000, 120);
    const offsets = [0, 999, 1000, 1500, 2000, 9999].map((time) => index.lookup(time));
    expect(offsets).toEqual([100, 100, 110, 110, 120, 120]);
    expect(emptyIndex(100).lookup(5)).toBe(100);
  });

  test('the last entry is told, -1 and the base offset when there is none', () => {
    const index = emptyIndex(7);
    expect([index.lastTimestamp, index.lastOffset]).toEqual([-1, 7]);
    index.maybeAppend(44, 9);
    expect([index.lastTimestamp, index.lastOffset]).toEqual([44, 9]);
  });

  test('one slot stays free for the entry made when the segment ends', () => {
    const index = emptyIndex(0, 36);
    index.maybeAppend(1, 1);
    expect(index.isFull).toBe(false);
    index.maybeAppend(2, 2);
    expect(index.isFull).toBe(true);
    index.maybeAppend(3, 3);
    expect(index.count).toBe(3);
  });

  test('truncation keeps what lies below the offset', () => {
    const kept = (offset: number): number[] => {
      const index = emptyIndex();
      for (const at of [10, 20, 20, 30]) index.maybeAppend(index.count + 1, at);
      index.truncateTo(offset);
      return entriesOf(index).map(([, at]) => at);
    };
    expect(kept(31)).toEqual([10, 20, 20, 30]);
    expect(kept(30)).toEqual([10, 20, 20]);
    expect(kept(21)).toEqual([10, 20, 20]);
    expect(kept(20)).toEqual([10]);
    expect(kept(10)).toEqual([]);
    expect(kept(0)).toEqual([]);
  });

  test('times beyond 32 bits survive a reopen', () => {
    const dir = temporaryFolder();
    const index = timeIndexAt({ fs, dir });
    index.maybeAppend(2 ** 53 - 1, 1);
    index.file.flush();
    expect(timeIndexAt({ fs, dir }).lastTimestamp).toBe(2 ** 53 - 1);
  });
});
