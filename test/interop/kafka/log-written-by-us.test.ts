/**
 * Directories written by varve before Apache's judges: DumpLogSegments finds nothing wrong with any
 * file, the record classes read every record, and UnifiedLog opens the directory, trusting it and
 * not, without changing a byte.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PartitionLog, type LogConfigInput } from '../../../src/log/index.ts';
import { manualEnv } from '../../helpers/manual-env.ts';
import { kafkaVersions } from './jars.ts';
import { expectNoComplaint, plain, recordsByApache } from './judged-directory.ts';
import { KafkaJvm } from './jvm.ts';
import { ApacheLog } from './log-tool.ts';
import { logCases } from './our-cases.ts';
import { writeCase, type WrittenLog } from './our-logs.ts';
import { epochCheckpoint, fileContents, TemporaryFolder } from './partition-files.ts';

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
      await expectNoComplaint(jvm, log.dir, { allowGaps: log.gaps });
      const records = await recordsByApache(jvm, log.dir);
      const visible = records.filter(({ offset }) => offset >= log.logStartOffset);
      expect(visible.map(plain)).toEqual(log.records.map(plain));
      await expectOpens(folder, log);
    },
  );
});
