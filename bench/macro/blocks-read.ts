/** Reading blocks, verified, beside raw reads of the same file and Node's own stream. */
import { closeSync, createReadStream, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlabPool } from '../../native-free-io/index.ts';
import { BlockStore } from '../../src/blocks/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';

const bytes = 256 << 20;
const pieceBytes = 1 << 20;

export interface StoredBlock {
  readonly store: BlockStore;
  readonly id: bigint;
  /** Its data file. */
  readonly path: string;
}

/** A store with one block whose bytes differ, in the page cache. */
export async function storedBlock(scratch: string, length: number): Promise<StoredBlock> {
  const dir = join(scratch, 'store');
  const store = await BlockStore.open({ dirs: [dir], syncOnFinalize: false });
  const writer = await store.create({ reserveBytes: 0 });
  const piece = new Uint32Array(pieceBytes / 4);
  for (let at = 0; at < piece.length; at++) piece[at] = Math.imul(at + 1, 0x9e3779b1);
  for (let at = 0; at < length; at += pieceBytes) {
    piece[0] = at;
    await writer.write(new Uint8Array(piece.buffer, 0, Math.min(pieceBytes, length - at)));
  }
  const { id } = await writer.finalize();
  const pool = join(dir, 'current', store.blockPoolId, 'current/finalized/subdir0/subdir0');
  return { store, id, path: join(pool, `blk_${id}`) };
}

export const readBlocks: WorkloadFactory = async (scratch) => {
  const { store, id, path } = await storedBlock(scratch, bytes);
  const slab = new SlabPool({ name: 'bench' }).lease(pieceBytes).bytes;
  const raw = 'raw readSync, 1 MiB';
  const stream = 'createReadStream, 1 MiB, not verified';
  return {
    name: 'read a block of 256 MiB',
    unit: 'MB/s',
    parameters: { bytes, pieceBytes },
    rounds: 9,
    note: 'A loop of nothing but readSync and the CRC kernel, at 20 GB/s on bytes in the cache, reaches 0.50 x raw.',
    contenders: [
      {
        name: raw,
        async run() {
          const fd = openSync(path, 'r');
          for (let at = 0; at < bytes; at += pieceBytes) readSync(fd, slab, 0, pieceBytes, at);
          closeSync(fd);
          return { bytes, operations: bytes / pieceBytes };
        },
      },
      {
        name: 'varve, verified per 512 B',
        async run() {
          let seen = 0;
          for await (const view of store.read(id)) seen += view.length;
          if (seen !== bytes) throw new Error('the block is short');
          return { bytes, operations: bytes / pieceBytes };
        },
      },
      {
        name: 'varve, not verified',
        async run() {
          let seen = 0;
          for await (const view of store.read(id, { verify: false })) seen += view.length;
          if (seen !== bytes) throw new Error('the block is short');
          return { bytes, operations: bytes / pieceBytes };
        },
      },
      {
        name: stream,
        async run() {
          let seen = 0;
          const source = createReadStream(path, { highWaterMark: pieceBytes });
          for await (const piece of source) seen += (piece as Buffer).length;
          if (seen !== bytes) throw new Error('the file is short');
          return { bytes, operations: bytes / pieceBytes };
        },
      },
    ],
    targets: [
      { contender: 'varve, verified per 512 B', over: raw, atLeast: 0.55 },
      { contender: 'varve, verified per 512 B', over: stream, atLeast: 1.3 },
    ],
    dispose: () => store.close(),
  };
};

const randomBytes = 64 << 10;
const reads = 20_000;

export const readBlocksAtRandom: WorkloadFactory = async (scratch) => {
  const { store, id, path } = await storedBlock(scratch, bytes);
  const slab = new SlabPool({ name: 'bench' }).lease(randomBytes).bytes;
  const positions = Uint32Array.from(
    { length: reads },
    (_, at) => (Math.imul(at + 1, 0x9e3779b1) >>> 0) % (bytes - randomBytes),
  );
  const aligned = positions.map((position) => position - (position % 512));
  const raw = 'raw readSync';
  return {
    name: 'read 64 KiB of a block at random',
    unit: 'operations/s',
    parameters: { bytes, randomBytes },
    rounds: 9,
    contenders: [
      {
        name: raw,
        async run() {
          const fd = openSync(path, 'r');
          for (const at of aligned) readSync(fd, slab, 0, randomBytes, at);
          closeSync(fd);
          return { bytes: reads * randomBytes, operations: reads };
        },
      },
      {
        name: 'varve readInto, verified',
        async run() {
          for (const at of aligned) store.readInto(id, slab.subarray(0, randomBytes), at);
          return { bytes: reads * randomBytes, operations: reads };
        },
      },
      {
        name: 'varve readInto, verified, at any byte',
        async run() {
          for (const at of positions) store.readInto(id, slab.subarray(0, randomBytes), at);
          return { bytes: reads * randomBytes, operations: reads };
        },
      },
    ],
    targets: [{ contender: 'varve readInto, verified', over: raw, atLeast: 0.5 }],
    dispose: () => store.close(),
  };
};

const blocks = 100_000;

export const openBlocks: WorkloadFactory = async (scratch) => {
  const dir = join(scratch, 'many');
  const first = await BlockStore.open({ dirs: [dir], syncOnFinalize: false });
  const pool = join(dir, 'current', first.blockPoolId, 'current/finalized');
  // As the store would, without its syncs of new directories: a hundred thousand empty pairs.
  const made = new Set<string>();
  const { mkdirSync } = await import('node:fs');
  const header = Buffer.from('00010200000200', 'hex');
  for (let index = 0; index < blocks; index++) {
    const id = 1073741825 + index;
    const folder = join(pool, `subdir${(id >> 16) & 31}`, `subdir${(id >> 8) & 31}`);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    writeFileSync(join(folder, `blk_${id}`), '');
    writeFileSync(join(folder, `blk_${id}_1001.meta`), header);
  }
  await first.close();
  return {
    name: 'open a store of 100,000 blocks',
    unit: 's',
    parameters: { blocks },
    contenders: [
      {
        name: 'varve BlockStore.open',
        async run() {
          const store = await BlockStore.open({ dirs: [dir] });
          const found = store.list().length;
          await store.close();
          if (found !== blocks) throw new Error(`${found} blocks`);
          return { bytes: 0, operations: 1 };
        },
      },
    ],
    targets: [],
    async dispose() {
      rmSync(dir, { recursive: true });
    },
  };
};
