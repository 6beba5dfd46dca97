/** Opening what was left, scanning, reconciling, quarantine. */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import { BlockStore } from '../../../src/blocks/index.ts';
import { manualEnv } from '../../helpers/manual-env.ts';
import {
  blockFiles,
  blockWorld,
  changeFile,
  filesBelow,
  putBlock,
  readAll,
} from '../../helpers/block-world.ts';
import { Seeded } from '../../helpers/seeded.ts';

const bytes = new Seeded(31).bytes(3000);

function flippedAt(all: Uint8Array, at: number): Uint8Array {
  all[at]! ^= 1;
  return all;
}

describe('opening', () => {
  test('HDFS-10360 a directory with files and without VERSION is never formatted', async () => {
    const world = blockWorld();
    await (await world.open()).close();
    await using store = await world.open();
    await putBlock(store, bytes);
    await store.close();
    world.fs.removeFileSync('/v0/current/VERSION');
    await expect(world.open()).rejects.toMatchObject({ code: 'BLOCKS_NOT_FORMATTED' });
  });

  test('volumes of different stores are not opened together', async () => {
    const fs = new MemoryFileSystem();
    const env = { ...manualEnv(1), fs };
    await (await BlockStore.open({ dirs: ['/a'], env })).close();
    await (await BlockStore.open({ dirs: ['/b'], env })).close();
    const both = BlockStore.open({ dirs: ['/a', '/b'], env });
    await expect(both).rejects.toMatchObject({ code: 'BLOCKS_IDENTITY_MISMATCH' });
    await (await BlockStore.open({ dirs: ['/a'], env })).close();
  });

  test.each([
    [-58, 'BLOCKS_LAYOUT_UNSUPPORTED'],
    [-56, 'BLOCKS_LAYOUT_UNSUPPORTED'],
  ])('layout %i is refused for writing', async (layout, code) => {
    const world = blockWorld();
    await (await world.open()).close();
    changeFile(world.fs, '/v0/current/VERSION', (all) =>
      Buffer.from(Buffer.from(all).toString().replace('-57', String(layout))),
    );
    await expect(world.open()).rejects.toMatchObject({ code });
    if (layout === -56) await (await world.open({ readOnly: true })).close();
  });

  test('files that belong to nothing are moved aside and told, nothing is deleted', async () => {
    const world = blockWorld();
    let store = await world.open();
    const [a, b, c] = [
      await putBlock(store, bytes),
      await putBlock(store, bytes),
      await putBlock(store, bytes),
    ];
    await store.close();
    world.fs.removeFileSync(blockFiles(world.fs, '/v0', a.id).meta);
    world.fs.removeFileSync(blockFiles(world.fs, '/v0', b.id).data);
    const { meta } = blockFiles(world.fs, '/v0', c.id);
    world.fs.linkSync(meta, meta.replace(`_${c.generationStamp}`, '_900'));
    const before = filesBelow(world.fs, '/v0').filter((path) => path.includes('blk_')).length;
    store = await world.open();
    expect(store.loadReport.aside.map(({ reason }) => reason).toSorted()).toEqual([
      'a second, older sidecar',
      'a sidecar without its data',
      'data without sidecar',
    ]);
    expect(store.list().map(({ id }) => id)).toEqual([c.id]);
    expect(filesBelow(world.fs, '/v0').filter((path) => path.includes('blk_'))).toHaveLength(
      before,
    );
    expect(filesBelow(world.fs, '/v0/varve/lost+found')).toHaveLength(3);
    await store.close();
  });

  test('HDFS-8486 of two replicas of a block the newer stays, the other goes aside', async () => {
    const world = blockWorld(new MemoryFileSystem(), 2);
    let store = await world.open();
    const { id } = await putBlock(store, bytes);
    await store.close();
    const { data, meta } = blockFiles(world.fs, '/v0', id);
    for (const path of [data, meta]) {
      const target = path.replace('/v0/', '/v1/').replace('_1001', '_1005');
      const parent = target.slice(0, target.lastIndexOf('/'));
      world.fs.makeDirectorySync(parent);
      world.fs.linkSync(path, target);
    }
    store = await world.open();
    expect(store.list()).toMatchObject([{ id, generationStamp: 1005, volume: '/v1' }]);
    expect(store.loadReport.aside).toHaveLength(2);
    expect((await readAll(store, id)).equals(bytes)).toBe(true);
    await store.close();
  });

  test('read-only: nothing on the disk changes, what was being written can be listed', async () => {
    const world = blockWorld();
    let store = await world.open();
    const done = await putBlock(store, bytes);
    const writer = await store.create();
    await writer.write(bytes);
    await store.close();
    changeFile(world.fs, blockFiles(world.fs, '/v0', writer.id).data, (all) =>
      all.subarray(0, 2990),
    );
    const before = filesBelow(world.fs, '/v0').map((path) => [path, world.fs.statSync(path)?.size]);
    store = await world.open({ readOnly: true });
    await using second = await world.open({ readOnly: true });
    expect(second.list()).toHaveLength(2);
    expect(store.stat(writer.id)).toMatchObject({ state: 'rwr', length: 2560 });
    expect((await readAll(store, done.id)).equals(bytes)).toBe(true);
    await expect(store.create()).rejects.toThrow(/read-only/);
    await store.close();
    expect(
      filesBelow(world.fs, '/v0').map((path) => [path, world.fs.statSync(path)?.size]),
    ).toEqual(before);
  });

  test.each([
    ['the last chunk is good', (all: Uint8Array): Uint8Array | undefined => all, 3000],
    [
      'data torn within a chunk',
      (all: Uint8Array): Uint8Array | undefined => all.subarray(0, 2700),
      2560,
    ],
    ['a bad last chunk', (all: Uint8Array): Uint8Array | undefined => flippedAt(all, 2999), 2560],
    [
      'bad at the end, going back',
      (all: Uint8Array): Uint8Array | undefined => all.fill(0, 1500),
      1024,
    ],
    ['no data', (all: Uint8Array): Uint8Array | undefined => all.subarray(0, 0), 0],
  ] as const)('an rbw replica is cut by the rule of HDFS: %s', async (_, change, length) => {
    const world = blockWorld();
    let store = await world.open();
    const writer = await store.create();
    await writer.write(bytes);
    await store.close();
    changeFile(world.fs, blockFiles(world.fs, '/v0', writer.id).data, (all) => change(all) ?? all);
    store = await world.open();
    expect(store.loadReport.recovered).toMatchObject([{ id: writer.id, length }]);
    expect(await store.recover(writer.id)).toMatchObject({ state: 'finalized', length });
    expect((await readAll(store, writer.id)).equals(bytes.subarray(0, length))).toBe(true);
    await store.close();
  });
});

describe('volumes', () => {
  test('blocks go round robin, and only where the space set aside is there', async () => {
    const world = blockWorld(new MemoryFileSystem(), 2);
    await using store = await world.open();
    const writers = [await store.create(), await store.create(), await store.create()];
    expect(writers.map(({ id }) => store.stat(id)?.volume)).toEqual(['/v0', '/v1', '/v0']);
    expect(store.volumes().map(({ reservedBytes }) => reservedBytes)).toEqual([8192, 4096]);
    await writers[0]!.write(bytes);
    await writers[0]!.hflush();
    expect(store.volumes()[0]?.reservedBytes).toBe(8192 - 3000);
    for (const writer of writers) await writer.finalize();
    expect(store.volumes().map(({ reservedBytes }) => reservedBytes)).toEqual([0, 0]);
    const most = store.volumes()[0]!.availableBytes;
    const tooMuch = store.create({ reserveBytes: most + 1 });
    await expect(tooMuch).rejects.toMatchObject({ code: 'BLOCKS_NO_SPACE' });
  });
});

describe('scanning', () => {
  test('a scan finds damage, holds the rate, and goes on where it stopped', async () => {
    const world = blockWorld();
    let store = await world.open();
    const blocks = [];
    for (let index = 0; index < 4; index++) blocks.push(await putBlock(store, bytes));
    changeFile(world.fs, blockFiles(world.fs, '/v0', blocks[2]!.id).data, (all) => {
      all[5]! ^= 1;
      return all;
    });
    const started = world.env.time.now();
    const seen: bigint[] = [];
    const scan = store.scan({ bytesPerSecond: 3000 });
    for (let index = 0; index < 2; index++) {
      const next = scan.next();
      while (world.env.time.pendingTimers === 0 && seen.length === index) {
        await world.env.time.turn();
        if (world.env.time.pendingTimers > 0) break;
      }
      world.env.time.advance(1000);
      const verdict = (await next).value!;
      expect(verdict.problems).toEqual([]);
      seen.push(verdict.id);
    }
    expect(world.env.time.now() - started).toBe(2000);
    await scan.return();
    await store.close();

    store = await world.open();
    const rest = [];
    for await (const verdict of store.scan({ bytesPerSecond: Infinity })) rest.push(verdict);
    expect(rest.map(({ id }) => id)).toEqual([blocks[2]!.id, blocks[3]!.id]);
    expect(rest[0]?.problems).toMatchObject([{ code: 'BLOCKS_CORRUPT_CHUNK', chunk: 0 }]);
    // The next one begins anew; what a read met comes first.
    await expect(readAll(store, blocks[2]!.id)).rejects.toThrow(/chunk 0/);
    const again = [];
    for await (const { id } of store.scan({ bytesPerSecond: Infinity })) again.push(id);
    expect(again[0]).toBe(blocks[2]!.id);
    expect(again).toHaveLength(5);
    await store.close();
  });

  test('a scan in the background tells damage and stops with the store', async () => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, (all) => {
      all[5]! ^= 1;
      return all;
    });
    const told = await new Promise<bigint>((resolve) => {
      store.startScan({ bytesPerSecond: Infinity, onDamage: (verdict) => resolve(verdict.id) });
    });
    expect(told).toBe(id);
    await store.close();
  });
});

describe('reconciling and quarantine', () => {
  test('what happened behind the back of the store is followed, nothing is deleted', async () => {
    const world = blockWorld();
    await using store = await world.open();
    const blocks = [];
    for (let index = 0; index < 5; index++) blocks.push(await putBlock(store, bytes));
    const [gone, noData, moved, stamped, longer] = blocks.map(({ id }) => ({
      id,
      ...blockFiles(world.fs, '/v0', id),
    }));
    world.fs.removeFileSync(gone!.data);
    world.fs.removeFileSync(gone!.meta);
    world.fs.removeFileSync(noData!.data);
    for (const path of [moved!.data, moved!.meta]) {
      const target = path.replace('subdir0/subdir0', 'subdir1/subdir9');
      world.fs.makeDirectorySync(target.slice(0, target.lastIndexOf('/')));
      world.fs.renameSync(path, target);
    }
    world.fs.renameSync(stamped!.meta, stamped!.meta.replace('_1004', '_1999'));
    changeFile(world.fs, longer!.data, (all) => Uint8Array.from([...all, 1]));
    const report = await store.reconcile();
    expect(report.missing).toEqual([noData!.id, gone!.id]);
    expect(new Set(report.changed)).toEqual(new Set([moved!.id, stamped!.id, longer!.id]));
    expect(report.aside).toHaveLength(1);
    expect(store.stat(stamped!.id)?.generationStamp).toBe(1999);
    expect(store.stat(longer!.id)).toMatchObject({ length: 3001, isCorrupt: true });
    for (const id of [moved!.id, stamped!.id])
      expect((await readAll(store, id)).equals(bytes)).toBe(true);
    expect(await store.reconcile()).toMatchObject({
      missing: [],
      found: [],
      changed: [],
      aside: [],
    });
  });

  test('a quarantined block is out of service, kept, and can come back', async () => {
    const world = blockWorld();
    let store = await world.open();
    const { id } = await putBlock(store, bytes);
    await store.quarantine(id);
    expect(store.stat(id)).toBeUndefined();
    await store.close();
    store = await world.open();
    expect(store.list()).toEqual([]);
    expect(store.listQuarantine()).toMatchObject([{ id, length: 3000, volume: '/v0' }]);
    await store.releaseQuarantined(id);
    expect((await readAll(store, id)).equals(bytes)).toBe(true);
    await store.close();
  });
});
