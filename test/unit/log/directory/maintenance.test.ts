/** Background work of a log directory, by a clock that the test moves. */
import { describe, expect, test } from 'vitest';
import type { LogDirectory, PartitionLog } from '../../../../src/log/index.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { numbered } from '../../../helpers/log-world.ts';
import { put, putSegment, shown } from '../cleaning/cleaning-world.ts';
import { DirectoryWorld } from './directory-world.ts';

const day = 86_400_000;
const compacted = { 'cleanup.policy': 'compact' };
const cleaning = { cleanerIntervalMs: 1000, cleanerMapBytes: 1 << 16 };

async function dirty(directory: LogDirectory, partition: number, count = 3): Promise<PartitionLog> {
  const log = await directory.partition('orders', partition, { config: compacted });
  for (let at = 0; at < count; at++) await putSegment(log, `a=${at}`);
  return log;
}

describe('retention', () => {
  test('runs in every partition, each interval', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      config: { 'retention.ms': day },
      maintenance: { retentionIntervalMs: 1000 },
    });
    const logs = await Promise.all([0, 1].map((at) => directory.partition('orders', at)));
    for (const log of logs) {
      log.appendSync(numbered(3));
      await log.roll();
    }
    world.env.time.advance(1000);
    await world.settle();
    expect(logs.map(({ logStartOffset }) => logStartOffset)).toEqual([0, 0]);
    world.env.time.set(world.env.time.now() + day);
    world.env.time.advance(1000);
    await world.settle();
    expect(logs.map(({ logStartOffset }) => logStartOffset)).toEqual([3, 3]);
    await directory.close();
  });

  test('an error in one partition is logged and does not stop the rest', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      config: { 'retention.ms': 0 },
      maintenance: { retentionIntervalMs: 1000 },
    });
    const logs = await Promise.all([0, 1, 2].map((at) => directory.partition('orders', at)));
    for (const log of logs) log.appendSync([{ value: 'old', timestamp: 5 }]);
    world.observed.failOnce('write', '.log');
    expect(await codeOfPromise(logs[1]!.append(numbered(1)))).toBe('IO_NO_SPACE');
    world.env.time.advance(1000);
    await world.settle();
    expect(logs.map(({ logStartOffset }) => logStartOffset)).toEqual([1, 0, 1]);
    expect(world.env.messages.lines.filter((line) => line.includes('retention'))).toHaveLength(1);
    expect(await codeOfPromise(directory.applyRetention())).toBe('LOG_POISONED');
    await directory.close();
  });
});

describe('compaction', () => {
  test('takes the partitions that are due, the dirtiest first', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maintenance: cleaning });
    const half = await dirty(directory, 0);
    await half.compact({ mapBytes: 1000 });
    for (const value of [10, 11]) await putSegment(half, `a=${value}`);
    const all = await dirty(directory, 1);
    const notDue = await dirty(directory, 2, 4);
    await notDue.compact({ mapBytes: 1000 });
    await putSegment(notDue, 'b=1');
    const plain = await directory.partition('plain', 0);
    plain.appendSync(numbered(3));
    await plain.roll();
    const ends: (number | undefined)[][] = [];
    world.observed.observer = ({ kind }) => {
      if (kind !== 'setModifiedTime') return;
      ends.push([half, all, notDue].map(({ core }) => core.cleanerOffset));
    };
    world.env.time.advance(1000);
    await world.settle();
    // When each round ended, before it was put in place.
    expect(ends).toEqual([
      [3, undefined, 4],
      [3, 3, 4],
    ]);
    expect(await shown(all)).toEqual(['2:a=2']);
    expect(await shown(half)).toEqual(['4:a=11']);
    expect(notDue.core.cleanerOffset).toBe(4);
    expect(plain.logStartOffset).toBe(0);
    await directory.close();
  });

  test('keeps within its byte rate', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      maintenance: { ...cleaning, cleanerMaxBytesPerSecond: 1000 },
    });
    const log = await directory.partition('orders', 0, { config: compacted });
    for (let at = 0; at < 20; at++) await putSegment(log, `a=${'x'.repeat(100)}`);
    const bytes = log.sizeBytes;
    world.env.time.advance(1000);
    await world.settle();
    expect(log.core.cleanerOffset).toBeUndefined();
    const start = world.env.time.now();
    while (log.core.cleanerOffset === undefined) {
      world.env.time.advance(10);
      await world.settle(3);
    }
    const seconds = (world.env.time.now() - start) / 1000;
    expect(seconds).toBeGreaterThan((2 * bytes) / 1000);
    expect(seconds).toBeLessThan((3 * bytes) / 1000 + 2);
    await directory.close();
  });

  test('a partition whose data is damaged is left alone from then on, the others are not', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maintenance: cleaning });
    const [bad, good] = [await dirty(directory, 0), await dirty(directory, 1)];
    const file = world.disk.openSync(`${bad.dir}/${'0'.repeat(20)}.log`, 'write');
    file.writeSync(new Uint8Array([255]), 0, 1, 65);
    file.closeSync();
    const failures = (): number =>
      world.env.messages.lines.filter((line) => line.includes('compaction failed')).length;
    world.env.time.advance(1000);
    await world.settle();
    expect([failures(), await shown(good)]).toEqual([1, ['2:a=2']]);
    for (const value of [3, 4, 5, 6]) await putSegment(good, `a=${value}`);
    world.env.time.advance(1000);
    await world.settle();
    expect([failures(), await shown(good)]).toEqual([1, ['6:a=6']]);
    await directory.close();
  });

  test('one that was busy is tried again', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maintenance: cleaning });
    const log = await dirty(directory, 0);
    let release: (error: Error) => void = () => undefined;
    const held = codeOfPromise(
      log
        .compact({ executor: () => new Promise((_resolve, reject) => (release = reject)) })
        .catch(() => undefined),
    );
    world.env.time.advance(1000);
    await world.settle();
    expect(world.env.messages.lines.join()).toContain('a round of compaction is running');
    release(new Error('given up'));
    await held;
    world.env.time.advance(1000);
    await world.settle();
    expect(await shown(log)).toEqual(['2:a=2']);
    await directory.close();
  });

  test('of a partition that is deleted meanwhile is no failure', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      maintenance: { ...cleaning, cleanerMaxBytesPerSecond: 10 },
    });
    await dirty(directory, 0);
    world.env.time.advance(1000);
    await world.settle();
    await directory.deletePartition('orders', 0);
    await world.settle();
    expect(world.env.messages.lines).toEqual([]);
    await directory.close();
  });
});

describe('checkpoints and flushes', () => {
  test('checkpoints are written each interval', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maintenance: { checkpointIntervalMs: 500 } });
    (await directory.partition('orders', 0)).appendSync(numbered(2));
    world.env.time.advance(499);
    await world.settle();
    expect(world.names()).not.toContain('replication-offset-checkpoint');
    world.env.time.advance(1);
    await world.settle();
    expect(world.text('replication-offset-checkpoint')).toBe('0\n1\norders 0 2\n');
    await directory.close();
  });

  test('a checkpoint that cannot be written is logged and tried again', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({ maintenance: { checkpointIntervalMs: 500 } });
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(2));
    world.observed.failOnce('write', '-checkpoint.tmp');
    world.env.time.advance(500);
    await world.settle();
    expect(world.env.messages.lines.join()).toContain('the checkpoints could not be written');
    world.env.time.advance(500);
    await world.settle();
    expect(world.text('replication-offset-checkpoint')).toBe('0\n1\norders 0 2\n');
    log.appendSync(numbered(1));
    await directory.close();
  });

  test('flush.ms bounds how long a record stays unsynced', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      config: { 'flush.ms': 1000 },
      maintenance: { checkpointIntervalMs: 500 },
    });
    const log = await directory.partition('orders', 0);
    log.appendSync(numbered(2));
    world.env.time.advance(500);
    await world.settle();
    expect(log.recoveryPoint).toBe(0);
    for (let at = 0; at < 3; at++) {
      world.env.time.advance(500);
      await world.settle();
    }
    expect(log.recoveryPoint).toBe(2);
    await directory.close();
  });
});

describe('stopping', () => {
  test('closing cancels what is planned and ends a slow round', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open({
      maintenance: { ...cleaning, cleanerMaxBytesPerSecond: 10 },
    });
    const log = await dirty(directory, 0);
    put(log, 'b=1');
    world.env.time.advance(1000);
    await world.settle();
    await directory.close();
    expect(world.env.messages.lines).toEqual([]);
    world.observed.reset();
    world.env.time.advance(10 * day);
    await world.settle();
    expect(world.observed.operations).toEqual([]);
    expect(world.names()).toContain('.kafka_cleanshutdown');
  });

  test('without maintenance no timer runs', async () => {
    const world = new DirectoryWorld();
    const directory = await world.open();
    expect(world.env.time.pendingTimers).toBe(0);
    await directory.close();
    const other = await world.open({ maintenance: {} });
    expect(world.env.time.pendingTimers).toBe(3);
    await other.close();
    expect(world.env.time.pendingTimers).toBe(0);
  });
});
