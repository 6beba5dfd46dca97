/**
 * A round of compaction in the log's own thread did not listen to its signal, so closing a log
 * waited until a slow round had come to its end.
 */
import { expect, test } from 'vitest';
import { codeOfPromise } from '../helpers/codes.ts';
import { clean, CleaningWorld, mapBytes, putSegment } from '../unit/log/cleaning/cleaning-world.ts';

test('closing a log ends a round that waits for its byte rate', async () => {
  const world = new CleaningWorld();
  const log = await world.open();
  for (let at = 0; at < 20; at++) await putSegment(log, `a=${'x'.repeat(100)}`);
  const outcome = codeOfPromise(log.compact({ mapBytes, maxBytesPerSecond: 100 }));
  await world.env.time.turn();
  expect(world.env.time.pendingTimers).toBeGreaterThan(0);
  await log.close();
  expect(await outcome).toBe('IO_ABORTED');
  expect(world.names('.cleaned')).toEqual([]);
  expect(await clean(await world.open())).toMatchObject({ done: true, recordsKept: 1 });
});
