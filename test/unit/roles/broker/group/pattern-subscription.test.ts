/** Members that subscribe to topics by a pattern: the broker finds them. */
import { expect, test } from 'vitest';
import { KafkaServer, type KafkaConnection } from '../../../../../src/roles/broker/index.ts';
import { connectTo } from '../../../../helpers/kafka-calls.ts';

interface Beat {
  readonly epoch: number;
  readonly pattern?: string | null;
  readonly names?: string[] | null;
}

async function beat(connection: KafkaConnection, { epoch, pattern = null, names = null }: Beat) {
  for (;;) {
    const answer = await connection.request('consumerGroupHeartbeat', {
      groupId: 'g',
      memberId: 'm',
      memberEpoch: epoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: epoch === 0 ? 5000 : -1,
      topicNames: names,
      topicRegex: pattern,
      serverAssignor: null,
      owned: epoch === 0 ? [] : null,
    });
    if (answer.error !== 14 && answer.error !== 15 && answer.error !== 16) return answer;
    await connection.request('findCoordinator', { key: '', keyType: 0, keys: ['g'] });
  }
}

/** Names of the topics of an assignment, with the count of partitions. */
async function namesOf(
  connection: KafkaConnection,
  { assignment }: Awaited<ReturnType<typeof beat>>,
): Promise<Record<string, number> | undefined> {
  if (assignment === null) return undefined;
  const metadata = await connection.request('metadata', {
    topics: null,
    allowAutoCreate: false,
    includeClusterOps: false,
    includeTopicOps: false,
  });
  const names = new Map(metadata.topics.map(({ topicId, name }) => [topicId, name!]));
  return Object.fromEntries(
    assignment.partitions.map(({ topicId, partitions }) => [
      names.get(topicId)!,
      partitions.length,
    ]),
  );
}

async function create(connection: KafkaConnection, name: string): Promise<void> {
  const topic = { name, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] };
  const request = { topics: [topic], timeoutMs: 1000, validateOnly: false };
  expect((await connection.request('createTopics', request)).topics[0]!.error).toBe(0);
}

const topics = { 'orders-eu': { partitions: 2 }, 'orders-us': {}, clicks: {} };

test('a pattern subscribes to the topics it matches, new ones included, and to no internal one', async () => {
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const joined = await beat(connection, { epoch: 0, pattern: 'orders-.*' });
  expect(joined.error).toBe(0);
  expect(await namesOf(connection, joined)).toEqual({ 'orders-eu': 2, 'orders-us': 1 });
  await create(connection, 'orders-ap');
  const next = await beat(connection, { epoch: joined.memberEpoch });
  expect(await namesOf(connection, next)).toEqual({
    'orders-ap': 3,
    'orders-eu': 2,
    'orders-us': 1,
  });
  const all = await beat(connection, { epoch: next.memberEpoch, pattern: '.*' });
  expect(Object.keys((await namesOf(connection, all))!)).toHaveLength(4);
  const described = await connection.request('consumerGroupDescribe', {
    groups: ['g'],
    includeOps: false,
  });
  expect(described.groups[0]!.members[0]!.topicRegex).toBe('.*');
});

test('names and a pattern count together; an empty pattern takes the pattern back', async () => {
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const both = { epoch: 0, pattern: '.*-eu', names: ['clicks', 'orders-eu'] };
  const joined = await beat(connection, both);
  expect(await namesOf(connection, joined)).toEqual({ clicks: 1, 'orders-eu': 2 });
  await beat(connection, { epoch: joined.memberEpoch, pattern: '' });
  const described = await connection.request('consumerGroupDescribe', {
    groups: ['g'],
    includeOps: false,
  });
  const { topicRegex, targetAssignment } = described.groups[0]!.members[0]!;
  const assigned = targetAssignment.partitions.map(({ topicName }) => topicName).toSorted();
  expect({ topicRegex, assigned }).toEqual({ topicRegex: null, assigned: both.names });
});

test('what is no pattern of RE2 is refused by its own error, and neither names nor pattern is, too', async () => {
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const wrong = await beat(connection, { epoch: 0, pattern: '(a)\\1' });
  expect(wrong).toMatchObject({ error: 128, message: expect.stringContaining('escape sequence') });
  expect((await beat(connection, { epoch: 0 })).error).toBe(42);
});
