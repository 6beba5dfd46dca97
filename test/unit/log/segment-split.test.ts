/** A segment whose offsets pass 2^31 - 1 above its base, as old brokers and other tools made it. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PartitionLog, verifyPartition } from '../../../src/log/index.ts';
import type { LogKeeper } from '../../../src/log/log-keeper.ts';
import { buildBatch, collect, concat, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';
import { cutEverywhere } from '../../crash/power-cut.ts';
import { dir, worldOn } from '../../crash/tracked-log.ts';

const far = 2 ** 31;
const config = { 'index.interval.bytes': 0 };

const at = (baseOffset: number, count = 1): Uint8Array =>
  buildBatch(numbered(count, baseOffset), { baseOffset });

/** A directory whose segments hold these batches. */
function directoryOf(segments: Readonly<Record<number, readonly Uint8Array[]>>): LogWorld {
  const world = new LogWorld();
  mkdirSync(world.dir, { recursive: true });
  for (const [base, batches] of Object.entries(segments)) {
    writeFileSync(world.path(segmentFile(Number(base), 'log')), concat(...batches));
  }
  return world;
}

/** Says that the directory was closed in order. */
function cleanKeeper(recoveryPoint: number): LogKeeper {
  const nothing = (): void => undefined;
  return {
    start: {
      clean: true,
      recoveryPoint,
      logStartOffset: 0,
      highWatermark: undefined,
      cleanerOffset: undefined,
    },
    begin: nothing,
    note: nothing,
    closed: nothing,
    release: nothing,
  };
}

const basesOf = (log: PartitionLog): number[] =>
  log.core.segments.toArray().map(({ baseOffset }) => baseOffset);

const offsetsOf = async (log: PartitionLog): Promise<number[]> =>
  (await collect(log.read())).map(({ offset }) => offset);

describe('an overflowing segment', () => {
  test('is split where the range ends, every record is kept and found', async () => {
    const offsets = [0, 10, far - 1, far + 100, far + 200, 2 * far - 1, 2 * far + 5];
    const world = directoryOf({ 0: offsets.map((offset) => at(offset)) });
    const log = await world.open(config);
    expect(basesOf(log)).toEqual([0, far, 2 * far]);
    expect(await offsetsOf(log)).toEqual(offsets);
    for (const [index, offset] of offsets.entries()) {
      const found = await collect(log.read({ from: offset, to: offset + 1 }));
      expect(found).toMatchObject([{ offset, key: `k${offset}` }]);
      using region = log.readRegion(offset - (index === 0 ? 0 : 1), 1);
      expect(region?.segmentBaseOffset).toBeLessThanOrEqual(offset);
    }
    expect(log.appendSync(numbered(1)).baseOffset).toBe(2 * far + 6);
    expect(world.env.messages.lines.join()).toContain('is split');
    await log.close();
    expect(world.namesEnding('.deleted')).toEqual([]);
    expect((await verifyPartition({ dir: world.dir })).problems).toEqual([]);
    const again = await world.open(config);
    expect(again.loadReport).toMatchObject({ recoveredSegments: 0, truncatedBytes: 0 });
    expect(await offsetsOf(again)).toEqual([...offsets, 2 * far + 6]);
  });

  test('between others is split too; those that fit stay as they are', async () => {
    const world = directoryOf({
      0: [at(0), at(5)],
      20: [at(20), at(far), at(far + 30)],
      [far + 50]: [at(far + 50)],
    });
    const log = await world.open(config);
    expect(basesOf(log)).toEqual([0, 20, far + 1, far + 50]);
    expect(await offsetsOf(log)).toEqual([0, 5, 20, far, far + 30, far + 50]);
  });

  test.each([
    ['', {}],
    [', under a clean mark', { keeper: cleanKeeper(far + 5) }],
  ])('keeps aborted transactions aborted, and producers known%s', async (_name, options) => {
    const abortedBatch = (offset: number, sequence: number) =>
      producerBatch({ id: 7n, sequence }, { transactional: true, baseOffset: offset });
    const end = (offset: number, aborted: boolean) =>
      markerBatch({ id: 7n, aborted }, { baseOffset: offset });
    const world = directoryOf({
      0: [
        abortedBatch(0, 0),
        end(1, true),
        abortedBatch(far - 3, 1),
        at(far + 1),
        end(far + 2, true),
        abortedBatch(far + 3, 2),
        end(far + 4, false),
      ],
    });
    const log = await world.open(config, options);
    expect(basesOf(log)).toEqual([0, far - 2]);
    const committed = await collect(log.read({ isolation: 'read_committed' }));
    expect(committed.map(({ offset }) => offset)).toEqual([far + 1, far + 3]);
    expect(world.namesEnding('.txnindex')).toHaveLength(2);
    const next = producerBatch({ id: 7n, sequence: 3 }, { transactional: true });
    expect(log.appendBatchesSync(next).baseOffset).toBe(far + 5);
  });

  test('is cut at a torn end, where the last of the new ones ends', async () => {
    const world = directoryOf({ 0: [at(0), at(far), at(far + 1).subarray(0, 50)] });
    const log = await world.open(config);
    expect(basesOf(log)).toEqual([0, 1]);
    expect(await offsetsOf(log)).toEqual([0, far]);
  });

  test('is split under a clean mark too, where its end is looked at', async () => {
    const world = directoryOf({ 0: [at(0), at(far - 1), at(far + 7)] });
    // With indexes nobody has a reason to recover it.
    for (const type of ['index', 'timeindex']) {
      writeFileSync(world.path(segmentFile(0, type)), new Uint8Array(0));
    }
    const log = await world.open(config, { keeper: cleanKeeper(far + 8) });
    expect(basesOf(log)).toEqual([0, far]);
    expect(await offsetsOf(log)).toEqual([0, far - 1, far + 7]);
  });

  test('opened read-only is split in memory, not on the disk', async () => {
    const world = directoryOf({ 0: [at(0), at(far)] });
    const before = world.names();
    const log = await world.open(config, { readOnly: true });
    expect(await offsetsOf(log)).toEqual([0, far]);
    await log.close();
    expect(world.names()).toEqual(before);
  });
});

describe('a damaged offset is no overflow', () => {
  test('when it lies too far from the one before it: the segment is cut', async () => {
    const world = directoryOf({ 0: [at(0), at(1), at(2 + far), at(3)] });
    const log = await world.open(config);
    expect(basesOf(log)).toEqual([0]);
    expect(await offsetsOf(log)).toEqual([0, 1]);
    expect(log.logEndOffset).toBe(2);
  });

  test('when another segment begins before it: nothing of that one is touched', async () => {
    const world = directoryOf({ 0: [at(0), at(far - 2), at(far + 5)], [far]: [at(far)] });
    const log = await world.open(config, { keeper: cleanKeeper(far + 1) });
    expect(basesOf(log)).toEqual([0, far]);
    expect(await offsetsOf(log)).toEqual([0, far - 2, far]);
  });
});

test('a power cut at any moment of the split loses nothing', async () => {
  const offsets = [0, 3, far - 1, far + 1, 2 * far - 1, 2 * far + 9];
  const report = await cutEverywhere('power cuts while splitting', {
    trace: () => undefined,
    prepare: async (fs) => {
      fs.makeDirectorySync(dir);
      const file = fs.openSync(`${dir}/${segmentFile(0, 'log')}`, 'createNew');
      const bytes = concat(...offsets.map((offset) => at(offset)));
      file.writeSync(bytes, 0, bytes.length, 0);
      file.closeSync();
    },
    run: async (fs) => {
      const log = await PartitionLog.open({ dir, config, env: worldOn(fs) });
      expect(log.segmentCount).toBe(3);
      await log.close();
    },
    check: async (survivor) => {
      const env = worldOn(survivor);
      const log = await PartitionLog.open({ dir, config, env });
      expect(await offsetsOf(log)).toEqual(offsets);
      expect(log.segmentCount).toBe(3);
      await log.close();
      expect((await verifyPartition({ dir, env })).problems).toEqual([]);
    },
  });
  expect(report.operations).toBeGreaterThan(40);
});
