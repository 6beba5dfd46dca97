/**
 * After a reopen the age of a finished segment was counted from its last record instead of its
 * first, so max.compaction.lag.ms let records wait longer than it says.
 */
import { expect, test } from 'vitest';
import { cleanableRange } from '../../src/log/cleaning/cleanable.ts';
import type { PartitionLog } from '../../src/log/index.ts';
import { CleaningWorld, put } from '../unit/log/cleaning/cleaning-world.ts';

const hourMs = 3_600_000;
const isDue = (log: PartitionLog): boolean => cleanableRange(log.core, undefined).isDue;

test('max.compaction.lag.ms counts from the first record of a segment, after a reopen too', async () => {
  const world = new CleaningWorld({
    'min.cleanable.dirty.ratio': 1,
    'max.compaction.lag.ms': hourMs,
  });
  const log = await world.open();
  put(log, 'a=1');
  world.env.time.advance(hourMs / 2);
  put(log, 'a=2');
  await log.roll();
  world.env.time.advance(hourMs / 2 + 1);
  expect(isDue(log)).toBe(true);
  await log.close();
  expect(isDue(await world.open())).toBe(true);
});
