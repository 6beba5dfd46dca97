/** What Apache's tools say about a partition directory, held against what varve says about it. */
import { statSync } from 'node:fs';
import { expect } from 'vitest';
import { verifyPartition, type PartitionReport } from '../../../src/log/index.ts';
import { dumpLogSegments, type DumpOptions } from './dump-log-segments.ts';
import type { KafkaJvm } from './jvm.ts';
import { segmentFiles } from './partition-files.ts';
import { readLogFile, type JavaRecord } from './records.ts';

/** Entries in the index, transaction index and snapshot files, from their sizes. */
function entriesIn(dir: string): number {
  const size = (file: string): number => statSync(file).size;
  const count = (types: string, header: number, bytes: number): number =>
    segmentFiles(dir, types).reduce((sum, file) => sum + (size(file) - header) / bytes, 0);
  return (
    count('index', 0, 8) +
    count('timeindex', 0, 12) +
    count('txnindex', 0, 34) +
    count('snapshot', 10, 46)
  );
}

/**
 * DumpLogSegments over every file, deep and as index sanity check; it must have read all there is.
 */
export async function expectNoComplaint(
  jvm: KafkaJvm,
  dir: string,
  options: Pick<DumpOptions, 'allowGaps' | 'maxMessageBytes'> = {},
): Promise<PartitionReport> {
  const report = await verifyPartition({ dir });
  expect(report.problems).toEqual([]);
  const verdict = await dumpLogSegments(jvm, segmentFiles(dir), options);
  expect(verdict.problems).toEqual([]);
  expect(verdict.batches).toBe(report.batches);
  expect(verdict.records).toBe(report.records);
  expect(verdict.entries).toBe(entriesIn(dir));
  // Of an empty offset index the tool says just that.
  const indexes = segmentFiles(dir, 'index|timeindex').filter(
    (file) => file.endsWith('.timeindex') || statSync(file).size > 0,
  );
  const sanity = await dumpLogSegments(jvm, indexes, { indexSanity: true, deep: false });
  expect(sanity.problems).toEqual([]);
  expect(sanity.passed.map((path) => path.split(' ')[0])).toEqual(indexes);
  return report;
}

/** Every record of the directory as Apache's classes decode it, markers left out. */
export async function recordsByApache(jvm: KafkaJvm, dir: string): Promise<JavaRecord[]> {
  const records: JavaRecord[] = [];
  for (const file of segmentFiles(dir, 'log')) {
    const { batches, damage } = await readLogFile(jvm, file);
    expect(damage).toBeUndefined();
    for (const batch of batches) {
      expect(batch.valid).toBe(true);
      if (!batch.control) records.push(...batch.records);
    }
  }
  return records;
}

type WrittenFields = Omit<JavaRecord, 'sequence' | 'control'>;

/** The fields that a record was written with. */
export function plain({ offset, timestamp, key, value, headers }: WrittenFields): WrittenFields {
  return { offset, timestamp, key, value, headers };
}
