/** Temporary replicas: copies on their way here, never read, never reported, gone with a crash. */
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import { blockFiles, blockWorld, filesBelow, readAll } from '../../helpers/block-world.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { Seeded } from '../../helpers/seeded.ts';

const bytes = new Seeded(12).bytes(2000);
const options = { id: 77n, generationStamp: 1005, temporary: true };

test('a copy lies in tmp, cannot be read, and is a block once it is finalized', async () => {
  const world = blockWorld();
  await using store = await world.open();
  const writer = await store.create(options);
  await writer.write(bytes);
  await writer.hsync();
  const { data } = blockFiles(world.fs, '/v0', 77n);
  expect(data).toBe(`/v0/current/${store.blockPoolId}/tmp/blk_77`);
  expect(store.stat(77n)).toMatchObject({ state: 'temporary', length: 0 });
  expect(codeOf(() => store.readInto(77n, new Uint8Array(9), 0))).toBe('BLOCKS_NOT_READABLE');
  expect(await store.verify(77n)).toBeUndefined();
  expect(await codeOfPromise(store.delete(77n))).toBe('BLOCKS_ILLEGAL_STATE');
  expect(await codeOfPromise(store.recover(77n))).toBe('BLOCKS_ILLEGAL_STATE');
  expect(await codeOfPromise(store.create(options))).toBe('BLOCKS_EXISTS');
  expect(await writer.finalize()).toMatchObject({ state: 'finalized', length: 2000 });
  expect((await readAll(store, 77n)).equals(bytes)).toBe(true);
  expect(blockFiles(world.fs, '/v0', 77n).data).toContain('/finalized/');
});

test('a copy that becomes part of a pipeline shows what it has, and goes on', async () => {
  const world = blockWorld();
  await using store = await world.open();
  const writer = await store.create(options);
  await writer.write(bytes.subarray(0, 700));
  await writer.convertToRbw();
  expect(store.stat(77n)).toMatchObject({ state: 'rbw', length: 700, generationStamp: 1005 });
  expect((await readAll(store, 77n)).equals(bytes.subarray(0, 700))).toBe(true);
  await writer.write(bytes.subarray(700));
  await writer.hsync();
  await writer.close();
  await store.close();
  await using again = await world.open();
  expect(again.stat(77n)).toMatchObject({ state: 'rwr', length: 2000 });
});

test('a copy is gone with its writer, and with a crash', async () => {
  const fs = new MemoryFileSystem();
  const world = blockWorld(fs);
  await using store = await world.open();
  const blocksLeft = (): string[] => filesBelow(fs, '/v0').filter((path) => path.includes('blk_'));
  for (const end of ['close', 'abort'] as const) {
    const writer = await store.create(options);
    await writer.write(bytes);
    await writer[end]();
    expect(store.stat(77n)).toBeUndefined();
    expect(blocksLeft()).toEqual([]);
  }
  const writer = await store.create(options);
  await writer.write(bytes);
  await writer.hsync();
  await using after = await blockWorld(fs.clone()).open();
  expect(after.loadReport).toMatchObject({ removedTemporary: 2, replicas: 0, aside: [] });
  await writer.close();
});
