import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rollReason } from '../../../src/log/roll.ts';
import { buildBatch, collect } from '../../helpers/batches.ts';
import { toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';

/** One record of this many value bytes; its batch is `batchBytes` long. */
const payload = [{ value: 'x'.repeat(100), timestamp: 0 }];
const batchBytes = buildBatch(payload).length;

describe('a segment ends by size', () => {
  test('KF-28: five times the limit gives at least five segments, only the last one written', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 1 << 20 });
    const record = { value: 'x'.repeat(1 << 16) };
    for (let count = 0; count < 5 * 16; count++) log.appendSync([record]);
    expect(log.segmentCount).toBeGreaterThanOrEqual(5);
    const logs = world.namesEnding('.log');
    expect(logs).toHaveLength(log.segmentCount);
    world.observed.reset();
    log.appendSync([record]);
    expect(world.observed.of('write', '.log').map(({ file }) => file)).toEqual([logs.at(-1)]);
  });

  test('a segment is filled up to segment.bytes exactly, not beyond', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 3 * batchBytes });
    for (let count = 0; count < 7; count++) log.appendSync(payload);
    expect(log.core.segments.toArray().map(({ size }) => size / batchBytes)).toEqual([3, 3, 1]);
    const tighter = await new LogWorld().open({ 'segment.bytes': 3 * batchBytes - 1 });
    for (let count = 0; count < 7; count++) tighter.appendSync(payload);
    expect(tighter.core.segments.toArray().map(({ size }) => size / batchBytes)).toEqual([
      2, 2, 2, 1,
    ]);
  });

  test('KF-30: the next file is named by the last offset plus one', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(10));
    await log.roll();
    log.appendSync(numbered(1));
    expect(world.namesEnding('.log')).toEqual([segmentFile(0, 'log'), segmentFile(10, 'log')]);
  });

  test('KF-29: log, offset index and time index share one name, segment by segment', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 4 * batchBytes });
    for (let count = 0; count < 20; count++) log.appendSync(payload);
    await log.close();
    const bases = (ending: string) =>
      world.namesEnding(ending).map((name) => name.slice(0, -ending.length));
    expect(bases('.log')).toHaveLength(5);
    expect(bases('.index')).toEqual(bases('.log'));
    expect(bases('.timeindex')).toEqual(bases('.log'));
    // Every segment but the first begins with a snapshot; one more stands at the log end.
    expect(bases('.snapshot')).toEqual([
      ...bases('.log').slice(1),
      segmentFile(20, '').slice(0, -1),
    ]);
  });

  test('rolling an empty log changes nothing', async () => {
    const world = new LogWorld();
    const log = await world.open();
    await log.roll();
    await log.roll();
    expect(log.segmentCount).toBe(1);
    log.appendSync(numbered(1));
    await log.roll();
    await log.roll();
    expect(log.segmentCount).toBe(2);
  });

  test('a roll makes what was written before it durable', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(5));
    await log.roll();
    expect(log.recoveryPoint).toBe(5);
    expect(world.observed.count('sync', '.log')).toBeGreaterThan(0);
    expect(world.observed.count('sync', '.index')).toBeGreaterThan(0);
    expect(world.observed.count('sync', '.snapshot')).toBeGreaterThan(0);
  });

  test('closed segments are never written again', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 4 * batchBytes });
    const first = segmentFile(0, 'log');
    for (let count = 0; count < 5; count++) log.appendSync(payload);
    const before = toHex(world.bytesOf(first));
    for (let count = 0; count < 50; count++) log.appendSync(payload);
    await log.close();
    expect(toHex(world.bytesOf(first))).toBe(before);
  });
});

describe('a segment ends by age', () => {
  test('the age is that of the records, from the first batch on', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.ms': 1000 });
    const append = (timestamp: number) => log.appendSync([{ timestamp }]);
    append(5000);
    world.env.time.advance(1_000_000);
    append(6000);
    expect(log.segmentCount).toBe(1);
    append(6001);
    expect(log.segmentCount).toBe(2);
    append(7001);
    expect(log.segmentCount).toBe(2);
    append(7002);
    expect(log.segmentCount).toBe(3);
  });

  test('a record from the past does not end a segment', async () => {
    const log = await new LogWorld().open({ 'segment.ms': 1000 });
    log.appendSync([{ timestamp: 50_000 }]);
    log.appendSync([{ timestamp: 0 }]);
    log.appendSync([{ timestamp: 50_500 }]);
    expect(log.segmentCount).toBe(1);
  });

  test('records without times count from the making of the file', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.ms': 1000 });
    log.appendSync([{ timestamp: -1 }]);
    world.env.time.advance(1000);
    log.appendSync([{ timestamp: -1 }]);
    expect(log.segmentCount).toBe(1);
    world.env.time.advance(1);
    log.appendSync([{ timestamp: -1 }]);
    expect(log.segmentCount).toBe(2);
  });

  test('an empty segment does not age', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.ms': 1000 });
    world.env.time.advance(1_000_000);
    log.appendSync([{ timestamp: -1 }]);
    expect(log.segmentCount).toBe(1);
  });

  test('the age survives a reopen', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.ms': 1000 });
    log.appendSync([{ timestamp: 5000 }]);
    await log.close();
    const again = await world.open({ 'segment.ms': 1000 });
    again.appendSync([{ timestamp: 6000 }]);
    expect(again.segmentCount).toBe(1);
    again.appendSync([{ timestamp: 6001 }]);
    expect(again.segmentCount).toBe(2);
  });

  test('max.compaction.lag.ms bounds the age in a compacted log only', async () => {
    const segments = async (policy: string): Promise<number> => {
      const log = await new LogWorld().open({
        'cleanup.policy': policy,
        'max.compaction.lag.ms': 1000,
      });
      log.appendSync([{ key: 'k', timestamp: 5000 }]);
      log.appendSync([{ key: 'k', timestamp: 6001 }]);
      return log.segmentCount;
    };
    expect([await segments('compact'), await segments('delete')]).toEqual([2, 1]);
  });

  test('jitter brings the end forward, by a draw per segment within its bound', async () => {
    const ages: number[] = [];
    const log = await new LogWorld().open({ 'segment.ms': 1000, 'segment.jitter.ms': 400 });
    for (let start = 0; start < 20; start++) {
      log.appendSync([{ timestamp: start }]);
      const incoming = { bytes: 1, firstOffset: 0, lastOffset: 0, nowMs: 0 };
      let age = 0;
      while (rollReason(log.core, { ...incoming, maxTimestamp: start + age }) !== 'time') age++;
      ages.push(age);
      log.core.roll(log.logEndOffset);
    }
    expect(Math.min(...ages)).toBeGreaterThan(600);
    expect(Math.max(...ages)).toBeLessThanOrEqual(1001);
    expect(new Set(ages).size).toBeGreaterThan(10);
  });
});

describe('a segment ends by its indexes', () => {
  test('a full offset index', async () => {
    const log = await new LogWorld().open({
      'segment.index.bytes': 8 * 3,
      'index.interval.bytes': 0,
    });
    // The time index (two entries, one reserved) would be full first: times stay away.
    for (let count = 0; count < 20; count++) log.appendSync([{ timestamp: -1 }]);
    const segments = log.core.segments.toArray();
    expect(segments.length).toBeGreaterThan(2);
    for (const segment of segments) expect(segment.offsetIndex.count).toBeLessThanOrEqual(3);
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual(
      Array.from({ length: 20 }, (_, offset) => offset),
    );
  });

  test('a time index with room for the last entry only', async () => {
    const log = await new LogWorld().open({
      'segment.index.bytes': 12 * 3,
      'index.interval.bytes': 0,
    });
    for (let count = 0; count < 20; count++) log.appendSync([{ timestamp: count }]);
    for (const segment of log.core.segments.toArray().slice(0, -1)) {
      expect(segment.timeIndex.count).toBe(2);
    }
  });

  test('an index too small for any entry still lets the log go on', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.index.bytes': 4, 'index.interval.bytes': 0 });
    for (let count = 0; count < 10; count++) log.appendSync(numbered(1, count));
    expect((await collect(log.read())).map(({ value }) => value)).toEqual(
      numbered(10).map(({ value }) => value),
    );
    await log.close();
    expect((await world.open()).logEndOffset).toBe(10);
  });

  test('KF-31: an entry per index.interval.bytes, none for the first batch', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'index.interval.bytes': 3 * batchBytes });
    for (let count = 0; count < 20; count++) log.appendSync(payload);
    await log.close();
    const view = new DataView(
      new Uint8Array(readFileSync(world.path(segmentFile(0, 'index')))).buffer,
    );
    const entries = Array.from({ length: view.byteLength / 8 }, (_, at) => [
      view.getInt32(at * 8),
      view.getInt32(at * 8 + 4) / batchBytes,
    ]);
    // Strictly more than the interval must lie between two entries.
    expect(entries).toEqual([
      [4, 4],
      [8, 8],
      [12, 12],
      [16, 16],
    ]);
  });

  test('the batches of one append are indexed one by one', async () => {
    const log = await new LogWorld().open({
      'index.interval.bytes': 0,
      'max.message.bytes': 2 * batchBytes,
    });
    log.appendSync(Array.from({ length: 40 }, () => payload[0]!));
    expect(log.core.segments.active.offsetIndex.count).toBeGreaterThan(5);
  });
});

describe('a segment ends where offsets no longer fit its index', () => {
  const far = 2 ** 31 - 1;

  test('the last offset that fits stays, the next one begins a segment', async () => {
    const log = await new LogWorld().open();
    const at = (baseOffset: number) =>
      log.appendBatchesSync(buildBatch([{ value: 'x' }], { baseOffset }), { origin: 'replica' });
    at(0);
    at(far);
    expect(log.segmentCount).toBe(1);
    at(far + 1);
    expect(log.core.segments.toArray().map(({ baseOffset }) => baseOffset)).toEqual([0, far + 1]);
    at(far + 1 + far + 1);
    expect(log.segmentCount).toBe(3);
  });

  test('a batch whose last offset alone is too far begins a segment', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(1));
    const batch = buildBatch([], { baseOffset: far - 1, lastOffsetDelta: 5 });
    log.appendBatchesSync(batch, { origin: 'replica' });
    expect(log.core.segments.toArray().map(({ baseOffset }) => baseOffset)).toEqual([0, far - 1]);
    log.appendSync(numbered(1));
    await log.close();
    expect(await collect((await world.open()).read())).toMatchObject([
      { offset: 0 },
      { offset: far + 5 },
    ]);
  });

  test('a sparse log reads across its gaps', async () => {
    const log = await new LogWorld().open();
    const offsets = [0, 5, far, far * 2, far * 5 + 7, 2 ** 50];
    for (const baseOffset of offsets) {
      const batch = buildBatch([{ value: `${baseOffset}` }], { baseOffset });
      log.appendBatchesSync(batch, { origin: 'replica' });
    }
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual(offsets);
    expect((await collect(log.read({ from: far + 1 }))).map(({ offset }) => offset)).toEqual(
      offsets.slice(3),
    );
  });
});

test('the reason of a roll is told in its order', async () => {
  const log = await new LogWorld().open({ 'segment.bytes': 1000, 'segment.ms': 1000 });
  const incoming = { bytes: 10, firstOffset: 1, lastOffset: 1, maxTimestamp: 0, nowMs: 0 };
  expect(rollReason(log.core, incoming)).toBeUndefined();
  log.appendSync([{ timestamp: 0, value: 'x'.repeat(500) }]);
  expect(rollReason(log.core, incoming)).toBeUndefined();
  expect(rollReason(log.core, { ...incoming, bytes: 900, maxTimestamp: 5000 })).toBe('size');
  expect(rollReason(log.core, { ...incoming, maxTimestamp: 5000 })).toBe('time');
  expect(rollReason(log.core, { ...incoming, lastOffset: 2 ** 31 })).toBe('offsetRange');
});

describe('preallocate', () => {
  test('takes the space at once and gives the rest back at the roll and at the close', async () => {
    const world = new LogWorld();
    const log = await world.open({ preallocate: true, 'segment.bytes': 10_000 });
    log.appendSync(payload);
    expect(world.bytesOf(segmentFile(0, 'log'))).toHaveLength(10_000);
    await log.roll();
    expect(world.bytesOf(segmentFile(0, 'log'))).toHaveLength(batchBytes);
    log.appendSync(payload);
    expect(world.bytesOf(segmentFile(1, 'log'))).toHaveLength(10_000);
    await log.close();
    expect(world.bytesOf(segmentFile(1, 'log'))).toHaveLength(batchBytes);
  });

  test('the zeros a crash leaves behind are cut off', async () => {
    const world = new LogWorld();
    const log = await world.open({ preallocate: true, 'segment.bytes': 10_000 });
    log.appendSync(payload);
    const crashed = world.crashed();
    const again = await crashed.open();
    expect([again.logEndOffset, again.sizeBytes]).toEqual([1, batchBytes]);
    expect(again.loadReport.truncatedBytes).toBe(10_000 - batchBytes);
    expect(crashed.bytesOf(segmentFile(0, 'log'))).toHaveLength(batchBytes);
  });
});
