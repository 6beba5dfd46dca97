/** Sums of blocks read here and there: held, within a budget, and never trusted blindly. */
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import { blockFiles, blockWorld, changeFile, putBlock } from '../../helpers/block-world.ts';
import { codeOf } from '../../helpers/codes.ts';
import { ObservedFileSystem } from '../../helpers/observed-fs.ts';
import { Seeded } from '../../helpers/seeded.ts';

const bytes = new Seeded(8).bytes(64 << 10);

test('after a few reads out of order no read asks for sums of its own', async () => {
  const observed = new ObservedFileSystem(new MemoryFileSystem());
  const world = blockWorld(observed.fs);
  await using store = await world.open();
  const { id } = await putBlock(store, bytes);
  const random = new Seeded(2);
  const target = new Uint8Array(700);
  observed.reset();
  for (let read = 0; read < 200; read++) {
    const position = random.between(0, bytes.length - 1);
    const got = store.readInto(id, target, position);
    expect(Buffer.compare(target.subarray(0, got), bytes.subarray(position, position + 700))).toBe(
      0,
    );
  }
  expect(observed.count('read', '.meta')).toBeLessThanOrEqual(6);
});

test('a check of the block looks at the sidecar itself, and so does a reader after it', async () => {
  const world = blockWorld();
  await using store = await world.open();
  const { id } = await putBlock(store, bytes);
  const target = new Uint8Array(100);
  for (const chunk of [90, 3, 70, 20, 50, 10]) store.readInto(id, target, chunk * 512);
  const { meta } = blockFiles(world.fs, '/v0', id);
  changeFile(world.fs, meta, (all) => {
    all[7 + 40 * 4]! ^= 1;
    return all;
  });
  expect(store.readInto(id, target, 40 * 512)).toBe(100);
  expect((await store.verify(id))?.problems.map(({ chunk }) => chunk)).toEqual([40]);
  expect(codeOf(() => store.readInto(id, target, 40 * 512))).toBe('BLOCKS_CORRUPT_CHUNK');
});

test('of a sidecar that is too short the good part goes on serving', async () => {
  const world = blockWorld();
  await using store = await world.open();
  const { id } = await putBlock(store, bytes);
  const { meta } = blockFiles(world.fs, '/v0', id);
  changeFile(world.fs, meta, (all) => all.subarray(0, 7 + 100 * 4));
  const target = new Uint8Array(100);
  for (const chunk of [90, 3, 70, 20, 50, 10, 99]) {
    expect(store.readInto(id, target, chunk * 512)).toBe(100);
  }
  expect(codeOf(() => store.readInto(id, target, 100 * 512))).toBe('BLOCKS_CORRUPT_META');
});

test('a block that grows or is cut gives the sums of its new length', async () => {
  const world = blockWorld();
  await using store = await world.open();
  const { id } = await putBlock(store, bytes.subarray(0, 40_000));
  const target = new Uint8Array(1000);
  const readAbout = (length: number): void => {
    for (const part of [0.9, 0.1, 0.5, 0.3, 0.7, 0.2, 1]) {
      const position = Math.floor((length - 1) * part);
      const got = store.readInto(id, target, position);
      expect(
        Buffer.compare(target.subarray(0, got), bytes.subarray(position, position + got)),
      ).toBe(0);
      expect(got).toBe(Math.min(1000, length - position));
    }
  };
  readAbout(40_000);
  const writer = await store.append(id);
  await writer.write(bytes.subarray(40_000, 50_300));
  await writer.hflush();
  readAbout(50_300);
  await writer.finalize();
  readAbout(50_300);
  await store.truncate(id, 20_100);
  readAbout(20_100);
});
