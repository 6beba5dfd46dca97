/**
 * A partition log on a simulated disk that writes down in a history what it is told, and the check
 * of what a crash left of it.
 */
import { expect } from 'vitest';
import { CrashFileSystem } from '../../native-free-io/index.ts';
import type { Env } from '../../src/env/index.ts';
import {
  PartitionLog,
  verifyPartition,
  type AppendOptions,
  type LogConfigInput,
} from '../../src/log/index.ts';
import { collect, type PlainRecord } from '../helpers/batches.ts';
import { ManualTime, SeededRandom } from '../helpers/manual-env.ts';
import { compacted, History, type State } from './log-history.ts';

export const dir = '/data/orders-0';
const hourMs = 3_600_000;

/** A world without chance; its loop turns at once. */
export function worldOn(fs: CrashFileSystem): Env & { readonly time: ManualTime } {
  const time = new ManualTime();
  return {
    fs,
    time,
    clock: time,
    timers: { after: (delayMs, task) => time.after(delayMs, task), turn: async () => undefined },
    random: new SeededRandom(1),
    logger: { log: () => undefined },
  };
}

export class TrackedLog {
  readonly log: PartitionLog;
  readonly #history: History;
  readonly #time: ManualTime;

  private constructor(log: PartitionLog, history: History, time: ManualTime) {
    this.log = log;
    this.#history = history;
    this.#time = time;
  }

  static async open(
    fs: CrashFileSystem,
    history: History,
    config: LogConfigInput = {},
  ): Promise<TrackedLog> {
    const env = worldOn(fs);
    const log = await PartitionLog.open({ dir, config, env });
    return new TrackedLog(log, history, env.time);
  }

  /** One that a log directory opened. */
  static of(log: PartitionLog, history: History, time: ManualTime): TrackedLog {
    return new TrackedLog(log, history, time);
  }

  /** One batch with these keys, or with so many of its own. */
  async append(
    keys: readonly string[] | number,
    options: AppendOptions & { readonly tombstones?: boolean } = {},
  ): Promise<void> {
    const { tombstones = false, ...appendOptions } = options;
    const { end } = this.#history.state;
    const names =
      typeof keys === 'number' ? Array.from({ length: keys }, (_, at) => `k${end + at}`) : keys;
    const records = this.#history.append(names, tombstones);
    this.#time.advance(10);
    await this.log.append(
      records.map(({ key, value }) => ({ key, value })),
      appendOptions,
    );
    if (appendOptions.durability === 'synced') this.#history.synced();
  }

  async sync(): Promise<void> {
    await this.log.sync();
    this.#history.synced();
  }

  async roll(): Promise<void> {
    await this.log.roll();
    this.#history.synced();
  }

  /** `end` must lie between two batches. */
  async truncateTo(end: number): Promise<void> {
    const { records, start } = this.#history.state;
    const kept = records.filter(({ offset }) => offset < end);
    await this.#step({ records: kept, start, end }, () => this.log.truncateTo(end));
  }

  async truncateFullyAndStartAt(offset: number): Promise<void> {
    const empty = { records: [], start: offset, end: offset };
    await this.#step(empty, () => this.log.truncateFullyAndStartAt(offset));
  }

  async deleteRecordsBefore(start: number): Promise<void> {
    const { state } = this.#history;
    await this.#step({ ...state, start }, () => this.log.deleteRecordsBefore(start));
  }

  /** Retention that is to move the log start there. */
  async retain(start: number): Promise<void> {
    const { state } = this.#history;
    await this.#step({ ...state, start }, () => this.log.applyRetention());
    expect(this.log.logStartOffset).toBe(start);
  }

  /** Compaction of everything below the active segment. */
  async compact(): Promise<void> {
    const { state } = this.#history;
    const next = compacted(state, this.log.core.segments.active.baseOffset);
    await this.#step(next, async () => {
      const report = await this.log.compact({ mapBytes: 1 << 16 });
      expect(report.done).toBe(true);
    });
  }

  /** Removes the files that wait for their delay. */
  removeDeleted(): void {
    this.#time.advance(hourMs);
  }

  async close(): Promise<void> {
    await this.log.close();
    this.#history.synced();
  }

  async #step(next: State, work: () => Promise<unknown>): Promise<void> {
    this.#history.begin(next);
    await work();
    this.#history.settle();
  }
}

/**
 * What survived must open to an allowed log, sound in every file, that takes appends, and say the
 * same after a clean close.
 */
export async function checkSurvivor(
  survivor: CrashFileSystem,
  history: History,
  config: LogConfigInput = {},
): Promise<void> {
  const env = worldOn(survivor);
  const log = await PartitionLog.open({ dir, config, env });
  const found = await checkFound(log, history);
  await log.close();
  const { problems } = await verifyPartition({ dir, env });
  expect(problems).toEqual([]);

  const again = await PartitionLog.open({ dir, config, env });
  await checkFoundAgain(again, found);
  await again.close();
}

/** Fails unless the log is an allowed one that takes appends; what it holds then. */
export async function checkFound(log: PartitionLog, history: History): Promise<PlainRecord[]> {
  const found = await recordsFrom(log);
  history.check({
    start: log.logStartOffset,
    end: log.logEndOffset,
    bases: log.core.segments.toArray().map(({ baseOffset }) => baseOffset),
    records: found,
  });
  log.core.checkInvariants();
  const next = log.logEndOffset;
  const record = { key: 'after', value: 'the crash' };
  const { baseOffset } = await log.append([record], { durability: 'synced' });
  expect(baseOffset).toBe(next);
  const all = await recordsFrom(log);
  expect(all.slice(0, -1)).toEqual(found);
  expect(all.at(-1)).toMatchObject({ offset: next, ...record });
  return all;
}

/** Of a log that was closed in order with these records. */
export async function checkFoundAgain(
  log: PartitionLog,
  records: readonly PlainRecord[],
): Promise<void> {
  const { recoveredSegments, truncatedBytes } = log.loadReport;
  expect([recoveredSegments, truncatedBytes]).toEqual([0, 0]);
  expect(await recordsFrom(log)).toEqual(records);
}

/** Without what a batch at the log start holds before it. */
async function recordsFrom(log: PartitionLog): Promise<PlainRecord[]> {
  const records = await collect(log.read({ from: log.logStartOffset }));
  return records.filter(({ offset }) => offset >= log.logStartOffset);
}
