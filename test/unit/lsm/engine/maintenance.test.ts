/** What a database does by itself: flushes by size, age, memory and log; logs put away. */
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import type { EngineInput } from '../../../../src/lsm/index.ts';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

const quiet: EngineInput = { compactionPolicy: 'none', flushAfterMs: 0 };

/** Turns of the event loop until it holds; far more than any of these takes. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000 && !holds(); turn++) await new Promise(setImmediate);
  expect(holds()).toBe(true);
}

const files = (world: LsmWorld, table = 't'): number =>
  world.database.table(table).admin.regions[0]!.families[0]!.files;

async function fill(world: LsmWorld, cells: number, table = 't'): Promise<void> {
  for (let i = 0; i < cells; i++) {
    await world.database.table(table).put(`r${i}`, { f: { q: 'x'.repeat(100) } });
  }
}

test('HB-16 a memstore is flushed when it has its size', async () => {
  await using world = await LsmWorld.open({ f: {} }, { ...quiet, flushBytes: 4000 });
  await fill(world, 10);
  expect(files(world)).toBe(0);
  await fill(world, 40);
  await until(() => files(world) > 0);
});

test('HB-16 a memstore is flushed when its oldest cell has its age, not before', async () => {
  await using world = await LsmWorld.open({ f: {} }, { ...quiet, flushAfterMs: 60_000 });
  await fill(world, 1);
  world.time.advance(55_000);
  expect(world.table.admin.regions[0]!.memstoreBytes).toBeGreaterThan(0);
  world.time.advance(20_000);
  await until(() => world.table.admin.regions[0]!.memstoreBytes === 0);
  expect(files(world)).toBe(1);
});

test('HB-16 the largest memstore is flushed when all together take too much', async () => {
  await using world = await LsmWorld.open({ f: {} }, { ...quiet, memstoreBytes: 6000 });
  await world.database.createTable('small', { families: { f: {} } });
  await fill(world, 5, 'small');
  await fill(world, 20);
  world.database.maintain();
  expect(files(world)).toBe(0);
  await fill(world, 20);
  world.database.maintain();
  await until(() => files(world) === 1);
  expect(files(world, 'small')).toBe(0);
});

test('HB-16 the region that holds the log back is flushed when the log is too large', async () => {
  const limits = { logBytes: 20_000, logRollBytes: 5000 };
  await using world = await LsmWorld.open({ f: {} }, { ...quiet, ...limits });
  await world.database.createTable('old', { families: { f: {} } });
  await fill(world, 1, 'old');
  world.time.advance(1000);
  for (let round = 0; round < 20; round++) {
    await fill(world, 10);
    await world.table.flush();
    world.time.advance(10);
  }
  expect(files(world, 'old')).toBe(0);
  world.database.maintain();
  await until(() => files(world, 'old') === 1);
  await until(() => world.fs.listSync('/db/WALs/varve').length <= 2);
});

test('logs are kept as long as asked once they are no longer needed', async () => {
  const engine = { ...quiet, logRollBytes: 2000, logArchiveMs: 60_000 };
  const time = { now: 0 };
  const fs = new MemoryFileSystem({ now: () => time.now });
  const world = await LsmWorld.open({ f: {} }, engine, fs);
  const archived = (): number =>
    fs.statSync('/db/oldWALs') === undefined ? 0 : fs.listSync('/db/oldWALs').length;
  time.now = world.time.now();
  // The first file has what the catalog was told, and stays.
  for (let round = 0; round < 5; round++) {
    await fill(world, 15);
    await world.table.flush();
    await new Promise(setImmediate);
  }
  await until(() => archived() > 0);
  await world.database.close();
  await world.reopen(engine);
  await fill(world, 1);
  const before = archived();
  expect(before).toBeGreaterThan(1);
  world.time.advance(30_000);
  world.database.maintain();
  await world.table.flush();
  expect(archived()).toBe(before);
  world.time.advance(60_000);
  world.database.maintain();
  await until(() => archived() === 0);
  await world.database.close();
});

test('a database that was closed leaves no log to be replayed', async () => {
  await using world = await LsmWorld.open();
  const logs = (): unknown[] => world.fs.listSync('/db/WALs/varve');
  await world.table.put('r', { f: { q: 'v' } });
  expect(logs()).toHaveLength(1);
  await world.database.close();
  expect(logs()).toEqual([]);
  await world.reopen();
  expect(world.cells()).toHaveLength(1);
});
