/** Opening and finding one's way in logs of many segments. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionLog } from '../../src/log/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';
import { value } from './batches.ts';
import { KafkaLog } from './kafka-log.ts';
import { lookupPeer } from './read-peers.ts';

const firstTime = 1_700_000_000_000;

async function manySegments(
  dir: string,
  shape: { segments: number; segmentBytes: number; batches: number },
): Promise<PartitionLog> {
  const config = { 'segment.bytes': shape.segmentBytes, 'max.message.bytes': 1 << 24 };
  const log = await PartitionLog.open({ dir, config });
  const perBatch = Math.floor(shape.segmentBytes / shape.batches / 110);
  const values = Array.from({ length: perBatch }, (_, index) => value(index));
  let time = firstTime;
  while (log.segmentCount < shape.segments) {
    log.appendSync(values.map((bytes) => ({ value: bytes, timestamp: time++ })));
  }
  await log.sync();
  return log;
}

export const lookup: WorkloadFactory = async (scratch) => {
  const few = await manySegments(join(scratch, 'few-0'), {
    segments: 10,
    segmentBytes: 16 << 10,
    batches: 8,
  });
  const many = await manySegments(join(scratch, 'many-0'), {
    segments: 10_000,
    segmentBytes: 16 << 10,
    batches: 8,
  });
  const operations = 20_000;
  const peer = lookupPeer(scratch, 1_000_000, operations);
  const byOffset = (log: PartitionLog, places: Places) => async () => {
    for (const offset of places(log)) log.readRegion(offset, 1)!.release();
    return { bytes: 0, operations };
  };
  const byTime = (places: Places) => async () => {
    for (const offset of places(many)) await many.offsetForTimestamp(firstTime + offset);
    return { bytes: 0, operations };
  };
  const hot = (log: PartitionLog): Iterable<number> => offsets(log, operations, hotPlaces);
  // As many segments as the small log has, so that nothing but their number differs.
  const near = (log: PartitionLog): Iterable<number> =>
    offsets(few, operations, hotPlaces, Math.floor(log.logEndOffset / 2));
  const anywhere = (log: PartitionLog): Iterable<number> => offsets(log, operations, operations);
  return {
    name: 'lookup in 10,000 segments',
    unit: 'us',
    parameters: { segments: 10_000, segmentBytes: 16 << 10, hotPlaces },
    contenders: [
      { name: 'varve by offset, hot, 10 segments', run: byOffset(few, hot) },
      { name: 'varve by offset, 10 hot segments of 10,000', run: byOffset(many, near) },
      { name: 'varve by offset, hot, 10,000 segments', run: byOffset(many, hot) },
      { name: 'varve by time, hot, 10,000 segments', run: byTime(hot) },
      { name: 'varve by offset, anywhere in 10,000 segments', run: byOffset(many, anywhere) },
      { name: 'varve by time, anywhere in 10,000 segments', run: byTime(anywhere) },
      ...peer.contenders,
    ],
    targets: [
      { contender: 'varve by offset, hot, 10,000 segments', atLeast: 20 },
      { contender: 'varve by time, hot, 10,000 segments', atLeast: 20 },
    ],
    dispose: async () => {
      await peer.close();
      await few.close();
      await many.close();
    },
  };
};

type Places = (log: PartitionLog) => Iterable<number>;
/**
 * Distinct places asked for again and again; anywhere else a segment file has to be opened first.
 */
const hotPlaces = 200;

/** `count` pseudo-random offsets of the log, of which `distinct` differ, moved by `from`. */
function* offsets(log: PartitionLog, count: number, distinct: number, from = 0): Iterable<number> {
  let seed = 1;
  for (let index = 0; index < count; index++) {
    if (index % distinct === 0) seed = 1;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    yield from + Math.floor((seed / 2 ** 32) * log.logEndOffset);
  }
}

const shape = { segments: 1000, segmentBytes: 1 << 20, batches: 64 };
const config = { 'segment.bytes': shape.segmentBytes, 'max.message.bytes': 1 << 24 };

export const reopen: WorkloadFactory = async (scratch) => {
  const dir = join(scratch, 'reopen-0');
  const log = await manySegments(dir, shape);
  const { logEndOffset } = log;
  await log.close();
  const kafkaDir = join(scratch, 'kafka-0');
  cpSync(dir, kafkaDir, { recursive: true });
  const kafka = await KafkaLog.start(scratch);
  let reopened: PartitionLog;
  return {
    name: 'reopen 1,000 segments after a clean stop',
    unit: 's',
    parameters: { segments: shape.segments, segmentBytes: shape.segmentBytes },
    contenders: [
      {
        name: 'varve open',
        async run() {
          reopened = await PartitionLog.open({ dir, config });
          return { bytes: 0, operations: 1 };
        },
        async finish() {
          await reopened.close();
        },
      },
      ...(kafka === undefined ? [] : [kafka.opening(kafkaDir, logEndOffset)]),
    ],
    targets: [{ contender: 'varve open', atLeast: 0.3 }],
    dispose: async () => kafka?.stop(),
  };
};

export const reopenAfterCrash: WorkloadFactory = async (scratch) => {
  const dir = join(scratch, 'crashed-0');
  const log = await manySegments(dir, shape);
  // An unflushed tail, as a killed process leaves it.
  log.appendSync(Array.from({ length: 100 }, (_, index) => ({ value: value(index) })));
  const copy = join(scratch, 'copy-0');
  let reopened: PartitionLog;
  return {
    name: 'reopen 1,000 segments after a crash',
    unit: 's',
    parameters: { segments: shape.segments, segmentBytes: shape.segmentBytes },
    contenders: [
      {
        name: 'varve open',
        async prepare() {
          rmSync(copy, { recursive: true, force: true });
          cpSync(dir, copy, { recursive: true });
          rmSync(join(copy, '.varve_lock'), { force: true });
        },
        async run() {
          reopened = await PartitionLog.open({ dir: copy, config });
          return { bytes: 0, operations: 1 };
        },
        async finish() {
          await reopened.close();
        },
      },
    ],
    targets: [{ contender: 'varve open', atLeast: 0.5 }],
    dispose: () => log.close(),
  };
};
