/**
 * An append that became several batches used to write the first ones before it found out that a
 * later record could not be taken; the caller saw an error and could not know what was stored.
 */
import { expect, test } from 'vitest';
import { codeOf } from '../helpers/codes.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test.each([
  ['too large', { value: 'x'.repeat(300) }, 'LOG_RECORD_TOO_LARGE'],
  ['of an unknown type', { value: 5 as unknown as string }, 'LOG_INVALID_RECORD'],
  ['too far in the future', { timestamp: 2 ** 50 }, 'LOG_INVALID_TIMESTAMP'],
])('a last record %s leaves the log as it was', async (_name, record, code) => {
  const log = await new LogWorld().open({
    'max.message.bytes': 200,
    'message.timestamp.after.max.ms': 1000,
  });
  expect(codeOf(() => log.appendSync([...numbered(20), record]))).toBe(code);
  expect([log.logEndOffset, log.sizeBytes]).toEqual([0, 0]);
});

test('an old record beside a new one is refused where the log has a lower bound', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'message.timestamp.before.max.ms': 1000 });
  const now = world.env.time.now();
  const records = [{ timestamp: now - 5000 }, { timestamp: now }];
  expect(codeOf(() => log.appendSync(records))).toBe('LOG_INVALID_TIMESTAMP');
  expect(log.logEndOffset).toBe(0);
});
