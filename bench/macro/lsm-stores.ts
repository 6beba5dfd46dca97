/**
 * The key-value stores of the LSM workloads behind one face: keys of 16 bytes, values of 100.
 */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  CellView,
  Database,
  type Durability,
  type EngineInput,
  type Table,
} from '../../src/lsm/index.ts';
import { openLmdb } from './peer-libraries.ts';

const load = createRequire(import.meta.url);

export interface Store {
  readonly name: string;
  /** Writes `keys[from..to]` as one batch, without waiting for the disk. */
  batch(keys: readonly Buffer[], from: number, to: number): Promise<void> | void;
  /** One write that is durable when it resolves. */
  putDurable(key: Buffer): Promise<void>;
  getSync?(key: Buffer): Uint8Array | undefined;
  get(key: Buffer): Promise<Uint8Array | undefined>;
  /** Walks everything, touching keys and values; entries seen. */
  scan(): Promise<number>;
  /** At most `count` entries from `key` on. */
  scanFrom(key: Buffer, count: number): Promise<number>;
  /** Everything written out, compacted where the store can. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export const value: Buffer = Buffer.alloc(100, 7);
const column = { family: 'd', qualifier: '' };

/** Keys of 16 bytes, ascending or pseudo-random; the same ones in every run. */
export function makeKeys(count: number, order: 'sequential' | 'random'): Buffer[] {
  let seed = 1;
  return Array.from({ length: count }, (_, index) => {
    const key = Buffer.alloc(16);
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    if (order === 'random') key.writeUInt32BE(seed, 0);
    key.writeUInt32BE(index, 12);
    return key;
  });
}

export type StoreName = 'varve' | 'lmdb' | 'classic-level' | 'rocksdb';
export const storeNames: readonly StoreName[] = ['varve', 'lmdb', 'classic-level', 'rocksdb'];

/** Opens an empty store below `scratch`; `engine` is for varve alone. */
export async function openStore(
  name: StoreName,
  scratch: string,
  engine: EngineInput = {},
): Promise<Store> {
  const dir = join(scratch, name);
  rmSync(dir, { recursive: true, force: true });
  if (name === 'varve') return openVarve(dir, engine);
  if (name === 'lmdb') return lmdbStore(dir);
  return levelStore(name, dir);
}

async function openVarve(dir: string, engine: EngineInput): Promise<Store> {
  const database = await Database.open(dir, engine);
  const table = await database.createTable('t', {
    families: { d: { encoding: 'FAST_DIFF' } },
  });
  return varveStore(database, table);
}

function varveStore(database: Database, table: Table): Store {
  const batch = table.batchOf();
  const asynchronous: { durability: Durability } = { durability: 'ASYNC_WAL' };
  return {
    name: 'varve',
    batch(keys, from, to) {
      batch.clear();
      for (let index = from; index < to; index++) batch.putCell(keys[index]!, column, value);
      return table.write(batch, asynchronous);
    },
    putDurable: (key) => table.write(table.batchOf().putCell(key, column, value)),
    getSync: (key) => table.valueSync(key, 'd', ''),
    get: async (key) => table.valueSync(key, 'd', ''),
    async scan() {
      const cell = new CellView();
      let [entries, touched] = [0, 0];
      for (const rows of table.scanSync()) {
        for (let index = 0; index < rows.cellCount; index++) {
          rows.cellAt(index, cell);
          touched += cell.bytes[cell.rowPosition]! + cell.bytes[cell.valuePosition]!;
        }
        entries += rows.cellCount;
      }
      return touched < 0 ? 0 : entries;
    },
    async scanFrom(key, count) {
      let entries = 0;
      for (const rows of table.scanSync({ start: key, limit: count, batchBytes: 1 << 14 })) {
        entries += rows.cellCount;
      }
      return entries;
    },
    async settle() {
      await table.flush();
      await table.compact({ major: true });
    },
    close: () => database.close(),
  };
}

function lmdbStore(dir: string): Store {
  const store = openLmdb(dir);
  const range = (options: object): number => {
    let [entries, touched] = [0, 0];
    for (const { value: found } of store.getRange(options)) {
      touched += found[0]!;
      entries++;
    }
    return touched < 0 ? 0 : entries;
  };
  return {
    name: 'lmdb',
    batch: (keys, from, to) =>
      store.transactionSync(() => {
        for (let index = from; index < to; index++) store.put(keys[index]!, value);
      }),
    // Opened without sync: its durable writes are measured by the metadata store, not here.
    putDurable: () => Promise.reject(new Error('not durable')),
    getSync: (key) => store.get(key),
    get: async (key) => store.get(key),
    scan: async () => range({}),
    scanFrom: async (key, count) => range({ start: key, limit: count }),
    settle: async () => undefined,
    close: () => store.close(),
  };
}

interface LevelLike {
  open(): Promise<void>;
  batch(operations: readonly object[]): Promise<void>;
  put(key: Buffer, bytes: Buffer, options: object): Promise<void>;
  get(key: Buffer): Promise<Buffer | undefined>;
  iterator(options: object): {
    nextv(size: number): Promise<[Buffer, Buffer][]>;
    close(): Promise<void>;
  };
  compactRange?(start: Buffer, end: Buffer): Promise<void>;
  close(): Promise<void>;
}

async function levelStore(name: 'classic-level' | 'rocksdb', dir: string): Promise<Store> {
  const options = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false };
  const library = load(name === 'rocksdb' ? '@nxtedition/rocksdb' : 'classic-level') as Readonly<
    Record<string, new (path: string, options: object) => LevelLike>
  >;
  const level = new library[name === 'rocksdb' ? 'RocksLevel' : 'ClassicLevel']!(dir, options);
  await level.open();
  const walk = async (iterating: object, most: number): Promise<number> => {
    const iterator = level.iterator(iterating);
    let entries = 0;
    while (entries < most) {
      const some = await iterator.nextv(Math.min(1000, most - entries));
      if (some.length === 0) break;
      entries += some.length;
    }
    await iterator.close();
    return entries;
  };
  return {
    name,
    batch: (keys, from, to) =>
      level.batch(keys.slice(from, to).map((key) => ({ type: 'put', key, value }))),
    putDurable: (key) => level.put(key, value, { sync: true }),
    // The RocksDB binding rejects for what is not there.
    get: (key) => level.get(key).catch(() => undefined),
    scan: () => walk({}, Number.MAX_SAFE_INTEGER),
    scanFrom: (key, count) => walk({ gte: key, limit: count }, count),
    settle: async () => level.compactRange?.(Buffer.alloc(1), Buffer.alloc(17, 255)),
    close: () => level.close(),
  };
}
