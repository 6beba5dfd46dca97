/**
 * Compaction of many versions of few keys, beside reading the same files once and Apache Kafka's
 * own cleaner.
 */
import { closeSync, cpSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionLog } from '../../src/log/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';
import { value } from './batches.ts';
import { KafkaLog } from './kafka-log.ts';

const records = 1_000_000;
const keys = 50_000;
const perBatch = 1000;

export const compaction: WorkloadFactory = async (scratch) => {
  const source = join(scratch, 'source-0');
  const segmentBytes = 32 << 20;
  const config = { 'segment.bytes': segmentBytes, 'cleanup.policy': 'compact' };
  const log = await PartitionLog.open({ dir: source, config });
  for (let index = 0; index < records; index += perBatch) {
    log.appendSync(
      Array.from({ length: perBatch }, (_, at) => ({
        key: `key-${((index + at) * 7919) % keys}`,
        value: value(at),
      })),
    );
  }
  await log.roll();
  const { sizeBytes: bytes, logEndOffset: end } = log;
  await log.close();
  const copy = join(scratch, 'copy-0');
  const kafkaCopy = join(scratch, 'kafka-0');
  const copyTo = (dir: string): void => {
    rmSync(dir, { recursive: true, force: true });
    cpSync(source, dir, { recursive: true });
  };
  const kafka = await KafkaLog.start(scratch);
  let compacted: PartitionLog;
  return {
    name: 'compaction',
    unit: 'MB/s',
    parameters: { records, keys, logBytes: bytes },
    contenders: [
      {
        name: 'reading the files once',
        async run() {
          const piece = new Uint8Array(1 << 20);
          for (const name of readdirSync(source)) {
            if (!name.endsWith('.log')) continue;
            const fd = openSync(join(source, name), 'r');
            while (readSync(fd, piece, 0, piece.length, null) > 0);
            closeSync(fd);
          }
          return { bytes, operations: 1 };
        },
      },
      {
        name: 'varve compact, in a worker',
        async prepare() {
          copyTo(copy);
          compacted = await PartitionLog.open({ dir: copy, config });
        },
        async run() {
          await compacted.compact();
          return { bytes, operations: records };
        },
        async finish() {
          await compacted.close();
        },
      },
      ...(kafka === undefined
        ? []
        : [kafka.cleaning(kafkaCopy, { end, segmentBytes, bytes }, async () => copyTo(kafkaCopy))]),
    ],
    targets: [],
    dispose: async () => kafka?.stop(),
  };
};
