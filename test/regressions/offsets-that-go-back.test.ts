/**
 * A batch's offset is not covered by its checksum. One that went back used to lead a reader in
 * circles for ever, and at the end of a log it gave the next append an offset already in use.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeOfPromise } from '../helpers/codes.ts';
import { LogWorld, numbered, segmentFile } from '../helpers/log-world.ts';

/** Three segments of three one-record batches; the last batch of one gets another offset. */
async function worldWith(segment: number, offset: bigint): Promise<LogWorld> {
  const world = new LogWorld();
  const log = await world.open();
  for (let count = 0; count < 9; count++) {
    if (count > 0 && count % 3 === 0) await log.roll();
    log.appendSync(numbered(1));
  }
  await log.close();
  const path = world.path(segmentFile(segment, 'log'));
  const bytes = readFileSync(path);
  bytes.writeBigInt64BE(offset, (bytes.length / 3) * 2);
  writeFileSync(path, bytes);
  return world;
}

test.each([
  ['back', 0, 0n, [0, 1]],
  ['back in the middle', 3, 1n, [0, 1, 2, 3, 4]],
  ['beyond the log end', 3, 1000n, [0, 1, 2, 3, 4]],
  ['ahead of the next segment', 3, 7n, [0, 1, 2, 3, 4, 7]],
])('a reader ends with an error where an offset lies %s', async (_name, segment, offset, given) => {
  const log = await (await worldWith(segment, offset)).open();
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    for await (const batch of log.read()) seen.push(batch.baseOffset);
  };
  const code = await codeOfPromise(read);
  expect(seen.slice(0, given.length)).toEqual(given);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  if (offset !== 7n) expect([code, seen]).toEqual(['LOG_CORRUPT_BATCH', given]);
});

test.each([2n, 1n, 2n ** 40n])(
  'a last batch at offset %i is cut off by the open',
  async (offset) => {
    const world = await worldWith(6, offset);
    const log = await world.open();
    expect([log.logEndOffset, log.loadReport.truncatedBytes > 0]).toEqual([8, true]);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(8);
  },
);
