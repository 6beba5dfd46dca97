/**
 * A segment that had lost its index was recovered, and cut, before the others were looked at; its
 * second recovery then found nothing to cut, and what followed the gap stayed and was served.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect } from '../helpers/batches.ts';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

test('after a crash a cut in a segment without index ends the log there', async () => {
  const world = new LogWorld();
  const log = await world.open();
  for (let base = 0; base < 6; base += 2) {
    for (const from of [base, base + 1]) log.appendSync(numbered(1, from));
    await log.roll();
  }
  const found = world.crashed();
  rmSync(found.path('.varve_checkpoint'));
  rmSync(found.path(segmentFile(2, 'index')));
  writeFileSync(
    found.path(segmentFile(2, 'log')),
    found.bytesOf(segmentFile(2, 'log')).fill(1, -9),
  );
  const again = await found.open();
  expect(again.loadReport).toMatchObject({ recoveredSegments: 2, deletedSegments: 2 });
  expect((await collect(again.read())).map(({ offset }) => offset)).toEqual([0, 1, 2]);
  expect(again.logEndOffset).toBe(3);
});
