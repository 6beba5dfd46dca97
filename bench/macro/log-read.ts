/** Reading: every batch verified and every record visited; regions beside raw reads. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionLog } from '../../src/log/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';
import { value, valueBytes } from './batches.ts';
import { readPeers } from './read-peers.ts';

const perBatch = 1000;
const records = 2_000_000;

async function filled(scratch: string): Promise<PartitionLog> {
  const log = await PartitionLog.open({
    dir: join(scratch, 'read-0'),
    config: { 'segment.bytes': 64 << 20 },
  });
  const objects = Array.from({ length: perBatch }, (_, index) => ({ value: value(index) }));
  for (let index = 0; index < records; index += perBatch) log.appendSync(objects);
  await log.sync();
  return log;
}

export const readRecords: WorkloadFactory = async (scratch) => {
  const log = await filled(scratch);
  const values = Array.from({ length: perBatch }, (_, index) => value(index));
  const peers = await readPeers(scratch, values, records / 4);
  return {
    name: 'read records',
    unit: 'records/s',
    parameters: { records, 'records per batch': perBatch, 'bytes per value': valueBytes },
    contenders: [
      {
        name: 'varve read, cursor',
        async run() {
          let operations = 0;
          let bytes = 0;
          for await (const batch of log.read()) {
            const cursor = batch.cursor();
            while (cursor.next()) {
              operations++;
              bytes += cursor.valueEnd - cursor.valueStart;
            }
          }
          return { bytes, operations };
        },
      },
      {
        name: 'varve read, objects',
        async run() {
          let operations = 0;
          let bytes = 0;
          for await (const batch of log.read()) {
            for (const record of batch.records()) {
              operations++;
              bytes += record.value?.length ?? 0;
            }
          }
          return { bytes, operations };
        },
      },
      ...peers.contenders,
    ],
    targets: [{ contender: 'varve read, cursor', atLeast: 5_000_000 }],
    async dispose() {
      await peers.close();
      await log.close();
    },
  };
};

const pieceBytes = 1 << 20;

export const readRegion: WorkloadFactory = async (scratch) => {
  const log = await filled(scratch);
  const target = new Uint8Array(pieceBytes);
  const files = readdirSync(log.dir).filter((name) => name.endsWith('.log'));
  return {
    name: 'read regions',
    unit: 'MB/s',
    parameters: { records, pieceBytes },
    contenders: [
      {
        name: 'raw readSync',
        async run() {
          let bytes = 0;
          for (const name of files) {
            const fd = openSync(join(log.dir, name), 'r');
            for (;;) {
              const got = readSync(fd, target, 0, pieceBytes, null);
              if (got === 0) break;
              bytes += got;
            }
            closeSync(fd);
          }
          return { bytes, operations: files.length };
        },
      },
      {
        name: 'varve readRegion',
        async run() {
          let bytes = 0;
          let operations = 0;
          for (let offset = 0; ;) {
            using region = log.readRegion(offset, { maxBytes: 16 << 20 });
            if (region === undefined) break;
            for (let at = 0; at < region.length;) {
              const length = Math.min(pieceBytes, region.length - at);
              at += region.file.readSync(target, 0, length, region.position + at);
            }
            bytes += region.length;
            operations++;
            offset = nextOffset(offset, region.length);
          }
          return { bytes, operations };
        },
      },
    ],
    targets: [{ contender: 'varve readRegion', over: 'raw readSync', atLeast: 0.9 }],
    dispose: () => log.close(),
  };

  /** All batches are alike, so whole batches in a piece give the next offset without parsing. */
  function nextOffset(offset: number, length: number): number {
    const batch = log.sizeBytes / (records / perBatch);
    return offset + Math.max(1, Math.floor(length / batch)) * perBatch;
  }
};
