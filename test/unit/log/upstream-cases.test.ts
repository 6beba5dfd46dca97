/** Cases of upstream's own tests and bug reports that belong to no other room here. */
import { statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { collect, buildBatch, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';
import { CleaningWorld, mapBytes, put, putSegment } from './cleaning/cleaning-world.ts';

describe('FileRecordsTest', () => {
  test('opening and closing a log leaves the times of its files alone', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 200 });
    for (let at = 0; at < 6; at++) log.appendSync(numbered(1, at));
    await log.close();
    const files = world.names().filter((name) => /^\d/.test(name));
    for (const name of files) utimesSync(world.path(name), 1000, 1000);
    await (await world.open({ 'segment.bytes': 200 })).close();
    const times = files.map((name) => statSync(world.path(name)).mtimeMs);
    expect(new Set(times)).toEqual(new Set([1_000_000]));
  });

  test('a region keeps its bounds and bytes while appends run', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(3));
    using region = log.readRegion(0, 1 << 20)!;
    const { length } = region;
    const bytesNow = (): string => {
      const bytes = new Uint8Array(length);
      region.file.readSync(bytes, 0, length, region.position);
      return toHex(bytes);
    };
    const before = bytesNow();
    for (let at = 0; at < 20; at++) log.appendSync(numbered(2, at));
    await log.roll();
    expect([region.length, region.logEndOffset, bytesNow()]).toEqual([length, 3, before]);
  });

  test('a segment file beyond 31 bits is refused, not indexed by half', async () => {
    const world = new LogWorld();
    await (await world.open()).close();
    writeFileSync(world.path(segmentFile(0, 'log')), buildBatch(numbered(1)));
    truncateSync(world.path(segmentFile(0, 'log')), 2 ** 31);
    await expect(world.open()).rejects.toMatchObject({
      code: 'LOG_CORRUPT_BATCH',
      context: { path: world.path(segmentFile(0, 'log')), position: 2 ** 31 - 1 },
    });
  });
});

describe('LogLoaderTest', () => {
  test('a coordinator epoch that goes back in the data is recovered as a fact', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const replica = { origin: 'replica' } as const;
    for (const [turn, coordinatorEpoch] of [5, 3].entries()) {
      const data = { transactional: true, baseOffset: turn * 2, leaderEpoch: 0 };
      log.appendBatchesSync(producerBatch({ id: 1n, sequence: turn }, data), replica);
      const end = { id: 1n, aborted: turn === 0, coordinatorEpoch };
      log.appendBatchesSync(markerBatch(end, { ...data, baseOffset: turn * 2 + 1 }), replica);
    }
    const again = await world.crashed().open();
    expect(again.activeProducers()).toMatchObject([{ producerId: 1n, coordinatorEpoch: 3 }]);
    const records = await collect(again.read({ isolation: 'read_committed' }));
    expect(records.map(({ offset }) => offset)).toEqual([2]);
  });
});

describe('ProducerStateManagerTest', () => {
  test('a control batch that cleaning emptied ends nothing and is passed over', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const plan = { transactional: true, leaderEpoch: 0 };
    const replica = { origin: 'replica' } as const;
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, plan), replica);
    const empty = { producerId: 1n, producerEpoch: 0, control: true, lastOffsetDelta: 0 };
    log.appendBatchesSync(buildBatch([], { ...plan, ...empty, baseOffset: 1 }), replica);
    const after = await world.crashed().open();
    for (const each of [log, after]) {
      expect([each.logEndOffset, each.lastStableOffset]).toEqual([2, 0]);
      expect(each.activeProducers()).toMatchObject([{ transactionStart: 0 }]);
    }
  });
});

describe('LogCleanerTest', () => {
  test('KAFKA-5431: space taken beforehand does not get into cleaned segments', async () => {
    const world = new CleaningWorld({ preallocate: true, 'segment.bytes': 100_000 });
    const log = await world.open();
    await putSegment(log, 'a=1 b=1');
    await putSegment(log, 'a=2');
    expect(await log.compact({ mapBytes })).toMatchObject({ done: true });
    const [cleaned] = world.names('.log');
    expect(world.fs.statSync(`${world.dir}/${cleaned}`)?.size).toBeLessThan(1000);
    expect((await collect(log.read())).map(({ key }) => key)).toEqual(['b', 'a']);
  });

  test('KAFKA-8764, KAFKA-9826: a dirty range that begins inside a batch, or a gap, comes to an end', async () => {
    const log = await new CleaningWorld().open();
    await putSegment(log, 'a=1 b=1 c=1');
    await putSegment(log, 'a=2 d=1');
    await log.deleteRecordsBefore(1);
    expect(await log.compact({ mapBytes })).toMatchObject({ done: true, firstDirty: 5 });
    expect(await log.compact({ mapBytes })).toMatchObject({ done: false, firstDirty: 5 });
    put(log, 'b=2');
    await log.roll();
    await log.deleteRecordsBefore(4);
    expect(await log.compact({ mapBytes })).toMatchObject({ done: true, firstDirty: 6 });
    const records = await collect(log.read({ from: 4 }));
    expect(records.map(({ offset, key }) => `${offset} ${key}`)).toEqual(['3 a', '4 d', '5 b']);
  });
});
