import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { encodeAbortedTxn } from '../../../src/log/format/index-entry.ts';
import { IndexCache } from '../../../src/log/index-cache.ts';
import { TransactionIndex } from '../../../src/log/transaction-index.ts';
import { codeOf } from '../../helpers/codes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const aborted = (firstOffset: number, lastOffset: number) => ({
  producerId: 1n,
  firstOffset,
  lastOffset,
  lastStableOffset: lastOffset + 1,
});

function indexWith(...lastOffsets: readonly number[]): TransactionIndex {
  return indexIn(new IndexCache(), ...lastOffsets);
}

function indexIn(cache: IndexCache, ...lastOffsets: readonly number[]): TransactionIndex {
  const path = join(temporaryFolder(), 'x.txnindex');
  const index = new TransactionIndex(fs, cache, path, { baseOffset: 0, exists: false });
  for (const last of lastOffsets) index.append(aborted(last - 1, last));
  return index;
}

function reopened(index: TransactionIndex, baseOffset = 0): TransactionIndex {
  const exists = existsSync(index.path);
  return new TransactionIndex(fs, new IndexCache(), index.path, { baseOffset, exists });
}

const lastsOf = (index: TransactionIndex) => index.entries.map((entry) => entry.lastOffset);

describe('TransactionIndex', () => {
  test('the file comes with the first entry', () => {
    const index = indexWith();
    expect([index.exists, existsSync(index.path)]).toEqual([false, false]);
    index.append(aborted(1, 5));
    expect([index.exists, readFileSync(index.path).length]).toEqual([true, 34]);
  });

  test('entries survive a reopen, and appending goes on behind them', () => {
    const index = indexWith(5, 9);
    const again = reopened(index);
    again.append(aborted(10, 12));
    expect(reopened(index).entries).toEqual([aborted(4, 5), aborted(8, 9), aborted(10, 12)]);
  });

  test('a marker offset that does not ascend is refused, after a reopen too', () => {
    const index = indexWith(5);
    expect(codeOf(() => index.append(aborted(1, 5)))).toBe('INTERNAL_INVARIANT');
    expect(codeOf(() => reopened(index).append(aborted(1, 4)))).toBe('INTERNAL_INVARIANT');
    expect(readFileSync(index.path)).toHaveLength(34);
  });

  test('truncation before, at, between and after entries', () => {
    const kept = (offset: number): number[] => {
      const index = indexWith(5, 9, 20);
      index.truncateTo(offset);
      expect(lastsOf(reopened(index))).toEqual(lastsOf(index));
      return lastsOf(index);
    };
    expect(kept(21)).toEqual([5, 9, 20]);
    expect(kept(20)).toEqual([5, 9]);
    expect(kept(10)).toEqual([5, 9]);
    expect(kept(9)).toEqual([5]);
    expect(kept(0)).toEqual([]);
  });

  test('truncation of an index without a file makes none', () => {
    const index = indexWith();
    index.truncateTo(0);
    index.reset();
    expect(existsSync(index.path)).toBe(false);
  });

  test('a reset empties the file without reading it', () => {
    const index = indexWith(5, 9);
    writeFileSync(index.path, new Uint8Array(68).fill(0xff));
    const damaged = reopened(index);
    damaged.reset();
    expect(damaged.entries).toEqual([]);
    expect(readFileSync(index.path)).toHaveLength(0);
    damaged.append(aborted(1, 3));
    expect(lastsOf(reopened(index))).toEqual([3]);
  });

  test('a partial entry at the end is ignored and overwritten by the next', () => {
    const index = indexWith(5, 9);
    truncateSync(index.path, 34 + 20);
    const again = reopened(index);
    expect(lastsOf(again)).toEqual([5]);
    again.append(aborted(6, 7));
    expect(lastsOf(reopened(index))).toEqual([5, 7]);
  });

  test('an entry from before the segment, or one that makes no sense, is not sane', () => {
    const index = indexWith(5);
    reopened(index, 5).checkSanity();
    expect(codeOf(() => reopened(index, 6).checkSanity())).toBe('LOG_CORRUPT_INDEX');
    writeFileSync(index.path, encodeAbortedTxn({ ...aborted(9, 3) }));
    expect(codeOf(() => reopened(index).checkSanity())).toBe('LOG_CORRUPT_INDEX');
  });

  test('entries beyond the memory of the cache are read again from the file', () => {
    const cache = new IndexCache(300);
    const indexes = [indexIn(cache, 5, 9), indexIn(cache, 7), indexIn(cache, 11, 13)];
    expect(cache.totalBytes).toBeLessThanOrEqual(300);
    expect(indexes[0]!.residentBytes).toBe(0);
    expect(indexes.map(lastsOf)).toEqual([[5, 9], [7], [11, 13]]);
    indexes[0]!.append(aborted(10, 12));
    expect(lastsOf(reopened(indexes[0]!))).toEqual([5, 9, 12]);
    for (const index of indexes) index.forget();
    expect(cache.totalBytes).toBe(0);
  });
});
