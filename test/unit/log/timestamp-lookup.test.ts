import { describe, expect, test } from 'vitest';
import { offsetOfMaxTimestamp } from '../../../src/log/timestamp-lookup.ts';
import { producerBatch } from '../../helpers/batches.ts';
import { LogWorld } from '../../helpers/log-world.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';

const seed = seedFor('timestamp-lookup');

const batchOf = (...timestamps: readonly number[]) =>
  timestamps.map((timestamp) => ({ timestamp }));

describe('offsetForTimestamp', () => {
  test('the first record at or after the time, inside a batch too', async () => {
    const log = await new LogWorld().open({}, { leaderEpoch: 4 });
    log.appendSync(batchOf(100, 110, 120));
    log.appendSync(batchOf(130, 140));
    const at = async (time: number) => (await log.offsetForTimestamp(time))?.offset;
    expect([await at(0), await at(100), await at(101), await at(110)]).toEqual([0, 0, 1, 1]);
    expect([await at(121), await at(140), await at(141)]).toEqual([3, 4, undefined]);
    expect(await log.offsetForTimestamp(115)).toEqual({
      offset: 2,
      timestamp: 120,
      leaderEpoch: 4,
    });
  });

  test('times out of order: the earliest offset counts, not the closest time', async () => {
    const log = await new LogWorld().open();
    log.appendSync(batchOf(500, 100));
    log.appendSync(batchOf(300, 900, 200));
    log.appendSync(batchOf(600));
    const at = async (time: number) => (await log.offsetForTimestamp(time))?.offset;
    expect([await at(50), await at(400), await at(501), await at(901)]).toEqual([
      0,
      0,
      3,
      undefined,
    ]);
  });

  test('an empty log and a log without times have no answer', async () => {
    const log = await new LogWorld().open();
    expect(await log.offsetForTimestamp(0)).toBeUndefined();
    log.appendSync(batchOf(-1, -1));
    expect(await log.offsetForTimestamp(0)).toBeUndefined();
    expect(offsetOfMaxTimestamp(log.core)).toBeUndefined();
  });

  test('records before the log start do not count', async () => {
    const log = await new LogWorld().open();
    log.appendSync(batchOf(100, 200, 300));
    log.appendSync(batchOf(150));
    await log.deleteRecordsBefore(2);
    expect(await log.offsetForTimestamp(100)).toMatchObject({ offset: 2, timestamp: 300 });
    await log.deleteRecordsBefore(3);
    expect(await log.offsetForTimestamp(100)).toMatchObject({ offset: 3, timestamp: 150 });
    expect(await log.offsetForTimestamp(200)).toBeUndefined();
  });

  test('nothing above the watermark of the isolation is told', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    log.appendSync(batchOf(100));
    log.appendSync(batchOf(200));
    log.raiseHighWatermark(1);
    expect(await log.offsetForTimestamp(150)).toBeUndefined();
    expect(await log.offsetForTimestamp(150, { isolation: 'log_end' })).toMatchObject({
      offset: 1,
    });
    log.raiseHighWatermark(2);
    log.appendBatchesSync(
      producerBatch({ id: 1n, sequence: 0 }, { transactional: true, now: 300 }),
    );
    log.raiseHighWatermark(3);
    expect(await log.offsetForTimestamp(250)).toMatchObject({ offset: 2 });
    const committed = { isolation: 'read_committed' } as const;
    expect(await log.offsetForTimestamp(250, committed)).toBeUndefined();
  });

  test('in a log that stamps times every record of a batch has the same', async () => {
    const world = new LogWorld();
    world.env.time.set(1000);
    const log = await world.open({ 'message.timestamp.type': 'LogAppendTime' });
    log.appendSync(batchOf(1, 2, 3));
    world.env.time.set(2000);
    log.appendSync(batchOf(1, 2, 3));
    expect(await log.offsetForTimestamp(1000)).toMatchObject({ offset: 0, timestamp: 1000 });
    expect(await log.offsetForTimestamp(1001)).toMatchObject({ offset: 3, timestamp: 2000 });
  });

  test('random times over many segments agree with a linear search, after a reopen too', async () => {
    const random = new Seeded(seed);
    const world = new LogWorld();
    const config = { 'segment.bytes': 3000, 'index.interval.bytes': 300 };
    const log = await world.open(config);
    const all: { offset: number; timestamp: number }[] = [];
    for (let batch = 0; batch < 300; batch++) {
      const times = Array.from({ length: random.between(1, 6) }, () => {
        const timestamp = batch * 10 + random.between(-200, 200);
        return timestamp < 0 ? -1 : timestamp;
      });
      times.forEach((timestamp, at) => all.push({ offset: log.logEndOffset + at, timestamp }));
      log.appendSync(batchOf(...times));
    }
    const check = async (subject: typeof log): Promise<void> => {
      for (let round = 0; round < 500; round++) {
        const target = random.between(0, 3500);
        const expected = all.find(({ timestamp }) => timestamp >= target);
        expect(await subject.offsetForTimestamp(target), `time ${target}`).toEqual(
          expected && { ...expected, leaderEpoch: 0 },
        );
      }
    };
    await check(log);
    await log.close();
    const again = await world.open(config);
    await check(again);
    const greatest = Math.max(...all.map(({ timestamp }) => timestamp));
    expect(offsetOfMaxTimestamp(again.core)).toMatchObject(
      all.find(({ timestamp }) => timestamp === greatest)!,
    );
  });
});
