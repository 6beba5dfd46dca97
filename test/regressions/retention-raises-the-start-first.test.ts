/**
 * Retention renamed the files of old segments before the raised log start was durable. A power cut
 * that kept the renames in another order left a hole among records that had been synced.
 */
import { expect, test } from 'vitest';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test('the raised log start is durable before retention touches a file', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'retention.bytes': 10 });
  for (let segment = 0; segment < 3; segment++) {
    log.appendSync(numbered(3));
    await log.roll();
  }
  world.observed.reset();
  let startAtFirstRename: number | undefined;
  world.observed.observer = ({ kind, file }) => {
    if (kind !== 'rename' || !file.endsWith('.log')) return;
    const checkpoint = new TextDecoder().decode(world.bytesOf('.varve_checkpoint'));
    startAtFirstRename ??= (JSON.parse(checkpoint) as { logStartOffset: number }).logStartOffset;
  };
  const { segments } = await log.applyRetention();
  expect([segments, log.logStartOffset, startAtFirstRename]).toEqual([2, 6, 6]);
});
