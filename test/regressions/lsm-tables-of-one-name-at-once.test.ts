/**
 * Two tables of one name could be made at once: both were believed to exist, in one directory, and
 * what was written to one was missing in the other. A table made while one of its name was being
 * dropped lost its directory.
 */
import { expect, test } from 'vitest';
import { codeOfPromise } from '../helpers/codes.ts';
import { LsmWorld } from '../helpers/lsm-world.ts';

test('of two tables of one name made at once the second is refused', async () => {
  await using world = await LsmWorld.open();
  const make = () => world.database.createTable('twice', { families: { f: {} } });
  const [first, second] = [make(), make()];
  expect(await codeOfPromise(second)).toBe('LSM_TABLE_EXISTS');
  await (await first).put('r', { f: { q: 'v' } });
  expect(world.database.table('twice').valueSync('r', 'f', 'q')).toEqual(Buffer.from('v'));
  await world.database.close();
  await world.reopen();
  expect(world.database.table('twice').valueSync('r', 'f', 'q')).toEqual(Buffer.from('v'));
});

test('a table made while one of its name is dropped is whole', async () => {
  await using world = await LsmWorld.open();
  await world.table.put('old', { f: { q: 'v' } });
  await world.table.flush();
  const [, table] = await Promise.all([
    world.database.dropTable('t'),
    world.database.createTable('t', { families: { f: {} } }),
  ]);
  await table.put('new', { f: { q: 'v' } });
  await table.flush();
  await world.database.close();
  await world.reopen();
  expect(world.cells()).toEqual([expect.stringContaining('new f:q')]);
});

test('close waits for a table that is being made', async () => {
  await using world = await LsmWorld.open();
  const made = world.database.createTable('late', { families: { f: {} } });
  await world.database.close();
  await made;
  await world.reopen();
  expect(world.database.hasTable('late')).toBe(true);
});
