/**
 * Renaming a segment on its way out used to close its file under whoever streamed from it: a fetch
 * that had begun broke off when retention or a truncation removed the segment.
 */
import { expect, test } from 'vitest';
import { toHex } from '../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

test('a region handed out before its segment was removed can be read until it is released', async () => {
  const world = new LogWorld();
  const log = await world.open();
  log.appendSync(numbered(3));
  const before = toHex(world.bytesOf(segmentFile(0, 'log')));
  const region = log.readRegion(0)!;
  await log.truncateFullyAndStartAt(100);
  const read = (): string => {
    const bytes = new Uint8Array(region.length);
    region.file.readSync(bytes, 0, bytes.length, region.position);
    return toHex(bytes);
  };
  expect(read()).toBe(before);
  world.env.time.advance(100_000);
  expect(world.names().filter((name) => name.endsWith('.deleted'))).toEqual([]);
  expect(read()).toBe(before);
  region.release();
  expect(log.core.context.files.openCount).toBe(1);
});
