import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FilePool, PooledFile } from '../../../src/log/file-pool.ts';
import { collect } from '../../helpers/batches.ts';
import { codeOf } from '../../helpers/codes.ts';
import { LogWorld, numbered } from '../../helpers/log-world.ts';
import { ObservedFileSystem } from '../../helpers/observed-fs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

function poolOf(maxOpen: number, count: number) {
  const observed = new ObservedFileSystem();
  const dir = temporaryFolder();
  const pool = new FilePool(observed.fs, maxOpen);
  const files = Array.from({ length: count }, (_, at) => {
    const path = join(dir, `${at}`);
    writeFileSync(path, `${at}`);
    return new PooledFile(pool, path);
  });
  return { observed, pool, files };
}

describe('FilePool', () => {
  test('a file is opened when first used, and once', () => {
    const { observed, pool, files } = poolOf(10, 2);
    expect([observed.count('open'), pool.openCount]).toEqual([0, 0]);
    files[0]!.handle();
    files[0]!.handle();
    expect([observed.count('open'), pool.openCount]).toEqual([1, 1]);
  });

  test('beyond the limit the least recently used file is closed, and opens again when used', () => {
    const { observed, pool, files } = poolOf(2, 3);
    const [a, b, c] = files as [PooledFile, PooledFile, PooledFile];
    a.handle();
    b.handle();
    a.handle();
    observed.reset();
    c.handle();
    expect(observed.of('close').length).toBe(1);
    expect(pool.openCount).toBe(2);
    observed.reset();
    a.handle();
    expect(observed.count('open')).toBe(0);
    b.handle();
    expect(observed.count('open')).toBe(1);
  });

  test('pinned files stay open beyond the limit', () => {
    const { pool, files } = poolOf(1, 3);
    const releases = files.map((file) => file.pin());
    expect(pool.openCount).toBe(3);
    releases[0]!();
    releases[0]!();
    expect(files[0]!.isPinned).toBe(false);
    expect(files[1]!.isPinned).toBe(true);
    const again = files[1]!.pin();
    releases[1]!();
    expect(files[1]!.isPinned).toBe(true);
    again();
    expect(files[1]!.isPinned).toBe(false);
  });

  test('a retired file closes with its last pin and never opens again', () => {
    const { observed, pool, files } = poolOf(5, 1);
    const file = files[0]!;
    const [first, second] = [file.pin(), file.pin()];
    file.retire();
    expect(observed.count('close')).toBe(0);
    first();
    expect(observed.count('close')).toBe(0);
    second();
    expect([observed.count('close'), pool.openCount]).toEqual([1, 0]);
    expect(codeOf(() => file.handle())).toBe('LOG_CLOSED');
  });
});

test('a log of many more segments than open files reads and writes as ever', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'segment.bytes': 200 }, { maxOpenFiles: 3, indexCacheBytes: 100 });
  for (let count = 0; count < 60; count++) log.appendSync(numbered(1, count));
  expect(log.segmentCount).toBeGreaterThan(20);
  const values = (await collect(log.read())).map(({ value }) => value);
  expect(values).toEqual(numbered(60).map(({ value }) => value));
  for (let offset = 0; offset < 60; offset += 7) log.readRegion(offset)!.release();
  expect(log.core.context.files.openCount).toBeLessThanOrEqual(3);
});
