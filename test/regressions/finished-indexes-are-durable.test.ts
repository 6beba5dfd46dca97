/**
 * A segment whose data was already durable when it ended was not synced again, so its last index
 * entries, made at the end, could be lost with the machine; recovery looks at later segments only.
 */
import { expect, test } from 'vitest';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

test('the indexes of a segment that ends right after a sync are synced', async () => {
  const world = new LogWorld();
  const log = await world.open();
  log.appendSync(numbered(5));
  await log.sync();
  world.observed.reset();
  await log.roll();
  const synced = world.observed.of('sync').map(({ file }) => file);
  expect(synced).toContain(segmentFile(0, 'index'));
  expect(synced).toContain(segmentFile(0, 'timeindex'));
});

test('so are those of a segment that an append ended', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'segment.bytes': 200 });
  log.appendSync(numbered(5));
  await log.sync();
  world.observed.reset();
  log.appendSync(numbered(5));
  expect(log.segmentCount).toBe(2);
  await log.sync();
  expect(world.observed.of('sync').map(({ file }) => file)).toContain(segmentFile(0, 'timeindex'));
});
