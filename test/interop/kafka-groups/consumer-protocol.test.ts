/**
 * The consumer protocol (KIP-848): Java and Python members whose partitions the broker assigns.
 */
import { Kafka, logLevel } from 'kafkajs';
import { beforeAll, expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaJars, type KafkaJars } from '../kafka/jars.ts';
import { everythingRead, javaMember, produce, pythonMember, settled } from './group-members.ts';
import { groupCommand } from './java-process.ts';
import { pythonWithKafka } from './python.ts';

let older: KafkaJars;
let newer: KafkaJars;
let python: string;

beforeAll(async () => {
  older = await kafkaJars('3.9.1');
  newer = await kafkaJars('4.3.1');
  python = await pythonWithKafka();
});

const config = {
  'group.consumer.heartbeat.interval.ms': 200,
  'group.consumer.session.timeout.ms': 6000,
};
const patience = { timeout: 45_000, interval: 100 };

test('members of Java 4.3, Java 3.9 and Python are assigned by the broker', async () => {
  await using server = await KafkaServer.start({ config, topics: { orders: { partitions: 8 } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'modern' };
  const written = await produce(place, 0, 80);
  await using java4 = javaMember(newer, place, { protocol: 'consumer' });
  await settled([java4], 8);
  await using py = pythonMember(python, place, 'consumer');
  await using java3 = javaMember(older, place, { protocol: 'consumer' });
  const everybody = [java4, py, java3];
  await settled(everybody, 8);
  written.push(...(await produce(place, 100, 80)));
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
  const described = await groupCommand(newer, place, [
    '--describe',
    '--group',
    'modern',
    '--state',
  ]);
  expect(described).toMatch(/modern\s+.*uniform\s+Stable\s+3/);
  const members = await groupCommand(newer, place, [
    '--describe',
    '--group',
    'modern',
    '--members',
  ]);
  expect(members.split('\n').filter((line) => line.startsWith('modern'))).toHaveLength(3);
  await java3.kill();
  await settled([java4, py], 8);
  await java4.leave();
  await settled([py], 8);
  written.push(...(await produce(place, 200, 80)));
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
});

test('the range assignor is taken when members ask for it, and new partitions are assigned', async () => {
  await using server = await KafkaServer.start({ config, topics: { orders: { partitions: 4 } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'ranged' };
  await using one = javaMember(newer, place, { protocol: 'consumer', assignor: 'range' });
  await using two = javaMember(newer, place, { protocol: 'consumer', assignor: 'range' });
  await settled([one, two], 4);
  expect([one, two].map((member) => member.owned().join()).toSorted()).toEqual(['0,1', '2,3']);
  const admin = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic: 'orders', count: 6 }] });
  await admin.disconnect();
  await settled([one, two], 6);
});

test('administrators list, describe, reset and delete groups with Apache commands', async () => {
  await using server = await KafkaServer.start({ config, topics: { orders: { partitions: 2 } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'managed' };
  await produce(place, 0, 10);
  const member = javaMember(newer, place, { protocol: 'consumer' });
  await expect.poll(() => member.read().length, patience).toBe(10);
  await expect
    .poll(() => groupCommand(newer, place, ['--describe', '--group', 'managed']), patience)
    .toMatch(/orders\s+0\s+5\s+5\s+0/);
  await member.leave();
  expect(await groupCommand(newer, place, ['--list', '--state'])).toMatch(/managed\s+.*Empty/);
  const reset = ['--reset-offsets', '--group', 'managed', '--topic', 'orders', '--to-earliest'];
  expect(await groupCommand(newer, place, [...reset, '--execute'])).toMatch(/orders\s+0\s+0/);
  expect(await groupCommand(newer, place, ['--describe', '--group', 'managed'])).toMatch(
    /orders\s+0\s+0\s+5\s+5/,
  );
  const offsets = ['--delete-offsets', '--group', 'managed', '--topic', 'orders:1'];
  expect(await groupCommand(newer, place, offsets)).toMatch(/orders\s+1\s+Successful/);
  const deleted = await groupCommand(newer, place, ['--delete', '--group', 'managed']);
  expect(deleted).toContain('Deletion of requested consumer groups');
  expect(await groupCommand(newer, place, ['--list'])).not.toContain('managed');
});
