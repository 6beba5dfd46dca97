/** Flushes, compactions, splits and loads of one region at the same time. */
import { expect, test } from 'vitest';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

const rowCount = 40;

/** Three files, and some cells in memory. */
async function filled(): Promise<LsmWorld> {
  const world = await LsmWorld.open({ f: {}, g: {} }, { compactionPolicy: 'none' });
  for (let i = 0; i < rowCount; i++) {
    const row = `r${String(i).padStart(2, '0')}`;
    await world.table.put(row, { f: { q: 'x' }, g: { q: 'x' } });
    if (i % 12 === 11) await world.table.flush();
  }
  return world;
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

test('a split loses nothing, whenever a compaction begins', async () => {
  for (let wait = 0; wait < 300; wait += 20) {
    const world = await filled();
    const split = world.table.admin.split('r20');
    await microtasks(wait);
    const compaction = world.table.compact({ major: true }).catch((error: unknown) => error);
    expect(await split).toBe(true);
    await compaction;
    expect(world.table.admin.regions).toHaveLength(2);
    expect(world.cells(), `wait ${wait}`).toHaveLength(rowCount * 2);
    await world.database.close();
    await world.reopen();
    expect(world.cells(), `wait ${wait}`).toHaveLength(rowCount * 2);
    await world.database.close();
  }
});

test('a flush and a compaction of the same moment both count', async () => {
  for (let wait = 0; wait < 160; wait += 16) {
    const world = await filled();
    const compaction = world.table.compact({ major: true });
    await microtasks(wait);
    await world.table.flush();
    await compaction;
    expect(world.cells(), `wait ${wait}`).toHaveLength(rowCount * 2);
    const { families } = world.table.admin.regions[0]!;
    expect(families.map(({ files }) => files)).toEqual([2, 2]);
    await world.database.close();
    await world.reopen();
    expect(world.cells(), `wait ${wait}`).toHaveLength(rowCount * 2);
    await world.database.close();
  }
});
