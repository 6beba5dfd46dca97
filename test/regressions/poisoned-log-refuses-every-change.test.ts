/**
 * After a failed write a roll and a deletion of records used to go on, although what is in memory
 * and what is on disk may differ by then.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeOf, codeOfPromise } from '../helpers/codes.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test('a poisoned log neither rolls nor deletes records, and its checkpoint stays', async () => {
  const world = new LogWorld();
  const log = await world.open();
  log.appendSync(numbered(2));
  await log.sync();
  world.observed.failOnce('write', '.log');
  expect(codeOf(() => log.appendSync(numbered(1)))).toBe('IO_NO_SPACE');
  const before = readFileSync(world.path('.varve_checkpoint'), 'utf8');
  expect(await codeOfPromise(log.deleteRecordsBefore(1))).toBe('LOG_POISONED');
  expect(await codeOfPromise(log.roll())).toBe('LOG_POISONED');
  expect([log.logStartOffset, log.segmentCount]).toEqual([0, 1]);
  await log.close();
  expect(readFileSync(world.path('.varve_checkpoint'), 'utf8')).toBe(before);
});
