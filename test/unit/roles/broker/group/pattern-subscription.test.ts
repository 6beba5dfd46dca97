/** Members that subscribe to topics by a pattern: the broker finds them. */
import { expect, test } from 'vitest';
import { KafkaServer, type KafkaConnection } from '../../../../../src/roles/broker/index.ts';
import { connectTo } from '../../../../helpers/kafka-calls.ts';

interface Beat {
  readonly epoch: number;
  readonly pattern?: string | null;
  readonly names?: string[] | null;
  readonly member?: string;
}

async function beat(
  connection: KafkaConnection,
  { epoch, pattern = null, names = null, member = 'm' }: Beat,
) {
  for (;;) {
    const answer = await connection.request('consumerGroupHeartbeat', {
      groupId: 'g',
      memberId: member,
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

const guarded = {
  sasl: { users: { admin: 'a', ada: 'b' } },
  authorization: { superUsers: ['User:admin'] },
  topics,
};

/** Lets ada read her group, and describe topics whose names begin so. */
async function allow(admin: KafkaConnection, prefix: string): Promise<void> {
  const to = { principal: 'User:ada', host: '*', permission: 3 };
  const creations = [
    { ...to, resourceType: 3, resourceName: 'g', patternType: 3, operation: 3 },
    { ...to, resourceType: 2, resourceName: prefix, patternType: 4, operation: 8 },
  ];
  const { results } = await admin.request('createAcls', { creations });
  expect(results.map(({ error }) => error)).toEqual([0, 0]);
}

test('a pattern matches only topics that the member may describe, as the rules change', async () => {
  await using server = await KafkaServer.start(guarded);
  await using admin = await connectTo(server, { user: 'admin', password: 'a' });
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  await allow(admin, 'orders-e');
  const joined = await beat(ada, { epoch: 0, pattern: '.*' });
  expect(await namesOf(admin, joined)).toEqual({ 'orders-eu': 2 });
  await create(admin, 'orders-ap');
  await create(admin, 'orders-east');
  const next = await beat(ada, { epoch: joined.memberEpoch });
  expect(await namesOf(admin, next)).toEqual({ 'orders-eu': 2, 'orders-east': 3 });
  await allow(admin, 'clicks');
  const more = await beat(ada, { epoch: next.memberEpoch });
  expect(await namesOf(admin, more)).toEqual({ clicks: 1, 'orders-eu': 2, 'orders-east': 3 });
});

test('members of one group and one pattern get what each may describe', async () => {
  await using server = await KafkaServer.start(guarded);
  await using admin = await connectTo(server, { user: 'admin', password: 'a' });
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  await allow(admin, 'orders-');
  const first = await beat(ada, { epoch: 0, pattern: '.*', member: 'ada' });
  expect(await namesOf(admin, first)).toEqual({ 'orders-eu': 2, 'orders-us': 1 });
  const second = await beat(admin, { epoch: 0, pattern: '.*', member: 'admin' });
  // Who sees everything makes the group look at the topics anew, for both.
  await create(admin, 'secrets');
  const third = await beat(admin, { epoch: second.memberEpoch, member: 'admin' });
  expect(third.error).toBe(0);
  const { groups } = await admin.request('consumerGroupDescribe', {
    groups: ['g'],
    includeOps: false,
  });
  const targets = new Map(
    groups[0]!.members.map(({ memberId, targetAssignment }) => [
      memberId,
      targetAssignment.partitions.map(({ topicName }) => topicName),
    ]),
  );
  expect(targets.get('ada')!.filter((name) => !name.startsWith('orders-'))).toEqual([]);
  expect(targets.get('admin')).toEqual(expect.arrayContaining(['clicks', 'secrets']));
  const seen = await ada.request('consumerGroupDescribe', { groups: ['g'], includeOps: false });
  expect(seen.groups[0]).toMatchObject({ error: 29, members: [] });
  // The group subscribes to no other topic than before, but ada to one more.
  await allow(admin, 'clicks');
  await beat(ada, { epoch: first.memberEpoch, member: 'ada' });
  const again = await admin.request('consumerGroupDescribe', { groups: ['g'], includeOps: false });
  expect(again.groups[0]!.groupEpoch).toBe(groups[0]!.groupEpoch + 1);
});

test('names that the member may not describe are refused', async () => {
  await using server = await KafkaServer.start(guarded);
  await using admin = await connectTo(server, { user: 'admin', password: 'a' });
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  await allow(admin, 'orders-');
  const refused = await beat(ada, { epoch: 0, names: ['orders-eu', 'clicks'] });
  expect(refused).toMatchObject({ error: 29, assignment: null });
  const unknown = await beat(ada, { epoch: 0, names: ['orders-eu', 'nowhere'] });
  expect(unknown.error).toBe(29);
  const joined = await beat(ada, { epoch: 0, names: ['orders-eu'] });
  expect(await namesOf(admin, joined)).toEqual({ 'orders-eu': 2 });
});
