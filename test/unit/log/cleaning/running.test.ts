/**
 * A round while the log is in use: cancelled, slowed, beaten by a truncation, watched by readers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cleanSegments } from '../../../../src/log/cleaning/clean-segments.ts';
import type { CleanResult, CleanTask } from '../../../../src/log/cleaning/clean-task.ts';
import { Throttle } from '../../../../src/log/cleaning/throttle.ts';
import type { LogBatch, LogConfigInput, PartitionLog } from '../../../../src/log/index.ts';
import { collect, headerOf } from '../../../helpers/batches.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { LogWorld } from '../../../helpers/log-world.ts';
import { ManualTime } from '../../../helpers/manual-env.ts';
import { clean, CleaningWorld, mapBytes, put, putSegment, shown } from './cleaning-world.ts';

const compacted: LogConfigInput = { 'cleanup.policy': 'compact', 'segment.bytes': 20_000 };

/** Segments of records whose keys repeat, large enough for several pauses of a slow round. */
async function filled(log: PartitionLog, count = 600, keys = 50): Promise<void> {
  for (let at = 0; at < count; at++) {
    log.appendSync([{ key: `k${(at * 7) % keys}`, value: `${at} `.padEnd(300, 'x') }]);
  }
  await log.roll();
}

/** Holds a round back before or after its work, until released. */
class Gate {
  readonly #open: Promise<void>;
  release: () => void = () => undefined;

  constructor() {
    this.#open = new Promise((resolve) => (this.release = resolve));
  }

  executor(log: PartitionLog): (task: CleanTask) => Promise<CleanResult> {
    return async (task) => {
      const result = await cleanSegments(log.core.env, task);
      await this.#open;
      return result;
    };
  }
}

describe('called off', () => {
  test('a round in this thread stops at its next pause and leaves nothing behind', async () => {
    const world = new CleaningWorld(compacted);
    const log = await world.open();
    await filled(log);
    const before = await shown(log);
    const stop = new AbortController();
    const round = log.compact({ mapBytes, maxBytesPerSecond: 1000, signal: stop.signal });
    const outcome = codeOfPromise(round);
    await world.env.time.turn();
    expect(world.env.time.pendingTimers).toBeGreaterThan(0);
    stop.abort();
    expect(await outcome).toBe('IO_ABORTED');
    expect(world.names('.cleaned')).toEqual([]);
    expect(await shown(log)).toEqual(before);
    expect(await clean(log)).toMatchObject({ done: true, recordsKept: 50 });
  });

  test('a signal that has fired begins nothing', async () => {
    const world = new CleaningWorld(compacted);
    const log = await world.open();
    await filled(log, 10);
    expect(await codeOfPromise(log.compact({ signal: AbortSignal.abort() }))).toBe('IO_ABORTED');
  });

  test('a round in a worker ends with its thread and leaves nothing behind', async () => {
    const world = new LogWorld();
    const log = await world.open(compacted);
    await filled(log);
    const stop = new AbortController();
    const outcome = codeOfPromise(
      log.compact({ mapBytes, maxBytesPerSecond: 1000, signal: stop.signal }),
    );
    await world.env.time.turn();
    stop.abort();
    expect(await outcome).toBe('IO_ABORTED');
    expect(world.namesEnding('.cleaned')).toEqual([]);
    expect(await log.compact({ mapBytes })).toMatchObject({ done: true, recordsKept: 50 });
  });

  test('a failing disk ends the round, not the log', async () => {
    const world = new LogWorld();
    const log = await world.open(compacted);
    await filled(log, 100);
    const inline = (task: CleanTask) => cleanSegments(log.core.env, task);
    world.observed.failOnce('write', '.log.cleaned');
    expect(await codeOfPromise(log.compact({ executor: inline }))).toBe('IO_NO_SPACE');
    expect(world.namesEnding('.cleaned')).toEqual([]);
    log.appendSync([{ key: 'a', value: 'goes on' }]);
    expect(await log.compact({ executor: inline })).toMatchObject({ done: true, recordsKept: 50 });
  });
});

describe('a round that was overtaken', () => {
  test.each([
    ['a truncation', (log: PartitionLog) => log.truncateTo(100)],
    ['a restart elsewhere', (log: PartitionLog) => log.truncateFullyAndStartAt(7)],
    [
      'retention',
      async (log: PartitionLog) => {
        await log.deleteRecordsBefore(300);
        await log.applyRetention();
      },
    ],
  ])('by %s changes nothing', async (_name, overtake) => {
    const world = new CleaningWorld(compacted);
    const log = await world.open();
    await filled(log);
    const gate = new Gate();
    const round = log.compact({ mapBytes, executor: gate.executor(log) });
    await overtake(log);
    put(log, 'new=1');
    const before = await shown(log);
    gate.release();
    expect(await round).toMatchObject({ done: false });
    expect(await shown(log)).toEqual(before);
    expect(world.names('.cleaned')).toEqual([]);
    await log.close();
    expect(await shown(await world.open())).toEqual(before);
  });

  test('by appends and rolls is put in place beside them', async () => {
    const world = new CleaningWorld(compacted);
    const log = await world.open();
    await putSegment(log, 'a=1 b=1');
    await putSegment(log, 'a=2');
    const gate = new Gate();
    const round = log.compact({ mapBytes, executor: gate.executor(log) });
    await putSegment(log, 'b=2');
    put(log, 'c=1');
    gate.release();
    expect(await round).toMatchObject({ done: true, firstDirty: 3 });
    expect(await shown(log)).toEqual(['1:b=1', '2:a=2', '3:b=2', '4:c=1']);
  });
});

describe('a reader', () => {
  test('inside a segment that is replaced goes on behind what it has read', async () => {
    const log = await new CleaningWorld(compacted).open();
    await filled(log);
    const seen: number[] = [];
    let isCleaned = false;
    for await (const batch of log.read()) {
      seen.push(batch.baseOffset);
      if (seen.length === 100 && !isCleaned) {
        await clean(log);
        isCleaned = true;
      }
    }
    const left = (await collect(log.read({ from: 100 }))).map(({ offset }) => offset);
    expect(seen.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(left).toHaveLength(50);
    expect(seen.slice(100)).toEqual(left);
  });

  test('keeps a region of a replaced segment as it was, until it is released', async () => {
    const world = new LogWorld();
    const log = await world.open(compacted);
    await filled(log);
    const region = log.readRegion(10, { maxBytes: 5000 })!;
    const read = (): Uint8Array => {
      const bytes = new Uint8Array(region.length);
      expect(region.file.readSync(bytes, 0, bytes.length, region.position)).toBe(bytes.length);
      return bytes;
    };
    const before = read();
    await log.compact({ mapBytes, executor: (task) => cleanSegments(log.core.env, task) });
    world.env.time.advance(60_000);
    expect(world.namesEnding('.deleted')).toEqual([]);
    expect(read()).toEqual(before);
    expect(headerOf(before).baseOffset).toBe(10);
    region.release();
  });

  test('that follows sees every append once, through rounds', async () => {
    const log = await new CleaningWorld({ ...compacted, 'segment.bytes': 2000 }).open();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of log.read({ follow: true })) {
        seen.push(batch.baseOffset);
        if (batch.lastOffset === 199) return;
      }
    })();
    for (let at = 0; at < 200; at++) {
      put(log, `k${at % 3}=${at}`);
      if (at % 5 === 0) await log.core.env.timers.turn();
      if (at % 40 === 39) await clean(log);
    }
    await following;
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(199);
    expect(seen.length).toBeGreaterThan(150);
  });

  test('holds a batch that stays valid while its segment is replaced', async () => {
    const log = await new CleaningWorld(compacted).open();
    await putSegment(log, 'a=1 b=1');
    await putSegment(log, 'a=2');
    const batches = log.read();
    const { value } = (await batches.next()) as { value: LogBatch };
    await clean(log);
    expect(value.records().map(({ offset }) => offset)).toEqual([0, 1]);
    await batches.return!(undefined);
  });
});

describe('the byte rate', () => {
  test('of a round is kept by the clock', async () => {
    const world = new CleaningWorld(compacted);
    const log = await world.open();
    await filled(log);
    const bytes = log.sizeBytes;
    const rate = 50_000;
    const start = world.env.time.now();
    let ended = false;
    const round = log.compact({ mapBytes, maxBytesPerSecond: rate }).finally(() => (ended = true));
    while (!ended) {
      await world.env.time.turn();
      if (world.env.time.pendingTimers > 0) world.env.time.advance(10);
    }
    expect(await round).toMatchObject({ done: true });
    const seconds = (world.env.time.now() - start) / 1000;
    // Every byte is read for the map, read again and written.
    expect(seconds).toBeGreaterThan((2 * bytes) / rate - 1);
    expect(seconds).toBeLessThan((3 * bytes) / rate + 1);
  });

  test('without limit lets the loop turn every megabyte and waits for no timer', async () => {
    const time = new ManualTime(0);
    const throttle = new Throttle({ clock: time, timers: time }, Number.POSITIVE_INFINITY);
    expect(throttle.add((1 << 20) - 1)).toBe(false);
    expect(throttle.add(1)).toBe(true);
    await throttle.pause();
    expect(time.pendingTimers).toBe(0);
  });
});

test('a worker leaves the same bytes as a round in this thread', async () => {
  const inThread = new LogWorld();
  const log = await inThread.open({ ...compacted, 'index.interval.bytes': 1000 });
  await filled(log);
  log.appendSync([{ key: 'k1', value: null }]);
  await log.roll();
  await log.close();
  const inWorker = inThread.crashed();
  const reports = [];
  for (const world of [inThread, inWorker]) {
    const opened = await world.open({ ...compacted, 'index.interval.bytes': 1000 });
    const executor =
      world === inThread
        ? { executor: (task: CleanTask) => cleanSegments(opened.core.env, task) }
        : {};
    reports.push(await opened.compact({ mapBytes, ...executor }));
    await opened.close();
  }
  expect(reports[0]).toMatchObject({ done: true, recordsRead: 601, recordsKept: 50 });
  expect(reports[1]).toEqual(reports[0]);
  const files = (world: LogWorld): [string, string][] =>
    readdirSync(world.dir)
      .sort()
      .map((name) => [name, readFileSync(world.path(name)).toString('hex')]);
  expect(files(inWorker)).toEqual(files(inThread));
});
