/** Other stores a Node user could append to, each used as its documentation says. */
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../harness/workload.ts';

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
  const { ClassicLevel } = load('classic-level') as {
    ClassicLevel: new (
      path: string,
      options: object,
    ) => {
      open(): Promise<void>;
      batch(operations: readonly object[]): Promise<void>;
      close(): Promise<void>;
    };
  };
  return {
    name: 'classic-level batch put',
    async run() {
      const path = join(scratch, 'level');
      rmSync(path, { recursive: true, force: true });
      const encoding = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false };
      const db = new ClassicLevel(path, encoding);
      await db.open();
      const rounds = 100;
      for (let round = 0; round < rounds; round++) {
        await db.batch(
          values.map((value, index) => ({
            type: 'put',
            key: sequenceKey(round * values.length + index),
            value,
          })),
        );
      }
      await db.close();
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}

function lmdb(scratch: string, values: readonly Buffer[]): Contender {
  const { open } = load('lmdb') as {
    open: (options: object) => {
      transactionSync(work: () => void): void;
      put(key: Buffer, value: Buffer): void;
      close(): Promise<void>;
    };
  };
  return {
    name: 'lmdb put in transactions',
    async run() {
      const path = join(scratch, 'lmdb');
      rmSync(path, { recursive: true, force: true });
      const db = open({
        path,
        keyEncoding: 'binary',
        encoding: 'binary',
        noSync: true,
        overlappingSync: false,
      });
      const rounds = 100;
      for (let round = 0; round < rounds; round++) {
        db.transactionSync(() => {
          for (const [index, value] of values.entries()) {
            db.put(sequenceKey(round * values.length + index), value);
          }
        });
      }
      await db.close();
      return { bytes: 0, operations: rounds * values.length };
    },
  };
}

function sequenceKey(sequence: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(0, 0);
  key.writeUInt32BE(sequence, 4);
  return key;
}
