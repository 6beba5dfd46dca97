/** Partitions of a log root: made, found, deleted, opened by one at a time. */
import { describe, expect, test } from 'vitest';
import { LogDirectory, PartitionLog } from '../../../../src/log/index.ts';
import { collect } from '../../../helpers/batches.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { numbered } from '../../../helpers/log-world.ts';
import type { Operation } from '../../../helpers/observed-fs.ts';
import { DirectoryWorld } from './directory-world.ts';

const namesOf = (directory: LogDirectory): string[] =>
  directory.partitions().map(({ topic, partition }) => `${topic}-${partition}`);

const keysIn = async (log: PartitionLog): Promise<(string | null)[]> =>
  (await collect(log.read())).map(({ key }) => key);

/** Files of data open at the same time. */
function mostOpenAtOnce(operations: readonly Operation[]): number {
  let now = 0;
  let most = 0;
  for (const { kind, file } of operations) {
    if (!file.endsWith('.log')) continue;
    if (kind === 'open') most = Math.max(most, ++now);
    if (kind === 'close') now--;
  }
  return most;
}

describe('partitions', () => {
  test('KF-27: a topic of three partitions is three folders, numbered from 0', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    for (const partition of [0, 1, 2]) {
      (await directory.partition('orders', partition)).appendSync(numbered(partition + 1));
    }
    expect(namesOf(directory)).toEqual(['orders-0', 'orders-1', 'orders-2']);
    expect(world.names().filter((name) => name.startsWith('orders'))).toEqual(namesOf(directory));
    await directory.close();
    const again = await world.open();
    for (const partition of [0, 1, 2]) {
      const log = await again.partition('orders', partition, { create: false });
      expect([log.logEndOffset, log.loadReport.recoveredSegments]).toEqual([partition + 1, 0]);
    }
    await again.close();
  });

  test('a hundred of them share file handles and come back in order', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maxOpenFiles: 10 });
    for (let partition = 0; partition < 100; partition++) {
      const log = await directory.partition(`t${partition % 7}`, partition);
      log.appendSync(numbered(1, partition));
    }
    await directory.close();
    world.observed.reset();
    const again = await world.open({ maxOpenFiles: 10 });
    expect(again.failures.size).toBe(0);
    expect(namesOf(again)).toHaveLength(100);
    expect(namesOf(again)).toEqual(namesOf(again).sort());
    for (let partition = 0; partition < 100; partition++) {
      const log = await again.partition(`t${partition % 7}`, partition, { create: false });
      expect(await keysIn(log)).toEqual([`k${partition}`]);
    }
    await again.close();
    expect(mostOpenAtOnce(world.observed.operations)).toBeLessThanOrEqual(12);
  });

  test('the same log is given each time, also to callers at once', async () => {
    const directory = await new DirectoryWorld().open();
    const [one, two] = await Promise.all([
      directory.partition('orders', 0),
      directory.partition('orders', 0),
    ]);
    expect(one).toBe(two);
    expect(await directory.partition('orders', 0)).toBe(one);
    await directory.close();
  });

  test.each([
    ['', 0],
    ['.', 0],
    ['..', 0],
    ['a/b', 0],
    ['a b', 0],
    ['ü', 0],
    ['x'.repeat(250), 0],
    ['orders', -1],
    ['orders', 1.5],
    ['orders', 2 ** 31],
    ['orders', Number.NaN],
  ])('the name %j with number %d is refused and leaves nothing', async (topic, partition) => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    const before = world.names();
    expect(await codeOfPromise(directory.partition(topic, partition))).toBe('LOG_NAME_INVALID');
    expect(await codeOfPromise(directory.deletePartition(topic, partition))).toBe(
      'LOG_NAME_INVALID',
    );
    expect(world.names()).toEqual(before);
    await directory.close();
  });

  test('a missing one is not made when that is not wanted', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    expect(await codeOfPromise(directory.partition('orders', 0, { create: false }))).toBe(
      'LOG_NOT_FOUND',
    );
    expect(namesOf(directory)).toEqual([]);
    expect(directory.failures.size).toBe(0);
    await directory.close();
  });

  test('one that its user closed is opened anew, with what is known of it', async () => {
    const directory = await new DirectoryWorld().open();
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(5));
    await log.deleteRecordsBefore(2);
    const closing = log.close();
    const again = await directory.partition('orders', 0);
    await closing;
    expect(again).not.toBe(log);
    expect([again.logStartOffset, again.logEndOffset, again.highWatermark]).toEqual([2, 5, 5]);
    expect(again.loadReport.recoveredSegments).toBe(0);
    await directory.close();
  });

  test('settings of the directory hold unless a partition brings its own', async () => {
    const directory = await new DirectoryWorld().open({
      config: { 'retention.ms': 5, 'segment.bytes': 1000 },
    });
    const log = await directory.partition('orders', 0, { config: { 'segment.bytes': 77 } });
    expect(log.config).toMatchObject({ 'retention.ms': 5, 'segment.bytes': 77 });
    await directory.close();
  });
});

describe('other directories of a root', () => {
  const foreign = [
    'lost+found',
    'orders',
    'a b-0',
    'orders-00',
    'orders-007',
    'orders--',
    '-5',
    'orders-0.0123456789abcdef0123456789abcdef-future',
    'orders-0.0123456789abcdef0123456789abcdef-stray',
  ];

  test('are left alone, neither opened nor counted', async () => {
    const world = new DirectoryWorld();
    world.disk.makeDirectorySync(world.dir);
    for (const name of foreign) {
      world.makeDirectory(name);
      world.put(`${name}/file`, 'theirs');
    }
    world.put('orders-1', 'a file, no directory');
    const directory = await world.open();
    expect([namesOf(directory), directory.failures.size]).toEqual([[], 0]);
    await directory.close();
    for (const name of foreign) expect(world.text(`${name}/file`)).toBe('theirs');
    expect(world.names().filter((name) => name.startsWith('orders-0'))).toHaveLength(4);
  });

  test('that were being deleted are removed by the next open', async () => {
    const world = new DirectoryWorld();
    const name = 'orders-0.0123456789abcdef0123456789abcdef-delete';
    world.disk.makeDirectorySync(world.dir);
    world.makeDirectory(name);
    world.put(`${name}/00000000000000000000.log`, 'x');
    const directory = await world.open();
    expect(world.names()).not.toContain(name);
    await directory.close();
  });
});

describe('deletePartition', () => {
  test('renames at once, removes after file.delete.delay.ms', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ config: { 'file.delete.delay.ms': 1000 } });
    (await directory.partition('orders', 0)).appendSync(numbered(3));
    await directory.partition('orders', 1);
    await directory.deletePartition('orders', 0);
    const doomed = (): string[] => world.names().filter((name) => name.endsWith('-delete'));
    expect(namesOf(directory)).toEqual(['orders-1']);
    expect(doomed()).toEqual([expect.stringMatching(/^orders-0\.[0-9a-f]{32}-delete$/)]);
    world.env.time.advance(999);
    expect(doomed()).toHaveLength(1);
    world.env.time.advance(1);
    expect(doomed()).toEqual([]);
    expect(world.text('recovery-point-offset-checkpoint')).toBe('0\n1\norders 1 0\n');
    await directory.close();
  });

  test('of the longest name keeps within 255 characters', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    const topic = 'x'.repeat(249);
    await directory.partition(topic, 7);
    await directory.deletePartition(topic, 7);
    const name = world.names().find((each) => each.endsWith('-delete'))!;
    expect(name).toHaveLength(255);
    expect(name).toMatch(/^x+-7\.[0-9a-f]{32}-delete$/);
    await directory.close();
    expect(world.names()).not.toContain(name);
  });

  test('makes room for a new one of the same name, which begins afresh', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(9));
    await log.deleteRecordsBefore(5);
    const deleting = directory.deletePartition('orders', 0);
    const anew = directory.partition('orders', 0);
    await deleting;
    const fresh = await anew;
    expect(fresh).not.toBe(log);
    expect([fresh.logStartOffset, fresh.logEndOffset]).toEqual([0, 0]);
    fresh.appendSync(numbered(1));
    const killed = await world.killed().open();
    expect((await killed.partition('orders', 0)).logEndOffset).toBe(1);
    world.env.time.advance(60_000);
    expect(await keysIn(fresh)).toEqual(['k0']);
    await directory.close();
  });

  test('of one that is not there, or is on its way out, finds nothing', async () => {
    const directory = await new DirectoryWorld().open();
    const code = () => codeOfPromise(directory.deletePartition('orders', 0));
    expect(await code()).toBe('LOG_NOT_FOUND');
    await directory.partition('orders', 0);
    const [first, second] = await Promise.all([code(), code()]);
    expect([first, second]).toEqual(['nothing thrown', 'LOG_NOT_FOUND']);
    await directory.close();
  });

  test('whose files cannot be removed is logged, not thrown into the void', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    await directory.partition('orders', 0);
    await directory.deletePartition('orders', 0);
    world.observed.failOnce('removeFile');
    world.env.time.advance(60_000);
    expect(world.env.messages.lines.join()).toContain('no space for removeFile');
    await directory.close();
    expect(await world.open().then((again) => again.close())).toBeUndefined();
    expect(world.names().filter((name) => name.endsWith('-delete'))).toEqual([]);
  });

  test('ends a follower', async () => {
    const directory = await new DirectoryWorld().open();
    const log = await directory.partition('orders', 0);
    const following = collect(log.read({ follow: true }));
    await directory.deletePartition('orders', 0);
    expect(await following).toEqual([]);
    expect(await codeOfPromise(log.append(numbered(1)))).toBe('LOG_CLOSED');
    await directory.close();
  });
});

describe('one opener at a time', () => {
  test('of the directory', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    expect(await codeOfPromise(world.open())).toBe('IO_LOCKED');
    await directory.close();
    await (await world.open()).close();
  });

  test('of a partition in it: not by itself while the directory has it, nor the other way', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(2));
    const { fs } = world;
    const alone = () => PartitionLog.open({ dir: world.path('orders-0'), env: { fs } });
    expect(await codeOfPromise(alone())).toBe('IO_LOCKED');
    const reader = await PartitionLog.open({
      dir: world.path('orders-0'),
      env: { fs },
      readOnly: true,
    });
    expect(reader.logEndOffset).toBe(2);
    await reader.close();
    await directory.close();

    const single = await alone();
    const again = await world.open();
    expect([...again.failures.keys()]).toEqual(['orders-0']);
    expect(await codeOfPromise(again.partition('orders', 0))).toBe('IO_LOCKED');
    await single.close();
    expect((await again.partition('orders', 0)).logEndOffset).toBe(2);
    expect(again.failures.size).toBe(0);
    await again.close();
  });

  test('a lock left by a process that died is taken over', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    await directory.partition('orders', 0);
    const killed = world.killed();
    const again = await killed.open();
    expect(again.failures.size).toBe(0);
    await again.close();
    expect(killed.names()).not.toContain('.varve_lock');
    await directory.close();
  });
});

describe('after close', () => {
  test('everything is refused, close again is fine', async () => {
    const directory = await new DirectoryWorld().open();
    await directory.partition('orders', 0);
    await directory.close();
    await directory.close();
    expect(await codeOfPromise(directory.partition('orders', 0))).toBe('LOG_CLOSED');
    expect(await codeOfPromise(directory.deletePartition('orders', 0))).toBe('LOG_CLOSED');
    expect(await codeOfPromise(directory.applyRetention())).toBe('LOG_CLOSED');
  });
});

describe('options', () => {
  test.each([
    [{ config: { 'segment.bytes': -5 } }],
    [{ nodeId: -1 }],
    [{ clusterId: 'two words' }],
    [{ maintenance: { retentionIntervalMs: 0 } }],
    [{ maintenance: { cleanerIntervalMs: 2 ** 31 } }],
    [{ maintenance: { cleanerMapBytes: 0 } }],
    [{ maintenance: { cleanerMaxBytesPerSecond: 0 } }],
  ])('%j is refused, and the lock given back', async (options) => {
    const world = new DirectoryWorld();
    expect(await codeOfPromise(world.open(options))).toBe('OPTION_INVALID');
    await (await world.open()).close();
  });
});
