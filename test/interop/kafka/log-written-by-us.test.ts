/**
 * Directories written by varve before Apache's judges: DumpLogSegments finds nothing wrong with any
 * file, the record classes read every record, and UnifiedLog opens the directory, trusting it and
 * not, without changing a byte.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PartitionLog, verifyPartition, type LogConfigInput } from '../../../src/log/index.ts';
import { manualEnv } from '../../helpers/manual-env.ts';
import { dumpLogSegments } from './dump-log-segments.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { ApacheLog } from './log-tool.ts';
import { logCases } from './our-cases.ts';
import { writeCase, type WrittenLog } from './our-logs.ts';
import { epochCheckpoint, fileContents, segmentFiles, TemporaryFolder } from './partition-files.ts';
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

/** Somewhat later than the cases were written. */
const nowMs = 1_700_000_000_000 + 100_000;

/** As after a crash: nothing in the directory is trusted. */
async function recover(dir: string, config: LogConfigInput): Promise<void> {
  const checkpoint = join(dir, '.varve_checkpoint');
  const facts = JSON.parse(readFileSync(checkpoint, 'utf8')) as object;
  writeFileSync(checkpoint, JSON.stringify({ ...facts, recoveryPoint: 0, clean: null }));
  const log = await PartitionLog.open({ dir, env: manualEnv(), config });
  await log.close();
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  const expectNoComplaint = async (dir: string, gaps: boolean): Promise<void> => {
    const report = await verifyPartition({ dir });
    expect(report.problems).toEqual([]);
    const verdict = await dumpLogSegments(jvm, segmentFiles(dir), { allowGaps: gaps });
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
  };

  const expectSameRecords = async (log: WrittenLog): Promise<void> => {
    const records: JavaRecord[] = [];
    for (const file of segmentFiles(log.dir, 'log')) {
      for (const batch of (await readLogFile(jvm, file)).batches) {
        expect(batch.valid).toBe(true);
        if (!batch.control) records.push(...batch.records);
      }
    }
    const visible = records.filter(({ offset }) => offset >= log.logStartOffset);
    const plain = ({ offset, timestamp, key, value, headers }: Omit<JavaRecord, 'sequence'>) => ({
      offset,
      timestamp,
      key,
      value,
      headers,
    });
    expect(visible.map(plain)).toEqual(log.records.map(plain));
  };

  /**
   * Apache's log on a copy of the directory, once trusting it and once recovering it. After an
   * orderly close the one is as it was, and the other what our own recovery makes of it.
   */
  const expectOpens = async (folder: TemporaryFolder, log: WrittenLog): Promise<void> => {
    const { name, config, logStartOffset, logEndOffset } = log;
    for (const clean of [true, false]) {
      const dir = folder.copyOf(log.dir, `apache-${clean ? 'clean' : 'recovered'}/${name}-0`);
      const apache = await ApacheLog.open(jvm, { dir, clean, logStartOffset, config, nowMs });
      expect(apache.opened).toMatchObject({ logStartOffset, logEndOffset });
      await apache.close();
      const ours = clean ? log.dir : folder.copyOf(log.dir, `ours-recovered/${name}-0`);
      if (!clean) await recover(ours, config);
      expect(fileContents(dir), `clean: ${clean}`).toEqual(fileContents(ours));
      expect(epochCheckpoint(dir)).toBe(epochCheckpoint(ours));
    }
  };

  test.each(logCases.map((one) => [one.name, one] as const))(
    'KF-28 KF-29 KF-30 %s: nothing is wrong with it, every record is there, and a broker would open it',
    async (_, one) => {
      using folder = new TemporaryFolder();
      const log = await writeCase(folder, one);
      await expectNoComplaint(log.dir, log.gaps);
      await expectSameRecords(log);
      await expectOpens(folder, log);
    },
  );
});
