/**
 * How long others wait while a store fills, flushes and compacts: gets in the midst of writes, and
 * the event loop's delay. One figure in microseconds per contender.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { makeKeys, openStore, value, type Store, type StoreName } from './lsm-stores.ts';

const entries = 400_000;
const batchEntries = 100;
const getsPerBatch = 2;
/** So that the run flushes eight times or so, and compacts. */
const flushBytes = 8 << 20;

/** One fill with gets between the batches; percentiles in microseconds. */
interface Waits {
  readonly getP99: number;
  readonly loopP999: number;
  readonly loopMax: number;
}

async function fillAndGet(store: Store, keys: readonly Buffer[]): Promise<Waits> {
  const waits = new Float64Array((keys.length / batchEntries) * getsPerBatch);
  let taken = 0;
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  for (let from = 0; from < keys.length; from += batchEntries) {
    await store.batch(keys, from, from + batchEntries);
    for (let count = 0; count < getsPerBatch; count++) {
      const began = performance.now();
      await store.get(keys[(taken * 7919) % (from + batchEntries)]!);
      waits[taken++] = (performance.now() - began) * 1000;
    }
    await new Promise(setImmediate);
  }
  loop.disable();
  const sorted = waits.subarray(0, taken).sort();
  return {
    getP99: sorted[Math.floor(taken * 0.99)]!,
    loopP999: loop.percentile(99.9) / 1000,
    loopMax: loop.max / 1000,
  };
}

/** The samples of one fill serve all figures of its store: the first in turn makes it. */
class Fills {
  #latest: Waits | undefined;
  readonly #name: StoreName;
  readonly #scratch: string;
  readonly #keys: readonly Buffer[];

  constructor(name: StoreName, scratch: string, keys: readonly Buffer[]) {
    this.#name = name;
    this.#scratch = scratch;
    this.#keys = keys;
  }

  contender(figure: keyof Waits, what: string, isFirst: boolean): Contender {
    return {
      name: `${this.#name}, ${what}`,
      run: async () => {
        if (isFirst) await this.#fill();
        return { bytes: 0, operations: 1, seconds: this.#latest![figure] / 1e6 };
      },
    };
  }

  async #fill(): Promise<void> {
    const store = await openStore(this.#name, this.#scratch, { flushBytes });
    try {
      this.#latest = await fillAndGet(store, this.#keys);
    } finally {
      await store.close();
    }
  }
}

export const lsmLatency: WorkloadFactory = async (scratch): Promise<Workload> => {
  const keys = makeKeys(entries, 'random');
  const names: readonly StoreName[] = ['varve', 'classic-level', 'rocksdb'];
  return {
    name: 'lsm latency while compacting',
    unit: 'us',
    parameters: { entries, batchEntries, flushBytes, valueBytes: value.length },
    rounds: 3,
    contenders: names.flatMap((name) => {
      const fills = new Fills(name, scratch, keys);
      return [
        fills.contender('getP99', 'get p99', true),
        fills.contender('loopP999', 'event loop p99.9', false),
        fills.contender('loopMax', 'event loop at most', false),
      ];
    }),
    targets: [{ contender: 'varve, event loop p99.9', atLeast: 10_000 }],
    note: 'The event loop is stopped by whoever else needs the processor, too.',
  };
};
