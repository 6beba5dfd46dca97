/** Power cuts while a log directory of several partitions is worked with as a whole. */
import { expect, test } from 'vitest';
import type { LogConfigInput } from '../../src/log/index.ts';
import { cutEverywhere, cutTimeoutMs, type CutReport } from './power-cut.ts';
import { checkDirectory, TrackedDirectory, type Lives } from './tracked-directory.ts';

const config: LogConfigInput = {
  'segment.bytes': 400,
  'index.interval.bytes': 0,
  'cleanup.policy': 'compact,delete',
  'min.cleanable.dirty.ratio': 0,
  'retention.bytes': 100,
};

/** Cuts during `work`, and during the close that follows. */
function cutsDuring(
  name: string,
  work: (directory: TrackedDirectory, begin: () => void) => Promise<void>,
): Promise<CutReport> {
  return cutEverywhere<Lives>(name, {
    trace: () => new Map(),
    run: async (fs, lives, begin) => {
      const directory = await TrackedDirectory.open(fs, lives, config);
      await work(directory, begin);
      await directory.close();
    },
    check: (survivor, lives) => checkDirectory(survivor, lives, config),
  });
}

test(
  'a power cut while partitions are made and written leaves each allowed and all of them',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutsDuring(
      'power cuts in a directory: writing',
      async (directory, begin) => {
        const first = await directory.partition('orders', 0);
        await first.append(2);
        begin();
        const second = await directory.partition('orders', 1);
        await second.append(3, { durability: 'synced' });
        directory.directory.checkpoint();
        await first.roll();
        await first.append(1);
        await second.truncateTo(0);
        await second.append(2, { durability: 'synced' });
        directory.directory.checkpoint();
      },
    );
    expect(report.operations).toBeGreaterThan(90);
  },
);

test(
  'a power cut while log starts move and segments go never brings a record back',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts in a directory: retention', async (directory, begin) => {
      const first = await directory.partition('orders', 0);
      const second = await directory.partition('orders', 1);
      for (const log of [first, second]) {
        await log.append(4);
        await log.roll();
        await log.append(3, { durability: 'synced' });
      }
      begin();
      await first.deleteRecordsBefore(2);
      directory.directory.checkpoint();
      await second.retain(4);
      await first.append(1);
      directory.directory.checkpoint();
      second.removeDeleted();
    });
  },
);

test(
  'a power cut while partitions are cleaned leaves all of the old or all of the new',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts in a directory: cleaning', async (directory, begin) => {
      const first = await directory.partition('orders', 0);
      const second = await directory.partition('orders', 1);
      for (const log of [first, second]) {
        await log.append(['a', 'b', 'a', 'c']);
        await log.append(['b', 'd']);
        await log.roll();
        await log.append(['a'], { durability: 'synced' });
      }
      begin();
      await first.compact();
      directory.directory.checkpoint();
      await second.compact();
      first.removeDeleted();
      await first.append(['c']);
    });
  },
);

test(
  'a power cut while a partition is deleted and made anew mixes the two up in nothing',
  { timeout: cutTimeoutMs },
  async () => {
    await cutsDuring('power cuts in a directory: deletion', async (directory, begin) => {
      const kept = await directory.partition('orders', 0);
      const first = await directory.partition('orders', 1);
      await first.append(5, { durability: 'synced' });
      await first.deleteRecordsBefore(5);
      await kept.append(2, { durability: 'synced' });
      directory.directory.checkpoint();
      begin();
      await directory.delete('orders', 1);
      await kept.append(1);
      const second = await directory.partition('orders', 1);
      await second.append(2, { durability: 'synced' });
      kept.removeDeleted();
      await second.append(1);
    });
  },
);

test(
  'a power cut while a directory is opened after a stop leaves it as it was',
  { timeout: cutTimeoutMs },
  async () => {
    await cutEverywhere<Lives>('power cuts in a directory: reopening', {
      trace: () => new Map(),
      run: async (fs, lives, begin) => {
        const before = await TrackedDirectory.open(fs, lives, config);
        const log = await before.partition('orders', 0);
        await log.append(2);
        await log.roll();
        await log.append(1);
        await before.close();
        begin();
        const directory = await TrackedDirectory.open(fs, lives, config);
        const again = await directory.partition('orders', 0);
        expect(again.log.loadReport.recoveredSegments).toBe(0);
        await again.append(1, { durability: 'synced' });
        await directory.close();
      },
      check: (survivor, lives) => checkDirectory(survivor, lives, config),
    });
  },
);
