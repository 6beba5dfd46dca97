/**
 * Makes test/fixtures/kafka: partition directories written by real Kafka brokers, with what
 * Apache's consumer and record classes read from them. Run through make-fixtures.sh; with version
 * arguments only those are made anew. What each case holds is told in
 * test/fixtures/kafka/README.md.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fixturesRoot } from '../repository.ts';
import { KafkaBroker } from './broker.ts';
import { dumpLogSegments } from './dump-log-segments.ts';
import {
  fixtureTopics,
  killedTopics,
  legacyBatches,
  type FixtureTopic,
} from './fixture-scripts.ts';
import { kafkaVersions, type KafkaVersion } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { ApacheLog } from './log-tool.ts';
import { KafkaProbe, type Consumed, type ListedOffsets } from './probe.ts';
import { buildBatches, readIndexes, readLogFile, type ConsumedRecord } from './records.ts';

/** Larger files (zeros of preallocated space, long repeating texts) are stored compressed. */
const plainLimitBytes = 100_000;

interface Seen {
  readonly offsets: ListedOffsets;
  readonly all: Consumed;
  readonly committed: Consumed;
}

async function make(version: KafkaVersion): Promise<void> {
  const target = join(fixturesRoot, 'kafka', version);
  rmSync(target, { recursive: true, force: true });
  const work = mkdtempSync(join(tmpdir(), 'varve-fixtures-'));
  try {
    await using jvm = await KafkaJvm.start(version);
    await using broker = new KafkaBroker(jvm.jars, {
      dir: work,
      settings: { 'log.retention.ms': '-1' },
    });

    await broker.start();
    const topics = fixtureTopics(version);
    const seen = await fill(jvm, broker, topics);
    await cleanerDone(broker, 'compacted');
    seen.set('compacted', await look(new KafkaProbe(jvm, broker.bootstrap), 'compacted'));
    await broker.stop();
    saveRoot(broker, join(target, 'root-clean'));
    for (const topic of topics) {
      await save(jvm, target, topic, broker.partitionDir(topic.name), seen.get(topic.name)!);
    }

    await broker.start();
    const killed = killedTopics();
    const before = await fill(jvm, broker, killed);
    await broker.kill();
    saveRoot(broker, join(target, 'root-killed'));
    const copies = join(work, 'killed');
    for (const topic of killed) {
      cpSync(broker.partitionDir(topic.name), join(copies, `${topic.name}-0`), { recursive: true });
    }
    // What counts is what Kafka itself serves after its recovery.
    await broker.start();
    for (const topic of killed) {
      const after = await look(new KafkaProbe(jvm, broker.bootstrap), topic.name);
      const lost = before.get(topic.name)!.all.records.length - after.all.records.length;
      if (lost !== 0) throw new Error(`Kafka lost ${lost} records of ${topic.name} to the kill`);
      await save(jvm, target, topic, join(copies, `${topic.name}-0`), after);
    }
    await broker.kill();

    if (version === '3.9.1') await makeLegacy(jvm, work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fill(
  jvm: KafkaJvm,
  broker: KafkaBroker,
  topics: readonly FixtureTopic[],
): Promise<Map<string, Seen>> {
  const probe = new KafkaProbe(jvm, broker.bootstrap);
  await probe.createTopics(topics);
  const seen = new Map<string, Seen>();
  for (const topic of topics) {
    for (const run of topic.runs) {
      await probe.produce(topic.name, run.steps, run.client, run.producers);
    }
    if (topic.deleteRecordsBefore !== undefined) {
      await probe.deleteRecords(topic.name, topic.deleteRecordsBefore);
    }
    seen.set(topic.name, await look(probe, topic.name));
    console.log(`  ${topic.name}: ${seen.get(topic.name)!.all.records.length} records`);
  }
  return seen;
}

async function look(probe: KafkaProbe, topic: string): Promise<Seen> {
  return {
    offsets: await probe.offsets(topic),
    all: await probe.consume(topic),
    committed: await probe.consume(topic, { isolation: 'read_committed' }),
  };
}

/** Waits until the cleaner has worked through all but the active segment. */
async function cleanerDone(broker: KafkaBroker, topic: string): Promise<void> {
  const dir = broker.partitionDir(topic);
  for (let attempt = 0; attempt < 240; attempt++) {
    const active = readdirSync(dir)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1)!;
    const checkpoint = join(broker.logDir, 'cleaner-offset-checkpoint');
    const lines = existsSync(checkpoint) ? readFileSync(checkpoint, 'utf8').split('\n') : [];
    const pending = readdirSync(dir).some((name) => /\.(cleaned|swap)$/.test(name));
    if (!pending && lines.includes(`${topic} 0 ${Number.parseInt(active, 10)}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the cleaner did not finish ${topic}; the broker's log:\n${broker.log}`);
}

/** The small files of the log root, as they were when the broker ended. */
function saveRoot(broker: KafkaBroker, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(broker.logDir)) {
    const file = join(broker.logDir, name);
    if (statSync(file).isFile() && name !== '.lock') cpSync(file, join(target, name));
  }
}

async function save(
  jvm: KafkaJvm,
  target: string,
  topic: FixtureTopic,
  source: string,
  seen: Seen,
): Promise<void> {
  const folder = join(target, topic.name);
  const partition = join(folder, `${topic.name}-0`);
  mkdirSync(partition, { recursive: true });
  for (const name of readdirSync(source)) {
    if (name.endsWith('.deleted')) continue;
    const bytes = readFileSync(join(source, name));
    writeBytes(join(partition, name), bytes);
  }
  await describe(jvm, folder, source, {
    about: topic.about,
    version: jvm.version,
    config: topic.config ?? {},
    offsets: seen.offsets,
  });
  writeLines(join(folder, 'expected.jsonl'), seen.all.records);
  if (JSON.stringify(seen.all.records) !== JSON.stringify(seen.committed.records)) {
    writeLines(join(folder, 'committed.jsonl'), seen.committed.records);
  }
}

/** Batches and index entries as Apache's classes read them, and what DumpLogSegments prints. */
async function describe(
  jvm: KafkaJvm,
  folder: string,
  source: string,
  about: object,
): Promise<void> {
  writeFileSync(join(folder, 'case.json'), `${JSON.stringify(about, null, 2)}\n`);
  const names = readdirSync(source).sort();
  const batches: object[] = [];
  for (const name of names.filter((one) => one.endsWith('.log'))) {
    const file = await readLogFile(jvm, join(source, name));
    batches.push(...file.batches.map((batch) => ({ file: name, ...batch })));
  }
  writeLines(join(folder, 'batches.jsonl'), batches);
  const indexes = await readIndexes(jvm, source);
  writeFileSync(join(folder, 'indexes.json'), `${JSON.stringify(indexes, null, 1)}\n`);
  const files = names
    .filter((name) => /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$/.test(name))
    .map((name) => join(source, name));
  const { output } = await dumpLogSegments(jvm, files, { printData: false });
  const text = output
    .replaceAll(`${source}/`, '')
    .split('\n')
    .filter((line) => !line.startsWith('\tat '))
    .join('\n')
    .trim();
  writeFileSync(join(folder, 'dump.txt'), `${text}\n`);
}

/** Magic 0 and 1, which no current broker writes: built by 3.9.1's record classes and log. */
async function makeLegacy(jvm: KafkaJvm, work: string, target: string): Promise<void> {
  for (const magic of [0, 1] as const) {
    const name = `legacy-v${magic}`;
    const dir = join(work, 'legacy', `${name}-0`);
    const log = await ApacheLog.open(jvm, {
      dir,
      clean: false,
      config: { 'index.interval.bytes': 100 },
      nowMs: 1_700_000_000_000,
    });
    const answers = await log.append(await buildBatches(jvm, legacyBatches(magic)), {
      origin: 'replication',
      leaderEpoch: 0,
    });
    const refused = answers.filter((answer) => answer.refused !== undefined);
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    const { logStartOffset, logEndOffset } = await log.state();
    await log.close();
    const folder = join(target, name);
    mkdirSync(folder, { recursive: true });
    cpSync(dir, join(folder, basename(dir)), { recursive: true });
    await describe(jvm, folder, dir, {
      about: `Magic ${magic} entries with every codec they may have, appended to UnifiedLog.`,
      version: jvm.version,
      config: { 'index.interval.bytes': 100 },
      offsets: { earliest: logStartOffset, latest: logEndOffset, latestStable: logEndOffset },
    });
    const expected: Omit<ConsumedRecord, 'leaderEpoch'>[] = [];
    for (const file of readdirSync(dir).filter((one) => one.endsWith('.log'))) {
      for (const batch of (await readLogFile(jvm, join(dir, file))).batches) {
        for (const { offset, timestamp, key, value, headers } of batch.records) {
          const { timestampType } = batch;
          expected.push({ offset, timestamp, timestampType, key, value, headers });
        }
      }
    }
    writeLines(join(folder, 'expected.jsonl'), expected);
    console.log(`  ${name}: ${expected.length} records`);
  }
}

function writeLines(file: string, rows: readonly object[]): void {
  writeBytes(file, Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
}

function writeBytes(file: string, bytes: Buffer): void {
  if (bytes.length <= plainLimitBytes) writeFileSync(file, bytes);
  else writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

const wanted = process.argv.slice(2);
for (const version of kafkaVersions) {
  if (wanted.length > 0 && !wanted.includes(version)) continue;
  console.log(`Kafka ${version}`);
  await make(version);
}
