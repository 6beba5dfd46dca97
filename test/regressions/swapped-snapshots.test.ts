/**
 * A loader that completed an interrupted compaction removed the producer snapshots of the replaced
 * segments, but went on to count on them: the open could fail with "no such file".
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

test('completing a replacement forgets the snapshots it removes', async () => {
  const world = new LogWorld();
  const log = await world.open();
  log.appendSync(numbered(3));
  await log.roll();
  log.appendSync(numbered(3));
  await log.roll();
  const after = world.crashed();
  const data = Buffer.concat([
    after.bytesOf(segmentFile(0, 'log')),
    after.bytesOf(segmentFile(3, 'log')),
  ]);
  writeFileSync(after.path(segmentFile(0, 'log.swap')), data);
  const again = await after.open();
  expect([again.segmentCount, again.logEndOffset]).toEqual([2, 6]);
  for (const offset of again.core.snapshots.offsets) {
    expect(after.names()).toContain(segmentFile(offset, 'snapshot'));
  }
});
