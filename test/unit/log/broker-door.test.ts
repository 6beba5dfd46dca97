/** What a broker above a log asks of it, beside appending and reading. */
import { describe, expect, test } from 'vitest';
import { buildBatch, collect, concat, producerBatch } from '../../helpers/batches.ts';
import { codeOf } from '../../helpers/codes.ts';
import { LogWorld, numbered } from '../../helpers/log-world.ts';
import { manualEnv } from '../../helpers/manual-env.ts';

const minuteMs = 60_000;

describe('oneBatch', () => {
  test('refuses a second batch of a client and leaves log and bytes as they were', async () => {
    const log = await new LogWorld().open();
    const two = concat(buildBatch(numbered(2)), buildBatch(numbered(1)));
    const before = two.slice();
    expect(codeOf(() => log.appendBatchesSync(two, { oneBatch: true }))).toBe('LOG_INVALID_RECORD');
    expect(two).toEqual(before);
    expect(log.logEndOffset).toBe(0);
    expect(log.appendBatchesSync(buildBatch(numbered(2)), { oneBatch: true }).lastOffset).toBe(1);
    expect(log.appendBatchesSync(two).lastOffset).toBe(4);
  });
});

describe('activeProducers', () => {
  test('tells epoch, last sequence, coordinator and open transaction of each', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendBatchesSync(producerBatch({ id: 7n, epoch: 3, sequence: 0, count: 4 }));
    log.appendBatchesSync(producerBatch({ id: 8n, sequence: 0 }, { transactional: true }));
    log.appendBatchesSync(producerBatch({ id: 9n, sequence: 0 }, { transactional: true }));
    await log.endTransaction({
      producerId: 9n,
      producerEpoch: 0,
      aborted: true,
      coordinatorEpoch: 5,
    });
    const times = { lastTimestamp: world.env.clock.now() };
    const told = [
      { producerId: 7n, producerEpoch: 3, lastSequence: 3, coordinatorEpoch: -1 },
      { producerId: 8n, producerEpoch: 0, lastSequence: 0, transactionStart: 4 },
      { producerId: 9n, coordinatorEpoch: 5, transactionStart: undefined, ...times },
    ];
    expect(log.activeProducers()).toMatchObject(told);
    await log.close();
    const again = await world.open();
    expect(again.activeProducers()).toMatchObject(told);
  });

  test('forgets silent ones while the log is open, at a roll or with retention', async () => {
    const env = manualEnv();
    const log = await new LogWorld(undefined, env).open({}, { producerExpirationMs: minuteMs });
    const now = env.clock.now();
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, { now }));
    log.appendBatchesSync(producerBatch({ id: 2n, sequence: 0 }, { now, transactional: true }));
    env.time.advance(11 * minuteMs);
    log.appendBatchesSync(producerBatch({ id: 3n, sequence: 0 }, { now: env.clock.now() }));
    const ids = (): bigint[] => log.activeProducers().map(({ producerId }) => producerId);
    expect(ids()).toEqual([1n, 2n, 3n]);
    await log.roll();
    expect(ids()).toEqual([2n, 3n]);
    env.time.advance(9 * minuteMs);
    await log.applyRetention();
    expect(ids()).toEqual([2n, 3n]);
    env.time.advance(minuteMs);
    await log.applyRetention();
    expect(ids()).toEqual([2n]);
  });
});

describe('endTransaction', () => {
  test.each([
    [true, [2]],
    [false, [0, 2]],
  ])('aborted %s: a committed reader sees the outcome, a crash keeps it', async (aborted, seen) => {
    const world = new LogWorld();
    const log = await world.open();
    const end = { producerId: 1n, producerEpoch: 0, aborted, leaderEpoch: 6 };
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, { transactional: true }));
    expect(log.lastStableOffset).toBe(0);
    const { baseOffset } = await log.endTransaction(end, { durability: 'synced' });
    expect([baseOffset, log.recoveryPoint, log.leaderEpochs.latest?.epoch]).toEqual([1, 2, 6]);
    log.appendSync(numbered(1));
    for (const each of [log, await world.crashed().open()]) {
      const records = await collect(each.read({ isolation: 'read_committed' }));
      expect(records.map(({ offset }) => offset)).toEqual(seen);
    }
  });

  test('of an older producer or coordinator is fenced', async () => {
    const log = await new LogWorld().open();
    await log.endTransaction({
      producerId: 1n,
      producerEpoch: 4,
      aborted: true,
      coordinatorEpoch: 2,
    });
    const late = { producerId: 1n, producerEpoch: 3, aborted: false, coordinatorEpoch: 2 };
    await expect(log.endTransaction(late)).rejects.toThrow('epoch 3 is older than 4');
    const elder = { ...late, producerEpoch: 4, coordinatorEpoch: 1 };
    await expect(log.endTransaction(elder)).rejects.toThrow('coordinator epoch 1');
    expect(log.logEndOffset).toBe(1);
  });
});

test('the topic id is told as it was given, also read-only and after a reopen', async () => {
  const world = new LogWorld();
  const topicId = Uint8Array.from({ length: 16 }, (_, at) => at + 1);
  const log = await world.open({}, { topicId });
  expect(log.topicId).toEqual(topicId);
  await log.close();
  expect((await world.open({}, { readOnly: true })).topicId).toEqual(topicId);
  expect((await world.open({}, { topicId: new Uint8Array(16) })).topicId).toEqual(topicId);
});

test('leader epochs are told with where they end', async () => {
  const log = await new LogWorld().open();
  for (const leaderEpoch of [2, 2, 5]) {
    log.appendBatchesSync(buildBatch(numbered(3)), { leaderEpoch });
  }
  const { leaderEpochs, logEndOffset } = log;
  expect(leaderEpochs.latest).toEqual({ epoch: 5, startOffset: 6 });
  expect([0, 5, 6, 8].map((offset) => leaderEpochs.epochFor(offset))).toEqual([2, 2, 5, 5]);
  expect(leaderEpochs.endOffsetFor(2, logEndOffset)).toEqual({ epoch: 2, endOffset: 6 });
  expect(leaderEpochs.endOffsetFor(6, logEndOffset)).toEqual({ epoch: -1, endOffset: -1 });
});

test('KAFKA-16310: the offset told with the greatest time is that of its record', async () => {
  const log = await new LogWorld().open({ 'segment.bytes': 300 });
  expect(await log.offsetOfMaxTimestamp()).toBeUndefined();
  const times = [5, 90, 20, 90, 10, 7];
  log.appendSync(times.map((timestamp) => ({ value: 'x', timestamp })));
  await log.roll();
  log.appendSync([{ timestamp: 40 }, { timestamp: 89 }]);
  expect(await log.offsetOfMaxTimestamp()).toMatchObject({ offset: 1, timestamp: 90 });
  await log.deleteRecordsBefore(2);
  expect(await log.offsetOfMaxTimestamp()).toMatchObject({ offset: 3, timestamp: 90 });
});
