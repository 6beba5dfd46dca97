/** Rows of the feature list about order, offsets and readers, proved on the log itself. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogDirectory, type PartitionLog } from '../../../src/log/index.ts';
import { collect } from '../../helpers/batches.ts';
import { LogWorld, numbered } from '../../helpers/log-world.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { DirectoryWorld } from './directory/directory-world.ts';

const valuesFrom = async (log: PartitionLog, from = 0): Promise<string[]> =>
  (await collect(log.read({ from }))).map(({ offset, value }) => `${offset} ${value}`);

describe('order and offsets', () => {
  test('KF-11: what was acknowledged never changes; offsets ascend', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 500 });
    const hashes = new Map<string, string>();
    const hashOf = (name: string): string =>
      createHash('sha256').update(world.bytesOf(name)).digest('hex');
    for (let at = 0; at < 60; at++) {
      log.appendSync(numbered(1, at));
      for (const name of world.namesEnding('.log').slice(0, -1)) {
        expect(hashOf(name)).toBe(hashes.get(name) ?? hashOf(name));
        hashes.set(name, hashOf(name));
      }
    }
    expect(hashes.size).toBeGreaterThan(5);
    const offsets = (await collect(log.read())).map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: 60 }, (_, at) => at));
  });

  test('KF-12: each partition counts for itself, from 0', async () => {
    const directory = await new DirectoryWorld().open();
    const words = [
      ['hadoop Redis', 'spark', 'flink'],
      ['hive', 'hue'],
      ['hbase', 'oozie'],
    ];
    for (const [partition, values] of words.entries()) {
      const log = await directory.partition('words', partition);
      for (const value of values) log.appendSync([{ value }]);
      expect(await valuesFrom(log)).toEqual(values.map((value, at) => `${at} ${value}`));
    }
    await directory.close();
  });

  test('KF-13, KF-14: records come back in the order of their partition', async () => {
    const directory = await new DirectoryWorld().open();
    const logs = await Promise.all([0, 1, 2, 3].map((at) => directory.partition('many', at)));
    for (let at = 0; at < 20_000; at += 100) {
      const records = numbered(100, at);
      for (const [partition, log] of logs.entries()) {
        log.appendSync(records.filter((_, index) => index % 4 === partition));
      }
    }
    for (const [partition, log] of logs.entries()) {
      const keys = (await collect(log.read())).map(({ key }) => Number(key!.slice(1)));
      expect(keys).toEqual(Array.from({ length: 5000 }, (_, at) => at * 4 + partition));
    }
    await directory.close();
  });
});

describe('readers', () => {
  test('KF-15, KF-16: a consumer goes back or to now; others do not disturb it', async () => {
    const dir = join(temporaryFolder(), 'root');
    const directory = await LogDirectory.open({ dir, maintenance: false });
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(10));
    const own = await log.cursor('own');
    await own.commit(7);
    const others = Array.from({ length: 50 }, () => valuesFrom(log));
    for (const seen of await Promise.all(others)) expect(seen).toHaveLength(10);
    expect(own.position).toBe(7);
    const before = await valuesFrom(log, 2);
    await own.reset(2);
    expect(await valuesFrom(log, own.position)).toEqual(before);
    await own.reset('latest');
    log.appendSync(numbered(1, 10));
    expect(await valuesFrom(log, own.position)).toEqual(['10 value 10']);
    await directory.close();
  });
});

test('KF-26: a topic is partitions, a partition segments, a segment .log with its indexes', async () => {
  const world = new DirectoryWorld();
  const directory = await world.open({ config: { 'segment.bytes': 300 } });
  for (const partition of [0, 1]) {
    const log = await directory.partition('orders', partition);
    for (let at = 0; at < 10; at++) log.appendSync(numbered(1, at));
  }
  await directory.close();
  const folders = world.names().filter((name) => name.startsWith('orders'));
  expect(folders).toEqual(['orders-0', 'orders-1']);
  for (const folder of folders) {
    const names = world.disk.listSync(world.path(folder)).map(({ name }) => name);
    const bases = names.filter((name) => name.endsWith('.log')).map((name) => name.slice(0, 20));
    expect(bases.length).toBeGreaterThan(2);
    for (const base of bases) expect(names).toContain(`${base}.index`);
  }
});

test('KF-37 to KF-41: the ways of a byte to a socket, with their switches and copies', () => {
  const page = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| (`read`|`mmap`|`sendfile`)/.test(line));
  const cells = rows.map((row) => row.split('|').slice(2, 6).map(Number));
  // Calls, switches, copies by DMA, copies by the processor.
  expect(cells).toEqual([
    [2, 4, 2, 2],
    [2, 4, 2, 1],
    [1, 2, 2, 1],
    [1, 2, 2, 0],
  ]);
});
