/** Which segments become one. */
import { describe, expect, test } from 'vitest';
import { groupSegments } from '../../../../src/log/cleaning/grouping.ts';
import { resolveLogConfig, type LogConfigInput } from '../../../../src/log/options.ts';
import type { SegmentFiles } from '../../../../src/log/segment.ts';
import { buildBatch } from '../../../helpers/batches.ts';
import { clean, CleaningWorld, putSegment, shown } from './cleaning-world.ts';

function files(baseOffset: number, logBytes: number, indexBytes = 0): SegmentFiles {
  return {
    baseOffset,
    logBytes,
    logModifiedMs: 0,
    offsetIndexBytes: indexBytes,
    timeIndexBytes: indexBytes,
    hasTransactionIndex: false,
  };
}

function basesOf(sources: SegmentFiles[], endOffset: number, config: LogConfigInput): number[][] {
  return groupSegments(sources, resolveLogConfig(config), endOffset).map((group) =>
    group.map(({ baseOffset }) => baseOffset),
  );
}

describe('groupSegments', () => {
  test('fills a group up to segment.bytes exactly; order is kept', () => {
    const sources = [files(0, 40), files(10, 60), files(20, 1), files(30, 99), files(40, 100)];
    expect(basesOf(sources, 50, { 'segment.bytes': 100 })).toEqual([[0, 10], [20, 30], [40]]);
  });

  test('leaves a segment that is too large by itself alone', () => {
    const sources = [files(0, 10), files(10, 500), files(20, 10), files(30, 10)];
    expect(basesOf(sources, 40, { 'segment.bytes': 100 })).toEqual([[0], [10], [20, 30]]);
  });

  test('keeps indexes within segment.index.bytes', () => {
    const sources = [files(0, 1, 30), files(10, 1, 30), files(20, 1, 1)];
    expect(basesOf(sources, 30, { 'segment.index.bytes': 60 })).toEqual([[0, 10], [20]]);
  });

  test('keeps every offset within 2^31 - 1 of the first base', () => {
    const top = 0x7fffffff;
    expect(basesOf([files(5, 1), files(10, 1)], 5 + top + 1, {})).toEqual([[5, 10]]);
    expect(basesOf([files(5, 1), files(10, 1)], 5 + top + 2, {})).toEqual([[5], [10]]);
  });

  test('takes an empty segment wherever it lies', () => {
    expect(basesOf([files(0, 1), files(10, 0)], 2 ** 40, {})).toEqual([[0, 10]]);
    expect(basesOf([], 0, {})).toEqual([]);
  });
});

describe('a round over small segments', () => {
  test('makes one of neighbours that fit, named by the first, indexes and all', async () => {
    const world = new CleaningWorld({ 'index.interval.bytes': 0 });
    const log = await world.open();
    for (let at = 0; at < 10; at++) await putSegment(log, `k${at}=1`);
    expect(log.segmentCount).toBe(11);
    const report = await log.compact({ mapBytes: 1 << 16 });
    expect(report).toMatchObject({ segmentsBefore: 10, segmentsAfter: 1 });
    expect(log.segmentCount).toBe(2);
    expect((await shown(log)).length).toBe(10);
    world.env.time.advance(log.config['file.delete.delay.ms']);
    expect(world.names('.deleted')).toEqual([]);
    const digits = (base: number): string => String(base).padStart(20, '0');
    expect(world.names('.log')).toEqual([`${digits(0)}.log`, `${digits(10)}.log`]);
    expect(world.names('.index')).toHaveLength(2);
    // Every batch but the first has an entry.
    expect(log.core.segments.first.offsetIndex.count).toBe(9);
  });

  test('keeps apart what would pass segment.bytes', async () => {
    const log = await new CleaningWorld({ 'segment.bytes': 250 }).open();
    for (let at = 0; at < 30; at++) await putSegment(log, `k${at}=1`);
    await clean(log);
    const sizes = log.core.segments.toArray().map(({ size }) => size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
    expect(sizes.length).toBeLessThan(15);
    expect((await shown(log)).length).toBe(30);
  });

  test('keeps apart offsets too far from each other', async () => {
    const log = await new CleaningWorld().open();
    for (const baseOffset of [0, 2 ** 31 - 1, 2 ** 31 + 5, 2 ** 40]) {
      const batch = buildBatch([{ key: `${baseOffset}`, value: '1' }], { baseOffset });
      log.appendBatchesSync(batch, { origin: 'replica' });
      await log.roll();
    }
    await clean(log);
    const bases = log.core.segments.toArray().map(({ baseOffset }) => baseOffset);
    expect(bases).toEqual([0, 2 ** 31, 2 ** 40, 2 ** 40 + 1]);
    expect(await shown(log)).toEqual(
      [0, 2 ** 31 - 1, 2 ** 31 + 5, 2 ** 40].map((offset) => `${offset}:${offset}=1`),
    );
  });
});
