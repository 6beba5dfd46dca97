/**
 * One group, members from four clients: each partition has one owner, each record is read, and
 * members that come, go and die leave the others whole.
 */
import { Kafka, logLevel } from 'kafkajs';
import { beforeAll, expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaJars, type KafkaJars } from '../kafka/jars.ts';
import { javaMember, kafkajsMember, pythonMember, type Member } from './group-members.ts';
import { javaCommand } from './java-process.ts';
import { pythonWithKafka } from './python.ts';

const partitions = 8;
const all = Array.from({ length: partitions }, (_, index) => index);
const patience = { timeout: 45_000, interval: 100 };

let older: KafkaJars;
let newer: KafkaJars;
let python: string;

beforeAll(async () => {
  older = await kafkaJars('3.9.1');
  newer = await kafkaJars('4.3.1');
  python = await pythonWithKafka();
});

async function produce(server: KafkaServer, from: number, count: number): Promise<string[]> {
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const values = Array.from({ length: count }, (_, index) => `v${from + index}`);
  await producer.send({
    topic: 'orders',
    messages: values.map((value, index) => ({ value, partition: index % partitions })),
  });
  await producer.disconnect();
  return values;
}

/** Every partition is owned once, and every member owns some. */
async function settled(members: readonly Member[]): Promise<void> {
  await expect
    .poll(() => {
      const owned = members.flatMap((member) => member.owned());
      return {
        owned: owned.toSorted((a, b) => a - b),
        idle: members.filter((member) => member.owned().length === 0).map(({ name }) => name),
      };
    }, patience)
    .toEqual({ owned: all, idle: [] });
}

function everythingRead(members: readonly Member[]): Set<string> {
  return new Set(members.flatMap((member) => member.read()));
}

test('KF-76 kafkajs, Java of two versions and Python share a group through joins, leaves and deaths', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'mixed' };
  const written = await produce(server, 0, 80);
  await using js = await kafkajsMember(place);
  await settled([js]);
  await using java3 = javaMember(older, place);
  await using py = pythonMember(python, place);
  await settled([js, java3, py]);
  await using java4 = javaMember(newer, place);
  await settled([js, java3, py, java4]);
  written.push(...(await produce(server, 100, 80)));
  const everybody = [js, java3, py, java4];
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
  const described = await javaCommand(
    newer,
    'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    ['--bootstrap-server', server.bootstrap, '--describe', '--group', 'mixed', '--members'],
  );
  expect(
    described
      .trim()
      .split('\n')
      .filter((line) => line.includes('mixed')),
  ).toHaveLength(4);
  await java3.kill();
  await settled([js, py, java4]);
  await py.leave();
  await js.leave();
  await settled([java4]);
  written.push(...(await produce(server, 200, 80)));
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
  expect(everythingRead(everybody)).toEqual(new Set(written));
});

test('KF-84 cooperative members give up only what they lose', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'cooperative' };
  const assignor = 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor';
  await using one = javaMember(older, place, { assignor });
  await settled([one]);
  await using two = javaMember(newer, place, { assignor });
  await settled([one, two]);
  const kept = one.owned();
  await two.leave();
  await settled([one]);
  expect(one.owned()).toEqual(all);
  expect(kept).toHaveLength(partitions / 2);
});

test('KF-82 a static member that comes back in time gets what it had, without a rebalance', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'static' };
  const one = javaMember(older, place, { instanceId: 'a' });
  await using two = javaMember(newer, place, { instanceId: 'b' });
  await settled([one, two]);
  const before = one.owned();
  const generation = async (): Promise<string> => {
    const state = await javaCommand(
      newer,
      'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
      ['--bootstrap-server', server.bootstrap, '--describe', '--group', 'static', '--state'],
    );
    return state;
  };
  expect(await generation()).toMatch(/Stable\s+.*2/);
  await one.kill();
  await using again = javaMember(older, place, { instanceId: 'a' });
  await settled([again, two]);
  expect(again.owned()).toEqual(before);
});
