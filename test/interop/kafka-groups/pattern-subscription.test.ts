/** Subscriptions by a pattern that the broker evaluates (KIP-848), by Java 4.3.1. */
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaJars } from '../kafka/jars.ts';
import { JavaProcess } from './java-process.ts';

const config = { 'group.consumer.heartbeat.interval.ms': 200 };
const patience = { timeout: 45_000, interval: 100 };

async function reader(server: KafkaServer, pattern: string): Promise<JavaProcess> {
  const jars = await kafkaJars('4.3.1');
  return JavaProcess.java(jars, 'varve.interop.PatternReader', [server.bootstrap, 'g', pattern]);
}

test('a Java consumer reads the topics that match its pattern, and those that come later', async () => {
  const topics = { 'orders-eu': {}, 'orders-us': {}, clicks: {} };
  await using server = await KafkaServer.start({ config, topics });
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const send = (topic: string) => producer.send({ topic, messages: [{ value: `in ${topic}` }] });
  for (const topic of Object.keys(topics)) await send(topic);
  await using consumer = await reader(server, 'orders-(?:eu|us|a.)');
  await expect
    .poll(() => consumer.lines.toSorted(), patience)
    .toEqual(['orders-eu in orders-eu', 'orders-us in orders-us']);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders-ap' }] });
  await admin.disconnect();
  await send('orders-ap');
  await producer.disconnect();
  await expect.poll(() => consumer.lines, patience).toContain('orders-ap in orders-ap');
  expect(consumer.lines).toHaveLength(3);
});

test('a pattern that RE2 does not know reaches the Java consumer as such', async () => {
  await using server = await KafkaServer.start({ config, topics: { t: {} } });
  await using consumer = await reader(server, '(t)(?=u)');
  await expect
    .poll(() => consumer.lines, patience)
    .toEqual([expect.stringMatching(/^invalid .*unsupported group syntax/)]);
});
