/** Other stores a Node user could append to, each used as its documentation says. */
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../harness/workload.ts';
import { openLevel, openLmdb, putIntoLevel, putIntoLmdb } from './peer-libraries.ts';

const load = createRequire(import.meta.url);

export async function appendPeers(
  scratch: string,
  objects: readonly { readonly value: Uint8Array }[],
): Promise<Contender[]> {
  const values = objects.map(({ value }) => Buffer.from(value));
  return [
    kafkajsEncoding(values),
    hypercore(scratch, values),
    classicLevel(scratch, values),
    lmdb(scratch, values),
  ];
}

function kafkajsEncoding(values: readonly Buffer[]): Contender {
  const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
    RecordBatch: (options: object) => Promise<{ buffer: Buffer }>;
  };
  const encodeRecord = load('kafkajs/src/protocol/recordBatch/record/v0') as (
    options: object,
  ) => object;
  return {
    name: 'kafkajs encoding alone',
    async run() {
      const rounds = 100;
      for (let round = 0; round < rounds; round++) {
        const firstTimestamp = 1_700_000_000_000;
        const records = values.map((value, offsetDelta) =>
          encodeRecord({ offsetDelta, timestampDelta: 0, key: null, value, headers: {} }),
        );
        await RecordBatch({
          compression: 0,
          records,
          firstTimestamp,
          maxTimestamp: firstTimestamp,
        });
      }
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}

function hypercore(scratch: string, values: readonly Buffer[]): Contender {
  const Hypercore = load('hypercore') as new (path: string) => {
    ready(): Promise<void>;
    append(blocks: readonly Buffer[]): Promise<void>;
    close(): Promise<void>;
  };
  return {
    name: 'hypercore append',
    async run() {
      const path = join(scratch, 'hypercore');
      rmSync(path, { recursive: true, force: true });
      const core = new Hypercore(path);
      await core.ready();
      const rounds = 50;
      for (let round = 0; round < rounds; round++) await core.append(values);
      await core.close();
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}

function classicLevel(scratch: string, values: readonly Buffer[]): Contender {
  return {
    name: 'classic-level batch put',
    async run() {
      const path = join(scratch, 'level');
      rmSync(path, { recursive: true, force: true });
      const level = await openLevel(path);
      const rounds = 100;
      for (let round = 0; round < rounds; round++) {
        await putIntoLevel(level, values, round * values.length);
      }
      await level.close();
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}

function lmdb(scratch: string, values: readonly Buffer[]): Contender {
  return {
    name: 'lmdb put in transactions',
    async run() {
      const path = join(scratch, 'lmdb');
      rmSync(path, { recursive: true, force: true });
      const store = openLmdb(path);
      const rounds = 100;
      for (let round = 0; round < rounds; round++) {
        putIntoLmdb(store, values, round * values.length);
      }
      await store.close();
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}
