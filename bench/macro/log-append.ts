/**
 * Appending: ready batches beside a raw write of the same bytes, records beside other Node stores.
 */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionLog } from '../../src/log/index.ts';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { readyBatch, value, valueBytes } from './batches.ts';
import { KafkaLog } from './kafka-log.ts';
import { appendPeers } from './append-peers.ts';

const totalBytes = 256 << 20;
const config = { 'max.message.bytes': 1 << 24, 'segment.bytes': 1 << 30 };

export const appendReady1MiB: WorkloadFactory = (scratch) =>
  ready(scratch, 'append ready batches of 1 MiB', 1 << 20, 0.75);
export const appendReady16KiB: WorkloadFactory = (scratch) =>
  ready(scratch, 'append ready batches of 16 KiB', 16 << 10, 0.7);

async function ready(
  scratch: string,
  name: string,
  size: number,
  atLeast: number,
): Promise<Workload> {
  const batch = await readyBatch(scratch, size);
  await warm(scratch);
  const count = Math.floor(totalBytes / batch.length);
  const done = { bytes: count * batch.length, operations: count };
  const path = join(scratch, 'raw');
  let fd = 0;
  const raw: Contender = {
    name: 'raw writeSync',
    async prepare() {
      rmSync(path, { force: true });
      fd = openSync(path, 'w');
    },
    async run() {
      for (let index = 0; index < count; index++) writeSync(fd, batch, 0, batch.length);
      return done;
    },
    async finish() {
      fsyncSync(fd);
      closeSync(fd);
    },
  };
  const headers = appending(scratch, 'varve appendBatches', batch, { count, validate: 'batch' });
  const records = appending(scratch, 'varve appendBatches, every record walked', batch, {
    count,
    validate: 'records',
  });
  batch.fill(0, 0, 8);
  const kafka = await KafkaLog.start(scratch);
  return {
    name,
    unit: 'MB/s',
    parameters: { batchBytes: batch.length, batches: count, 'bytes per value': valueBytes },
    rounds: 9,
    contenders: [
      raw,
      headers,
      records,
      ...(kafka === undefined ? [] : [kafka.appending(batch, count)]),
    ],
    targets: [{ contender: headers.name, over: raw.name, atLeast }],
    note:
      'The checksum reads every byte before it is written. Measured apart: at 16 KiB it takes 1.8 us ' +
      'and all else an append does 1.4 us, beside 6.2 us of the raw write; at 1 MiB some 55 us between ' +
      'writes (42 from the cache), beside 195. What is missing at 1 MiB beyond that is not explained.',
    dispose: async () => kafka?.stop(),
  };
}

/**
 * A few thousand appends compile the path; a few hundred large ones alone would leave it
 * interpreted.
 */
async function warm(scratch: string): Promise<void> {
  const dir = join(scratch, 'warm-0');
  const batch = await readyBatch(scratch, 1000);
  const log = await PartitionLog.open({ dir, config });
  for (let index = 0; index < 30_000; index++) {
    batch.fill(0, 0, 8);
    log.appendBatchesSync(batch, { validate: index % 2 === 0 ? 'batch' : 'records' });
  }
  await log.close();
}

/** Opening, and the syncs of closing, stand outside of the measured time, as for the raw file. */
function appending(
  scratch: string,
  name: string,
  batch: Uint8Array,
  { count, validate }: { count: number; validate: 'batch' | 'records' },
): Contender {
  const dir = join(scratch, 'log-0');
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  let log: PartitionLog;
  return {
    name,
    async prepare() {
      rmSync(dir, { recursive: true, force: true });
      log = await PartitionLog.open({ dir, config });
    },
    async run() {
      for (let index = 0; index < count; index++) {
        // Offsets are assigned in place; a producer's batch begins at 0 and no checksum covers
        // that.
        view.setFloat64(0, 0);
        log.appendBatchesSync(batch, { validate });
      }
      return { bytes: count * batch.length, operations: count };
    },
    async finish() {
      await log.close();
    },
  };
}

const perBatch = 1000;
const records = 1_000_000;

export const appendRecords: WorkloadFactory = async (scratch) => {
  const objects = Array.from({ length: perBatch }, (_, index) => ({ value: value(index) }));
  const peers = await appendPeers(scratch, objects);
  const dir = join(scratch, 'records-0');
  let log: PartitionLog;
  return {
    name: 'append records',
    unit: 'records/s',
    parameters: { 'records per append': perBatch, 'bytes per value': valueBytes },
    contenders: [
      {
        name: 'varve append',
        async prepare() {
          rmSync(dir, { recursive: true, force: true });
          log = await PartitionLog.open({ dir, config });
        },
        async run() {
          for (let index = 0; index < records; index += perBatch) log.appendSync(objects);
          return { bytes: 0, operations: records };
        },
        async finish() {
          await log.close();
        },
      },
      {
        name: 'varve append, every batch synced',
        async prepare() {
          rmSync(dir, { recursive: true, force: true });
          log = await PartitionLog.open({ dir, config });
        },
        async run() {
          const count = records / 4;
          for (let index = 0; index < count; index += perBatch) {
            await log.append(objects, { durability: 'synced' });
          }
          return { bytes: 0, operations: count };
        },
        async finish() {
          await log.close();
        },
      },
      ...peers,
    ],
    targets: [
      { contender: 'varve append', atLeast: 5_000_000 },
      { contender: 'varve append', over: 'kafkajs encoding alone', atLeast: 10 },
      { contender: 'varve append', over: 'hypercore append', atLeast: 30 },
    ],
  };
};
