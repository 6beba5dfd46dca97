/** The coordinators over real logs: compaction, restart, damage of single records. */
import { expect, test } from 'vitest';
import { join } from 'node:path';
import { PartitionLog } from '../../../../../src/log/index.ts';
import { KafkaServer } from '../../../../../src/roles/broker/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { Kafka, logLevel, type Admin } from 'kafkajs';

const config = { 'offsets.topic.num.partitions': 1, 'transaction.state.log.num.partitions': 1 };

interface Client {
  readonly admin: Admin;
  /** In a transaction: kafkajs' own way of setting offsets waits for a long poll. */
  readonly set: (groupId: string, offset: number) => Promise<void>;
}

async function withClient(
  options: Parameters<typeof KafkaServer.start>[0],
  work: (client: Client) => Promise<void>,
): Promise<void> {
  await using server = await KafkaServer.start(options);
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ transactionalId: 'setter', maxInFlightRequests: 1 });
  await Promise.all([admin.connect(), producer.connect()]);
  const set = async (consumerGroupId: string, offset: number): Promise<void> => {
    const transaction = await producer.transaction();
    const partitions = [{ partition: 0, offset: String(offset) }];
    await transaction.sendOffsets({ consumerGroupId, topics: [{ topic: 'orders', partitions }] });
    await transaction.commit();
  };
  try {
    await work({ admin, set });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

const get = async (admin: Admin, groupId: string): Promise<string | undefined> => {
  const [topic] = await admin.fetchOffsets({ groupId, topics: ['orders'] });
  return topic?.partitions[0]?.offset;
};

test('KF-18 offsets survive a compaction of their log and a restart, deleted groups stay away', async () => {
  const dir = temporaryFolder();
  await withClient({ dir, config, topics: { orders: {} } }, async ({ admin, set }) => {
    for (let offset = 1; offset <= 20; offset++) await set('kept', offset);
    await set('gone', 5);
    await admin.deleteGroups(['gone']);
  });
  const log = await PartitionLog.open({
    dir: join(dir, '__consumer_offsets-0'),
    config: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0 },
  });
  await log.roll();
  const before = log.sizeBytes;
  await log.compact();
  expect(log.sizeBytes).toBeLessThan(before / 2);
  await log.close();
  await withClient({ dir, config }, async ({ admin }) => {
    await expect.poll(() => get(admin, 'kept'), { timeout: 5000, interval: 20 }).toBe('20');
    const { groups } = await admin.listGroups();
    expect(groups.map(({ groupId }) => groupId)).toEqual(['kept']);
  });
});

test('a record that does not parse is told and passed over, the others are loaded', async () => {
  const dir = temporaryFolder();
  await withClient({ dir, config, topics: { orders: {} } }, async ({ set }) => {
    await set('kept', 7);
  });
  const log = await PartitionLog.open({ dir: join(dir, '__consumer_offsets-0') });
  await log.append([{ key: new Uint8Array([0, 1, 0, 99]), value: new Uint8Array([1]) }]);
  await log.append([{ key: new Uint8Array([0, 77]), value: new Uint8Array([1]) }]);
  await log.close();
  const told: string[] = [];
  const logger = { log: (level: string, message: string) => void told.push(`${level} ${message}`) };
  await withClient({ dir, config, env: { logger } }, async ({ admin }) => {
    await expect.poll(() => get(admin, 'kept'), { timeout: 5000, interval: 20 }).toBe('7');
  });
  expect(told).toContain('error a record of a coordinator is malformed');
});
