import { expect, test } from 'vitest';
import type { LogBatch } from '../../../src/log/index.ts';
import { buildBatch, plainRecords, producerBatch } from '../../helpers/batches.ts';
import { legacyMessage } from '../../helpers/legacy.ts';
import { LogWorld } from '../../helpers/log-world.ts';

const asReplica = { origin: 'replica' } as const;

test('LogBatch.copy needs nothing but the batch and says the same, of every kind of batch', async () => {
  const log = await new LogWorld().open({}, { leaderEpoch: 4 });
  const plans = [
    producerBatch({ id: 7n, sequence: 0, count: 2 }, { transactional: true }),
    buildBatch([{ key: 'a', value: 'x'.repeat(500) }], { baseOffset: 2, codec: 4, leaderEpoch: 5 }),
    buildBatch([], { baseOffset: 3, lastOffsetDelta: 5 }),
    legacyMessage({ magic: 1, offset: 20, timestamp: 5, value: 'old' }),
    legacyMessage({ magic: 0, offset: 21, key: 'k' }),
  ];
  for (const plan of plans) log.appendBatchesSync(plan, asReplica);
  const facts: unknown[] = [];
  const copies: LogBatch[] = [];
  const texts: unknown[] = [];
  for await (const batch of log.read()) {
    const copy = batch.copy();
    const { bytes: own, ...told } = copy;
    const { bytes, ...original } = batch;
    expect(told).toEqual(original);
    expect([...own]).toEqual([...bytes]);
    facts.push([copy.baseOffset, copy.lastOffset, copy.producerId, copy.isTransactional]);
    texts.push(plainRecords(batch.cursor()));
    copies.push(copy);
  }
  expect(facts).toEqual([
    [0, 1, 7n, true],
    [2, 2, undefined, false],
    [3, 8, undefined, false],
    [20, 20, undefined, false],
    [21, 21, undefined, false],
  ]);
  await log.close();
  expect(copies.map((copy) => plainRecords(copy.cursor()))).toEqual(texts);
});

test('LogBatch.copy of a copy is its own too', async () => {
  const log = await new LogWorld().open();
  log.appendSync([{ key: 'a', value: 'b' }]);
  for await (const batch of log.read()) {
    const first = batch.copy();
    const second = first.copy();
    first.bytes.fill(0);
    expect(plainRecords(second.cursor())).toMatchObject([{ offset: 0, key: 'a', value: 'b' }]);
  }
});
