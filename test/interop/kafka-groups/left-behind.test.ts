/**
 * What the coordinators leave in their logs, judged by Apache: its decoders read every record, its
 * broker takes the groups over, and ours takes over those of its broker.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { KafkaBroker } from '../kafka/broker.ts';
import { kafkaJars, type KafkaJars } from '../kafka/jars.ts';
import { javaMember, produce, settled } from './group-members.ts';
import { groupCommand, javaCommand } from './java-process.ts';

const config = {
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.num.partitions': 1,
  'group.consumer.heartbeat.interval.ms': 200,
};
const folder = mkdtempSync(join(tmpdir(), 'varve-left-behind-'));
const versions = ['3.9.1', '4.3.1'] as const;
const jars: Partial<Record<(typeof versions)[number], KafkaJars>> = {};

beforeAll(async () => {
  for (const version of versions) jars[version] = await kafkaJars(version);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let leaving: Promise<void> | undefined;

/** Made once, by the test that comes first. */
function leftBehind(): Promise<void> {
  leaving ??= useEverything(join(folder, 'ours'));
  return leaving;
}

/** Groups of both protocols, offsets in and out of transactions, tombstones, transactions. */
async function useEverything(dir: string): Promise<void> {
  await using server = await KafkaServer.start({ dir, config, topics: { orders: {}, out: {} } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'classic-group' };
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  await produce(place, 0, 10);
  await using classic = javaMember(jars['3.9.1']!, place);
  await using modern = javaMember(
    jars['4.3.1']!,
    { ...place, group: 'modern-group' },
    { protocol: 'consumer' },
  );
  await Promise.all([settled([classic], 1), settled([modern], 1)]);
  await expect
    .poll(() => [classic.read().length, modern.read().length], { timeout: 30_000 })
    .toEqual([10, 10]);
  await Promise.all([classic.leave(), modern.leave()]);
  const admin = kafka.admin();
  await admin.connect();
  const set = (groupId: string, offset: string): Promise<void> =>
    admin.setOffsets({ groupId, topic: 'orders', partitions: [{ partition: 0, offset }] });
  await set('only-offsets', '4');
  await set('deleted-group', '5');
  await admin.deleteGroups(['deleted-group']);
  await admin.disconnect();
  const producer = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1 });
  await producer.connect();
  for (const [offset, commits] of [
    ['6', true],
    ['9', false],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'out', messages: [{ value: offset }] });
    await transaction.sendOffsets({
      consumerGroupId: 'in-transactions',
      topics: [{ topic: 'orders', partitions: [{ partition: 0, offset }] }],
    });
    if (commits) await transaction.commit();
    else await transaction.abort();
  }
  await producer.disconnect();
}

function dump(version: (typeof versions)[number], topic: string, decoder: string): Promise<string> {
  const files = join(folder, 'ours', `${topic}-0`, '00000000000000000000.log');
  return javaCommand(jars[version]!, jars[version]!.dumpLogSegmentsClass, [
    '--files',
    files,
    decoder,
  ]);
}

test.each(versions)('DumpLogSegments of %s decodes every record of both logs', async (version) => {
  await leftBehind();
  const offsets = await dump(version, '__consumer_offsets', '--offsets-decoder');
  expect(offsets).toContain('classic-group');
  expect(offsets).toContain('modern-group');
  expect(offsets).toContain('only-offsets');
  expect(offsets).toMatch(/endTxnMarker: COMMIT/);
  expect(offsets).toMatch(/endTxnMarker: ABORT/);
  expect(offsets).not.toMatch(/(?:unreadable|unknown|could not be decoded|Unable)/i);
  const transactions = await dump(version, '__transaction_state', '--transaction-log-decoder');
  expect(transactions).toContain('tx');
  for (const state of ['Empty', 'Ongoing', 'PrepareCommit', 'CompleteCommit', 'PrepareAbort']) {
    expect(transactions.replaceAll(/[\s_"]/g, '').toLowerCase()).toMatch(
      new RegExp(`(?:state[=:]${state}|status[=:]\\d)`.toLowerCase()),
    );
  }
  expect(transactions).not.toMatch(/(?:unreadable|unknown|could not be decoded|Unable)/i);
});

async function offsetsSeen(bootstrap: string): Promise<Record<string, string>> {
  const text = await groupCommand(jars['4.3.1']!, { bootstrap }, ['--describe', '--all-groups']);
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(
    lines.flatMap(([group, topic, , offset]) => (topic === 'orders' ? [[group!, offset!]] : [])),
  );
}

const expected = {
  'classic-group': '10',
  'modern-group': '10',
  'only-offsets': '4',
  'in-transactions': '6',
};

test.each(versions)('a broker of Apache Kafka %s takes over our groups', async (version) => {
  await leftBehind();
  const apache = new KafkaBroker(jars[version]!, { dir: join(folder, `apache-${version}`) });
  await using broker = apache;
  await broker.start();
  const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] });
  await admin.setOffsets({
    groupId: 'first',
    topic: 'orders',
    partitions: [{ partition: 0, offset: '0' }],
  });
  await admin.disconnect();
  await broker.stop();
  for (const topic of ['__consumer_offsets', 'orders']) {
    broker.replacePartition(topic, join(folder, 'ours', `${topic}-0`), { clean: false });
  }
  await broker.start();
  await expect.poll(() => offsetsSeen(broker.bootstrap), { timeout: 60_000 }).toEqual(expected);
  await broker.stop();
  // And the other way round: what that broker leaves is taken over by ours.
  const dir = join(folder, `back-${version}`);
  for (const topic of ['__consumer_offsets', 'orders']) {
    cpSync(broker.partitionDir(topic), join(dir, `${topic}-0`), { recursive: true });
  }
  await using ours = await KafkaServer.start({ dir, config });
  await expect.poll(() => offsetsSeen(ours.bootstrap), { timeout: 60_000 }).toEqual(expected);
});
