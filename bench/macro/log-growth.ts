/**
 * Whether appends and reads of the tail stay as quick when much is stored, and what memory it
 * takes.
 *
 * One log grows to 20 GiB (log and raw files together stay below 23 GiB); at each step the same
 * appends and the same reads of the newest bytes are timed. The contenders are the steps. Older
 * bytes are pushed to the disk between the measured parts, so that they compete neither for it nor
 * for the page cache's dirty limit. A virtual machine's memory is slow when it is touched for the
 * first time, which a growing page cache does all the time: raw writes at the same step show by how
 * much.
 */
import { closeSync, fsyncSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionLog } from '../../src/log/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import { readyBatch } from './batches.ts';

const gib = 1 << 30;
const steps = [1, 4, 20];
const batchBytes = 64 << 10;
const measuredBytes = 128 << 20;
const config = { 'segment.bytes': 256 << 20 };

interface Growing {
  readonly log: PartitionLog;
  readonly batch: Uint8Array;
}

export const appendWhileGrowing: WorkloadFactory = (scratch) =>
  growth(scratch, {
    name: 'append with 1 to 20 GiB stored',
    work: ({ log, batch }) => appendSome(log, batch),
    raw: (batch) => rawWrites(scratch, batch),
  });

export const readTailWhileGrowing: WorkloadFactory = (scratch) =>
  growth(scratch, {
    name: 'read the tail with 1 to 20 GiB stored',
    work: ({ log }) => readTail(log),
  });

interface Growth {
  readonly name: string;
  readonly work: (growing: Growing) => Promise<number>;
  /** The raw limit at each step. */
  readonly raw?: (batch: Uint8Array) => Omit<Contender, 'name'>;
}

async function growth(scratch: string, { name, work, raw }: Growth): ReturnType<WorkloadFactory> {
  const batch = await readyBatch(scratch, batchBytes);
  const log = await PartitionLog.open({ dir: join(scratch, 'growing-0'), config });
  const parameters: Record<string, number> = { batchBytes: batch.length, measuredBytes };
  const contenders = steps.flatMap((size): Contender[] => [
    {
      name: `varve at ${size} GiB`,
      async prepare() {
        removeRawFiles(scratch);
        while (log.sizeBytes < size * gib - measuredBytes) {
          await appendSome(log, batch);
          await log.sync();
        }
        parameters[`process MiB at ${size} GiB`] = process.memoryUsage.rss() >> 20;
      },
      async run() {
        const bytes = await work({ log, batch });
        return { bytes, operations: Math.round(bytes / batch.length) };
      },
      finish: () => log.sync(),
    },
    ...(raw === undefined ? [] : [{ name: `raw writeSync at ${size} GiB`, ...raw(batch) }]),
  ]);
  const [least, most] = [steps[0]!, steps.at(-1)!];
  const targets = raw
    ? steps.map((size) => ({
        contender: `varve at ${size} GiB`,
        over: `raw writeSync at ${size} GiB`,
        atLeast: 0.7,
      }))
    : [{ contender: `varve at ${most} GiB`, over: `varve at ${least} GiB`, atLeast: 0.9 }];
  return {
    name,
    unit: 'MB/s',
    parameters,
    order: 'by contender',
    contenders,
    targets,
    ...(raw === undefined
      ? {}
      : {
          note:
            'From 4 GiB on every write takes memory that this virtual machine never touched before, ' +
            'which costs the raw writes as much.',
        }),
    dispose: () => log.close(),
  };
}

/** Those of the step before. */
function removeRawFiles(scratch: string): void {
  for (const name of readdirSync(scratch)) {
    if (name.startsWith('raw-')) unlinkSync(join(scratch, name));
  }
}

/** The same bytes into a new file each time, kept through the step as the log keeps its own. */
function rawWrites(scratch: string, batch: Uint8Array): Omit<Contender, 'name'> {
  let fd = 0;
  return {
    async prepare() {
      fd = openSync(join(scratch, `raw-${process.hrtime.bigint()}`), 'wx');
    },
    async run() {
      let bytes = 0;
      for (; bytes < measuredBytes; bytes += batch.length) writeSync(fd, batch, 0, batch.length);
      return { bytes, operations: Math.round(bytes / batch.length) };
    },
    async finish() {
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}

async function appendSome(log: PartitionLog, batch: Uint8Array): Promise<number> {
  let bytes = 0;
  for (; bytes < measuredBytes; bytes += batch.length) {
    batch.fill(0, 0, 8);
    log.appendBatchesSync(batch);
  }
  return bytes;
}

/** The newest bytes, every batch verified, every record visited. */
async function readTail(log: PartitionLog): Promise<number> {
  const perByte = log.logEndOffset / log.sizeBytes;
  const from = Math.max(0, Math.floor(log.logEndOffset - measuredBytes * perByte));
  let bytes = 0;
  for await (const batch of log.read({ from })) {
    bytes += batch.bytes.length;
    const cursor = batch.cursor();
    while (cursor.next());
  }
  return bytes;
}
