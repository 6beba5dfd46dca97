/**
 * A producer snapshot that a crash left half written stayed where it was after recovery, and a
 * check of the directory complained of it ever after.
 */
import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyPartition } from '../../src/log/index.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test('recovery takes a sound snapshot in the place of a torn one', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'segment.bytes': 200 });
  log.appendSync(numbered(3));
  log.appendSync(numbered(3));
  const after = world.crashed();
  truncateSync(after.path('00000000000000000003.snapshot'), 0);
  const again = await after.open();
  expect([again.loadReport.recoveredSegments, again.core.snapshots.offsets]).toEqual([2, [3, 6]]);
  expect((await verifyPartition({ dir: after.dir })).problems).toEqual([]);
});
