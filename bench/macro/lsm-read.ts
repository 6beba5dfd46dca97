/** Reading key-value stores that hold a million entries: hot gets, absent keys, whole scans. */
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { makeKeys, openStore, storeNames, type Store } from './lsm-stores.ts';

const entries = 300_000;
const reads = 200_000;

/** All stores filled with the same entries at random, written out and compacted. */
async function filled(scratch: string, keys: readonly Buffer[]): Promise<Store[]> {
  const stores: Store[] = [];
  for (const name of storeNames) {
    const store = await openStore(name, scratch);
    for (let from = 0; from < keys.length; from += 1000) {
      await store.batch(keys, from, from + 1000);
    }
    await store.settle();
    stores.push(store);
  }
  return stores;
}

function getting(store: Store, keys: readonly Buffer[], isAwaited: boolean): Contender {
  return {
    name: isAwaited ? `${store.name}, awaited` : `${store.name}, synchronous`,
    async run() {
      let found = 0;
      for (let index = 0; index < reads; index++) {
        const key = keys[(index * 7919) % keys.length]!;
        const got = isAwaited ? await store.get(key) : store.getSync!(key);
        if (got !== undefined) found++;
      }
      return { bytes: found, operations: reads };
    },
  };
}

async function gets(scratch: string, keys: 'present' | 'absent'): Promise<Workload> {
  const present = makeKeys(entries, 'random');
  const stores = await filled(scratch, present);
  const wanted =
    keys === 'present'
      ? present
      : present.map((key, index) => {
          const absent = Buffer.from(key);
          absent.writeUInt32BE(index, 8);
          absent[7] = 1;
          return absent;
        });
  const synchronous = stores.filter((store) => store.getSync !== undefined);
  return {
    name: keys === 'present' ? 'lsm get' : 'lsm get absent',
    unit: 'operations/s',
    parameters: { entries, reads },
    rounds: 3,
    contenders: [
      ...synchronous.map((store) => getting(store, wanted, false)),
      ...stores.map((store) => getting(store, wanted, true)),
    ],
    targets: [
      { contender: 'varve, synchronous', over: 'lmdb, synchronous', atLeast: 1 },
      { contender: 'varve, awaited', over: 'classic-level, awaited', atLeast: 5 },
    ],
    async dispose() {
      for (const store of stores) await store.close();
    },
  };
}

export const lsmGet: WorkloadFactory = (scratch) => gets(scratch, 'present');
export const lsmGetAbsent: WorkloadFactory = (scratch) => gets(scratch, 'absent');

export const lsmScan: WorkloadFactory = async (scratch) => {
  const stores = await filled(scratch, makeKeys(entries, 'random'));
  return {
    name: 'lsm scan',
    unit: 'operations/s',
    parameters: { entries },
    rounds: 3,
    contenders: stores.map((store) => ({
      name: store.name,
      run: async () => ({ bytes: 0, operations: await store.scan() }),
    })),
    targets: [{ contender: 'varve', over: 'lmdb', atLeast: 1 }],
    async dispose() {
      for (const store of stores) await store.close();
    },
  };
};
