/** Batches that Kafka's log refuses, or puts right, used to be taken, or refused. */
import { expect, test } from 'vitest';
import { buildBatch, headerOf, markerBatch } from '../helpers/batches.ts';
import { codeOf } from '../helpers/codes.ts';
import { LogWorld } from '../helpers/log-world.ts';

const validated = { validate: 'records' } as const;

test('a record without a time does not hide one that is too old', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'message.timestamp.before.max.ms': 1000 });
  const now = world.env.time.now();
  const batch = buildBatch([{ timestamp: now }, { timestamp: now - 5000 }, { timestamp: -1 }]);
  expect(codeOf(() => log.appendBatchesSync(batch, validated))).toBe('LOG_INVALID_TIMESTAMP');
  expect(log.logEndOffset).toBe(0);
});

test('a client batch brings no offset of its own', async () => {
  const log = await new LogWorld().open();
  const batch = buildBatch([{ value: 'x' }], { baseOffset: 5 });
  expect(codeOf(() => log.appendBatchesSync(batch))).toBe('LOG_INVALID_RECORD');
});

test('a wrong max timestamp is replaced by that of the records, also a compressed one', async () => {
  for (const codec of [0, 4]) {
    const log = await new LogWorld().open();
    const batch = buildBatch([{ timestamp: 5 }, { timestamp: 7 }], { maxTimestamp: 6, codec });
    log.appendBatchesSync(batch, validated);
    expect(headerOf(batch).maxTimestamp).toBe(7);
    // Both at the door and in the file the checksum is that of the new header.
    expect(log.appendBatchesSync(stripped(batch), validated).baseOffset).toBe(2);
  }
});

test('where the log stamps its own time, a wrong max timestamp is no reason to refuse', async () => {
  const log = await new LogWorld().open({ 'message.timestamp.type': 'LogAppendTime' });
  const batch = buildBatch([{ timestamp: 5 }], { maxTimestamp: 6 });
  const { logAppendTime } = log.appendBatchesSync(batch, validated);
  expect(headerOf(batch).maxTimestamp).toBe(logAppendTime);
});

test('a coordinator is held to max.message.bytes, to keys and to times as a client is', async () => {
  const coordinator = { origin: 'coordinator' } as const;
  const small = await new LogWorld().open({ 'max.message.bytes': 500 });
  const large = buildBatch([{ value: 'x'.repeat(1000) }]);
  expect(codeOf(() => small.appendBatchesSync(large, coordinator))).toBe('LOG_RECORD_TOO_LARGE');
  expect(
    small.appendBatchesSync(markerBatch({ id: 1n, aborted: true }), coordinator),
  ).toMatchObject({ baseOffset: 0 });

  const compacted = await new LogWorld().open({ 'cleanup.policy': 'compact' });
  const keyless = buildBatch([{ value: 'x' }]);
  expect(codeOf(() => compacted.appendBatchesSync(keyless, coordinator))).toBe(
    'LOG_INVALID_RECORD',
  );

  const world = new LogWorld();
  const timed = await world.open({ 'message.timestamp.before.max.ms': 1000 });
  const old = buildBatch([{ timestamp: world.env.time.now() - 5000 }]);
  expect(codeOf(() => timed.appendBatchesSync(old, coordinator))).toBe('LOG_INVALID_TIMESTAMP');
});

/** The bytes as a client would send them: at offset 0. */
function stripped(batch: Uint8Array): Uint8Array {
  return batch.map((byte, at) => (at < 8 ? 0 : byte));
}
