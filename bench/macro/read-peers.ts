/** Other stores a Node user could read from, holding the same values. */
import { join } from 'node:path';
import type { Contender } from '../harness/workload.ts';
import {
  openLevel,
  openLmdb,
  putIntoLevel,
  putIntoLmdb,
  sequenceKey,
  type Level,
  type Lmdb,
} from './peer-libraries.ts';

export interface Peers {
  readonly contenders: readonly Contender[];
  close(): Promise<void>;
}

/** `count` entries, the values over and over, read from the first to the last. */
export async function readPeers(
  scratch: string,
  values: readonly Uint8Array[],
  count: number,
): Promise<Peers> {
  const store = openLmdb(join(scratch, 'lmdb'));
  const level = await openLevel(join(scratch, 'level'));
  const buffers = values.map((value) => Buffer.from(value));
  for (let first = 0; first < count; first += buffers.length) {
    putIntoLmdb(store, buffers, first);
    await putIntoLevel(level, buffers, first);
  }
  return {
    contenders: [readingLmdb(store), readingLevel(level)],
    async close() {
      await store.close();
      await level.close();
    },
  };
}

function readingLmdb(store: Lmdb): Contender {
  return {
    name: 'lmdb getRange',
    async run() {
      let operations = 0;
      let bytes = 0;
      for (const { value } of store.getRange({})) {
        operations++;
        bytes += value.length;
      }
      return { bytes, operations };
    },
  };
}

function readingLevel(level: Level): Contender {
  return {
    name: 'classic-level iterator, 1,000 at a time',
    async run() {
      let operations = 0;
      let bytes = 0;
      const iterator = level.iterator({});
      for (;;) {
        const entries = await iterator.nextv(1000);
        if (entries.length === 0) break;
        for (const [, value] of entries) bytes += value.length;
        operations += entries.length;
      }
      await iterator.close();
      return { bytes, operations };
    },
  };
}

/** lmdb's synchronous get of random keys, of as many entries as given. */
export function lookupPeer(scratch: string, entries: number, operations: number): Peers {
  const store = openLmdb(join(scratch, 'lmdb'));
  const value = Buffer.alloc(100, 1);
  putIntoLmdb(
    store,
    Array.from({ length: entries }, () => value),
    0,
  );
  const contender: Contender = {
    name: 'lmdb get, anywhere',
    async run() {
      let seed = 1;
      for (let index = 0; index < operations; index++) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        store.get(sequenceKey(Math.floor((seed / 2 ** 32) * entries)));
      }
      return { bytes: 0, operations };
    },
  };
  return { contenders: [contender], close: () => store.close() };
}
