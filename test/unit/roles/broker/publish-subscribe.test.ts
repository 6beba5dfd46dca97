/** What a broker is for: records in, records out, to everybody who asks, while they are kept. */
import { expect, test } from 'vitest';
import {
  batchesOf,
  KafkaServer,
  type KafkaConnection,
} from '../../../../src/roles/broker/index.ts';
import { batchOf, connectTo, fetchFrom, produceTo, values } from '../../../helpers/kafka-calls.ts';
import { RawSocket } from '../../../helpers/raw-socket.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

interface Read {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

async function read(connection: KafkaConnection, topic: string, offset = 0): Promise<Read[]> {
  const answer = await fetchFrom(connection, { topic, offset });
  const text = (bytes: Uint8Array | null) =>
    bytes === null ? null : Buffer.from(bytes).toString();
  const found: Read[] = [];
  for (const cursor of batchesOf(answer.topics[0]!.partitions[0]!.records as Uint8Array)) {
    while (cursor.next()) {
      const { key, value, timestamp } = cursor.record();
      found.push({ offset: cursor.offset, key: text(key), value: text(value), timestamp });
    }
  }
  return found.filter((record) => record.offset >= offset);
}

const valuesOf = (records: readonly Read[]) => records.map(({ value }) => value);

/** As a consumer of a group without members: where it is, and where it is now. */
async function goOn(connection: KafkaConnection, groupId: string, topic: string): Promise<Read[]> {
  for (;;) {
    const keys = [groupId];
    const found = await connection.request('findCoordinator', { key: '', keyType: 0, keys });
    if (found.coordinators[0]!.error === 0) break;
  }
  const topics = [{ name: topic, partitions: [0] }];
  const fetched = await connection.request('offsetFetch', {
    groupId: '',
    topics: [],
    groups: [{ groupId, memberId: null, memberEpoch: -1, topics }],
    requireStable: false,
  });
  const { offset } = fetched.groups[0]!.topics[0]!.partitions[0]!;
  const records = await read(connection, topic, Math.max(0, offset));
  const next = (records.at(-1)?.offset ?? offset - 1) + 1;
  const partitions = [{ index: 0, offset: next, leaderEpoch: -1, metadata: '' }];
  await connection.request('offsetCommit', {
    groupId,
    generationOrEpoch: -1,
    memberId: '',
    instanceId: null,
    retentionMs: -1,
    topics: [{ name: topic, partitions }],
  });
  return records;
}

test('KF-02 what is published is stored, goes to two groups, and outlasts a restart', async () => {
  const dir = temporaryFolder();
  const config = { 'offsets.topic.num.partitions': 1 };
  const options = { dir, config, topics: { t: {} } };
  {
    await using server = await KafkaServer.start(options);
    await using connection = await connectTo(server);
    await produceTo(connection, batchOf(values('a', 'b')));
    expect(valuesOf(await goOn(connection, 'one', 't'))).toEqual(['a', 'b']);
    await produceTo(connection, batchOf(values('c')));
    expect(valuesOf(await goOn(connection, 'two', 't'))).toEqual(['a', 'b', 'c']);
  }
  await using server = await KafkaServer.start(options);
  await using connection = await connectTo(server);
  expect(valuesOf(await read(connection, 't'))).toEqual(['a', 'b', 'c']);
  expect(valuesOf(await goOn(connection, 'one', 't'))).toEqual(['c']);
});

test('KF-04 topics are made, described, listed and deleted, each with its own records', async () => {
  await using server = await KafkaServer.start();
  await using connection = await connectTo(server);
  const topic = (name: string) => {
    return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  };
  const request = { topics: [topic('a'), topic('b')], timeoutMs: 1000, validateOnly: false };
  const made = await connection.request('createTopics', request);
  expect(made.topics.map(({ error }) => error)).toEqual([0, 0]);
  const list = async () => {
    const flags = { allowAutoCreate: false, includeClusterOps: false, includeTopicOps: false };
    const { topics } = await connection.request('metadata', { topics: null, ...flags });
    return topics.filter(({ isInternal }) => !isInternal).map(({ name }) => name);
  };
  expect(new Set(await list())).toEqual(new Set(['a', 'b']));
  const resources = [{ type: 2, name: 'a', keys: ['retention.ms'] }];
  const described = await connection.request('describeConfigs', {
    resources,
    includeSynonyms: false,
    includeDocs: false,
  });
  expect(described.results[0]!.configs).toHaveLength(1);
  await produceTo(connection, batchOf(values('of a', 'of a, too')), { topic: 'a' });
  await produceTo(connection, batchOf(values('of b')), { topic: 'b' });
  for (const group of ['one', 'two']) {
    expect(valuesOf(await goOn(connection, group, 'a'))).toEqual(['of a', 'of a, too']);
  }
  expect(valuesOf(await read(connection, 'b'))).toEqual(['of b']);
  await connection.request('deleteTopics', {
    topics: [{ name: 'a', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    names: [],
    timeoutMs: 1000,
  });
  expect(await list()).toEqual(['b']);
});

test('KF-07 a record is a key, a value and a time, each of the first two may be missing', async () => {
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  await using server = await KafkaServer.start({ topics: { created: {}, appended: { config } } });
  await using connection = await connectTo(server);
  const records = [
    { key: 'k', value: 'v', timestamp: 1000 },
    { key: null, value: 'v', timestamp: 2000 },
    { key: 'k', value: null, timestamp: 3000 },
    { key: null, value: null, timestamp: 4000 },
  ];
  const before = Date.now();
  for (const topic of ['created', 'appended']) {
    await produceTo(connection, batchOf(records), { topic });
  }
  const created = await read(connection, 'created');
  expect(created).toEqual(records.map((record, offset) => ({ offset, ...record })));
  for (const [offset, record] of (await read(connection, 'appended')).entries()) {
    expect(record).toMatchObject({ key: records[offset]!.key, value: records[offset]!.value });
    expect(record.timestamp).toBeGreaterThanOrEqual(before);
  }
});

test('KF-09 nothing is pushed: who asks gets what it asks for, from any offset, whenever', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using quiet = await RawSocket.open(server);
  await using connection = await connectTo(server);
  await produceTo(connection, batchOf(values('a', 'b', 'c')));
  await produceTo(connection, batchOf(values('d')));
  expect(quiet.received).toHaveLength(0);
  const from = async (offset: number) => valuesOf(await read(connection, 't', offset));
  expect(await from(0)).toEqual(['a', 'b', 'c', 'd']);
  expect(await from(2)).toEqual(['c', 'd']);
  expect(await from(4)).toEqual([]);
  expect(await from(0)).toEqual(['a', 'b', 'c', 'd']);
  expect(quiet.received).toHaveLength(0);
});

test('KF-45 a partition that is named is the one that is written; one there is not, is refused', async () => {
  await using server = await KafkaServer.start({ topics: { t: { partitions: 3 } } });
  await using connection = await connectTo(server);
  const written = await produceTo(connection, batchOf(values('a')), { index: 2 });
  expect(written).toMatchObject({ error: 0, index: 2, baseOffset: 0 });
  const ends = server.metrics().match(/log_end_offset\{topic="t".*/g)!;
  expect(ends.map((line) => line.replace(/.*partition="(\d)"\} /, '$1:')).toSorted()).toEqual([
    '0:0',
    '1:0',
    '2:1',
  ]);
  expect((await produceTo(connection, batchOf(values('a')), { index: 3 })).error).toBe(3);
});

test('KF-56 after ten records the end of the log is 10, and the last offset 9', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using connection = await connectTo(server);
  await produceTo(connection, batchOf(values(...'0123456789'.split(''))));
  const partitions = [{ index: 0, currentLeaderEpoch: -1, timestamp: -1 }];
  const request = { replicaId: -1, isolation: 0, topics: [{ name: 't', partitions }] };
  const { topics } = await connection.request('listOffsets', request);
  expect(topics[0]!.partitions[0]!.offset).toBe(10);
  expect((await read(connection, 't')).at(-1)).toMatchObject({ offset: 9, value: '9' });
});

test('KF-66 with fewer in-sync replicas than min.insync.replicas acks all is refused, acks 1 taken', async () => {
  const topics = { t: { config: { 'min.insync.replicas': 2 } }, one: {} };
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const send = (acks: number, topic = 't') =>
    produceTo(connection, batchOf(values('a')), { acks, topic });
  expect(await send(-1)).toMatchObject({ error: 19, baseOffset: -1 });
  expect(await send(1)).toMatchObject({ error: 0, baseOffset: 0 });
  expect(await send(-1, 'one')).toMatchObject({ error: 0, baseOffset: 0 });
});
