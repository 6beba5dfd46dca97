/**
 * After a truncation the greatest timestamp of the segment was taken from its time index alone.
 * What had not been entered there yet was lost: lookups missed records, retention judged by too
 * early a time, and the next index entry claimed a maximum that was none.
 */
import { expect, test } from 'vitest';
import { LogWorld } from '../helpers/log-world.ts';

test('the greatest time of the records kept is known after a truncation', async () => {
  const world = new LogWorld();
  const log = await world.open();
  for (const timestamp of [10, 50, 20, 30]) log.appendSync([{ timestamp }]);
  await log.truncateTo(3);
  expect(log.core.segments.active.largestTimestamp).toBe(50);
  log.appendSync([{ timestamp: 40 }]);
  await log.close();
  const { timeIndex } = (await world.open()).core.segments.active;
  expect([timeIndex.count, timeIndex.lastTimestamp, timeIndex.lastOffset]).toEqual([1, 50, 1]);
});
