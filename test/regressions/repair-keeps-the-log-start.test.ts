/**
 * Repairing and reindexing took away all that a partition knew about itself, its log start too, and
 * records that had been deleted were served again.
 */
import { expect, test } from 'vitest';
import { reindexPartition, repairPartition } from '../../src/log/index.ts';
import { collect } from '../helpers/batches.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test.each([
  ['repaired', repairPartition],
  ['reindexed', reindexPartition],
])('records deleted before a log was %s stay deleted', async (_how, mend) => {
  const world = new LogWorld();
  const log = await world.open();
  for (let at = 0; at < 6; at++) log.appendSync(numbered(1, at));
  await log.deleteRecordsBefore(4);
  await log.close();
  const report = await mend({ dir: world.dir });
  expect(report).toMatchObject({ logStartOffset: 4, logEndOffset: 6, recoveredSegments: 1 });
  const again = await world.open();
  expect(again.logStartOffset).toBe(4);
  expect((await collect(again.read())).map(({ offset }) => offset)).toEqual([4, 5]);
});
