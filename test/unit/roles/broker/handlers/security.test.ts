import { expect, test } from 'vitest';
import { KafkaServer } from '../../../../../src/roles/broker/index.ts';
import {
  batchOf,
  connectTo,
  fetchFrom,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';
import { manualEnv } from '../../../../helpers/manual-env.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const sasl = { users: { admin: 'a', ada: 'b', bob: 'c' } };

test('nobody gets past the login but with the right password', async () => {
  await using server = await KafkaServer.start({ sasl, topics: { t: {} } });
  await using stranger = await connectTo(server);
  await expect(produceTo(stranger, batchOf(values('a')))).rejects.toThrow(/closed/);
  await expect(connectTo(server, { user: 'ada', password: 'x' })).rejects.toThrow(
    /Authentication failed/,
  );
  await expect(connectTo(server, { user: 'nobody', password: 'x' })).rejects.toThrow(/failed/);
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  expect((await produceTo(ada, batchOf(values('a')))).error).toBe(0);
});

test('rules allow and deny per principal, and deny wins', async () => {
  const authorization = { superUsers: ['User:admin'] };
  await using server = await KafkaServer.start({ sasl, authorization, topics: { t: {}, u: {} } });
  await using admin = await connectTo(server, { user: 'admin', password: 'a' });
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  await using bob = await connectTo(server, { user: 'bob', password: 'c' });
  expect((await produceTo(ada, batchOf(values('a')))).error).toBe(29);
  const rule = { resourceType: 2, resourceName: 't', patternType: 3, host: '*' };
  const creations = [
    { ...rule, principal: 'User:*', operation: 4, permission: 3 },
    { ...rule, principal: 'User:bob', operation: 4, permission: 2 },
    { ...rule, principal: 'User:ada', operation: 3, permission: 3 },
  ];
  expect((await bob.request('createAcls', { creations })).results[0]!.error).toBe(31);
  const made = await admin.request('createAcls', { creations });
  expect(made.results.map(({ error }) => error)).toEqual([0, 0, 0]);
  expect((await produceTo(ada, batchOf(values('a')))).error).toBe(0);
  expect((await produceTo(bob, batchOf(values('a')))).error).toBe(29);
  expect((await produceTo(ada, batchOf(values('a')), { topic: 'u' })).error).toBe(29);
  const read = async (who: typeof ada) => (await fetchFrom(who)).topics[0]!.partitions[0]!.error;
  expect([await read(ada), await read(bob), await read(admin)]).toEqual([0, 29, 0]);
  const metadata = {
    topics: null,
    allowAutoCreate: true,
    includeClusterOps: false,
    includeTopicOps: false,
  };
  expect((await bob.request('metadata', metadata)).topics.map(({ name }) => name)).toEqual(['t']);
  const filter = {
    resourceType: 1,
    resourceName: null,
    patternType: 1,
    principal: 'User:bob',
    host: null,
    operation: 1,
    permission: 1,
  };
  const removed = await admin.request('deleteAcls', { filters: [filter] });
  expect(removed.results[0]!.matching).toHaveLength(1);
  expect((await produceTo(bob, batchOf(values('a')))).error).toBe(0);
});

test('without an authorizer the rules cannot be asked for', async () => {
  await using server = await KafkaServer.start();
  await using connection = await connectTo(server);
  const filter = {
    resourceType: 1,
    resourceName: null,
    patternType: 1,
    principal: null,
    host: null,
    operation: 1,
    permission: 1,
  };
  expect((await connection.request('describeAcls', filter)).error).toBe(54);
});

test('a byte rate above its quota is answered with a time to wait', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using connection = await connectTo(server, { clientId: 'greedy' });
  const entity = [{ type: 'client-id', name: 'greedy' }];
  const ops = [{ key: 'producer_byte_rate', value: 100_000, remove: false }];
  const altered = await connection.request('alterClientQuotas', {
    entries: [{ entity, ops }],
    validateOnly: false,
  });
  expect(altered.entries[0]!.error).toBe(0);
  const large = batchOf([{ value: 'x'.repeat(900_000) }]);
  expect((await produceTo(connection, batchOf(values('a')))).throttleMs).toBe(0);
  expect((await produceTo(connection, Uint8Array.from(large))).throttleMs).toBe(0);
  await using other = await connectTo(server, { clientId: 'greedy' });
  expect((await produceTo(other, large)).throttleMs).toBeGreaterThan(100);
  await using modest = await connectTo(server, { clientId: 'modest' });
  expect((await produceTo(modest, batchOf(values('a')))).throttleMs).toBe(0);
});

test('who takes more of the time than its quota is answered with a time to wait', async () => {
  const { time, clock, timers } = manualEnv();
  // Every look at the clock costs three milliseconds, and so does every request.
  const slowClock = {
    now: () => {
      time.set(clock.now() + 3);
      return clock.now();
    },
  };
  await using server = await KafkaServer.start({ env: { clock: slowClock, timers } });
  await using greedy = await connectTo(server, { clientId: 'greedy' });
  const limit = async (key: string, value: number) => {
    const entity = [{ type: 'client-id', name: 'greedy' }];
    const entries = [{ entity, ops: [{ key, value, remove: false }] }];
    const { entries: told } = await greedy.request('alterClientQuotas', {
      entries,
      validateOnly: false,
    });
    return told[0]!;
  };
  const ask = async (connection: typeof greedy) =>
    (await connection.request('listGroups', { states: [], types: [] })).throttleMs;
  expect(await ask(greedy)).toBe(0);
  expect((await limit('request_percentage', 0.001)).error).toBe(0);
  await using modest = await connectTo(server, { clientId: 'modest' });
  expect(await ask(modest)).toBe(0);
  expect(await ask(greedy)).toBeGreaterThan(0);
  // It is listened to again, and so seen to leave.
  time.advance(20_000);
});

test('a quota that nobody enforces is refused by its name', async () => {
  await using server = await KafkaServer.start();
  await using connection = await connectTo(server);
  const entity = [{ type: 'user', name: 'ada' }];
  const ops = [{ key: 'controller_mutation_rate', value: 1, remove: false }];
  const entries = [{ entity, ops }];
  const told = await connection.request('alterClientQuotas', { entries, validateOnly: false });
  expect(told.entries[0]).toMatchObject({
    error: 42,
    message: 'controller_mutation_rate is not enforced by this broker',
  });
});

test('topics with their identifiers and settings, users and rules outlast the broker', async () => {
  const dir = temporaryFolder();
  const authorization = { allowIfNoRule: true };
  const options = { dir, authorization };
  const salted = new Uint8Array(32);
  const before = await (async () => {
    await using server = await KafkaServer.start({
      ...options,
      topics: { t: { partitions: 2, config: { 'retention.ms': 777 } } },
    });
    await using connection = await connectTo(server);
    await produceTo(connection, batchOf(values('a', 'b')));
    const upserts = [
      {
        name: 'eve',
        mechanism: 1,
        iterations: 4096,
        salt: new Uint8Array(8),
        saltedPassword: salted,
      },
    ];
    await connection.request('alterUserScramCredentials', { deletions: [], upserts });
    return await describe(connection);
  })();
  await using server = await KafkaServer.start(options);
  await using connection = await connectTo(server);
  expect(await describe(connection)).toEqual(before);
  expect(await produceTo(connection, batchOf(values('c')))).toMatchObject({
    error: 0,
    baseOffset: 2,
  });
});

async function describe(connection: Awaited<ReturnType<typeof connectTo>>) {
  const metadata = await connection.request('metadata', {
    topics: null,
    allowAutoCreate: false,
    includeClusterOps: false,
    includeTopicOps: false,
  });
  const configs = await connection.request('describeConfigs', {
    resources: [{ type: 2, name: 't', keys: ['retention.ms'] }],
    includeSynonyms: true,
    includeDocs: false,
  });
  const users = await connection.request('describeUserScramCredentials', { users: null });
  const { clusterId, topics } = metadata;
  return { clusterId, topics, configs: configs.results, users: users.results };
}
