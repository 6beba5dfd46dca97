/** What a user of a block store does: write, read ranges, follow, append, truncate, delete. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { computeChunks } from '../../../native-free-io/index.ts';
import { legalMoves, replicaStateNumber } from '../../../src/blocks/index.ts';
import { Replica, type ReplicaState } from '../../../src/blocks/replica.ts';
import type { Volume } from '../../../src/blocks/volume.ts';
import {
  blockFiles,
  blockWorld,
  changeFile,
  filesBelow,
  gathered,
  putBlock,
  readAll,
} from '../../helpers/block-world.ts';
import { Seeded } from '../../helpers/seeded.ts';

const random = new Seeded(11);
const bytes = random.bytes(5000);

describe('HD-19 a store writes blocks where a DataNode keeps them', () => {
  test('a finalized block and its sidecar stand in the directory of its id', async () => {
    const world = blockWorld();
    const store = await world.open();
    const block = await putBlock(store, bytes);
    await store.close();
    const pool = `/v0/current/${store.blockPoolId}`;
    expect(filesBelow(world.fs, '/v0').toSorted()).toEqual([
      `${pool}/current/VERSION`,
      `${pool}/current/finalized/subdir0/subdir0/blk_1073741825`,
      `${pool}/current/finalized/subdir0/subdir0/blk_1073741825_1001.meta`,
      '/v0/current/VERSION',
      '/v0/varve/counters.json',
    ]);
    expect(block).toMatchObject({ id: 1073741825n, generationStamp: 1001, length: 5000 });
  });

  test('numbers are not used twice, also after the newest block was deleted', async () => {
    const world = blockWorld();
    let store = await world.open();
    const first = await putBlock(store, bytes);
    await store.delete(first.id);
    await store.close();
    store = await world.open();
    const second = await putBlock(store, bytes);
    expect(second.id).toBe(first.id + 1n);
    expect(second.generationStamp).toBe(first.generationStamp + 1);
    await store.close();
  });

  test('a second opener is refused while the first has the directory', async () => {
    const world = blockWorld();
    await using store = await world.open();
    await expect(world.open()).rejects.toMatchObject({ code: 'IO_LOCKED' });
    await store.close();
    await (await world.open()).close();
  });
});

describe('reading', () => {
  test.each(['crc32c', 'crc32', 'none'] as const)(
    'any range of a block with %s',
    async (checksum) => {
      for (const chunkBytes of [1, 7, 512, 8192]) {
        await using store = await blockWorld().open({ checksum, chunkBytes });
        const { id } = await putBlock(store, bytes);
        for (let turn = 0; turn < 40; turn++) {
          const start = random.between(0, bytes.length);
          const end = random.between(start, bytes.length);
          const wanted = Buffer.from(bytes.subarray(start, end));
          expect((await readAll(store, id, { start, end })).equals(wanted)).toBe(true);
          const reads = { start, end, verify: false, pieceBytes: 100, reads: 'async' } as const;
          expect((await readAll(store, id, reads)).equals(wanted)).toBe(true);
          const small = new Uint8Array(end - start);
          expect(store.readInto(id, small, start)).toBe(end - start);
          expect(wanted.equals(small)).toBe(true);
        }
      }
    },
  );

  test('a range outside of the block is refused', async () => {
    await using store = await blockWorld().open();
    const { id } = await putBlock(store, bytes);
    for (const range of [{ end: 5001 }, { start: -1 }, { start: 10, end: 9 }, { start: 0.5 }]) {
      await expect(readAll(store, id, range)).rejects.toMatchObject({ code: 'BLOCKS_RANGE' });
    }
    await expect(readAll(store, 5n)).rejects.toMatchObject({ code: 'BLOCKS_NOT_FOUND' });
  });

  test('a follower sees what is flushed, verified at every length, and ends with the block', async () => {
    await using store = await blockWorld().open({ chunkBytes: 16 });
    await using writer = await store.create();
    const seen = gathered(store.read(writer.id, { follow: true }));
    for (let at = 0; at < 300;) {
      const length = random.between(1, 20);
      await writer.write(bytes.subarray(at, at + length));
      at += length;
      if (random.chance(0.6)) await writer.hflush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writer.finalize();
    expect((await seen).equals(bytes.subarray(0, writer.position))).toBe(true);
  });

  test('bytes that were not flushed are not to be seen, and those that were are at once', async () => {
    await using store = await blockWorld().open({ chunkBytes: 16 });
    await using writer = await store.create();
    await writer.write(bytes.subarray(0, 20));
    expect(writer.visibleLength).toBe(0);
    await writer.hflush();
    expect(await readAll(store, writer.id)).toHaveLength(20);
    await writer.write(bytes.subarray(20, 30));
    expect(await readAll(store, writer.id)).toHaveLength(20);
  });

  test('a follower ends when its signal fires', async () => {
    await using store = await blockWorld().open();
    await using writer = await store.create();
    const stop = new AbortController();
    const seen = gathered(store.read(writer.id, { follow: true, signal: stop.signal }));
    stop.abort();
    await expect(seen).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('sending', () => {
  test.each(['verify', 'none'] as const)(
    'a range goes to a stream, checksums %s',
    async (checksums) => {
      await using store = await blockWorld().open();
      const { id } = await putBlock(store, bytes);
      const target = new PassThrough();
      const received = gathered(target);
      // Of a PassThrough the bytes are kept; a socket does not keep them.
      const sent = await store.transferTo(id, target, { start: 100, end: 4000, checksums });
      target.end();
      expect(sent).toBe(3900);
      expect((await received).length).toBe(3900);
    },
  );

  test('packets carry whole chunks with their sums, and an empty one ends them', async () => {
    await using store = await blockWorld().open();
    const { id } = await putBlock(store, Buffer.from('hello'));
    const target = new PassThrough();
    const received = gathered(target);
    await store.transferTo(id, target, { checksums: 'packets' });
    target.end();
    expect((await received).toString('hex')).toBe(
      '0000000d0019090000000000000000110000000000000000180025050000009a71bb4c68656c6c6f' +
        '0000000400190905000000000000001101000000000000001801' +
        '2500000000',
    );
  });
});

describe('writing with sums of the sender', () => {
  const sumsOf = (part: Uint8Array): Uint8Array => {
    const sums = new Uint8Array(Math.ceil(part.length / 512) * 4);
    computeChunks('crc32c', { bytes: part, start: 0, end: part.length, chunkBytes: 512, sums });
    return sums;
  };

  test('they are stored when they agree, and a short last chunk may be sent again, grown', async () => {
    await using store = await blockWorld().open();
    await using writer = await store.create();
    await writer.writeWithSums(bytes.subarray(0, 700), sumsOf(bytes.subarray(0, 700)));
    await writer.hflush();
    await writer.writeWithSums(bytes.subarray(512, 1024), sumsOf(bytes.subarray(512, 1024)), 512);
    // A packet that was there already, as recovery of a pipeline sends it.
    await writer.writeWithSums(bytes.subarray(0, 512), sumsOf(bytes.subarray(0, 512)), 0);
    await writer.writeWithSums(bytes.subarray(1024, 1100), sumsOf(bytes.subarray(1024, 1100)));
    await writer.write(bytes.subarray(1100, 2000));
    const { id, length } = await writer.finalize();
    expect(length).toBe(2000);
    expect((await readAll(store, id)).equals(bytes.subarray(0, 2000))).toBe(true);
    expect((await store.verify(id))?.problems).toEqual([]);
  });

  test('HD-40 the sums of the sender stand beside the block; a wrong one is refused with the chunk', async () => {
    const world = blockWorld();
    await using store = await world.open();
    await using writer = await store.create();
    const sums = sumsOf(bytes.subarray(0, 2048));
    sums[9]! ^= 1;
    await expect(writer.writeWithSums(bytes.subarray(0, 2048), sums)).rejects.toMatchObject({
      code: 'BLOCKS_CORRUPT_CHUNK',
      context: { block: writer.id, chunk: 2, volume: '/v0' },
    });
    await writer.writeWithSums(bytes.subarray(0, 2048), sumsOf(bytes.subarray(0, 2048)));
    expect((await writer.finalize()).length).toBe(2048);
    const { meta } = blockFiles(world.fs, '/v0', writer.id);
    changeFile(world.fs, meta, (all) => {
      expect(Buffer.from(all.subarray(7)).equals(sumsOf(bytes.subarray(0, 2048)))).toBe(true);
      return all;
    });
  });

  test('sums that do not begin with a chunk are refused', async () => {
    await using store = await blockWorld().open();
    await using writer = await store.create();
    await writer.write(bytes.subarray(0, 700));
    const refused = { code: 'BLOCKS_INVALID_WRITE' };
    const part = bytes.subarray(0, 100);
    await expect(writer.writeWithSums(part, sumsOf(part))).rejects.toMatchObject(refused);
    await expect(writer.writeWithSums(part, sumsOf(part), 1024)).rejects.toMatchObject(refused);
  });
});

describe('changes', () => {
  test('append goes on behind a short last chunk under a new generation stamp', async () => {
    await using store = await blockWorld().open();
    for (const length of [0, 1, 511, 512, 513, 1024]) {
      const { id, generationStamp } = await putBlock(store, bytes.subarray(0, length));
      await using writer = await store.append(id);
      await writer.write(bytes.subarray(length, length + 600));
      const after = await writer.finalize();
      expect(after.length).toBe(length + 600);
      expect(after.generationStamp).toBeGreaterThan(generationStamp);
      expect((await readAll(store, id)).equals(bytes.subarray(0, length + 600))).toBe(true);
    }
  });

  test('truncate keeps what lies below and refuses more than there is', async () => {
    await using store = await blockWorld().open();
    const { id } = await putBlock(store, bytes);
    for (const length of [5000, 4097, 1024, 1023, 1, 0]) {
      expect((await store.truncate(id, length)).length).toBe(length);
      expect((await readAll(store, id)).equals(bytes.subarray(0, length))).toBe(true);
      expect((await store.verify(id))?.problems).toEqual([]);
    }
    await expect(store.truncate(id, 1)).rejects.toMatchObject({ code: 'BLOCKS_RANGE' });
  });

  test('a block being written cannot be appended to, cut, recovered, deleted, made again', async () => {
    await using store = await blockWorld().open();
    await using writer = await store.create();
    const busy = { code: 'BLOCKS_ILLEGAL_STATE' };
    await expect(store.append(writer.id)).rejects.toMatchObject(busy);
    await expect(store.truncate(writer.id, 0)).rejects.toMatchObject(busy);
    await expect(store.recover(writer.id)).rejects.toMatchObject(busy);
    await expect(store.delete(writer.id)).rejects.toMatchObject(busy);
    await expect(store.create({ id: writer.id })).rejects.toMatchObject({ code: 'BLOCKS_EXISTS' });
    await writer.abort();
    expect(store.stat(writer.id)).toBeUndefined();
  });

  test('a lower generation stamp, and for a deletion any other, is refused', async () => {
    await using store = await blockWorld().open();
    const { id, generationStamp } = await putBlock(store, bytes);
    const stale = { code: 'BLOCKS_STALE_STAMP' };
    const older = { generationStamp: generationStamp - 1 };
    await expect(store.append(id, older)).rejects.toMatchObject(stale);
    await expect(store.truncate(id, 1, older)).rejects.toMatchObject(stale);
    await expect(store.delete(id, { generationStamp: generationStamp + 1 })).rejects.toMatchObject(
      stale,
    );
    await expect(store.append(id, { expectedLength: 1 })).rejects.toMatchObject({
      code: 'BLOCKS_WRONG_LENGTH',
    });
  });

  test('a writer that ends without finalizing leaves a replica that waits for recovery', async () => {
    const world = blockWorld();
    await using store = await world.open();
    const writer = await store.create();
    await writer.write(bytes.subarray(0, 900));
    await writer.close();
    expect(store.stat(writer.id)).toMatchObject({ state: 'rwr', length: 900 });
    await expect(readAll(store, writer.id)).rejects.toMatchObject({ code: 'BLOCKS_NOT_READABLE' });
    await expect(writer.write(bytes)).rejects.toMatchObject({ code: 'BLOCKS_WRITER_CLOSED' });
    expect(await store.recover(writer.id)).toMatchObject({ state: 'finalized', length: 900 });
    expect((await readAll(store, writer.id)).equals(bytes.subarray(0, 900))).toBe(true);
  });

  test('reads under way go on while a block is deleted', async () => {
    await using store = await blockWorld().open({ chunkBytes: 16 });
    const { id } = await putBlock(store, bytes);
    const reading = store.read(id, { pieceBytes: 1000 });
    const first = await reading.next();
    expect(first.done).toBe(false);
    await store.delete(id);
    expect(await gathered(reading)).toHaveLength(4000 - 8);
    expect(store.stat(id)).toBeUndefined();
  });
});

test('every move of the table is allowed and every other refused', () => {
  const states = Object.keys(replicaStateNumber) as ReplicaState[];
  for (const from of states) {
    for (const to of states) {
      const volume = { dir: '/v0' } as Volume;
      const replica = new Replica({ id: 1n, generationStamp: 1, volume, directory: '/' }, from, 0);
      if (legalMoves[from].includes(to)) {
        replica.move(to);
        expect(replica.state).toBe(to);
      } else {
        expect(() => replica.move(to)).toThrow(/not for/);
        expect(replica.state).toBe(from);
      }
    }
  }
  expect(replicaStateNumber).toEqual({ finalized: 0, rbw: 1, rwr: 2, rur: 3, temporary: 4 });
});
