/**
 * A round of compaction that read a segment while it was cut took it for damaged and failed with
 * LOG_CORRUPT_BATCH, after which background compaction left the partition alone for good.
 */
import { expect, test } from 'vitest';
import { cleanSegments } from '../../src/log/cleaning/clean-segments.ts';
import { clean, CleaningWorld, mapBytes, put, shown } from '../unit/log/cleaning/cleaning-world.ts';

test('a truncation in the middle of a round makes it an undone one, not a failed one', async () => {
  const world = new CleaningWorld();
  const log = await world.open();
  for (let at = 0; at < 10; at++) put(log, `a=${at}`);
  await log.roll();
  const round = log.compact({
    mapBytes,
    executor: async (task) => {
      await log.truncateTo(5);
      return cleanSegments(log.core.env, task);
    },
  });
  expect(await round).toMatchObject({ done: false });
  expect(await shown(log)).toEqual([0, 1, 2, 3, 4].map((at) => `${at}:a=${at}`));
  await log.roll();
  expect(await clean(log)).toMatchObject({ done: true, recordsKept: 1 });
});

test('damage that nobody made meanwhile still fails the round', async () => {
  const world = new CleaningWorld();
  const log = await world.open();
  put(log, 'a=1');
  await log.roll();
  const executor = () => Promise.reject(new Error('damaged'));
  await expect(log.compact({ mapBytes, executor })).rejects.toThrow('damaged');
});
