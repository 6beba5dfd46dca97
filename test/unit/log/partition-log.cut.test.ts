/** Cutting a log at its end and its start: truncation, deletion of records, retention. */
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LogConfigInput, PartitionLog } from '../../../src/log/index.ts';
import { buildBatch, collect, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';

const batchBytes = buildBatch(numbered(1)).length;
const small: LogConfigInput = { 'segment.bytes': 4 * batchBytes, 'index.interval.bytes': 0 };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function logOf(
  count: number,
  config: LogConfigInput = small,
): Promise<{ world: LogWorld; log: PartitionLog }> {
  const world = new LogWorld();
  const log = await world.open(config);
  for (let index = 0; index < count; index++) log.appendSync(numbered(1, index % 10));
  return { world, log };
}

const offsetsOf = async (log: PartitionLog): Promise<number[]> =>
  (await collect(log.read())).map(({ offset }) => offset);

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

describe('truncateTo', () => {
  test.each([0, 1, 3, 4, 5, 8, 11, 12])(
    'at %i keeps what lies below, now and after a reopen',
    async (offset) => {
      const { world, log } = await logOf(12);
      await log.truncateTo(offset);
      expect(await offsetsOf(log)).toEqual(range(0, offset));
      expect([log.logEndOffset, log.highWatermark, log.recoveryPoint <= offset]).toEqual([
        offset,
        offset,
        true,
      ]);
      for (const again of [world.crashed(), world]) {
        if (again === world) await log.close();
        const reopened = await again.open(small);
        expect(await offsetsOf(reopened)).toEqual(range(0, offset));
        expect(reopened.appendSync(numbered(2)).baseOffset).toBe(offset);
        expect(await offsetsOf(reopened)).toEqual(range(0, offset + 2));
      }
    },
  );

  test('inside a batch the whole batch goes and a gap stays', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let count = 0; count < 3; count++) log.appendSync(numbered(4));
    await log.truncateTo(6);
    expect(log.logEndOffset).toBe(6);
    expect(await offsetsOf(log)).toEqual(range(0, 4));
    expect(log.appendSync(numbered(1)).baseOffset).toBe(6);
    expect(await offsetsOf(log)).toEqual([...range(0, 4), 6]);
    await log.close();
    expect(await offsetsOf(await world.open())).toEqual([...range(0, 4), 6]);
  });

  test('at or beyond the log end keeps everything', async () => {
    const { log } = await logOf(6);
    await log.truncateTo(6);
    await log.truncateTo(600);
    expect([log.logEndOffset, (await offsetsOf(log)).length]).toEqual([6, 6]);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 60])('%d is no offset', async (offset) => {
    const { log } = await logOf(3);
    expect(await codeOfPromise(log.truncateTo(offset))).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await codeOfPromise(log.truncateFullyAndStartAt(offset))).toBe(
      'LOG_OFFSET_OUT_OF_RANGE',
    );
    expect(await codeOfPromise(log.deleteRecordsBefore(offset))).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(log.logEndOffset).toBe(3);
  });

  test('below the first segment begins the log anew there', async () => {
    const world = new LogWorld();
    const log = await world.open();
    await log.truncateFullyAndStartAt(100);
    log.appendSync(numbered(3));
    await log.truncateTo(50);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([50, 50]);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(50);
  });

  test('below the log start moves that too', async () => {
    const { log } = await logOf(12);
    await log.deleteRecordsBefore(6);
    await log.truncateTo(5);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([5, 5]);
    expect(log.lastStableOffset).toBe(5);
  });

  test('epochs and indexes end with the data', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let epoch = 0; epoch < 6; epoch++) {
      log.appendBatchesSync(buildBatch(numbered(1)), { leaderEpoch: epoch });
      log.appendBatchesSync(buildBatch(numbered(1)), { leaderEpoch: epoch });
    }
    await log.truncateTo(7);
    expect(log.core.epochs.entries.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
    const active = log.core.segments.active;
    expect([active.baseOffset, active.offsetIndex.lastOffset]).toEqual([4, 6]);
    await log.close();
    expect(readFileSync(world.path('leader-epoch-checkpoint'), 'utf8')).toBe(
      '0\n4\n0 0\n1 2\n2 4\n3 6\n',
    );
  });

  test('the producer state is that of the records kept', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let sequence = 0; sequence < 20; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }));
    }
    await log.truncateTo(13);
    expect(codeOf(() => log.appendBatchesSync(producerBatch({ id: 1n, sequence: 20 })))).toBe(
      'LOG_SEQUENCE_OUT_OF_ORDER',
    );
    expect(log.appendBatchesSync(producerBatch({ id: 1n, sequence: 13 }))).toMatchObject({
      baseOffset: 13,
      duplicate: false,
    });
    expect(world.namesEnding('.snapshot').at(-1)).toBe(segmentFile(13, 'snapshot'));
  });

  test('an open transaction that is cut away holds nothing back; one cut in half does', async () => {
    const { log } = await logOf(4);
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, { transactional: true }));
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 1 }, { transactional: true }));
    expect(log.lastStableOffset).toBe(4);
    await log.truncateTo(5);
    expect([log.lastStableOffset, log.highWatermark]).toEqual([4, 5]);
    await log.truncateTo(4);
    expect([log.lastStableOffset, log.highWatermark]).toEqual([4, 4]);
    log.appendSync(numbered(1));
    expect(log.lastStableOffset).toBe(5);
  });

  test('a marker cut away opens its transaction again and its abort is forgotten', async () => {
    const { log } = await logOf(2);
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, { transactional: true }));
    log.appendBatchesSync(markerBatch({ id: 1n, aborted: true }), { origin: 'coordinator' });
    expect(log.lastStableOffset).toBe(4);
    await log.truncateTo(3);
    expect(log.lastStableOffset).toBe(2);
    log.appendBatchesSync(markerBatch({ id: 1n, aborted: false }), { origin: 'coordinator' });
    const read = await collect(log.read({ isolation: 'read_committed' }));
    expect(read.map(({ offset }) => offset)).toEqual([0, 1, 2]);
  });

  test('segments cut away are renamed at once and removed after the delay', async () => {
    const { world, log } = await logOf(12, { ...small, 'file.delete.delay.ms': 5000 });
    await log.truncateTo(5);
    expect(world.namesEnding('.log.deleted')).toEqual([`${segmentFile(8, 'log')}.deleted`]);
    world.env.time.advance(4999);
    expect(world.namesEnding('.deleted')).not.toEqual([]);
    world.env.time.advance(1);
    expect(world.namesEnding('.deleted')).toEqual([]);
  });

  test('is durable: the directory is synced before the data is cut', async () => {
    const { world, log } = await logOf(12);
    await log.sync();
    world.observed.reset();
    await log.truncateTo(5);
    const order = world.observed.operations
      .filter(({ kind }) => ['rename', 'syncDirectory', 'truncate', 'sync'].includes(kind))
      .map(({ kind, file }) => `${kind} ${file.replace(/^\d+/, '')}`);
    const at = (text: string) => order.findIndex((each) => each.startsWith(text));
    expect(at('rename .log')).toBeLessThan(at('syncDirectory'));
    expect(at('syncDirectory')).toBeLessThan(at('truncate .log'));
    expect(at('truncate .log')).toBeLessThan(at('sync .log'));
  });

  test('a time index that lost its last entries still finds the greatest time', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (const timestamp of [10, 50, 20, 30]) log.appendSync([{ timestamp }]);
    await log.truncateTo(3);
    log.appendSync([{ timestamp: 40 }]);
    expect(await log.offsetForTimestamp(45)).toMatchObject({ offset: 1, timestamp: 50 });
    await log.close();
    const again = await world.open();
    expect(again.core.segments.active.largestTimestamp).toBe(50);
    expect(await again.offsetForTimestamp(45)).toMatchObject({ offset: 1, timestamp: 50 });
  });
});

describe('truncateFullyAndStartAt', () => {
  test.each([0, 4, 7, 12, 500])('at %i the log goes on there, empty', async (offset) => {
    const { world, log } = await logOf(12);
    await log.truncateFullyAndStartAt(offset);
    expect([log.logStartOffset, log.logEndOffset, log.highWatermark, log.segmentCount]).toEqual([
      offset,
      offset,
      offset,
      1,
    ]);
    expect(await offsetsOf(log)).toEqual([]);
    expect(log.appendSync(numbered(3)).baseOffset).toBe(offset);
    for (const again of [world.crashed(), world]) {
      if (again === world) await log.close();
      const reopened = await again.open(small);
      expect(await offsetsOf(reopened)).toEqual(range(offset, offset + 3));
      expect(reopened.logStartOffset).toBe(offset);
    }
  });

  test('forgets producers, epochs and snapshots', async () => {
    const { world, log } = await logOf(6);
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }, { transactional: true }));
    await log.truncateFullyAndStartAt(3);
    expect([log.core.producers.size, log.lastStableOffset]).toEqual([0, 3]);
    expect(log.core.epochs.entries).toEqual([]);
    expect(world.namesEnding('.snapshot')).toEqual([]);
  });

  test('twice at one offset, with data in between, ends in one segment', async () => {
    const { world, log } = await logOf(3);
    for (let round = 0; round < 3; round++) {
      await log.truncateFullyAndStartAt(0);
      log.appendSync(numbered(2));
    }
    world.env.time.advance(hourMs);
    expect(await offsetsOf(log)).toEqual([0, 1]);
    expect(world.namesEnding('.deleted')).toEqual([]);
    expect(world.namesEnding('.log')).toEqual([segmentFile(0, 'log')]);
  });
});

describe('deleteRecordsBefore', () => {
  test('moves the log start, inside a batch too, and the move survives a crash', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let count = 0; count < 3; count++) log.appendSync(numbered(4));
    await log.deleteRecordsBefore(6);
    expect(log.logStartOffset).toBe(6);
    // The batch that holds the log start comes whole.
    expect(await offsetsOf(log)).toEqual(range(4, 12));
    expect(await codeOfPromise(collect(log.read({ from: 5 })))).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect((await world.crashed().open()).logStartOffset).toBe(6);
    await log.close();
    expect((await world.open()).logStartOffset).toBe(6);
  });

  test('never moves it back, nor beyond the high watermark', async () => {
    const world = new LogWorld();
    const log = await world.open({}, { soleReplica: false });
    for (let count = 0; count < 10; count++) log.appendSync(numbered(1));
    log.raiseHighWatermark(7);
    expect(await codeOfPromise(log.deleteRecordsBefore(8))).toBe('LOG_OFFSET_OUT_OF_RANGE');
    await log.deleteRecordsBefore(7);
    await log.deleteRecordsBefore(3);
    expect(log.logStartOffset).toBe(7);
  });

  test('removes no file itself; retention then takes whole segments', async () => {
    const { world, log } = await logOf(12);
    await log.deleteRecordsBefore(6);
    expect(log.segmentCount).toBe(3);
    expect(await log.applyRetention()).toMatchObject({ segments: 1, reasons: ['logStart'] });
    expect(world.namesEnding('.log')).toEqual([segmentFile(4, 'log'), segmentFile(8, 'log')]);
    expect([log.logStartOffset, (await offsetsOf(log)).length]).toEqual([6, 6]);
    expect((await log.applyRetention()).segments).toBe(0);
  });

  test('up to the log end leaves an empty view and an open log', async () => {
    const { log } = await logOf(5);
    await log.deleteRecordsBefore(5);
    expect(await offsetsOf(log)).toEqual([]);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(5);
    expect(await offsetsOf(log)).toEqual([5]);
  });

  test('epochs before the log start are dropped, the one in force there stays', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let epoch = 0; epoch < 4; epoch++) {
      log.appendBatchesSync(buildBatch(numbered(2)), { leaderEpoch: epoch });
    }
    await log.deleteRecordsBefore(5);
    expect(log.core.epochs.entries).toEqual([
      { epoch: 2, startOffset: 5 },
      { epoch: 3, startOffset: 6 },
    ]);
  });

  test('a log start inside an open transaction is where stable reading ends', async () => {
    const { log } = await logOf(2);
    for (let sequence = 0; sequence < 4; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }, { transactional: true }));
    }
    await log.deleteRecordsBefore(4);
    expect(log.lastStableOffset).toBe(4);
    expect(await collect(log.read({ isolation: 'read_committed' }))).toEqual([]);
  });
});

describe('retention by time', () => {
  test('KF-19: two days: readable a moment before, gone with the next run after', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'retention.ms': 2 * dayMs });
    log.appendSync(numbered(5));
    await log.roll();
    world.env.time.advance(dayMs + 23 * hourMs);
    log.appendSync(numbered(5));
    expect((await log.applyRetention()).segments).toBe(0);
    world.env.time.advance(hourMs);
    expect((await log.applyRetention()).segments).toBe(0);
    expect((await offsetsOf(log)).length).toBe(10);
    world.env.time.advance(1);
    expect(await log.applyRetention()).toMatchObject({ segments: 1, reasons: ['time'] });
    expect([log.logStartOffset, await offsetsOf(log)]).toEqual([5, range(5, 10)]);
    world.env.time.advance(hourMs);
    expect(world.namesEnding('.log')).toEqual([segmentFile(5, 'log')]);
    expect(world.namesEnding('.deleted')).toEqual([]);
  });

  test('when everything is old the active segment is rolled first and one empty one stays', async () => {
    const { world, log } = await logOf(10, { ...small, 'retention.ms': 1000 });
    world.env.time.advance(1001);
    expect((await log.applyRetention()).segments).toBe(3);
    expect([log.logStartOffset, log.logEndOffset, log.segmentCount, log.sizeBytes]).toEqual([
      10, 10, 1, 0,
    ]);
    expect((await log.applyRetention()).segments).toBe(0);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(10);
    await log.close();
    const again = await world.open(small);
    expect([again.logStartOffset, again.logEndOffset]).toEqual([10, 11]);
  });

  test('a record of the far future keeps its segment and every later one', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'retention.ms': 1000 });
    const now = world.env.time.now();
    for (const timestamp of [now, now + 100 * dayMs, now, now]) {
      log.appendSync([{ timestamp }]);
      await log.roll();
    }
    world.env.time.advance(10 * dayMs);
    expect((await log.applyRetention()).segments).toBe(1);
    expect(log.logStartOffset).toBe(1);
  });

  test('without record times the time of the file counts', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'retention.ms': 1000 });
    log.appendSync([{ timestamp: -1 }]);
    await log.roll();
    log.appendSync([{ timestamp: -1 }]);
    expect((await log.applyRetention()).segments).toBe(0);
    world.env.time.advance(1001);
    expect((await log.applyRetention()).segments).toBeGreaterThan(0);
  });

  test('-1 keeps everything for ever', async () => {
    const { world, log } = await logOf(10, { ...small, 'retention.ms': -1 });
    world.env.time.advance(1000 * dayMs);
    expect((await log.applyRetention()).segments).toBe(0);
  });
});

describe('retention by size', () => {
  test('KF-20: oldest segments go while what stays is at least retention.bytes', async () => {
    const segmentBytes = 4 * batchBytes;
    for (const [limit, gone] of [
      [10 * segmentBytes, 2],
      [10 * segmentBytes + 1, 1],
      [10 * segmentBytes - 1, 2],
      [12 * segmentBytes, 0],
      [13 * segmentBytes, 0],
      [1, 11],
    ] as const) {
      const { log } = await logOf(48, { ...small, 'retention.bytes': limit });
      expect(log.segmentCount).toBe(12);
      const result = await log.applyRetention();
      expect([limit, result.segments]).toEqual([limit, gone]);
      expect(log.logStartOffset).toBe(gone * 4);
      expect(await offsetsOf(log)).toEqual(range(gone * 4, 48));
    }
  });

  test('a compacted log loses nothing by size or age, only below its log start', async () => {
    const { world, log } = await logOf(12, {
      ...small,
      'cleanup.policy': 'compact',
      'retention.bytes': 1,
      'retention.ms': 1,
    });
    world.env.time.advance(dayMs);
    expect((await log.applyRetention()).segments).toBe(0);
    await log.deleteRecordsBefore(5);
    expect(await log.applyRetention()).toMatchObject({ segments: 1, reasons: ['logStart'] });
  });

  test('nothing above the high watermark goes', async () => {
    const world = new LogWorld();
    const log = await world.open({ ...small, 'retention.bytes': 1 }, { soleReplica: false });
    for (let count = 0; count < 12; count++) log.appendSync(numbered(1));
    log.raiseHighWatermark(7);
    expect((await log.applyRetention()).segments).toBe(1);
    expect(log.logStartOffset).toBe(4);
  });
});

describe('what retention removes', () => {
  test('all files of a segment, renamed at once, with its snapshot', async () => {
    const { world, log } = await logOf(12, { ...small, 'retention.bytes': 4 * batchBytes });
    await log.applyRetention();
    expect(world.namesEnding('.deleted')).toEqual(
      [
        [0, 'index'],
        [0, 'log'],
        [0, 'timeindex'],
        [4, 'index'],
        [4, 'log'],
        [4, 'snapshot'],
        [4, 'timeindex'],
      ].map(([offset, type]) => `${segmentFile(Number(offset), String(type))}.deleted`),
    );
    world.env.time.advance(60_000);
    expect(world.namesEnding('.deleted')).toEqual([]);
  });

  test('closing does not wait for the delay', async () => {
    const { world, log } = await logOf(12, { ...small, 'retention.bytes': 4 * batchBytes });
    await log.applyRetention();
    await log.close();
    expect(world.namesEnding('.deleted')).toEqual([]);
    expect(world.env.time.pendingTimers).toBe(0);
  });

  test('the log start is raised durably before a crash could bring the files back', async () => {
    const { world, log } = await logOf(12, { ...small, 'retention.bytes': 4 * batchBytes });
    const before = new Map(
      world.names().map((name) => [name, toHex(world.bytesOf(name))] as const),
    );
    await log.applyRetention();
    const crashed = world.crashed();
    const again = await crashed.open(small);
    expect([again.logStartOffset, (await offsetsOf(again))[0]]).toEqual([8, 8]);
    expect(before.size).toBeGreaterThan(0);
  });

  test('files that are gone already are no trouble', async () => {
    const { world, log } = await logOf(12, { ...small, 'retention.bytes': 4 * batchBytes });
    await log.applyRetention();
    for (const name of world.namesEnding('.deleted')) rmSync(world.path(name));
    world.env.time.advance(60_000);
    expect(world.env.messages.lines).toEqual([]);
    await log.close();
  });
});
