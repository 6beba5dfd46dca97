/**
 * One group, members from four clients: each partition has one owner, each record is read, and
 * members that come, go and die leave the others whole.
 */
import { beforeAll, expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaJars, type KafkaJars } from '../kafka/jars.ts';
import {
  everythingRead,
  javaMember,
  kafkajsMember,
  produce,
  pythonMember,
  settled,
} from './group-members.ts';
import { groupCommand } from './java-process.ts';
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

test('KF-76 kafkajs, Java of two versions and Python share a group through joins, leaves and deaths', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'mixed' };
  const written = await produce(place, 0, 80);
  await using js = await kafkajsMember(place);
  await settled([js], partitions);
  await using java3 = javaMember(older, place);
  await using py = pythonMember(python, place);
  await settled([js, java3, py], partitions);
  await using java4 = javaMember(newer, place);
  await settled([js, java3, py, java4], partitions);
  written.push(...(await produce(place, 100, 80)));
  const everybody = [js, java3, py, java4];
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
  const described = await groupCommand(newer, place, [
    '--describe',
    '--group',
    'mixed',
    '--members',
  ]);
  expect(
    described
      .trim()
      .split('\n')
      .filter((line) => line.includes('mixed')),
  ).toHaveLength(4);
  await java3.kill();
  await settled([js, py, java4], partitions);
  await py.leave();
  await js.leave();
  await settled([java4], partitions);
  written.push(...(await produce(place, 200, 80)));
  await expect.poll(() => everythingRead(everybody).size, patience).toBe(written.length);
  expect(everythingRead(everybody)).toEqual(new Set(written));
});

test('KF-84 cooperative members give up only what they lose', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'cooperative' };
  const assignor = 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor';
  await using one = javaMember(older, place, { assignor });
  await settled([one], partitions);
  await using two = javaMember(newer, place, { assignor });
  await settled([one, two], partitions);
  const kept = one.owned();
  await two.leave();
  await settled([one], partitions);
  expect(one.owned()).toEqual(all);
  expect(kept).toHaveLength(partitions / 2);
});

test('KF-82 a static member that comes back in time gets what it had, without a rebalance', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions } } });
  const place = { bootstrap: server.bootstrap, topic: 'orders', group: 'static' };
  const one = javaMember(older, place, { instanceId: 'a' });
  await using two = javaMember(newer, place, { instanceId: 'b' });
  await settled([one, two], partitions);
  const before = one.owned();
  const generation = async (): Promise<string> => {
    const state = await groupCommand(newer, place, ['--describe', '--group', 'static', '--state']);
    return state;
  };
  expect(await generation()).toMatch(/Stable\s+.*2/);
  await one.kill();
  await using again = javaMember(older, place, { instanceId: 'a' });
  await settled([again, two], partitions);
  expect(again.owned()).toEqual(before);
});
