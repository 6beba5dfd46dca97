/** Writes, scans, flushes and compactions while two regions are merged. */
import { expect, test } from 'vitest';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

const rowCount = 40;
const rowOf = (i: number): string => `r${String(i).padStart(2, '0')}`;

/** Two regions, three files each, and some cells in memory. */
async function filled(): Promise<LsmWorld> {
  const world = await LsmWorld.open({ f: {}, g: {} }, { compactionPolicy: 'none' });
  await world.table.admin.split('r20');
  for (let step = 0; step < 4; step++) {
    for (let i = step; i < rowCount; i += 4) {
      await world.table.put(rowOf(i), { f: { q: 'x' }, g: { q: 'x' } });
    }
    if (step < 3) await world.table.flush();
  }
  return world;
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

/** Rows of a scan that goes on row by row, with others having their turn in between. */
async function scanAll(world: LsmWorld, reverse = false): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of world.table.scan({ batchRows: 1, reverse })) {
    for (const row of batch) {
      expect(row.cellCount).toBe(2);
      rows.push(Buffer.from(row.key).toString());
    }
    await microtasks(3);
  }
  return rows;
}

test('a merge loses nothing, whatever is written, scanned and compacted meanwhile', async () => {
  const before = Array.from({ length: rowCount }, (_, i) => rowOf(i));
  for (let wait = 0; wait < 300; wait += 60) {
    const world = await filled();
    const [left, right] = world.table.admin.regions.map(({ encodedName }) => encodedName);
    const scans = scanAll(world);
    const backwards = scanAll(world, true);
    const merge = world.table.admin.merge(left!, right!);
    await microtasks(wait);
    const writes = ['r00+', 'r20+', 'r99'].map((row) =>
      world.table.put(row, { f: { q: 'new' }, g: { q: 'new' } }),
    );
    const compaction = world.table.compact({ major: true });
    const flush = world.table.flush().catch((error: unknown) => error);
    await Promise.all([merge, compaction, ...writes]);
    await flush;
    // A region is read as of when the scan comes to it, so the new rows may be seen.
    const old = (rows: readonly string[]): string[] => rows.filter((row) => before.includes(row));
    expect(old(await scans), `wait ${wait}`).toEqual(before);
    expect(old(await backwards), `wait ${wait}`).toEqual(before.toReversed());
    expect(world.table.admin.regions).toHaveLength(1);
    const after = [...before, 'r00+', 'r20+', 'r99'].sort();
    expect(await scanAll(world), `wait ${wait}`).toEqual(after);
    await world.database.close();
    await world.reopen();
    expect(await scanAll(world), `wait ${wait}`).toEqual(after);
    await world.database.close();
  }
});
