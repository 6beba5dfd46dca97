/** Power cuts while a log is compacted. */
import { expect, test } from 'vitest';
import type { LogConfigInput } from '../../src/log/index.ts';
import { History } from './log-history.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { checkSurvivor, TrackedLog } from './tracked-log.ts';

const config: LogConfigInput = {
  'segment.bytes': 300,
  'index.interval.bytes': 0,
  'cleanup.policy': 'compact',
};

test(
  'a power cut during compaction leaves all of the old or all of the new',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere('power cuts while compacting', {
      trace: () => new History(),
      run: async (fs, history, begin) => {
        const log = await TrackedLog.open(fs, history, config);
        for (const keys of ['abc', 'ad', 'be', 'ab']) await log.append(keys.split(''));
        await log.append(['d'], { tombstones: true });
        for (const keys of ['ff', 'fg', 'aa', 'gh']) await log.append(keys.split(''));
        await log.sync();
        await log.append(['a', 'z']);
        begin();
        await log.compact();
        await log.append(['b'], { durability: 'synced' });
        log.removeDeleted();
        await log.append(['h', 'h']);
        await log.roll();
        await log.compact();
        await log.append(['a']);
        await log.close();
      },
      check: (survivor, history) => checkSurvivor(survivor, history, config),
    });
    expect(report.operations).toBeGreaterThan(100);
  },
);
