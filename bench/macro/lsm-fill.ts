/** Filling key-value stores: batches in order and at random, single durable writes. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import {
  makeKeys,
  openStore,
  storeNames,
  value,
  type Store,
  type StoreName,
} from './lsm-stores.ts';

const entries = 300_000;
const batchEntries = 1000;

function filling(name: StoreName, keys: readonly Buffer[], scratch: string): Contender {
  let store: Store;
  return {
    name,
    async prepare() {
      store = await openStore(name, scratch);
    },
    async run() {
      for (let from = 0; from < keys.length; from += batchEntries) {
        await store.batch(keys, from, from + batchEntries);
      }
      return { bytes: 0, operations: keys.length };
    },
    finish: () => store.close(),
  };
}

async function fill(order: 'sequential' | 'random', scratch: string): Promise<Workload> {
  const keys = makeKeys(entries, order);
  return {
    name: `lsm fill ${order}`,
    unit: 'operations/s',
    parameters: { entries, batchEntries, valueBytes: value.length },
    rounds: 3,
    contenders: storeNames.map((name) => filling(name, keys, scratch)),
    targets: [
      { contender: 'varve', over: 'rocksdb', atLeast: order === 'random' ? 1.5 : 1 },
      { contender: 'varve', over: 'classic-level', atLeast: 3 },
    ],
  };
}

export const lsmFillSequential: WorkloadFactory = (scratch) => fill('sequential', scratch);
export const lsmFillRandom: WorkloadFactory = (scratch) => fill('random', scratch);

const puts = 400;

export const lsmPutDurable: WorkloadFactory = async (scratch) => {
  const keys = makeKeys(200_000, 'random');
  const varve = await openStore('varve', scratch);
  const level = await openStore('classic-level', scratch);
  const raw = openSync(join(scratch, 'raw'), 'w');
  const entry = Buffer.alloc(160);
  const single = (store: Store): Contender => ({
    name: `${store.name}, one writer`,
    async run() {
      for (let index = 0; index < puts; index++) await store.putDurable(keys[index]!);
      return { bytes: 0, operations: puts };
    },
  });
  return {
    name: 'lsm durable puts',
    unit: 'operations/s',
    parameters: { valueBytes: value.length, writers: 1000 },
    rounds: 3,
    contenders: [
      {
        name: 'raw write and fdatasync',
        async run() {
          for (let index = 0; index < puts; index++) {
            writeSync(raw, entry);
            fdatasyncSync(raw);
          }
          return { bytes: 0, operations: puts };
        },
      },
      single(varve),
      single(level),
      {
        name: 'varve, 1,000 writers',
        async run() {
          const perWriter = 100;
          const write = async (_: unknown, writer: number): Promise<void> => {
            for (let index = 0; index < perWriter; index++) {
              await varve.putDurable(keys[writer * perWriter + index]!);
            }
          };
          await Promise.all(Array.from({ length: 1000 }, write));
          return { bytes: 0, operations: 1000 * perWriter };
        },
      },
    ],
    targets: [
      { contender: 'varve, one writer', over: 'raw write and fdatasync', atLeast: 0.9 },
      { contender: 'varve, 1,000 writers', over: 'classic-level, one writer', atLeast: 100 },
    ],
    async dispose() {
      closeSync(raw);
      await varve.close();
      await level.close();
    },
  };
};
