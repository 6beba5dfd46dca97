/**
 * A producer snapshot that a crash left half written stayed where it was after recovery, and a check
 * of the directory complained of it ever after.
 */
import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyPartition } from '../../src/log/index.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test('recovery removes a torn snapshot', async () => {
  const world = new LogWorld();
  const log = await world.open();
  log.appendSync(numbered(3));
  await log.roll();
  log.appendSync(numbered(2));
  const after = world.crashed();
  truncateSync(after.path('00000000000000000003.snapshot'), 0);
  const again = await after.open();
  expect(again.core.snapshots.offsets).toEqual([5]);
  expect((await verifyPartition({ dir: after.dir })).problems).toEqual([]);
});
