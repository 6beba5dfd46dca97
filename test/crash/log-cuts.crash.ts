/** Power cuts while a log is cut at its end and at its start. */
import { expect, test } from 'vitest';
import type { LogConfigInput } from '../../src/log/index.ts';
import { History } from './log-history.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { checkSurvivor, TrackedLog } from './tracked-log.ts';

const config: LogConfigInput = { 'segment.bytes': 400, 'index.interval.bytes': 0 };

/** Cuts during `work` on a log of three segments, the last appends of which were not synced. */
async function cutsDuring(
  name: string,
  settings: LogConfigInput,
  work: (log: TrackedLog) => Promise<void>,
): Promise<void> {
  const all = { ...config, ...settings };
  const report = await cutEverywhere(name, {
    trace: () => new History(),
    run: async (fs, history, begin) => {
      const log = await TrackedLog.open(fs, history, all);
      await log.append(3);
      await log.append(2);
      await log.roll();
      await log.append(4, { durability: 'synced' });
      await log.roll();
      await log.append(2, { durability: 'synced' });
      await log.append(1);
      begin();
      await work(log);
      await log.close();
    },
    check: (survivor, history) => checkSurvivor(survivor, history, all),
  });
  expect(report.survivors).toBeGreaterThan(100);
}

test(
  'a power cut during a truncation brings nothing back that was cut',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts while truncating', {}, async (log) => {
      await log.truncateTo(9);
      await log.append(2);
      await log.truncateTo(3);
      await log.append(1, { durability: 'synced' });
      log.removeDeleted();
      await log.append(3);
      await log.truncateTo(3);
      await log.append(2);
    });
  },
);

test(
  'a power cut during a restart at an offset leaves the old log or the new one',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts while restarting', {}, async (log) => {
      await log.truncateFullyAndStartAt(40);
      await log.append(2, { durability: 'synced' });
      await log.append(1);
      log.removeDeleted();
      await log.truncateFullyAndStartAt(40);
      await log.append(1);
    });
  },
);

test(
  'a power cut during a deletion of records leaves the log start before it or behind it',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts while deleting records', {}, async (log) => {
      await log.deleteRecordsBefore(5);
      await log.append(2);
      await log.deleteRecordsBefore(9);
      await log.append(1, { durability: 'synced' });
      await log.retain(9);
      log.removeDeleted();
      await log.append(1);
    });
  },
);

test(
  'a power cut during retention leaves too much, never a hole',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts while retaining', { 'retention.bytes': 150 }, async (log) => {
      await log.retain(9);
      await log.append(2, { durability: 'synced' });
      log.removeDeleted();
      await log.append(1);
    });
  },
);
