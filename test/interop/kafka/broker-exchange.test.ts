/**
 * One log root, used in turn by a real broker and by varve: partitions written by varve are placed
 * under the broker, served to Apache's consumer record for record and written to; what the broker
 * leaves, stopped cleanly or killed, varve opens with every record equal, writes to, and gives
 * back.
 */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogDirectory, verifyPartition, type PartitionLog } from '../../../src/log/index.ts';
import { KafkaBroker } from './broker.ts';
import { producersFor, steadyBatches, transactionSteps } from './fixture-scripts.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { logCases } from './our-cases.ts';
import { writeCase, type WrittenLog } from './our-logs.ts';
import { segmentFiles, TemporaryFolder } from './partition-files.ts';
import { KafkaProbe } from './probe.ts';
import type { ConsumedRecord } from './records.ts';
import { storedRecords } from './stored-records.ts';

interface Seen {
  readonly records: readonly ConsumedRecord[];
  readonly committed: readonly ConsumedRecord[];
}

/** Small ones at which the broker's answers to single offsets and times are looked at closely. */
const lookedUp = ['rolled-by-size', 'transactions', 'log-append-time'];

/**
 * Settings that a topic may have: 4.x refuses small segments, and nothing may expire or be cleaned.
 */
function topicConfig({ config }: WrittenLog): Record<string, string | number | boolean> {
  const type = config['message.timestamp.type'] ?? 'CreateTime';
  return {
    'message.timestamp.type': type,
    'index.interval.bytes': 200,
    // Records that the scripts date ten seconds apart roll.
    'segment.ms': 1000,
  };
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  let broker: KafkaBroker;
  let folder: TemporaryFolder;
  let logs: WrittenLog[];
  let seen: Map<string, Seen>;

  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
    folder = new TemporaryFolder();
    logs = [];
    for (const one of logCases) logs.push(await writeCase(folder, one));
    const settings = { 'log.retention.ms': '-1', 'log.cleaner.enable': 'false' };
    broker = new KafkaBroker(jvm.jars, { dir: folder.join('broker'), settings });
    await broker.start();
    await probe().createTopics(logs.map((log) => ({ name: log.name, config: topicConfig(log) })));
    await broker.stop();
  });
  afterAll(async () => {
    await broker?.kill();
    await jvm?.close();
    folder?.[Symbol.dispose]();
  });

  const probe = (): KafkaProbe => new KafkaProbe(jvm, broker.bootstrap);

  const consumed = async (topic: string): Promise<Seen> => ({
    records: (await probe().consume(topic)).records,
    committed: (await probe().consume(topic, { isolation: 'read_committed' })).records,
  });

  const stored = async (log: PartitionLog): Promise<Seen> => ({
    records: await storedRecords(log),
    committed: await storedRecords(log, 'read_committed'),
  });

  /** What the broker serves of each topic is what was seen last, by whom ever. */
  const expectServed = async (): Promise<void> => {
    for (const { name } of logs) expect(await consumed(name), name).toEqual(seen.get(name));
  };

  /** More of everything from Apache's producer: all codecs, rolls, transactions. */
  const produceMore = async (): Promise<void> => {
    for (const [index, { name }] of logs.entries()) {
      const before = seen.get(name)!.records.length;
      const codec = ['none', 'gzip', 'snappy', 'lz4', 'zstd'][index % 5]!;
      await probe().produce(name, steadyBatches(7), { 'compression.type': codec });
      if (lookedUp.includes(name)) {
        await probe().produce(name, transactionSteps(1), {}, producersFor(name));
      }
      seen.set(name, await consumed(name));
      expect(seen.get(name)!.records.length, name).toBeGreaterThan(before);
    }
  };

  /** varve on a log root that a broker left: every record of every topic is the one seen. */
  const expectStored = async (root: string): Promise<LogDirectory> => {
    const directory = await LogDirectory.open({ dir: root, maintenance: false });
    for (const { name } of logs) {
      expect(directory.partitions()).toContainEqual({ topic: name, partition: 0 });
      const log = await directory.partition(name, 0, { create: false });
      expect(await stored(log), name).toEqual(seen.get(name));
    }
    return directory;
  };

  /** varve writes to the topics; the broker's leader epoch goes on. */
  const appendMore = async (directory: LogDirectory): Promise<void> => {
    for (const { name } of logs) {
      const log = await directory.partition(name, 0, { create: false });
      const epoch = log.core.epochs.latest?.epoch ?? 0;
      expect(epoch).toBeLessThan(100);
      for (const codec of ['none', 'zstd'] as const) {
        log.appendSync([{ key: 'from varve', value: `with codec ${codec}` }], { codec });
      }
      seen.set(name, await stored(log));
    }
  };

  test('KF-27 KF-28 KF-30 a broker takes directories written by varve and serves every record of them', async () => {
    const places = new Map<string, Buffer>();
    for (const { name, dir, logStartOffset } of logs) {
      broker.replacePartition(name, dir, { clean: true, logStartOffset });
      places.set(name, Buffer.concat(segmentFiles(dir, 'log').map((file) => readFileSync(file))));
    }
    expect(existsSync(join(broker.logDir, '.kafka_cleanshutdown'))).toBe(true);
    await broker.start();
    seen = new Map(logs.map(({ name, records, committed }) => [name, { records, committed }]));
    await expectServed();
    for (const { name, logStartOffset, logEndOffset } of logs) {
      const { beginningOffset, endOffset } = await probe().consume(name, { from: logEndOffset });
      expect([beginningOffset, endOffset], name).toEqual([logStartOffset, logEndOffset]);
      const files = segmentFiles(broker.partitionDir(name), 'log');
      const now = Buffer.concat(files.map((file) => readFileSync(file)));
      expect(now.equals(places.get(name)!), `${name}: the bytes are varve's`).toBe(true);
    }
  });

  test('KF-31 KF-32 the broker finds offsets and times by the indexes varve wrote', async () => {
    for (const name of lookedUp) {
      const { records } = seen.get(name)!;
      const step = Math.max(1, Math.floor(records.length / 9));
      const asked = records.filter((_, index) => index % step === 0);
      for (const { offset } of asked) {
        const from = await probe().consume(name, { from: offset });
        expect(from.records).toEqual(records.filter((one) => one.offset >= offset));
      }
      const timestamps = asked.map(({ timestamp }) => timestamp);
      const { offsetsForTimes } = await probe().consume(name, { timestamps });
      expect(offsetsForTimes).toEqual(
        timestamps.map((time) => {
          const { timestamp, offset } = records.find((one) => one.timestamp >= time)!;
          return { timestamp, offset };
        }),
      );
    }
  });

  test('varve opens what a broker wrote and left in order, and the broker what varve did', async () => {
    await produceMore();
    await broker.stop();
    const directory = await expectStored(broker.logDir);
    await appendMore(directory);
    await directory.close();
    await broker.start();
    await expectServed();
  });

  test('KF-33 varve opens what kill -9 of a broker left, and the broker recovers what varve left', async () => {
    await produceMore();
    await broker.kill();
    expect(existsSync(join(broker.logDir, '.kafka_cleanshutdown'))).toBe(false);
    // As a crashed varve leaves it: a copy taken while the log is open and written to.
    const copy = folder.join('crashed');
    const directory = await expectStored(broker.logDir);
    await appendMore(directory);
    cpSync(broker.logDir, copy, { recursive: true });
    await directory.close();
    rmSync(broker.logDir, { recursive: true });
    cpSync(copy, broker.logDir, { recursive: true });
    expect(existsSync(join(broker.logDir, '.kafka_cleanshutdown'))).toBe(false);
    await broker.start();
    await expectServed();
    await broker.stop();
    for (const { name, gaps } of logs) {
      const { problems } = await verifyPartition({ dir: broker.partitionDir(name) });
      expect(problems, `${name}, with gaps: ${gaps}`).toEqual([]);
    }
  });
});
