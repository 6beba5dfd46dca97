/**
 * Logs of the coordinators of a real Kafka, served by ours: groups, members, offsets and
 * transactions as Apache's tools told them right before that broker ended.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssignerProtocol } from 'kafkajs';
import { expect, test } from 'vitest';
import { KafkaServer, type KafkaConnection } from '../../src/roles/broker/index.ts';
import { connectTo } from '../helpers/kafka-calls.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const source = join(import.meta.dirname, '..', 'fixtures', 'kafka', 'coordinators');

interface Told {
  readonly madeAtMs: number;
  /** Lines as printed, by what was asked. */
  readonly tools: Readonly<Record<string, readonly string[]>>;
}

const { madeAtMs, tools } = JSON.parse(readFileSync(join(source, 'told.json'), 'utf8')) as Told;

type Row = Readonly<Record<string, string>>;

/** Rows of the tables that a tool printed, each by the header before it. */
function rowsOf(name: string): Row[] {
  let header: readonly string[] = [];
  return tools[name]!.flatMap((line) => {
    const cells = line.split(/\s+/).filter((cell) => cell !== '');
    if (/^(?:GROUP|TransactionalId|CoordinatorId)\b/.test(line)) {
      header = cells;
      return [];
    }
    return [Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']))];
  });
}

/** Rows in the order of their cells. */
const byCells = (a: readonly unknown[], b: readonly unknown[]): number =>
  a.join('\t') < b.join('\t') ? -1 : 1;

const tableOf = (name: string, columns: readonly string[]): string[][] =>
  rowsOf(name)
    .map((row) => columns.map((column) => row[column] ?? '-'))
    .toSorted(byCells);

/** Ours on a copy, at the time of the fixture: nothing has expired. */
async function begin() {
  const dir = temporaryFolder();
  cpSync(source, dir, { recursive: true, filter: (file) => !file.endsWith('.json') });
  const { time, clock, timers } = manualEnv();
  time.set(madeAtMs);
  const server = await KafkaServer.start({
    dir,
    env: { clock, timers },
    config: { 'offsets.topic.num.partitions': 1, 'transaction.state.log.num.partitions': 1 },
  });
  const connection = await connectTo(server);
  await expect.poll(async () => (await list(connection)).error).toBe(0);
  await expect.poll(async () => (await transaction(connection, 'tx-open')).error).toBe(0);
  const close = async () => {
    await connection[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { connection, server, time, [Symbol.asyncDispose]: close };
}

const list = (connection: KafkaConnection) =>
  connection.request('listGroups', { states: [], types: [] });

async function transaction(connection: KafkaConnection, id: string) {
  return (await connection.request('describeTransactions', { ids: [id] })).transactions[0]!;
}

/** Rows of group, topic, partition, offset; those that wait for a transaction told as unstable. */
async function offsets(connection: KafkaConnection, requireStable: boolean): Promise<string[][]> {
  const ids = (await list(connection)).groups.map(({ groupId }) => groupId);
  const groups = ids.map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics: null }));
  const answer = await connection.request('offsetFetch', {
    groupId: '',
    topics: [],
    groups,
    requireStable,
  });
  return answer.groups
    .flatMap(({ groupId, topics }) =>
      topics.flatMap(({ name, partitions }) =>
        partitions.map(({ index, offset, error }) => [
          groupId,
          name,
          String(index),
          error === 88 ? 'unstable' : String(offset),
        ]),
      ),
    )
    .toSorted(byCells);
}

test('groups of both protocols are listed with their states, a deleted one is not', async () => {
  await using broker = await begin();
  const { groups } = await list(broker.connection);
  const seen = groups.map(({ groupId, type, state }) => [groupId, type.toLowerCase(), state]);
  const told = tableOf('groups', ['GROUP', 'TYPE', 'STATE']);
  expect(seen.toSorted(byCells)).toEqual(told.map(([id, type, state]) => [id, type!.toLowerCase(), state]));
  expect(told).toHaveLength(4);
});

const orders = (partitions: readonly number[]): string => `orders:${partitions.join(',')}`;

test('static members hold what they held, in the epochs that they were in', async () => {
  await using broker = await begin();
  const { connection } = broker;
  const request = { groups: ['classic-group'], includeOps: false };
  const classic = (await connection.request('describeGroups', request)).groups[0]!;
  const modern = (
    await connection.request('consumerGroupDescribe', { ...request, groups: ['consumer-group'] })
  ).groups[0]!;
  const ofClassic = classic.members.map((member) => {
    const assignment = AssignerProtocol.MemberAssignment.decode(Buffer.from(member.assignment))!;
    const { memberId, instanceId, clientHost, clientId } = member;
    const held = orders(assignment.assignment['orders']!);
    return ['classic-group', memberId, instanceId, clientHost, clientId, '-', held, '-', '-'];
  });
  const ofModern = modern.members.map((member) => {
    const { memberId, instanceId, clientHost, clientId, memberEpoch } = member;
    const held = orders(member.assignment.partitions[0]!.partitions);
    const target = orders(member.targetAssignment.partitions[0]!.partitions);
    const epochs = [String(memberEpoch), held, String(modern.assignmentEpoch), target];
    return ['consumer-group', memberId, instanceId, clientHost, clientId, ...epochs];
  });
  const columns = ['GROUP', 'CONSUMER-ID', 'GROUP-INSTANCE-ID', 'HOST', 'CLIENT-ID'];
  const more = ['CURRENT-EPOCH', 'CURRENT-ASSIGNMENT', 'TARGET-EPOCH', 'TARGET-ASSIGNMENT'];
  const told = tableOf('members', [...columns, ...more]);
  expect([...ofClassic, ...ofModern].toSorted(byCells)).toEqual(told);
  expect(told).toHaveLength(2);
});

test('committed offsets are told, those of the open transaction are not stable until it ends', async () => {
  await using broker = await begin();
  const { connection, server, time } = broker;
  const told = tableOf('offsets', ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET']);
  expect(told).toHaveLength(6);
  expect(await offsets(connection, false)).toEqual(told);
  const waiting = told.map((row) =>
    row[0] === 'in-transactions' ? [...row.slice(0, 3), 'unstable'] : row,
  );
  expect(await offsets(connection, true)).toEqual(waiting);
  // The open transaction's time passes; connections rest no longer than ten minutes.
  time.advance(900_000);
  await using later = await connectTo(server);
  await expect.poll(async () => (await transaction(later, 'tx-open')).state).toBe('CompleteAbort');
  const inTransactions = async () =>
    (await offsets(later, true)).filter(([id]) => id === 'in-transactions');
  await expect.poll(inTransactions).toEqual(told.filter(([id]) => id === 'in-transactions'));
});

test.each(['tx-ended', 'tx-open'])('%s is described as it was, partitions included', async (id) => {
  await using broker = await begin();
  const row = rowsOf(id)[0]!;
  const seen = await transaction(broker.connection, id);
  const partitions = seen.topics.flatMap(({ name, partitions: indexes }) =>
    indexes.map((index) => `${name}-${index}`),
  );
  expect({
    TransactionalId: seen.id,
    ProducerId: String(seen.producerId),
    ProducerEpoch: String(seen.producerEpoch),
    TransactionState: seen.state,
    TransactionTimeoutMs: String(seen.timeoutMs),
    CurrentTransactionStartTimeMs: String(seen.startMs),
    TopicPartitions: partitions.toSorted().join(','),
  }).toEqual({
    TransactionalId: row['TransactionalId'],
    ProducerId: row['ProducerId'],
    ProducerEpoch: row['ProducerEpoch'],
    TransactionState: row['TransactionState'],
    TransactionTimeoutMs: row['TransactionTimeoutMs'],
    CurrentTransactionStartTimeMs: row['CurrentTransactionStartTimeMs'],
    TopicPartitions: row['TopicPartitions'],
  });
});
