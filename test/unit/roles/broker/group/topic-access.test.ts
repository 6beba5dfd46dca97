/** What the rules of topics forbid a client that may use its group. */
import { expect, test } from 'vitest';
import { KafkaServer, type KafkaConnection } from '../../../../../src/roles/broker/index.ts';
import { connectTo } from '../../../../helpers/kafka-calls.ts';

const topicRefused = 29;
const Operation = { write: 4, read: 3, delete: 6, describe: 8 };
const Resource = { topic: 2, group: 3, transactionalId: 5 };

const rule = (resourceType: number, resourceName: string, operation: number) => ({
  resourceType,
  resourceName,
  patternType: 3,
  principal: 'User:ada',
  host: '*',
  operation,
  permission: 3,
});

/** Ada may use group `g`, read `open` and describe `shown`; of `shut` she knows nothing. */
async function begin() {
  const server = await KafkaServer.start({
    sasl: { users: { admin: 'a', ada: 'b' } },
    authorization: { superUsers: ['User:admin'] },
    topics: { open: {}, shown: {}, shut: {} },
  });
  const admin = await connectTo(server, { user: 'admin', password: 'a' });
  const ada = await connectTo(server, { user: 'ada', password: 'b' });
  const creations = [
    rule(Resource.group, 'g', Operation.read),
    rule(Resource.group, 'g', Operation.delete),
    rule(Resource.transactionalId, 'tx', Operation.write),
    rule(Resource.topic, 'open', Operation.read),
    rule(Resource.topic, 'shown', Operation.describe),
  ];
  const { results } = await admin.request('createAcls', { creations });
  expect(results.map(({ error }) => error)).toEqual([0, 0, 0, 0, 0]);
  const coordinators = [
    { key: '', keyType: 0, keys: ['g'] },
    { key: '', keyType: 1, keys: ['tx'] },
  ];
  for (const asked of coordinators) await found(admin, asked);
  const close = async () => {
    await Promise.all([admin[Symbol.asyncDispose](), ada[Symbol.asyncDispose]()]);
    await server[Symbol.asyncDispose]();
  };
  return { admin, ada, [Symbol.asyncDispose]: close };
}

async function found(
  connection: KafkaConnection,
  asked: { key: string; keyType: number; keys: string[] },
): Promise<void> {
  for (;;) {
    const { coordinators } = await connection.request('findCoordinator', asked);
    if (coordinators[0]!.error === 0) return;
  }
}

const all = ['open', 'shown', 'shut'];

async function commit(connection: KafkaConnection, topics: readonly string[], offset = 1) {
  const answer = await connection.request('offsetCommit', {
    groupId: 'g',
    generationOrEpoch: -1,
    memberId: '',
    instanceId: null,
    retentionMs: -1,
    topics: topics.map((name) => ({
      name,
      partitions: [{ index: 0, offset, leaderEpoch: -1, metadata: null }],
    })),
  });
  return errorsOf(answer.topics);
}

function errorsOf(
  topics: readonly { readonly name: string; readonly partitions: readonly { error: number }[] }[],
): Record<string, number> {
  return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions[0]!.error]));
}

type Fetched = Record<string, readonly [offset: number, error: number]>;

/** Null: all topics that there are offsets of. */
async function fetched(
  connection: KafkaConnection,
  topics: readonly string[] | null,
  version: number,
): Promise<Fetched> {
  const wanted = topics?.map((name) => ({ name, partitions: [0] })) ?? null;
  const request = {
    groupId: version < 8 ? 'g' : '',
    topics: version < 8 ? wanted : [],
    groups: version < 8 ? [] : [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: wanted }],
    requireStable: false,
  };
  const answer = await connection.request('offsetFetch', request, { version });
  const told = version < 8 ? answer : answer.groups[0]!;
  expect(told.error).toBe(0);
  return Object.fromEntries(
    told.topics.map(({ name, partitions: [one] }) => [name, [one!.offset, one!.error] as const]),
  );
}

test('offsets are committed for topics that may be read, and refused for the others', async () => {
  await using broker = await begin();
  expect(await commit(broker.ada, all)).toEqual({
    open: 0,
    shown: topicRefused,
    shut: topicRefused,
  });
  expect(await commit(broker.ada, ['shut'])).toEqual({ shut: topicRefused });
  expect(await fetched(broker.admin, null, 9)).toEqual({ open: [1, 0] });
});

test.each([2, 7, 9])(
  'OffsetFetch %s refuses hidden topics by name and leaves them out of all',
  async (version) => {
    await using broker = await begin();
    expect(await commit(broker.admin, all, 5)).toEqual({ open: 0, shown: 0, shut: 0 });
    const shut = [-1, topicRefused] as const;
    expect(await fetched(broker.ada, all, version)).toEqual({ open: [5, 0], shown: [5, 0], shut });
    expect(await fetched(broker.ada, ['shut'], version)).toEqual({ shut });
    expect(await fetched(broker.ada, null, version)).toEqual({ open: [5, 0], shown: [5, 0] });
  },
);

test('offsets are deleted of topics that may be read only', async () => {
  await using broker = await begin();
  await commit(broker.admin, all, 5);
  const topics = all.map((name) => ({ name, partitions: [{ index: 0 }] }));
  const answer = await broker.ada.request('offsetDelete', { groupId: 'g', topics });
  expect(answer.error).toBe(0);
  expect(errorsOf(answer.topics)).toEqual({ open: 0, shown: topicRefused, shut: topicRefused });
  const left = await fetched(broker.admin, null, 9);
  expect(Object.keys(left).toSorted()).toEqual(['shown', 'shut']);
  const missing = await broker.ada.request('offsetDelete', { groupId: 'h', topics });
  expect(missing).toMatchObject({ error: 30, topics: [] });
});

test('offsets in a transaction need the topic, and one without any topic left enrols nothing', async () => {
  await using broker = await begin();
  const begun = await broker.ada.request('initProducerId', {
    transactionalId: 'tx',
    timeoutMs: 60_000,
    producerId: -1,
    producerEpoch: -1,
  });
  expect(begun.error).toBe(0);
  const { producerId, producerEpoch } = begun;
  const commitInside = async (topics: readonly string[]) => {
    const answer = await broker.ada.request('txnOffsetCommit', {
      transactionalId: 'tx',
      groupId: 'g',
      producerId,
      producerEpoch,
      generation: -1,
      memberId: '',
      instanceId: null,
      topics: topics.map((name) => ({
        name,
        partitions: [{ index: 0, offset: 3, leaderEpoch: -1, metadata: null }],
      })),
    });
    return errorsOf(answer.topics);
  };
  const state = async () => {
    const asked = { ids: ['tx'] };
    return (await broker.admin.request('describeTransactions', asked)).transactions[0]!.state;
  };
  expect(await commitInside(['shut'])).toEqual({ shut: topicRefused });
  expect(await state()).toBe('Empty');
  expect(await commitInside(['shut', 'open'])).toEqual({ shut: topicRefused, open: 0 });
  expect(await state()).toBe('Ongoing');
  const ended = { transactionalId: 'tx', producerId, producerEpoch, committed: true };
  expect((await broker.ada.request('endTxn', ended)).error).toBe(0);
  await expect.poll(() => fetched(broker.admin, null, 9)).toEqual({ open: [3, 0] });
});

test('groups that may not be described are in no list', async () => {
  await using world = await begin();
  const { admin, ada } = world;
  const partitions = [{ index: 0, offset: 1, leaderEpoch: -1, metadata: null }];
  for (const groupId of ['g', 'h']) {
    const member = { generationOrEpoch: -1, memberId: '', instanceId: null, retentionMs: -1 };
    await found(admin, { key: '', keyType: 0, keys: [groupId] });
    const topics = [{ name: 'open', partitions }];
    await admin.request('offsetCommit', { groupId, ...member, topics });
  }
  const groupsOf = async (connection: KafkaConnection) => {
    const { groups } = await connection.request('listGroups', { states: [], types: [] });
    return new Set(groups.map(({ groupId }) => groupId));
  };
  expect(await groupsOf(admin)).toEqual(new Set(['g', 'h']));
  expect(await groupsOf(ada)).toEqual(new Set(['g']));
});

test('transactions that may not be described are in no list, and their descriptions refused', async () => {
  await using world = await begin();
  const { admin, ada } = world;
  for (const transactionalId of ['tx', 'ty']) {
    await found(admin, { key: '', keyType: 1, keys: [transactionalId] });
    const producer = { timeoutMs: 60_000, producerId: -1, producerEpoch: -1 };
    const { error } = await admin.request('initProducerId', { transactionalId, ...producer });
    expect(error).toBe(0);
  }
  const listed = async (connection: KafkaConnection) => {
    const any = { states: [], producerIds: [], durationMs: -1 };
    const { transactions } = await connection.request('listTransactions', any);
    return new Set(transactions.map(({ id }) => id));
  };
  expect(await listed(admin)).toEqual(new Set(['tx', 'ty']));
  expect(await listed(ada)).toEqual(new Set(['tx']));
  const ids = ['tx', 'ty'];
  const { transactions } = await ada.request('describeTransactions', { ids });
  expect(transactions.map(({ error }) => error)).toEqual([0, 53]);
  expect(transactions.map(({ state }) => state)).toEqual(['Empty', '']);
});
