/**
 * A counter was read, then the write waited for a split that began in between, and with it came
 * another increment: one of the two was lost.
 */
import { expect, test } from 'vitest';
import { LsmWorld } from '../helpers/lsm-world.ts';

const counter = { family: 'f', qualifier: 'n' };

test.each([0, 1, 2, 3, 4, 5])('no increment is lost to a split %i turns later', async (turns) => {
  await using world = await LsmWorld.open({ f: {} }, { compactionPolicy: 'none' });
  const { table } = world;
  for (const row of ['a', 'm', 'x']) await table.put(row, { f: { q: row } });
  const increments: Promise<bigint>[] = [];
  const splits = (async () => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    return table.admin.split('m');
  })();
  for (let turn = 0; turn < 12; turn++) {
    increments.push(table.increment('x', counter));
    await Promise.resolve();
  }
  const values = await Promise.all(increments);
  await splits;
  expect(new Set(values).size).toBe(values.length);
  expect(await table.increment('x', counter)).toBe(13n);
});

test('no increment is lost while the memstore is crowded', async () => {
  await using world = await LsmWorld.open(
    { f: {} },
    { compactionPolicy: 'none', flushBytes: 1024, blockMultiplier: 1 },
  );
  const { table } = world;
  const increments: Promise<bigint>[] = [];
  for (let turn = 0; turn < 100; turn++) {
    increments.push(table.increment('x', counter));
    if (turn % 3 === 0) await Promise.resolve();
  }
  await Promise.all(increments);
  expect(await table.increment('x', counter)).toBe(101n);
});
