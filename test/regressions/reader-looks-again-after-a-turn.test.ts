/**
 * A long read lets the event loop turn now and then. What the log looked like before the turn used
 * to be believed after it, so a truncation in between could bring up records that were gone.
 */
import { expect, test } from 'vitest';
import { textOf } from '../helpers/hex.ts';
import { LogWorld } from '../helpers/log-world.ts';

test('records truncated while the reader waited do not come up', async () => {
  const world = new LogWorld();
  const log = await world.open();
  const record = (name: string) => [{ key: name, value: new Uint8Array(1_000_000) }];
  for (let count = 0; count < 12; count++) log.appendSync(record('old'));
  const { time } = world.env;
  const turn = time.turn.bind(time);
  let replaced = false;
  time.turn = async () => {
    if (!replaced) {
      replaced = true;
      await log.truncateTo(9);
      for (let count = 0; count < 3; count++) log.appendSync(record('new'));
    }
    await turn();
  };
  const keys: (string | null)[] = [];
  for await (const batch of log.read({ bufferBytes: 16 << 20 })) {
    for (const { key } of batch.records()) keys.push(textOf(key));
  }
  expect(replaced).toBe(true);
  expect(keys).toEqual([...Array<string>(9).fill('old'), 'new', 'new', 'new']);
});
