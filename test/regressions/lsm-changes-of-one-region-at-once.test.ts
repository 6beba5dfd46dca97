/**
 * A split or merge that waited for its turn took place although the region had been split or merged
 * meanwhile: its files were let go by then, so the daughters were empty, and the catalog kept them.
 */
import { expect, test } from 'vitest';
import { codeOfPromise } from '../helpers/codes.ts';
import { LsmWorld } from '../helpers/lsm-world.ts';

const rows = ['a', 'c', 'm', 'p', 'x'];

async function filled(): Promise<LsmWorld> {
  const world = await LsmWorld.open({ f: {} }, { compactionPolicy: 'none' });
  for (const row of rows) await world.table.put(row, { f: { q: row } });
  return world;
}

/** All rows are there, now and after the next opening. */
async function assertWhole(world: LsmWorld): Promise<void> {
  const found = (): string[] => world.cells().map((line) => line.split(' ')[0]!);
  expect(found()).toEqual(rows);
  await world.database.close();
  await world.reopen();
  expect(found()).toEqual(rows);
}

test('of two splits of a region at once the later finds the daughters', async () => {
  await using world = await filled();
  const { admin } = world.table;
  const split = await Promise.all([admin.split('m'), admin.split('m'), admin.split('c')]);
  expect(split).toEqual([true, false, true]);
  expect(admin.regions.length).toBe(3);
  await assertWhole(world);
});

test('a merge of a region that is being split is refused', async () => {
  await using world = await filled();
  const { admin } = world.table;
  await admin.split('m');
  const [left, right] = admin.regions.map(({ encodedName }) => encodedName);
  const splits = admin.split('c');
  expect(await codeOfPromise(admin.merge(left!, right!))).toBe('LSM_BUSY');
  expect(await splits).toBe(true);
  await assertWhole(world);
});

test('a split and a merge of a region at once leave one of both orders', async () => {
  await using world = await filled();
  const { admin } = world.table;
  await admin.split('m');
  const [left, right] = admin.regions.map(({ encodedName }) => encodedName);
  const merges = codeOfPromise(admin.merge(left!, right!));
  expect(await admin.split('p')).toBe(true);
  expect(admin.regions.length).toBe((await merges) === 'LSM_BUSY' ? 3 : 2);
  await assertWhole(world);
});

test('a table dropped before a split had its turn stays dropped', async () => {
  await using world = await filled();
  const { admin } = world.table;
  const drops = world.database.dropTable('t');
  const splits = admin.split('m');
  await drops;
  expect(await codeOfPromise(splits)).toBe('LSM_CLOSED');
  expect(world.database.tableNames).toEqual([]);
  await world.database.close();
  await world.reopen();
  expect(world.database.tableNames).toEqual([]);
});
