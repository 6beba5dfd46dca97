/**
 * Directories that varve had to recover, after simulated power cuts and after `kill -9`, and the
 * one that its quickstart leaves, before Apache's judges.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CrashFileSystem, SimulatedCrash } from '../../../native-free-io/index.ts';
import { PartitionLog, type LogConfigInput } from '../../../src/log/index.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { repositoryRoot } from '../repository.ts';
import { kafkaVersions } from './jars.ts';
import { expectNoComplaint, plain, recordsByApache } from './judged-directory.ts';
import { KafkaJvm } from './jvm.ts';
import { ApacheLog } from './log-tool.ts';
import { transactions } from './our-cases.ts';
import { CaseWriter, dense } from './our-logs.ts';
import { fileContents, TemporaryFolder } from './partition-files.ts';
import { storedRecords } from './stored-records.ts';

const simulatedDir = '/data/crashed-0';
const config: LogConfigInput = { ...dense, 'segment.bytes': 3000 };

interface Synced {
  /** Records durable before the crash, by offset; what came later may or may not have survived. */
  kept: CaseWriter['kept'];
}

/** Appends, transactions, syncs, a truncation and a restart; `synced` says what must survive. */
async function scenario(fs: CrashFileSystem, synced: Synced): Promise<void> {
  const writer = new CaseWriter(simulatedDir, config, fs);
  const sync = async (): Promise<void> => {
    await writer.log.sync();
    synced.kept = new Map(writer.kept);
  };
  await writer.open();
  for (let round = 0; round < 3; round++) {
    writer.steady(10, round === 1 ? 'lz4' : 'none');
    transactions(writer, 1);
    await sync();
    writer.steady(8);
  }
  synced.kept = new Map();
  await writer.truncateTo(40);
  await sync();
  writer.produce(7n, 3);
  await writer.close();
  synced.kept = new Map(writer.kept);
  await writer.open();
  writer.steady(6, 'zstd');
  await sync();
  writer.steady(6);
}

/** Copies the files of a simulated disk onto the real one. */
function exportDirectory(fs: CrashFileSystem, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const { name, kind } of fs.listSync(simulatedDir)) {
    if (kind !== 'file') continue;
    const path = `${simulatedDir}/${name}`;
    const bytes = new Uint8Array(fs.statSync(path)!.size);
    const file = fs.openSync(path, 'read');
    file.readSync(bytes, 0, bytes.length, 0);
    file.closeSync();
    writeFileSync(join(target, name), bytes);
  }
}

/** The scenario with the power cut at an operation; undefined where it came to its end. */
async function cut(at: number, seed: number): Promise<[CrashFileSystem, Synced]> {
  const fs = new CrashFileSystem();
  fs.makeDirectorySync('/data');
  fs.syncDirectorySync('/');
  fs.crashAt(at, at % 2 === 0 ? 'halfway' : 'after');
  const synced: Synced = { kept: new Map() };
  await scenario(fs, synced).catch((error: unknown) => {
    if (!(error instanceof SimulatedCrash) && !fs.hasCrashed) throw error;
  });
  if (!fs.hasCrashed) fs.crash();
  return [fs.afterCrash('random', seed), synced];
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  /** Apache's log, trusting the directory, finds the same end and leaves the files alone. */
  const expectSameEnd = async (
    folder: TemporaryFolder,
    dir: string,
    logEndOffset: number,
    settings: LogConfigInput = config,
  ): Promise<void> => {
    const copy = folder.copyOf(dir, `apache/${dir.split('/').at(-1)}`);
    const apache = await ApacheLog.open(jvm, { dir: copy, clean: true, config: settings });
    expect(apache.opened.logEndOffset).toBe(logEndOffset);
    await apache.close();
    expect(fileContents(copy)).toEqual(fileContents(dir));
  };

  test('KF-33 what varve recovers after a power cut at any moment has nothing wrong with it', async () => {
    const random = new Seeded(seedFor('power cuts'));
    const whole = new CrashFileSystem();
    whole.makeDirectorySync('/data');
    await scenario(whole, { kept: new Map() });
    expect(whole.operations).toBeGreaterThan(150);
    for (let round = 0; round < 30; round++) {
      using folder = new TemporaryFolder();
      const at = random.between(3, whole.operations);
      const seed = random.between(0, 2 ** 30);
      const [fs, synced] = await cut(at, seed);
      const writer = new CaseWriter(simulatedDir, config, fs);
      await writer.open();
      const records = await storedRecords(writer.log);
      const found = new Map(records.map((record) => [record.offset, plain(record)]));
      for (const [offset, record] of synced.kept) {
        expect(found.get(offset), `offset ${offset}, power cut at ${at}`).toEqual(record);
      }
      writer.steady(3);
      await writer.close();
      const dir = folder.join('ours', 'crashed-0');
      exportDirectory(fs, dir);
      // The truncation takes a batch whole and leaves the end inside of it.
      const { logEndOffset } = await expectNoComplaint(jvm, dir, { allowGaps: true });
      const byApache = await recordsByApache(jvm, dir);
      expect(byApache.map(plain).slice(0, records.length)).toEqual(records.map(plain));
      await expectSameEnd(folder, dir, logEndOffset);
    }
  });

  test('KF-33 what varve recovers after kill -9 has nothing wrong with it', async () => {
    using folder = new TemporaryFolder();
    const dir = folder.join('ours', 'killed-0');
    const settings = { 'index.interval.bytes': 1000, 'segment.bytes': 100_000 };
    const durable = await writeUntilKilled(dir, settings);
    const log = await PartitionLog.open({ dir, config: settings });
    const records = await storedRecords(log);
    const { logEndOffset } = log;
    await log.close();
    expect(durable).toBeGreaterThan(2000);
    expect(logEndOffset).toBeGreaterThanOrEqual(durable);
    expect(records.map(({ offset }) => offset)).toEqual(records.map((_, index) => index));
    await expectNoComplaint(jvm, dir);
    expect((await recordsByApache(jvm, dir)).map(plain)).toEqual(records.map(plain));
    await expectSameEnd(folder, dir, logEndOffset, settings);
  });

  test('KF-27 KF-28 the directory that the quickstart writes has nothing wrong with it', async () => {
    using folder = new TemporaryFolder();
    const dir = folder.join('lines-0');
    const program = join(repositoryRoot, 'dist', 'src', 'cli', 'main.js');
    const limits = ['--max-bytes', String(4 << 20), '--segment-bytes', String(1 << 20)];
    const argv = [program, 'quickstart', '--dir', dir, ...limits, '--json', '--quiet'];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    const { appended } = JSON.parse(stdout) as { appended: { records: number; digest: string } };
    const maxMessageBytes = 64 << 20;
    const report = await expectNoComplaint(jvm, dir, { maxMessageBytes });
    expect(report.segments.length).toBeGreaterThan(2);
    const digest = createHash('sha256');
    const records = await recordsByApache(jvm, dir);
    for (const { value } of records) digest.update(Buffer.from(value!, 'base64')).update('\n');
    expect(records).toHaveLength(appended.records);
    expect(digest.digest('hex')).toBe(appended.digest);
    await expectSameEnd(folder, dir, appended.records, { 'max.message.bytes': maxMessageBytes });
  });
});

/** Lets a process write and kills it behind its back; what it said was durable last. */
async function writeUntilKilled(
  dir: string,
  settings: Readonly<Record<string, number>>,
): Promise<number> {
  const program = join(repositoryRoot, 'test', 'interop', 'kafka', 'killed-writer.mjs');
  const child = spawn(process.execPath, [program, dir, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_, signal) => resolve(signal));
  });
  let durable = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    durable = Number(line);
    if (++lines === 12) child.kill('SIGKILL');
  }
  expect(await gone).toBe('SIGKILL');
  return durable;
}
