/**
 * Bytes that a filled store takes after everything was compacted, and bytes that this process
 * handed to the system to get there, both per byte of keys and values.
 */
import { randomFillSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { makeKeys, openStore, value, type StoreName } from './lsm-stores.ts';

const entries = 100_000;
const keyBytes = 16;
const rawBytes = entries * (keyBytes + value.length);
/** So that varve flushes often and compacts; the peers flush at 4 MiB (LevelDB) and 64 MiB. */
const flushBytes = 1 << 20;

interface Figures {
  readonly stored: number;
  readonly written: number;
}

/** Of all threads, through write calls; Linux. */
function writtenSoFar(): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
}

function bytesBelow(dir: string): number {
  let bytes = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/** One fill gives both figures of its store: the first in turn makes it. */
function contendersOf(name: StoreName, scratch: string, keys: readonly Buffer[]): Contender[] {
  let latest: Figures | undefined;
  const fill = async (): Promise<Figures> => {
    const before = writtenSoFar();
    const store = await openStore(name, scratch, { flushBytes });
    for (let index = 0; index < keys.length; index++) {
      // One at a time, so that no two values are alike and no codec can make them smaller.
      randomFillSync(value);
      await store.batch(keys, index, index + 1);
    }
    value.fill(7);
    await store.settle();
    await store.close();
    return { stored: bytesBelow(join(scratch, name)), written: writtenSoFar() - before };
  };
  const figure = (what: keyof Figures): Contender => ({
    name: `${name}, ${what}`,
    async run() {
      if (what === 'stored') latest = await fill();
      return { bytes: latest![what], operations: rawBytes };
    },
  });
  return [figure('stored'), figure('written')];
}

export const lsmSpace: WorkloadFactory = async (scratch): Promise<Workload> => {
  const keys = makeKeys(entries, 'random');
  const names: readonly StoreName[] = ['varve', 'classic-level', 'rocksdb'];
  return {
    name: 'lsm space',
    unit: 'bytes/byte',
    parameters: { entries, flushBytes, valueBytes: value.length },
    rounds: 3,
    contenders: names.flatMap((name) => contendersOf(name, scratch, keys)),
    targets: [{ contender: 'varve, stored', atLeast: 1.15 }],
    note: 'Uncompressed, after a compaction of everything; the log is part of what is written.',
  };
};
