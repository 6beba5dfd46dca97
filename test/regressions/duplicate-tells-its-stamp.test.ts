/** A repeated batch in a log that stamps times used to be answered without the time. */
import { expect, test } from 'vitest';
import { producerBatch } from '../helpers/batches.ts';
import { LogWorld } from '../helpers/log-world.ts';

test('a duplicate is answered with the time of the first append, after a reopen too', async () => {
  const world = new LogWorld();
  const config = { 'message.timestamp.type': 'LogAppendTime' } as const;
  const log = await world.open(config);
  const { logAppendTime } = log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }));
  world.env.time.advance(5000);
  const repeated = { duplicate: true, logAppendTime };
  expect(log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }))).toMatchObject(repeated);
  await log.close();
  const again = await world.open(config);
  expect(again.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }))).toMatchObject(repeated);
});
