/** What a log root remembers: checkpoints as Kafka writes them, the marker, failed partitions. */
import { describe, expect, test } from 'vitest';
import { CrashFileSystem } from '../../../../native-free-io/index.ts';
import { LogDirectory } from '../../../../src/log/index.ts';
import { collect } from '../../../helpers/batches.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { numbered } from '../../../helpers/log-world.ts';
import { manualEnv } from '../../../helpers/manual-env.ts';
import { DirectoryWorld } from './directory-world.ts';

const marker = '.kafka_cleanshutdown';
const epochs = 'leader-epoch-checkpoint';

/** A root with three partitions of 3, 4 and 5 records, closed in order. */
async function threePartitions(): Promise<DirectoryWorld> {
  const world = new DirectoryWorld();
  const directory = await world.open();
  for (const partition of [0, 1, 2]) {
    (await directory.partition('orders', partition)).appendSync(numbered(partition + 3));
  }
  await directory.close();
  return world;
}

describe('checkpoint files', () => {
  test('hold a line per partition, sorted by directory name, as Kafka writes them', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ config: { 'cleanup.policy': 'compact,delete' } });
    const late = await directory.partition('orders', 10);
    const log = await directory.partition('orders', 2);
    await directory.partition('a.b_c-d', 0);
    log.appendSync(numbered(6));
    await log.sync();
    await log.deleteRecordsBefore(4);
    late.appendSync([{ key: 'a', value: '1' }]);
    await late.roll();
    await late.compact({ mapBytes: 1000 });
    late.appendSync([{ key: 'a', value: '2' }]);
    directory.checkpoint();
    expect(world.text('recovery-point-offset-checkpoint')).toBe(
      '0\n3\na.b_c-d 0 0\norders 10 1\norders 2 6\n',
    );
    expect(world.text('replication-offset-checkpoint')).toBe(
      '0\n3\na.b_c-d 0 0\norders 10 2\norders 2 6\n',
    );
    // Only where it lies above the first segment's base offset.
    expect(world.text('log-start-offset-checkpoint')).toBe('0\n1\norders 2 4\n');
    expect(world.text('cleaner-offset-checkpoint')).toBe('0\n1\norders 10 1\n');
    await directory.close();
  });

  test('are replaced as a whole, and only when what they say changed', async () => {
    const world = await threePartitions();
    const directory = await world.open();
    directory.checkpoint();
    world.observed.reset();
    directory.checkpoint();
    expect(world.observed.operations).toEqual([]);
    const log = await directory.partition('orders', 1);
    log.appendSync(numbered(1));
    world.observed.reset();
    directory.checkpoint();
    expect(world.observed.of('rename').map(({ file }) => file)).toEqual([
      'replication-offset-checkpoint.tmp',
    ]);
    expect(world.observed.count('sync', '.tmp')).toBe(1);
    await directory.close();
  });

  test('give back log start, high watermark and cleaner offset after a kill', async () => {
    const world = new DirectoryWorld();
    const config = { 'cleanup.policy': 'compact,delete' };
    const directory = await world.open({ config });
    const log = await directory.partition('orders', 0, { soleReplica: false });
    log.appendSync(numbered(3));
    await log.roll();
    log.raiseHighWatermark(3);
    await log.deleteRecordsBefore(2);
    await log.compact({ mapBytes: 1000 });
    log.appendSync(numbered(4, 3));
    log.raiseHighWatermark(5);
    directory.checkpoint();
    const again = await world.killed().open({ config });
    // Opened with the directory, so as the only replica: the watermark follows the end.
    const found = await again.partition('orders', 0);
    expect([found.logStartOffset, found.logEndOffset]).toEqual([2, 7]);
    expect(found.core.cleanerOffset).toBe(3);
    await found.close();
    const follower = await again.partition('orders', 0, { soleReplica: false });
    expect(follower.highWatermark).toBe(7);
  });

  test('keep the lines of partitions that have not changed anything yet', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    for (const partition of [0, 1]) {
      const log = await directory.partition('orders', partition);
      log.appendSync(numbered(6));
      await log.deleteRecordsBefore(3);
    }
    await directory.close();
    const second = await world.open();
    await (await second.partition('orders', 1)).deleteRecordsBefore(5);
    expect(world.text('log-start-offset-checkpoint')).toBe('0\n2\norders 0 3\norders 1 5\n');
    const killed = await world.killed().open();
    expect((await killed.partition('orders', 0)).logStartOffset).toBe(3);
  });

  test('a line without its directory says nothing about a partition made later', async () => {
    const world = await threePartitions();
    world.put('log-start-offset-checkpoint', '0\n1\norders 7 500\n');
    const directory = await world.open();
    const log = await directory.partition('orders', 7);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([0, 0]);
    directory.checkpoint();
    expect(world.text('log-start-offset-checkpoint')).toBe('0\n0\n');
    await directory.close();
  });

  test('a malformed one refuses the root and leaves the marker', async () => {
    const world = await threePartitions();
    world.put('recovery-point-offset-checkpoint', '0\n5\norders 0 3\n');
    expect(await codeOfPromise(world.open())).toBe('LOG_CORRUPT_CHECKPOINT');
    expect(world.names()).toContain(marker);
    expect(world.names()).not.toContain('.varve_lock');
  });
});

describe('meta.properties', () => {
  test('is written once, with the ids that were given, and read ever after', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ nodeId: 7, clusterId: 'abc' });
    const text = world.text('meta.properties');
    expect(text).toMatch(
      /^#\nversion=1\ncluster.id=abc\nnode.id=7\ndirectory.id=[A-Za-z0-9_-]{22}\n$/,
    );
    await directory.close();
    const again = await world.open({ nodeId: 9 });
    expect(again.meta).toEqual(directory.meta);
    expect(world.text('meta.properties')).toBe(text);
    await again.close();
  });

  test('that is malformed refuses the root', async () => {
    const world = await threePartitions();
    world.put('meta.properties', 'version=3\n');
    expect(await codeOfPromise(world.open())).toBe('LOG_CORRUPT_CHECKPOINT');
  });
});

describe('the clean-shutdown marker', () => {
  test('is there after a close, gone while the root is open', async () => {
    const world = await threePartitions();
    expect(world.text(marker)).toBe('{"version":0,"brokerEpoch":-1}');
    const directory = await world.open();
    expect(world.names()).not.toContain(marker);
    const log = await directory.partition('orders', 0);
    expect(log.loadReport.recoveredSegments).toBe(0);
    await directory.close();
    expect(world.names()).toContain(marker);
  });

  test('is removed before a partition is touched, written after all is closed', async () => {
    const world = await threePartitions();
    world.observed.reset();
    const directory = await world.open();
    const kinds = world.observed.operations.map(({ kind, file }) => `${kind} ${file}`);
    const removed = kinds.indexOf(`removeFile ${marker}`);
    const synced = kinds.indexOf('syncDirectory data', removed);
    const firstLog = kinds.findIndex((line) => line.endsWith('.log'));
    expect(removed).toBeGreaterThan(-1);
    expect(synced).toBeGreaterThan(removed);
    expect(firstLog).toBeGreaterThan(synced);
    world.observed.reset();
    await directory.close();
    const closing = world.observed.operations.map(({ kind, file }) => `${kind} ${file}`);
    const written = closing.indexOf(`write ${marker}`);
    const later = closing.slice(written + 1);
    expect(later).toEqual([`sync ${marker}`, `close ${marker}`, 'syncDirectory data']);
  });

  test('is missing after a kill: every partition is recovered from its recovery point', async () => {
    const world = await threePartitions();
    const directory = await world.open();
    (await directory.partition('orders', 0)).appendSync(numbered(1));
    const killed = world.killed();
    const again = await killed.open();
    for (const partition of [0, 1, 2]) {
      const log = await again.partition('orders', partition);
      expect(log.loadReport.recoveredSegments).toBe(1);
      expect(log.logEndOffset).toBe(partition === 0 ? 4 : partition + 3);
    }
    await again.close();
    expect(killed.names()).toContain(marker);
    await directory.close();
  });

  test('is not written when a partition was left in disorder', async () => {
    const world = await threePartitions();
    const directory = await world.open();
    const log = await directory.partition('orders', 1);
    world.observed.failOnce('write', '.log');
    expect(await codeOfPromise(log.append(numbered(1)))).toBe('IO_NO_SPACE');
    await log.close();
    await directory.close();
    expect(world.names()).not.toContain(marker);
    const again = await world.open();
    expect((await again.partition('orders', 1)).loadReport.recoveredSegments).toBe(1);
    await again.close();
    expect(world.names()).toContain(marker);
  });

  test('is not written when closing fails; the others are closed all the same', async () => {
    const world = await threePartitions();
    const directory = await world.open();
    const logs = await Promise.all([0, 1, 2].map((at) => directory.partition('orders', at)));
    for (const log of logs) log.appendSync(numbered(1));
    world.observed.failOnce('sync', '.log');
    expect(await codeOfPromise(directory.close())).toBe('IO_NO_SPACE');
    expect(world.names()).not.toContain(marker);
    const again = await world.open();
    const ends = await Promise.all([0, 1, 2].map((at) => again.partition('orders', at)));
    expect(ends.map(({ logEndOffset }) => logEndOffset)).toEqual([4, 5, 6]);
    await again.close();
  });
});

describe('a partition that cannot be opened', () => {
  test('does not take the others with it, is named, and opens once it is mended', async () => {
    const world = await threePartitions();
    const mended = world.text(`orders-1/${epochs}`);
    const lines = world.text('recovery-point-offset-checkpoint');
    world.put(`orders-1/${epochs}`, 'nonsense\n');
    const directory = await world.open();
    expect([...directory.failures.keys()]).toEqual(['orders-1']);
    expect(world.env.messages.lines.join()).toContain('orders-1');
    for (const partition of [0, 2]) {
      const log = await directory.partition('orders', partition);
      expect(await collect(log.read())).toHaveLength(partition + 3);
    }
    const asked = () => codeOfPromise(directory.partition('orders', 1));
    expect(await asked()).toBe('LOG_CORRUPT_CHECKPOINT');
    directory.checkpoint();
    expect(world.text('recovery-point-offset-checkpoint')).toBe(lines);

    world.put(`orders-1/${epochs}`, mended);
    expect((await directory.partition('orders', 1)).logEndOffset).toBe(4);
    expect(directory.failures.size).toBe(0);
    await directory.close();
    expect(world.names()).toContain(marker);
  });

  test('keeps its log start, and the root from being marked clean', async () => {
    const world = new DirectoryWorld();
    const first = await world.open();
    const log = await first.partition('orders', 0);
    log.appendSync(numbered(6));
    await log.deleteRecordsBefore(3);
    await first.close();
    const mended = world.text(`orders-0/${epochs}`);
    world.put(`orders-0/${epochs}`, 'nonsense\n');
    const second = await world.open();
    await second.partition('orders', 1);
    await second.close();
    expect(world.names()).not.toContain(marker);
    world.put(`orders-0/${epochs}`, mended);
    const third = await world.open();
    expect((await third.partition('orders', 0)).logStartOffset).toBe(3);
    await third.close();
  });

  test('can be deleted', async () => {
    const world = await threePartitions();
    world.put(`orders-1/${epochs}`, 'nonsense\n');
    const directory = await world.open();
    await directory.deletePartition('orders', 1);
    expect(directory.failures.size).toBe(0);
    expect((await directory.partition('orders', 1)).logEndOffset).toBe(0);
    await directory.close();
    expect(world.names()).toContain(marker);
  });
});

test('what was synced in any partition survives a power cut, in the directory that then opens', async () => {
  const disk = new CrashFileSystem();
  disk.makeDirectorySync('/data');
  disk.syncDirectorySync('/');
  const { clock, timers, random, logger } = manualEnv();
  const open = (fs: CrashFileSystem): Promise<LogDirectory> =>
    LogDirectory.open({
      dir: '/data',
      env: { fs, clock, timers, random, logger },
      maintenance: false,
    });
  const directory = await open(disk);
  for (const partition of [0, 1]) {
    const log = await directory.partition('orders', partition);
    await log.append(numbered(4), { durability: 'synced' });
    await log.deleteRecordsBefore(partition);
    log.appendSync(numbered(2, 4));
  }
  await directory.partition('orders', 2);
  await directory.deletePartition('orders', 2);
  disk.crash();
  for (const policy of ['lose-all', 'keep-all'] as const) {
    const again = await open(disk.afterCrash(policy));
    expect(again.partitions()).toHaveLength(2);
    for (const partition of [0, 1]) {
      const log = await again.partition('orders', partition, { create: false });
      expect(log.logStartOffset).toBe(partition);
      expect(log.logEndOffset).toBe(policy === 'lose-all' ? 4 : 6);
    }
  }
});
