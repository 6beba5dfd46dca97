/** Power cuts while a log recovers, is repaired, and is written by an idempotent producer. */
import { expect, test } from 'vitest';
import { CrashFileSystem, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import {
  PartitionLog,
  repairPartition,
  type AppendResult,
  type LogConfigInput,
} from '../../src/log/index.ts';
import { segmentFile } from '../helpers/log-world.ts';
import { History } from './log-history.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { checkSurvivor, dir, TrackedLog, worldOn } from './tracked-log.ts';

const config: LogConfigInput = { 'segment.bytes': 400, 'index.interval.bytes': 0 };

/** Three segments, everything synced but the last two batches. */
async function writeThreeSegments(fs: CrashFileSystem, history: History): Promise<TrackedLog> {
  const log = await TrackedLog.open(fs, history, config);
  for (const count of [2, 3]) await log.append(count);
  await log.roll();
  for (const count of [4, 1]) await log.append(count);
  await log.roll();
  await log.append(3, { durability: 'synced' });
  for (const count of [2, 1]) await log.append(count);
  return log;
}

function bytesOf(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'read');
  const bytes = new Uint8Array(file.sizeSync());
  file.readSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return bytes;
}

function writeAt(fs: FileSystem, name: string, bytes: Uint8Array, position: number): void {
  const file = fs.openSync(joinPath(dir, name), 'write');
  file.writeSync(bytes, 0, bytes.length, position);
  file.closeSync();
}

test('a power cut during recovery is recovered from', { timeout: cutTimeoutMs }, async () => {
  const before = new History();
  const report = await cutEverywhere('power cuts while recovering', {
    prepare: async (fs) => {
      await writeThreeSegments(fs, before);
      // The beginning of a batch at the end of the last segment, and an index that is gone.
      const last = segmentFile(10, 'log');
      const data = bytesOf(fs, joinPath(dir, last));
      writeAt(fs, last, data.subarray(0, 40), data.length);
      fs.removeFileSync(joinPath(dir, segmentFile(5, 'index')));
    },
    trace: () => before.copy(),
    run: async (fs, history) => {
      const log = await TrackedLog.open(fs, history, config);
      expect(log.log.loadReport.truncatedBytes).toBe(40);
      await log.append(2, { durability: 'synced' });
      await log.close();
    },
    check: (survivor, history) => checkSurvivor(survivor, history, config),
  });
  expect(report.operations).toBeGreaterThan(30);
});

interface Repair {
  readonly history: History;
  isDone: boolean;
}

test(
  'a power cut during a repair loses nothing that lies before the damage, nor the copy',
  { timeout: cutTimeoutMs },
  async () => {
    const before = new History();
    let damaged: Uint8Array = new Uint8Array();
    const report = await cutEverywhere<Repair>('power cuts while repairing', {
      prepare: async (fs) => {
        const log = await writeThreeSegments(fs, before);
        await log.close();
        damaged = bytesOf(fs, joinPath(dir, segmentFile(5, 'log')));
        damaged[damaged.length - 3]! ^= 1;
        writeAt(fs, segmentFile(5, 'log'), damaged, 0);
        // What a repair leaves: everything before the last batch of the second segment.
        const { records, start } = before.state;
        before.begin({ records: records.filter(({ offset }) => offset < 9), start, end: 9 });
        before.settle();
      },
      trace: () => ({ history: before.copy(), isDone: false }),
      run: async (fs, repair) => {
        const env = worldOn(fs);
        const { logEndOffset } = await repairPartition({ dir, config, env, copyTo: '/copy/a' });
        expect(logEndOffset).toBe(9);
        repair.isDone = true;
      },
      check: async (survivor, { history, isDone }) => {
        const isCut =
          bytesOf(survivor, joinPath(dir, segmentFile(5, 'log'))).length < damaged.length;
        if (isDone || isCut) {
          expect(bytesOf(survivor, `/copy/a/${segmentFile(5, 'log')}`)).toEqual(damaged);
        }
        await repairPartition({ dir, config, env: worldOn(survivor) });
        await checkSurvivor(survivor, history, config);
      },
    });
    expect(report.operations).toBeGreaterThan(40);
  },
);

/** Appends the producer's records with these sequences as one batch. */
async function produce(
  log: PartitionLog,
  [first, last]: readonly [number, number],
  durability: 'written' | 'synced' = 'written',
): Promise<AppendResult> {
  const producer = { producerId: 7n, producerEpoch: 0, baseSequence: first };
  const values = Array.from({ length: last - first + 1 }, (_, at) => `value ${first + at}`);
  return log.append(
    values.map((value) => ({ value })),
    { producer, durability },
  );
}

test(
  'after a power cut a producer that repeats its batches gets each into the log once',
  { timeout: cutTimeoutMs },
  async () => {
    const batches = [[0, 1], [2, 2], [3, 6], [7, 8], [9, 9], [10, 13]] as const; // prettier-ignore
    await cutEverywhere<{ synced: number }>('power cuts while producing', {
      trace: () => ({ synced: 0 }),
      run: async (fs, acknowledged) => {
        const log = await PartitionLog.open({ dir, config, env: worldOn(fs) });
        for (const [index, batch] of batches.entries()) {
          const durability = index % 2 === 0 ? 'synced' : 'written';
          await produce(log, batch, durability);
          if (durability === 'synced') acknowledged.synced = index + 1;
          if (index === 2) await log.roll();
        }
        await log.close();
      },
      check: async (survivor, { synced }) => {
        const log = await PartitionLog.open({ dir, config, env: worldOn(survivor) });
        const end = log.logEndOffset;
        const survived = batches.filter(([, last]) => last < end).length;
        expect(survived).toBeGreaterThanOrEqual(synced);
        // A log reopened knows the last batch of each producer, as in Kafka.
        for (const batch of batches.slice(Math.max(0, survived - 1))) {
          const { baseOffset, duplicate } = await produce(log, batch);
          expect([baseOffset, duplicate]).toEqual([batch[0], batch[1] < end]);
        }
        expect(log.logEndOffset).toBe(14);
        await log.close();
      },
    });
  },
);
