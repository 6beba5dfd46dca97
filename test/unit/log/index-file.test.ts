import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IndexCache } from '../../../src/log/index-cache.ts';
import { IndexFile } from '../../../src/log/index-file.ts';
import { ObservedFileSystem } from '../../helpers/observed-fs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

interface Opened {
  readonly observed: ObservedFileSystem;
  readonly cache: IndexCache;
  readonly path: string;
}

function world(budgetBytes?: number): Opened {
  const path = join(temporaryFolder(), 'x.index');
  return { observed: new ObservedFileSystem(), cache: new IndexCache(budgetBytes), path };
}

function open({ observed, cache, path }: Opened, entryBytes = 8): IndexFile {
  const sizeBytes = observed.fs.statSync(path)?.size;
  return IndexFile.open(observed.fs, cache, path, { entryBytes, sizeBytes });
}

function append(index: IndexFile, value: number): void {
  const at = index.appendEntry();
  index.view().setInt32(at, value);
}

function valuesOf(index: IndexFile): number[] {
  return Array.from({ length: index.count }, (_, at) => index.view().getInt32(at * 8));
}

describe('IndexFile', () => {
  test('entries reach the file in one write when flushed, not one by one', () => {
    const place = world();
    const index = open(place);
    for (let value = 0; value < 1000; value++) append(index, value);
    expect(place.observed.count('write')).toBe(0);
    expect(index.hasUnwritten).toBe(true);
    index.flush();
    expect(place.observed.count('write')).toBe(1);
    expect(index.hasUnwritten).toBe(false);
    expect(statSync(place.path).size).toBe(8000);
  });

  test('a flush writes only what is new', () => {
    const place = world();
    const index = open(place);
    append(index, 1);
    index.flush();
    append(index, 2);
    place.observed.reset();
    index.flush();
    expect(place.observed.of('write')).toMatchObject([{ position: 8, length: 8 }]);
    index.flush();
    expect(place.observed.count('write')).toBe(1);
    expect(valuesOf(open(place))).toEqual([1, 2]);
  });

  test('a flush of no entries makes the empty file', () => {
    const place = world();
    open(place).flush();
    expect(readFileSync(place.path)).toHaveLength(0);
  });

  test('entries are read when first asked for, and once', () => {
    const place = world();
    const index = open(place);
    append(index, 41);
    index.flush();
    const again = open(place);
    place.observed.reset();
    expect(again.count).toBe(1);
    expect(place.observed.count('read')).toBe(0);
    valuesOf(again);
    valuesOf(again);
    expect(place.observed.count('read')).toBe(1);
  });

  test('appending to an index whose bytes were forgotten keeps what was there', () => {
    const place = world();
    const index = open(place);
    append(index, 1);
    append(index, 2);
    index.flush();
    index.forget();
    expect(index.residentBytes).toBe(0);
    append(index, 3);
    index.flush();
    expect(valuesOf(index)).toEqual([1, 2, 3]);
    expect(valuesOf(open(place))).toEqual([1, 2, 3]);
  });

  test('entries that are not in the file yet are never forgotten', () => {
    const place = world();
    const index = open(place);
    append(index, 5);
    index.forget();
    expect(valuesOf(index)).toEqual([5]);
  });

  test('truncation cuts the file only as far as it was written', () => {
    const place = world();
    const index = open(place);
    for (const value of [1, 2, 3]) append(index, value);
    index.flush();
    append(index, 4);
    index.truncate(3);
    expect(statSync(place.path).size).toBe(24);
    index.truncate(1);
    expect(statSync(place.path).size).toBe(8);
    index.truncate(5);
    expect(index.count).toBe(1);
    append(index, 9);
    index.flush();
    expect(valuesOf(open(place))).toEqual([1, 9]);
  });

  test('a sync follows the flush', async () => {
    const place = world();
    const index = open(place);
    append(index, 1);
    await index.sync();
    expect(place.observed.operations.map(({ kind }) => kind).slice(-3)).toEqual([
      'open',
      'sync',
      'close',
    ]);
    expect(statSync(place.path).size).toBe(8);
    append(index, 2);
    index.syncNow();
    expect(statSync(place.path).size).toBe(16);
    expect(place.observed.count('sync')).toBe(2);
  });
});

describe('IndexCache', () => {
  test('over the budget the least recently used index is forgotten first', () => {
    const observed = new ObservedFileSystem();
    const dir = temporaryFolder();
    const cache = new IndexCache(3 * 64 * 8);
    const indexes = ['a', 'b', 'c', 'd'].map((name) => {
      const index = open({ observed, cache, path: join(dir, name) });
      append(index, 1);
      index.flush();
      index.view();
      return index;
    });
    expect(indexes.map((index) => index.residentBytes > 0)).toEqual([false, true, true, true]);
    // The oldest use is now c's, so c makes room when a is wanted again and grown.
    indexes[1]!.view();
    indexes[3]!.view();
    append(indexes[0]!, 2);
    indexes[0]!.view();
    expect(indexes.map((index) => index.residentBytes > 0)).toEqual([true, true, false, true]);
    expect(indexes.map(valuesOf)).toEqual([[1, 2], [1], [1], [1]]);
    expect(cache.totalBytes).toBeLessThanOrEqual(cache.budgetBytes);
  });

  test('an index that cannot be forgotten is kept beyond the budget', () => {
    const observed = new ObservedFileSystem();
    const dir = temporaryFolder();
    const cache = new IndexCache(0);
    const dirty = open({ observed, cache, path: join(dir, 'dirty') });
    append(dirty, 7);
    const other = open({ observed, cache, path: join(dir, 'other') });
    append(other, 8);
    expect([valuesOf(dirty), valuesOf(other)]).toEqual([[7], [8]]);
  });
});
