/** When a log is due for compaction, and how far a round may go. */
import { describe, expect, test } from 'vitest';
import { cleanableRange, type CleanableRange } from '../../../../src/log/cleaning/cleanable.ts';
import type { LogConfigInput, PartitionLog } from '../../../../src/log/index.ts';
import { clean, CleaningWorld, put, putSegment, shown } from './cleaning-world.ts';

const hourMs = 3_600_000;

async function logOf(
  config: LogConfigInput,
  ...segments: readonly string[]
): Promise<{ world: CleaningWorld; log: PartitionLog }> {
  const world = new CleaningWorld(config);
  const log = await world.open();
  for (const texts of segments) await putSegment(log, texts);
  return { world, log };
}

const rangeOf = (log: PartitionLog): CleanableRange =>
  cleanableRange(log.core, log.core.cleanerOffset);

describe('min.cleanable.dirty.ratio', () => {
  test('a log is due when the dirty share of its finished segments is greater', async () => {
    const { log } = await logOf({ 'min.cleanable.dirty.ratio': 0.5 }, 'a=1', 'b=1');
    expect(rangeOf(log)).toMatchObject({ firstDirty: 0, ratio: 1, isDue: true });
    await clean(log);
    expect(rangeOf(log)).toMatchObject({
      firstDirty: 2,
      cleanableBytes: 0,
      ratio: 0,
      isDue: false,
    });
    await putSegment(log, 'c=1');
    expect(rangeOf(log).ratio).toBeCloseTo(1 / 3);
    expect(rangeOf(log).isDue).toBe(false);
    await putSegment(log, 'd=1');
    expect(rangeOf(log)).toMatchObject({ ratio: 0.5, isDue: false });
    await putSegment(log, 'e=1');
    expect(rangeOf(log).isDue).toBe(true);
  });

  test('bytes of the active segment do not count', async () => {
    const { log } = await logOf({ 'min.cleanable.dirty.ratio': 0 });
    put(log, 'a=1 a=2 a=3');
    expect(rangeOf(log)).toMatchObject({ cleanableBytes: 0, isDue: false });
    expect(await clean(log)).toMatchObject({ done: false, recordsRead: 0 });
  });

  test('a round that is asked for does not wait for the ratio', async () => {
    const { log } = await logOf({ 'min.cleanable.dirty.ratio': 1 }, 'a=1', 'a=2');
    expect(rangeOf(log).isDue).toBe(false);
    expect(await clean(log)).toMatchObject({ done: true, recordsKept: 1 });
  });
});

describe('min.compaction.lag.ms', () => {
  test('keeps younger segments, and those behind them, as they are', async () => {
    const { world, log } = await logOf({ 'min.compaction.lag.ms': hourMs }, 'a=1 a=2');
    world.env.time.advance(hourMs / 2);
    await putSegment(log, 'a=3 b=1');
    expect(rangeOf(log).cleanableBytes).toBe(0);
    world.env.time.advance(hourMs / 2);
    expect(rangeOf(log)).toMatchObject({ firstUncleanable: 2 });
    await clean(log);
    expect(await shown(log)).toEqual(['1:a=2', '2:a=3', '3:b=1']);
    world.env.time.advance(hourMs / 2 - 1);
    expect(await clean(log)).toMatchObject({ done: false });
    world.env.time.advance(1);
    await clean(log);
    expect(await shown(log)).toEqual(['2:a=3', '3:b=1']);
  });
});

describe('max.compaction.lag.ms', () => {
  const config = { 'min.cleanable.dirty.ratio': 1, 'max.compaction.lag.ms': hourMs };

  test('makes a log due when its oldest dirty record waited longer, whatever the ratio', async () => {
    const { world, log } = await logOf(config, 'a=1');
    world.env.time.advance(hourMs);
    expect(rangeOf(log).isDue).toBe(false);
    world.env.time.advance(1);
    expect(rangeOf(log).isDue).toBe(true);
    await clean(log);
    expect(rangeOf(log).isDue).toBe(false);
  });

  test('rolls the active segment when its first record is that old', async () => {
    const { world, log } = await logOf(config);
    put(log, 'a=1');
    world.env.time.advance(hourMs + 1);
    put(log, 'a=2');
    expect(log.segmentCount).toBe(2);
    expect(rangeOf(log).isDue).toBe(true);
  });
});

describe('where the last round ended', () => {
  test('is remembered over a close', async () => {
    const { world, log } = await logOf({}, 'a=1', 'b=1');
    await clean(log);
    await log.close();
    const again = await world.open();
    expect(rangeOf(again)).toMatchObject({ firstDirty: 2, cleanableBytes: 0 });
  });

  test('counts from the log start when that moved beyond', async () => {
    const { log } = await logOf({}, 'a=1', 'b=1');
    await clean(log);
    await putSegment(log, 'c=1 c=2');
    await log.deleteRecordsBefore(3);
    expect(rangeOf(log).firstDirty).toBe(3);
    await clean(log);
    expect(await shown(log)).toEqual(['3:c=2']);
  });
});
