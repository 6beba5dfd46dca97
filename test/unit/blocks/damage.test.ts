/** Bit rot at every class of position, and disks that fail: what is told, what goes on. */
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem } from '../../../native-free-io/index.ts';
import {
  blockFiles,
  blockWorld,
  changeFile,
  putBlock,
  readAll,
} from '../../helpers/block-world.ts';
import { Seeded } from '../../helpers/seeded.ts';

const bytes = new Seeded(23).bytes(3000);

type Change = (bytes: Uint8Array) => Uint8Array | undefined;
const flipped =
  (at: number): Change =>
  (all) =>
    void (all[at < 0 ? all.length + at : at]! ^= 4);
const cut =
  (length: number): Change =>
  (all) =>
    all.subarray(0, length);
const grown: Change = (all) => Uint8Array.from([...all, 1, 2, 3, 4]);

describe('damage is told with volume, block and chunk', () => {
  test.each([
    ['the first byte of data', 'data', flipped(0), 'BLOCKS_CORRUPT_CHUNK', 0],
    ['data within', 'data', flipped(1100), 'BLOCKS_CORRUPT_CHUNK', 2],
    ['the last byte of a short chunk', 'data', flipped(-1), 'BLOCKS_CORRUPT_CHUNK', 5],
    ['a sum', 'meta', flipped(7 + 4 * 3 + 1), 'BLOCKS_CORRUPT_CHUNK', 3],
    ['the last sum', 'meta', flipped(-1), 'BLOCKS_CORRUPT_CHUNK', 5],
    ['the checksum type', 'meta', flipped(2), 'BLOCKS_CORRUPT_META', undefined],
    ['the chunk size', 'meta', flipped(3), 'BLOCKS_CORRUPT_CHUNK', 0],
    ['short data', 'data', cut(2900), 'BLOCKS_SHORT_DATA', undefined],
    ['a sidecar without its last sum', 'meta', cut(27), 'BLOCKS_CORRUPT_META', undefined],
    ['a sidecar within its header', 'meta', cut(5), 'BLOCKS_CORRUPT_META', undefined],
    ['an empty sidecar', 'meta', cut(0), 'BLOCKS_CORRUPT_META', undefined],
  ] as const)('%s', async (...[, file, change, code, chunk]) => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id)[file], change);
    await expect(readAll(store, id)).rejects.toMatchObject({
      code,
      ...(code === 'BLOCKS_CORRUPT_META' && chunk === undefined
        ? {}
        : { context: { block: id, volume: '/v0' } }),
    });
    const verdict = await store.verify(id);
    const problem = verdict?.problems.find((one) => one.code === code);
    expect(problem).toBeDefined();
    if (chunk !== undefined) expect(problem?.chunk).toBe(chunk);
    expect(store.stat(id)?.isCorrupt).toBe(true);
    expect(store.metrics().corruptions).toBeGreaterThan(0);
  });

  test.each([
    ['long data', 'data', grown],
    ['a long sidecar', 'meta', grown],
  ] as const)('%s reads as it is, and verifying tells it', async (_, file, change) => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id)[file], change);
    expect((await readAll(store, id)).equals(bytes)).toBe(true);
    expect((await store.verify(id))?.problems).toMatchObject([{ code: 'BLOCKS_WRONG_LENGTH' }]);
  });

  test.each(['data', 'meta'] as const)('a missing file (%s)', async (file) => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    world.fs.removeFileSync(blockFiles(world.fs, '/v0', id)[file]);
    await expect(readAll(store, id)).rejects.toMatchObject({ code: 'IO_NOT_FOUND' });
    expect((await store.verify(id))?.problems).toMatchObject([{ code: 'IO_NOT_FOUND' }]);
  });

  test('every damaged chunk is named', async () => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, (all) => {
      for (const at of [10, 600, 2999]) all[at]! ^= 1;
      return all;
    });
    const verdict = await store.verify(id);
    expect(verdict?.problems.map(({ chunk }) => chunk)).toEqual([0, 1, 5]);
  });

  test('damage of a sum is not hidden by appending: the append is refused', async () => {
    const world = blockWorld();
    await using store = await world.open();
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, flipped(-1));
    await expect(store.append(id)).rejects.toMatchObject({ code: 'BLOCKS_CORRUPT_CHUNK' });
    await expect(store.truncate(id, 2800)).rejects.toMatchObject({ code: 'BLOCKS_CORRUPT_CHUNK' });
    expect(store.stat(id)?.state).toBe('finalized');
  });

  test('HD-39 another copy takes over where this one is damaged, and only there', async () => {
    const world = blockWorld();
    const asked: number[] = [];
    await using store = await world.open({
      chunkBytes: 100,
      otherCopy: async ({ start, end }) => {
        asked.push(start);
        return bytes.subarray(start, Math.min(end, start + 100));
      },
    });
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, (all) => {
      all[1234]! ^= 1;
      return all;
    });
    expect((await readAll(store, id, { pieceBytes: 100 })).equals(bytes)).toBe(true);
    expect(asked).toEqual([1200]);
    expect(store.metrics().otherCopies).toBe(1);
  });

  test('a transfer goes on with another copy, in order, and counts the damage once', async () => {
    const world = blockWorld();
    const asked: [number, number][] = [];
    await using store = await world.open({
      chunkBytes: 100,
      otherCopy: async ({ start, end }) => {
        asked.push([start, end]);
        return bytes.subarray(start, Math.min(end, start + 150));
      },
    });
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, (all) => {
      all[1234]! ^= 1;
      return all;
    });
    for (const reads of ['sync', 'async'] as const) {
      const pieces: Buffer[] = [];
      const target = new Writable({
        write(piece: Buffer, _, done) {
          pieces.push(Buffer.from(piece));
          setImmediate(done);
        },
      });
      const options = { pieceBytes: 100, start: 150, end: 2950, reads };
      expect(await store.transferTo(id, target, options)).toBe(2800);
      expect(Buffer.concat(pieces).equals(bytes.subarray(150, 2950))).toBe(true);
    }
    // From byte 150 in pieces of 100, the one from 1150 has the damage in its second half.
    expect(asked).toEqual([
      [1150, 2950],
      [1150, 2950],
    ]);
    expect(store.metrics()).toMatchObject({ otherCopies: 2, corruptions: 2 });
  });

  test('a transfer without another copy fails where the damage is', async () => {
    const world = blockWorld();
    await using store = await world.open({ chunkBytes: 100 });
    const { id } = await putBlock(store, bytes);
    changeFile(world.fs, blockFiles(world.fs, '/v0', id).data, flipped(1234));
    let got = 0;
    const target = new Writable({
      write(piece: Buffer, _, done) {
        got += piece.length;
        done();
      },
    });
    await expect(store.transferTo(id, target, { pieceBytes: 100 })).rejects.toMatchObject({
      code: 'BLOCKS_CORRUPT_CHUNK',
      context: { chunk: 12 },
    });
    expect(got).toBe(1200);
    expect(store.metrics().corruptions).toBe(1);
  });
});

describe('failing disks', () => {
  test.each(['ENOSPC', 'EIO'] as const)(
    '%s while writing ends the writer and keeps what was visible',
    async (errno) => {
      for (const path of ['\\.meta$', 'blk_1073741825$']) {
        const fs = new FaultFileSystem(new MemoryFileSystem());
        await using store = await blockWorld(fs).open();
        const writer = await store.create();
        await writer.write(bytes.subarray(0, 1000));
        await writer.hsync();
        const heal = fs.addRule({
          on: 'write',
          path: new RegExp(path),
          fault: { kind: 'error', errno },
        });
        await writer.write(bytes.subarray(1000, 1500));
        await expect(writer.hflush()).rejects.toMatchObject({
          code: errno === 'EIO' ? 'IO_FAILED' : 'IO_NO_SPACE',
        });
        await expect(writer.write(bytes)).rejects.toMatchObject({ code: 'BLOCKS_WRITER_CLOSED' });
        heal();
        expect((await readAll(store, writer.id)).equals(bytes.subarray(0, 1000))).toBe(true);
        await writer.close();
        const { length } = await store.recover(writer.id);
        expect(length).toBeGreaterThanOrEqual(1000);
        const after = await readAll(store, writer.id);
        expect(after.equals(bytes.subarray(0, length))).toBe(true);
        expect(store.volumes()[0]).toMatchObject({ state: 'live', reservedBytes: 0 });
      }
    },
  );

  test('a failed sync ends the writer', async () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    await using store = await blockWorld(fs).open();
    const writer = await store.create();
    await writer.write(bytes);
    fs.addRule({ on: 'sync', path: /rbw/, nth: 1, fault: { kind: 'error', errno: 'EIO' } });
    await expect(writer.hsync()).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(writer.finalize()).rejects.toMatchObject({ code: 'BLOCKS_WRITER_CLOSED' });
  });

  test.each([
    'open',
    'write',
    'rename',
    'sync',
    'syncDirectory',
    'removeFile',
    'truncate',
  ] as const)(
    'whichever %s fails, no file stays open and the block is whole or reported after reopening',
    async (on) => {
      for (let nth = 1; nth < 40; nth++) {
        const fs = new FaultFileSystem(new MemoryFileSystem());
        const world = blockWorld(fs);
        let store = await world.open();
        const kept = await putBlock(store, bytes);
        fs.addRule({ on, path: /v0/, nth, fault: { kind: 'error', errno: 'ENOSPC' } });
        await work(store).catch(() => undefined);
        const isDone = fs.hits.length === 0;
        fs.clearRules();
        await store.close().catch(() => undefined);
        expect(fs.openHandles).toBe(0);
        store = await world.open();
        for (const { id, state } of store.list()) {
          if (state !== 'finalized') await store.recover(id);
          expect((await store.verify(id))?.problems, `${on} ${nth}`).toEqual([]);
        }
        expect(store.stat(kept.id)?.length, `${on} ${nth}`).toBeGreaterThanOrEqual(2000);
        await store.close();
        if (isDone) return;
        async function work(own: typeof store): Promise<void> {
          const writer = await own.create();
          await writer.write(bytes.subarray(0, 700));
          await writer.hsync();
          await writer.finalize();
          const more = await own.append(kept.id);
          await more.write(bytes);
          await more.finalize();
          await own.truncate(kept.id, 2000);
          await own.delete(writer.id);
        }
      }
    },
  );

  test('a failed volume is taken out while the rest serve', async () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    await using store = await blockWorld(fs, 3).open();
    const blocks = [];
    for (let index = 0; index < 6; index++) blocks.push(await putBlock(store, bytes));
    expect(store.volumes().map((volume) => volume.blocks)).toEqual([2, 2, 2]);
    for (const on of ['read', 'write', 'open', 'sync'] as const) {
      fs.addRule({ on, path: /^\/v1/, fault: { kind: 'error', errno: 'EIO' } });
    }
    const lost = blocks.filter(({ volume }) => volume === '/v1');
    await expect(readAll(store, lost[0]!.id)).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(store.volumes().map(({ state }) => state)).toEqual(['live', 'failed', 'live']);
    await expect(readAll(store, lost[1]!.id)).rejects.toMatchObject({ code: 'BLOCKS_NOT_FOUND' });
    expect(store.metrics().volumesFailed).toBe(1);
    for (let index = 0; index < 4; index++) {
      expect((await putBlock(store, bytes)).volume).not.toBe('/v1');
    }
    for (const { id, volume } of blocks) {
      if (volume !== '/v1') expect((await readAll(store, id)).equals(bytes)).toBe(true);
    }
  });

  test('one bad read does not take a sound volume out', async () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    await using store = await blockWorld(fs, 2).open();
    const { id } = await putBlock(store, bytes);
    fs.addRule({ on: 'read', path: /blk_/, nth: 1, fault: { kind: 'error', errno: 'EIO' } });
    await expect(readAll(store, id)).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(store.volumes().map(({ state }) => state)).toEqual(['live', 'live']);
    expect((await readAll(store, id)).equals(bytes)).toBe(true);
  });

  test('a store serves no more when more volumes fail than it may lose', async () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    await using store = await blockWorld(fs, 2).open({ failedVolumesTolerated: 0 });
    const { id, volume } = await putBlock(store, bytes);
    for (const on of ['read', 'write', 'open'] as const) {
      fs.addRule({ on, path: new RegExp(`^${volume}/`), fault: { kind: 'error', errno: 'EIO' } });
    }
    await expect(readAll(store, id)).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(store.create()).rejects.toMatchObject({ code: 'BLOCKS_VOLUME_FAILED' });
  });
});
