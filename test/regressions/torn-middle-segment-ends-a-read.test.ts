/**
 * A segment in the middle of a log that ends inside a batch used to make a reader try again and
 * again without ever giving the event loop its turn.
 */
import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeOfPromise } from '../helpers/codes.ts';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

test.each([1, 20, 70, 100])(
  'a read ends with an error where a batch lacks %i bytes',
  async (lost) => {
    const world = new LogWorld();
    const log = await world.open();
    for (let segment = 0; segment < 3; segment++) {
      log.appendSync(numbered(5));
      log.appendSync(numbered(5));
      await log.roll();
    }
    await log.close();
    const middle = segmentFile(10, 'log');
    truncateSync(world.path(middle), world.bytesOf(middle).length - lost);
    const again = await world.open();
    expect(again.logEndOffset).toBe(30);
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of again.read()) seen.push(batch.baseOffset);
    };
    expect(await codeOfPromise(read)).toBe('LOG_CORRUPT_BATCH');
    expect(seen).toEqual([0, 5, 10]);
  },
);
