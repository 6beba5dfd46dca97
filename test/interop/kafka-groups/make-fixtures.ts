/**
 * Makes test/fixtures/kafka/coordinators: what the coordinators of a real broker leave in their
 * logs, and what Apache's tools told of its groups, offsets and transactions right before it
 * ended. Run through make-fixtures.sh; test/fixtures/kafka/README.md tells what it holds.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type Transaction } from 'kafkajs';
import { KafkaBroker } from '../kafka/broker.ts';
import { kafkaJars, type KafkaJars } from '../kafka/jars.ts';
import { fixturesRoot } from '../repository.ts';
import { groupCommand, javaCommand, JavaProcess } from './java-process.ts';

const target = join(fixturesRoot, 'kafka', 'coordinators');
const readyLimitMs = 300_000;

function member(jars: KafkaJars, bootstrap: string, protocol: 'classic' | 'consumer'): JavaProcess {
  return JavaProcess.java(jars, 'org.apache.kafka.tools.VerifiableConsumer', [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    'orders',
    '--group-id',
    `${protocol}-group`,
    '--group-protocol',
    protocol,
    '--group-instance-id',
    `${protocol}-static`,
    '--reset-policy',
    'earliest',
    ...(protocol === 'classic' ? ['--session-timeout', '45000'] : []),
  ]);
}

/** It owns partitions, has read what there is and committed it. */
async function committed(child: JavaProcess): Promise<void> {
  const end = Date.now() + readyLimitMs;
  const isDone = (): boolean =>
    child.lines.some(
      (line) => line.includes('"offsets_committed"') && line.includes('"success":true'),
    );
  while (!isDone()) {
    if (child.isGone || Date.now() > end) {
      throw new Error(`no commit of the member:\n${child.lines.join('\n')}\n${child.errors}`);
    }
    await wait(200);
  }
}

async function setOffset(admin: Admin, groupId: string, offset: string): Promise<void> {
  await admin.setOffsets({ groupId, topic: 'orders', partitions: [{ partition: 0, offset }] });
}

async function fillTransaction(transaction: Transaction, offset: string): Promise<void> {
  await transaction.send({ topic: 'out', messages: [{ value: offset }] });
  await transaction.sendOffsets({
    consumerGroupId: 'in-transactions',
    topics: [{ topic: 'orders', partitions: [{ partition: 0, offset }] }],
  });
}

/** One that committed and then aborted, and one whose transaction is still open. */
async function transactions(kafka: Kafka): Promise<void> {
  const settings = { maxInFlightRequests: 1, transactionTimeout: 900_000 };
  const ended = kafka.producer({ transactionalId: 'tx-ended', ...settings });
  await ended.connect();
  const first = await ended.transaction();
  await fillTransaction(first, '1');
  await first.commit();
  const second = await ended.transaction();
  await fillTransaction(second, '2');
  await second.abort();
  await ended.disconnect();
  const open = kafka.producer({ transactionalId: 'tx-open', ...settings });
  await open.connect();
  await fillTransaction(await open.transaction(), '3');
  await open.disconnect();
}

/** The lines of Apache's tools, by what was asked. */
async function told(jars: KafkaJars, bootstrap: string): Promise<Record<string, string[]>> {
  const groups = ['--describe', '--all-groups'];
  const transactionTool = (args: readonly string[]): Promise<string> =>
    javaCommand(jars, 'org.apache.kafka.tools.TransactionsCommand', [
      '--bootstrap-server',
      bootstrap,
      ...args,
    ]);
  const answers: Record<string, string> = {
    offsets: await groupCommand(jars, { bootstrap }, [...groups, '--offsets']),
    members: await groupCommand(jars, { bootstrap }, [...groups, '--members', '--verbose']),
    groups: await groupCommand(jars, { bootstrap }, ['--list', '--state', '--type']),
    transactions: await transactionTool(['list']),
    'tx-ended': await transactionTool(['describe', '--transactional-id', 'tx-ended']),
    'tx-open': await transactionTool(['describe', '--transactional-id', 'tx-open']),
  };
  return Object.fromEntries(
    Object.entries(answers).map(([name, text]) => [
      name,
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ]),
  );
}

async function make(): Promise<void> {
  const jars = await kafkaJars('4.3.1');
  const work = mkdtempSync(join(tmpdir(), 'varve-fixtures-'));
  try {
    await using broker = new KafkaBroker(jars, { dir: work });
    await broker.start();
    const { bootstrap } = broker;
    const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [
        { topic: 'orders', numPartitions: 2 },
        { topic: 'out', numPartitions: 1 },
      ],
    });
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 6 }, (_, n) => ({ value: `v${n}`, partition: n % 2 }));
    await producer.send({ topic: 'orders', messages });
    await producer.disconnect();
    await using classic = member(jars, bootstrap, 'classic');
    await using modern = member(jars, bootstrap, 'consumer');
    await setOffset(admin, 'only-offsets', '2');
    await setOffset(admin, 'deleted-group', '1');
    await admin.deleteGroups(['deleted-group']);
    await admin.disconnect();
    await transactions(kafka);
    await Promise.all([committed(classic), committed(modern)]);
    const tools = await told(jars, bootstrap);
    const madeAtMs = Date.now();
    await broker.stop();
    await Promise.all([classic.kill(), modern.kill()]);
    save(broker, { version: jars.version, madeAtMs, tools });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function save(broker: KafkaBroker, seen: object): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(broker.logDir)) {
    const isOne = /^(?:__consumer_offsets|__transaction_state|orders|out)-\d+$/.test(name);
    if (isOne) cpSync(join(broker.logDir, name), join(target, name), { recursive: true });
  }
  writeFileSync(join(target, 'told.json'), `${JSON.stringify(seen, null, 2)}\n`);
}

await make();
