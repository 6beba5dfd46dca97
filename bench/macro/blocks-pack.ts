/**
 * 100,000 objects of 1 KiB in a pack, beside lmdb and plain files: put, and got at random. Of the
 * plain files there are fewer, which is to their advantage: a hundred thousand take minutes.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectPack } from '../../src/blocks/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import { openLmdb, putIntoLmdb, sequenceKey, type Lmdb } from './peer-libraries.ts';

const objects = 100_000;
const objectBytes = 1024;
const plainObjects = 5_000;
const folders = 64;

const pack = 'varve ObjectPack';
const plain = 'plain files, 5,000 of them';

function makeValues(): Buffer[] {
  return Array.from({ length: objects }, (_, index) => {
    const value = Buffer.alloc(objectBytes);
    for (let at = 0; at < objectBytes; at += 4) {
      value.writeUInt32LE(Math.imul(index * 256 + at, 0x9e3779b1) >>> 0, at);
    }
    return value;
  });
}

const keyOf = (index: number): string => `object-${index}`;

function fileOf(dir: string, index: number): string {
  return join(dir, String(index % folders), keyOf(index));
}

function writePlain(dir: string, values: readonly Buffer[]): void {
  for (let folder = 0; folder < folders; folder++) {
    mkdirSync(join(dir, String(folder)), { recursive: true });
  }
  for (let index = 0; index < plainObjects; index++) {
    writeFileSync(fileOf(dir, index), values[index]!);
  }
}

async function writePack(dir: string, values: readonly Buffer[]): Promise<ObjectPack> {
  const store = await ObjectPack.open({ dir });
  for (const [index, value] of values.entries()) await store.put(keyOf(index), value);
  await store.sync();
  return store;
}

export const packObjects: WorkloadFactory = async (scratch) => {
  const values = makeValues();
  const dir = join(scratch, 'objects');
  const contender = (name: string, run: () => Promise<number>): Contender => ({
    name,
    async run() {
      const operations = await run();
      return { bytes: operations * objectBytes, operations };
    },
    async finish() {
      rmSync(dir, { recursive: true });
    },
  });
  return {
    name: 'put 100,000 objects of 1 KiB',
    unit: 'operations/s',
    parameters: { objects, objectBytes },
    rounds: 3,
    note: 'The pack is durable at the end of a run; plain files and lmdb are not synced.',
    contenders: [
      contender(plain, async () => {
        writePlain(dir, values);
        return plainObjects;
      }),
      contender('lmdb, one transaction', async () => {
        mkdirSync(dir);
        const store = openLmdb(join(dir, 'lmdb'));
        putIntoLmdb(store, values, 0);
        await store.close();
        return objects;
      }),
      contender(pack, async () => {
        const store = await writePack(dir, values);
        await store.close();
        return objects;
      }),
    ],
    targets: [{ contender: pack, over: plain, atLeast: 2 }],
  };
};

export const getPackedObjects: WorkloadFactory = async (scratch) => {
  const values = makeValues();
  const dir = join(scratch, 'plain');
  writePlain(dir, values);
  const lmdb: Lmdb = openLmdb(join(scratch, 'lmdb'));
  putIntoLmdb(lmdb, values, 0);
  const store = await writePack(join(scratch, 'pack'), values);
  // A step without a common factor meets every object once, far from the one before.
  const step = 61_803;
  const contender = (
    name: string,
    operations: number,
    get: (index: number) => number | undefined,
  ): Contender => ({
    name,
    async run() {
      for (let at = 0; at < operations; at++) {
        const index = (at * step) % operations;
        if (get(index) !== objectBytes) throw new Error(`object ${index} of ${name}`);
      }
      return { bytes: operations * objectBytes, operations };
    },
  });
  return {
    name: 'get 100,000 objects of 1 KiB at random',
    unit: 'operations/s',
    parameters: { objects, objectBytes },
    rounds: 5,
    contenders: [
      contender(plain, plainObjects, (index) => readFileSync(fileOf(dir, index)).length),
      contender('lmdb', objects, (index) => lmdb.get(sequenceKey(index))?.length),
      contender(pack, objects, (index) => store.get(keyOf(index))?.length),
    ],
    targets: [{ contender: pack, over: plain, atLeast: 2 }],
    async dispose() {
      await lmdb.close();
      await store.close();
    },
  };
};
