/**
 * Groups and transactions with a real client, kafkajs, against a broker in this process.
 */
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../../../src/roles/broker/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const fast = { sessionTimeout: 6000, heartbeatInterval: 100, maxWaitTimeInMs: 50 };

function client(server: KafkaServer): Kafka {
  return new Kafka({
    clientId: 'kafkajs',
    brokers: [server.bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10, retries: 20 },
  });
}

/** Collects values until there are `count`. */
async function collect(consumer: Consumer, topic: string, count: number): Promise<string[]> {
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          values.push(String(message.value));
          if (values.length === count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  return values;
}

test('KF-17 a group goes on where it committed, also after a restart of the broker', async () => {
  const dir = temporaryFolder();
  const config = { 'offsets.topic.num.partitions': 3 };
  const first = await KafkaServer.start({ dir, config, topics: { orders: {} } });
  const producer = client(first).producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }] });
  await producer.disconnect();
  const before = client(first).consumer({ groupId: 'stock', ...fast });
  expect(await collect(before, 'orders', 2)).toEqual(['a', 'b']);
  await before.disconnect();
  await first.close();

  await using second = await KafkaServer.start({ dir, config });
  const admin = client(second).admin();
  await admin.connect();
  const committed = await admin.fetchOffsets({ groupId: 'stock', topics: ['orders'] });
  expect(committed[0]?.partitions[0]?.offset).toBe('2');
  const again = client(second).producer();
  await again.connect();
  await again.send({ topic: 'orders', messages: [{ value: 'c' }] });
  await again.disconnect();
  const after = client(second).consumer({ groupId: 'stock', ...fast });
  expect(await collect(after, 'orders', 1)).toEqual(['c']);
  await after.disconnect();
  await admin.disconnect();
});

test('KF-74 members of a group share the partitions, each has one owner', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions: 4 } } });
  const assignments = new Map<string, number[]>();
  const join = async (name: string): Promise<Consumer> => {
    const consumer = client(server).consumer({ groupId: 'shared', ...fast });
    consumer.on('consumer.group_join', ({ payload }) => {
      assignments.set(name, payload.memberAssignment['orders'] ?? []);
    });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders' });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    return consumer;
  };
  const one = await join('one');
  const two = await join('two');
  await expect
    .poll(() => [...assignments.values()].flat().toSorted((a, b) => a - b), {
      interval: 20,
      timeout: 5000,
    })
    .toEqual([0, 1, 2, 3]);
  await one.disconnect();
  await expect.poll(() => assignments.get('two')?.length, { interval: 20, timeout: 5000 }).toBe(4);
  await two.disconnect();
});

test('KF-58 a consumer that wants committed records sees no aborted one', async () => {
  await using server = await KafkaServer.start({ topics: { out: {} } });
  const producer = client(server).producer({ transactionalId: 'tx-1', maxInFlightRequests: 1 });
  await producer.connect();
  for (const [value, commits] of [
    ['lost', false],
    ['kept', true],
    ['lost too', false],
    ['kept too', true],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'out', messages: [{ value }] });
    if (commits) await transaction.commit();
    else await transaction.abort();
  }
  await producer.disconnect();
  const consumer = client(server).consumer({ groupId: 'reader', ...fast });
  expect(await collect(consumer, 'out', 2)).toEqual(['kept', 'kept too']);
  await consumer.disconnect();
});

test('offsets sent in a transaction count when it commits', async () => {
  await using server = await KafkaServer.start({ topics: { source: {}, out: {} } });
  const kafka = client(server);
  const producer = kafka.producer({ transactionalId: 'copy', maxInFlightRequests: 1 });
  const admin = kafka.admin();
  await producer.connect();
  await admin.connect();
  const committed = async (): Promise<string | undefined> => {
    const [topic] = await admin.fetchOffsets({ groupId: 'copier', topics: ['source'] });
    return topic?.partitions[0]?.offset;
  };
  const offsets = { topics: [{ topic: 'source', partitions: [{ partition: 0, offset: '7' }] }] };
  const aborted = await producer.transaction();
  await aborted.sendOffsets({ consumerGroupId: 'copier', ...offsets });
  await aborted.abort();
  expect(await committed()).toBe('-1');
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'out', messages: [{ value: 'x' }] });
  await transaction.sendOffsets({ consumerGroupId: 'copier', ...offsets });
  expect(await committed()).toBe('-1');
  await transaction.commit();
  expect(await committed()).toBe('7');
  await producer.disconnect();
  await admin.disconnect();
});

/** Values that each member of each group was given; all there are, `copies` times. */
async function share(
  server: KafkaServer,
  groups: readonly string[],
  copies: number,
): Promise<string[][]> {
  const total = 40;
  const given: string[][] = [];
  const owned = new Map<number, number>();
  const members: Consumer[] = [];
  for (const [at, groupId] of groups.entries()) {
    const mine: string[] = [];
    given.push(mine);
    const consumer = client(server).consumer({ groupId, ...fast });
    consumer.on('consumer.group_join', ({ payload }) => {
      owned.set(at, payload.memberAssignment['orders']?.length ?? 0);
    });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        mine.push(String(message.value));
        return Promise.resolve();
      },
    });
    members.push(consumer);
  }
  const wait = { interval: 20, timeout: 10_000 };
  const isShared = () => {
    const counts = [...owned.values()];
    const sum = counts.reduce((all, count) => all + count, 0);
    return counts.length === groups.length && !counts.includes(0) && sum === 4 * copies;
  };
  await expect.poll(isShared, wait).toBe(true);
  const producer = client(server).producer();
  await producer.connect();
  const messages = Array.from({ length: total }, (_, at) => ({
    value: `r${at}`,
    partition: at % 4,
  }));
  await producer.send({ topic: 'orders', messages });
  await expect.poll(() => given.flat().length, wait).toBe(total * copies);
  await Promise.all([producer, ...members].map((one) => one.disconnect()));
  const stored = server.metrics().match(/log_end_offset\{topic="orders".*/g)!;
  expect(stored.map((line) => line.split(' ').at(-1))).toEqual(['10', '10', '10', '10']);
  return given;
}

test('KF-73 two members of a group have disjoint parts of one complete copy', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions: 4 } } });
  const given = await share(server, ['g', 'g'], 1);
  expect(given.map(({ length }) => length)).toEqual([20, 20]);
  expect(new Set(given.flat()).size).toBe(40);
});

test('KF-75 one group is a queue, a group each is a broadcast; the data is stored once', async () => {
  {
    await using server = await KafkaServer.start({ topics: { orders: { partitions: 4 } } });
    expect(new Set((await share(server, ['g', 'g', 'g'], 1)).flat()).size).toBe(40);
  }
  await using server = await KafkaServer.start({ topics: { orders: { partitions: 4 } } });
  for (const mine of await share(server, ['a', 'b', 'c'], 3)) {
    expect(mine).toHaveLength(40);
    expect(new Set(mine).size).toBe(40);
  }
});
