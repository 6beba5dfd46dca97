import { expect, test } from 'vitest';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { KafkaServer } from '../../../../src/roles/broker/index.ts';

test('kafkajs produces to topics that exist and to one that is made for it', async () => {
  await using server = await KafkaServer.start({ topics: { orders: { partitions: 3 } } });
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const messages = [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ];
  const sent = await producer.send({ topic: 'orders', messages });
  expect(sent.map(({ errorCode }) => errorCode)).toEqual([0, 0]);
  const offsets = await admin.fetchTopicOffsets('orders');
  expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(2);
  await producer.send({ topic: 'made', messages });
  expect(await admin.listTopics()).toEqual(['orders', 'made']);
  await Promise.all([producer.disconnect(), admin.disconnect()]);
});
