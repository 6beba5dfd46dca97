/** Tables as users hold them: atomic changes, conditions, scans, regions, files of others. */
import { describe, expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { Database } from '../../../../src/lsm/index.ts';
import { codeOf, codeOfPromise } from '../../../helpers/codes.ts';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('changes of a row', () => {
  test('HBASE-2856 a change of several families is seen whole or not at all', async () => {
    await using world = await LsmWorld.open({ f: {}, g: {} });
    const write = world.table.put('r', { f: { a: '1' }, g: { a: '1' } });
    expect(world.cells()).toEqual([]);
    await write;
    expect(world.cells()).toHaveLength(2);
  });

  test('a condition is judged and the change made with nothing in between', async () => {
    await using world = await LsmWorld.open();
    const { table } = world;
    const column = { family: 'f', qualifier: 'q' };
    const grow = async (n: number): Promise<boolean> => {
      const value = text(table.valueSync('r', 'f', 'q')) ?? null;
      return table.checkAndMutate('r', { ...column, value }, [{ put: { f: { q: `${n}` } } }]);
    };
    const outcomes = await Promise.all([grow(1), grow(2), grow(3)]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const condition = { ...column, is: '>=' as const, value: '1' };
    expect(await table.checkAndMutate('r', condition, [{ delete: {} }])).toBe(true);
    expect(table.getSync('r')).toBeUndefined();
  });

  test('increments under contention lose nothing', async () => {
    await using world = await LsmWorld.open();
    const column = { family: 'f', qualifier: 'n' };
    await Promise.all(Array.from({ length: 50 }, () => world.table.increment('r', column, 2)));
    expect(await world.table.increment('r', column, -1n)).toBe(99n);
    await world.table.put('r', { f: { n: 'text' } });
    expect(await codeOfPromise(world.table.increment('r', column))).toBe('LSM_NOT_A_COUNTER');
  });

  test('append adds to what is there', async () => {
    await using world = await LsmWorld.open();
    const column = { family: 'f', qualifier: 'q' };
    await world.table.append('r', column, 'ab');
    expect(text(await world.table.append('r', column, 'cd'))).toBe('abcd');
  });

  test('families that the table lacks and rows that are none are refused', async () => {
    await using world = await LsmWorld.open();
    const { table } = world;
    expect(codeOf(() => table.put('r', { x: { q: '1' } }))).toBe('LSM_FAMILY_NOT_FOUND');
    expect(codeOf(() => table.put('', { f: { q: '1' } }))).toBe('LSM_ROW_INVALID');
    expect(codeOf(() => table.put('r', { f: { q: '1' } }, { timestamp: -5 }))).toBe(
      'LSM_TIMESTAMP_INVALID',
    );
    expect(table.getSync('r')).toBeUndefined();
  });
});

describe('scans', () => {
  async function tenRows(): Promise<LsmWorld> {
    const world = await LsmWorld.open({ f: {}, g: {} });
    for (let i = 0; i < 10; i++) await world.table.put(`r${i}`, { f: { q: `${i}`, z: 'z' } });
    await world.table.put('r3', { g: { only: 'here' } });
    return world;
  }
  const rows = (world: LsmWorld, options: Parameters<LsmWorld['cells']>[0]): string[] => [
    ...new Set(world.cells(options).map((line) => line.split(' ')[0]!)),
  ];

  test('HB-03 a range gives its rows in byte order, from start inclusive to stop exclusive', async () => {
    await using world = await tenRows();
    expect(rows(world, { start: 'r2', stop: 'r5' })).toEqual(['r2', 'r3', 'r4']);
    expect(
      rows(world, { start: 'r2', stop: 'r5', includeStart: false, includeStop: true }),
    ).toEqual(['r3', 'r4', 'r5']);
    expect(rows(world, { start: 'r5', stop: 'r2', reverse: true })).toEqual(['r5', 'r4', 'r3']);
    expect(rows(world, { prefix: 'r1' })).toEqual(['r1']);
    expect(rows(world, { limit: 2, reverse: true })).toEqual(['r9', 'r8']);
  });

  test('HB-05 reading one family opens no cells of another', async () => {
    await using world = await tenRows();
    expect(rows(world, { families: ['g'] })).toEqual(['r3']);
    expect(world.cells({ families: { f: ['z'] }, limit: 1 })[0]).toMatch(/^r0 f:z /);
  });

  test('filters pass rows and cells as upstream’s do', async () => {
    await using world = await tenRows();
    const by = (filter: NonNullable<Parameters<LsmWorld['cells']>[0]>['filter']): string[] =>
      rows(world, filter === undefined ? {} : { filter });
    expect(by({ kind: 'prefix', prefix: 'r4' })).toEqual(['r4']);
    expect(by({ kind: 'page', rows: 3 })).toEqual(['r0', 'r1', 'r2']);
    expect(by({ kind: 'row', is: '>', row: 'r7' })).toEqual(['r8', 'r9']);
    expect(by({ kind: 'value', is: '=', value: '5' })).toEqual(['r5']);
    expect(by({ kind: 'columnPrefix', prefix: 'on' })).toEqual(['r3']);
    const column = {
      kind: 'columnValue',
      family: 'f',
      qualifier: 'q',
      is: '<',
      value: '2',
    } as const;
    expect(by(column)).toEqual(['r0', 'r1']);
    expect(by({ kind: 'all', filters: [column, { kind: 'row', is: '!=', row: 'r0' }] })).toEqual([
      'r1',
    ]);
    const last = { kind: 'row', is: '=', row: 'r9' } as const;
    expect(by({ kind: 'any', filters: [column, last] })).toEqual(['r0', 'r1', 'r9']);
    expect(by({ kind: 'while', filter: { kind: 'row', is: '<', row: 'r2' } })).toEqual([
      'r0',
      'r1',
    ]);
    expect(world.cells({ filter: { kind: 'firstKeyOnly' } })).toHaveLength(10);
  });

  test('HBASE-17125 a filter that skips the newest version shows none beyond the family’s', async () => {
    await using world = await LsmWorld.open({ f: { versions: 2 } });
    for (const [value, timestamp] of [
      ['x', 10],
      ['a', 20],
      ['b', 30],
    ] as const) {
      await world.table.put('r', { f: { q: value } }, { timestamp });
    }
    const filter = { kind: 'value', is: '!=', value: 'b' } as const;
    expect(world.cells({ filter })).toEqual(['r f:q @20 = a']);
    const older = { kind: 'value', is: '=', value: 'x' } as const;
    expect(world.cells({ filter: older })).toEqual([]);
  });

  test('HBASE-5121 a scan goes on rightly when flush and compaction swap files under it', async () => {
    await using world = await tenRows();
    const scan = world.table.openScan({ batchRows: 1 });
    const seen: string[] = [];
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      seen.push(text(batch.row(0).key)!);
      await world.table.put('r5', { f: { q: 'changed' } });
      await world.table.flush();
      await world.table.compact({ major: true });
    }
    scan.close();
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
  });

  test('a scan that began earlier does not see what is written meanwhile', async () => {
    await using world = await tenRows();
    const scan = world.table.openScan({ batchRows: 1 });
    await world.table.put('r5', { f: { q: 'changed' } });
    await world.table.put('r55', { f: { q: 'new' } });
    const values: string[] = [];
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      values.push(text(batch.row(0).value('f', 'q'))!);
    }
    scan.close();
    expect(values).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('a row of many columns comes in parts', async () => {
    await using world = await LsmWorld.open();
    const batch = world.table.batchOf();
    for (let i = 0; i < 5000; i++) {
      batch.putCell('wide', { family: 'f', qualifier: `q${String(i).padStart(5, '0')}` }, 'v');
    }
    await world.table.write(batch);
    await world.table.flush();
    const counts = [...world.table.scanSync({ cellsPerRow: 700 })].map((one) => one.cellCount);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(5000);
    expect(Math.max(...counts)).toBe(700);
  });
});

describe('regions', () => {
  test('HB-10 a new table has one region, or as many as its splits make', async () => {
    await using world = await LsmWorld.open();
    expect(world.table.admin.regions).toHaveLength(1);
    const split = await world.database.createTable('split', {
      families: { f: {} },
      splits: ['m', 'c'],
    });
    const borders = split.admin.regions.map(({ startKey }) => text(startKey));
    expect(borders).toEqual(['', 'c', 'm']);
  });

  test('HB-09 rows go to the region whose range they lie in, borders included', async () => {
    await using world = await LsmWorld.open();
    const table = await world.database.createTable('s', { families: { f: {} }, splits: ['m'] });
    await table.batch(['a', 'lz', 'm', 'z'].map((row) => ({ row, put: { f: { q: row } } })));
    await table.flush();
    const cells = table.admin.regions.map(({ families }) => families[0]!.fileCells);
    expect(cells).toEqual([2, 2]);
    const rows = [...table.scanSync()].flatMap((batch) => [...batch].map((row) => text(row.key)));
    expect(rows).toEqual(['a', 'lz', 'm', 'z']);
  });

  test('HB-15 HB-22 a region has a store per family: table, region, family, file', async () => {
    await using world = await LsmWorld.open({ f: {}, g: {} });
    await world.table.put('a', { f: { q: 'v' }, g: { q: 'v' } });
    await world.table.put('x', { f: { q: 'v' } });
    await world.table.admin.split('m');
    await world.table.compact({ major: true });
    const below = (dir: string): string[] =>
      world.fs
        .listSync(dir)
        .map(({ name }) => name)
        .filter((name) => !name.startsWith('.'))
        .sort();
    const base = '/db/data/default/t';
    const regions = world.table.admin.regions.map(({ encodedName }) => encodedName);
    expect(below(base)).toEqual(expect.arrayContaining(regions));
    expect(below(`${base}/${regions[0]}`)).toEqual(['f', 'g']);
    expect(below(`${base}/${regions[0]}/f`)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    // No cell of the family lies in this region.
    expect(below(`${base}/${regions[1]}`)).toEqual(['f']);
  });

  test('HB-11 a region above its size splits in its middle and loses no row', async () => {
    await using world = await LsmWorld.open(
      { f: { blockBytes: 64 } },
      { compactionPolicy: 'none' },
    );
    const { table } = world;
    for (let i = 0; i < 100; i++)
      await table.put(`r${String(i).padStart(3, '0')}`, { f: { q: 'v' } });
    await table.flush();
    expect(await table.admin.split()).toBe(true);
    const [low, high] = table.admin.regions;
    expect(text(low!.endKey)).toMatch(/^r0[3-6]/);
    expect(high!.startKey).toEqual(low!.endKey);
    expect(world.cells()).toHaveLength(100);
    await table.compact({ major: true });
    expect(world.cells({ reverse: true })).toHaveLength(100);
    await table.admin.merge(low!.encodedName, high!.encodedName);
    expect(table.admin.regions).toHaveLength(1);
    expect(world.cells()).toHaveLength(100);
  });

  test('scans and snapshots that began before a split and merge go on as if there were none', async () => {
    await using world = await LsmWorld.open();
    const { table } = world;
    for (let i = 0; i < 10; i++) await table.put(`r${i}`, { f: { q: `${i}` } });
    await using snapshot = table.snapshot();
    const scan = table.openScan({ batchRows: 1 });
    scan.next();
    const writes = Array.from({ length: 20 }, (_, i) =>
      table.put(`r${i % 10}`, { f: { q: 'new' } }),
    );
    expect(await table.admin.split('r5')).toBe(true);
    await Promise.all(writes);
    const [low, high] = table.admin.regions;
    await table.admin.merge(low!.encodedName, high!.encodedName);
    await table.compact({ major: true });
    world.database.maintain();
    let rest = '';
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      rest += text(batch.row(0).value('f', 'q'));
    }
    scan.close();
    expect(rest).toBe('123456789');
    expect(world.cells({ snapshot })).toHaveLength(10);
    expect(text(table.getSync('r7', { snapshot })?.value('f', 'q'))).toBe('7');
    expect(world.cells().every((line) => line.endsWith('= new'))).toBe(true);
  });

  test('ready files are taken in, and cut where they reach over regions', async () => {
    await using world = await LsmWorld.open();
    for (const row of ['a', 'k', 'x']) await world.table.put(row, { f: { q: 'loaded' } });
    await world.table.flush();
    const { encodedName } = world.table.admin.regions[0]!;
    const table = await world.database.createTable('to', {
      families: { f: {} },
      splits: ['d', 'm'],
    });
    await table.put('k', { f: { q: 'older' } }, { timestamp: 5 });
    const loaded = await table.admin.bulkLoad(`/db/data/default/t/${encodedName}`);
    expect(loaded).toBe(1);
    expect(table.admin.regions.map(({ families }) => families[0]!.fileCells)).toEqual([1, 2, 1]);
    expect(text(table.valueSync('k', 'f', 'q'))).toBe('loaded');
  });

  test('a checkpoint is a database of its own', async () => {
    await using world = await LsmWorld.open();
    await world.table.put('r', { f: { q: 'then' } });
    await world.database.checkpoint('/copy');
    await world.table.put('r', { f: { q: 'now' } });
    await world.table.compact({ major: true });
    const copy = await Database.open('/copy', { env: { ...world.env, fs: world.fs } });
    expect(text(copy.table('t').valueSync('r', 'f', 'q'))).toBe('then');
    await copy.close();
  });
});

describe('failures', () => {
  test('a flush without space keeps the cells, and the next one writes them', async () => {
    const faults = new FaultFileSystem(new MemoryFileSystem());
    await using world = await LsmWorld.open({ f: {} }, { compactionPolicy: 'none' }, faults);
    await world.table.put('r', { f: { q: '1' } });
    faults.addRule({
      on: 'write',
      path: /\/f\/[0-9a-f]{32}$/,
      fault: { kind: 'error', errno: 'ENOSPC' },
    });
    expect(await codeOfPromise(world.table.flush())).toBe('IO_NO_SPACE');
    await world.table.put('s', { f: { q: '2' } });
    await world.table.flush();
    await world.table.flush();
    expect(world.cells()).toHaveLength(2);
    expect(world.table.admin.regions[0]!.memstoreBytes).toBe(0);
  });

  test('HB-19 a write whose log fails is not acknowledged and not seen, and all later ones fail', async () => {
    const faults = new FaultFileSystem(new MemoryFileSystem());
    const world = await LsmWorld.open({ f: {} }, {}, faults);
    await world.table.put('r', { f: { q: 'kept' } });
    faults.addRule({ on: 'sync', path: /WALs/, fault: { kind: 'error', errno: 'EIO' } });
    const failed = await codeOfPromise(world.table.put('s', { f: { q: 'lost' } }));
    expect(failed).toMatch(/^IO_/);
    expect(world.table.getSync('s')).toBeUndefined();
    expect(await codeOfPromise(world.table.put('u', { f: { q: 'later' } }))).toMatch(/POISONED/);
    expect(text(world.table.valueSync('r', 'f', 'q'))).toBe('kept');
    await codeOfPromise(world.database.close());
    await world.reopen();
    expect(text(world.table.valueSync('r', 'f', 'q'))).toBe('kept');
    await world.database.close();
  });
});
