/** Power cuts while a log is made, appended to, synced, rolled and closed. */
import { expect, test } from 'vitest';
import type { LogConfigInput } from '../../src/log/index.ts';
import { History } from './log-history.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { checkSurvivor, TrackedLog } from './tracked-log.ts';

const config: LogConfigInput = { 'segment.bytes': 400, 'index.interval.bytes': 0 };

test(
  'a power cut at any moment of appends, syncs and rolls loses nothing acknowledged as synced',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere('power cuts while appending', {
      trace: () => new History(),
      run: async (fs, history) => {
        const log = await TrackedLog.open(fs, history, config);
        await log.append(2, { durability: 'synced' });
        await log.append(1);
        await log.append(3);
        await log.sync();
        await log.append(2);
        await log.append(2, { durability: 'synced' });
        await log.roll();
        await log.append(4);
        await log.append(1);
        await log.append(1, { durability: 'synced' });
        await log.close();
      },
      check: (survivor, history) => checkSurvivor(survivor, history, config),
    });
    expect(report.operations).toBeGreaterThan(60);
  },
);
