/** The epoch checkpoint of a log nobody wrote to held a header; Kafka leaves it empty. */
import { expect, test } from 'vitest';
import { LogWorld } from '../helpers/log-world.ts';

test('the epoch checkpoint is empty until the first append', async () => {
  const world = new LogWorld();
  const log = await world.open();
  expect(world.bytesOf('leader-epoch-checkpoint')).toHaveLength(0);
  log.appendSync([{ value: 'x' }]);
  await log.close();
  expect(Buffer.from(world.bytesOf('leader-epoch-checkpoint')).toString()).toBe('0\n1\n0 0\n');
});
