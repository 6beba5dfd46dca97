/**
 * The core workloads of YCSB on key-value stores: shares of reads, updates, scans, inserts and
 * read-modify-writes over keys of which few are asked for often (zipfian).
 *
 * Upstream: brianfrankcooper/YCSB: workloads/workloada to workloadf.
 */
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { makeKeys, openStore, storeNames, type Store } from './lsm-stores.ts';

interface Mix {
  readonly read?: number;
  readonly update?: number;
  readonly scan?: number;
  readonly insert?: number;
  readonly modify?: number;
}

const mixes: Readonly<Record<string, Mix>> = {
  A: { read: 0.5, update: 0.5 },
  B: { read: 0.95, update: 0.05 },
  C: { read: 1 },
  D: { read: 0.95, insert: 0.05 },
  E: { scan: 0.95, insert: 0.05 },
  F: { read: 0.5, modify: 0.5 },
};

const entries = 50_000;
const operations = 20_000;
const scanned = 50;

function mixed(store: Store, keys: readonly Buffer[], mix: Mix): Contender {
  return {
    name: store.name,
    async run() {
      const next = generator();
      let newest = entries;
      for (let index = 0; index < operations; index++) {
        let draw = next();
        const key = keys[zipfian(next(), entries)]!;
        if ((draw -= mix.read ?? 0) < 0) await store.get(key);
        else if ((draw -= mix.update ?? 0) < 0) await store.batch([key], 0, 1);
        else if ((draw -= mix.scan ?? 0) < 0) {
          await store.scanFrom(key, 1 + Math.floor(next() * scanned));
        } else if ((draw -= mix.insert ?? 0) < 0) {
          const at = newest++ % keys.length;
          await store.batch(keys, at, at + 1);
        } else {
          await store.get(key);
          await store.batch([key], 0, 1);
        }
      }
      return { bytes: 0, operations };
    },
  };
}

async function workload(name: string, scratch: string): Promise<Workload> {
  const keys = makeKeys(entries + operations, 'random');
  const stores: Store[] = [];
  for (const one of storeNames) {
    const store = await openStore(one, scratch);
    for (let from = 0; from < entries; from += 1000) await store.batch(keys, from, from + 1000);
    stores.push(store);
  }
  return {
    name: `ycsb ${name}`,
    unit: 'operations/s',
    parameters: { entries, operations, ...mixes[name] },
    rounds: 3,
    contenders: stores.map((store) => mixed(store, keys, mixes[name]!)),
    targets: [],
    async dispose() {
      for (const store of stores) await store.close();
    },
  };
}

export const ycsb: Readonly<Record<string, WorkloadFactory>> = Object.fromEntries(
  Object.keys(mixes).map((name) => [`ycsb ${name}`, (scratch) => workload(name, scratch)]),
);

function generator(): () => number {
  let seed = 42;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** About zipfian with exponent 0.99: the inverse of its integral. */
function zipfian(uniform: number, count: number): number {
  const exponent = 1 - 0.99;
  const rank = ((count ** exponent - 1) * uniform + 1) ** (1 / exponent);
  // Hot keys lie apart from each other.
  return (Math.floor(rank) * 7919) % count;
}
