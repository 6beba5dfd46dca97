/**
 * After a recovery the index interval went on where it had been; after an open, and in Kafka after
 * both, it begins anew.
 */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test('the index goes on after a recovery as it does after an orderly open', async () => {
  const config = { 'index.interval.bytes': 300 };
  const indexes: Uint8Array[] = [];
  for (const recovered of [false, true]) {
    const world = new LogWorld();
    const log = await world.open(config);
    for (let n = 0; n < 12; n++) log.appendSync(numbered(1));
    await log.close();
    if (recovered) rmSync(world.path('.varve_checkpoint'));
    const again = await world.open(config);
    expect(again.loadReport.recoveredSegments).toBe(recovered ? 1 : 0);
    for (let n = 0; n < 12; n++) again.appendSync(numbered(1));
    await again.close();
    indexes.push(world.bytesOf('00000000000000000000.index'));
  }
  expect(indexes[0]!.length).toBeGreaterThanOrEqual(3 * 8);
  expect(indexes[1]).toEqual(indexes[0]);
});
