/** A disk that fails under a broker: clients are told, and nothing acknowledged is lost. */
import { expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { KafkaServer, type KafkaConnection } from '../../../../src/roles/broker/index.ts';
import { batchOf, connectTo, produceTo, values } from '../../../helpers/kafka-calls.ts';

test.each(['ENOSPC', 'EIO'])(
  '%s while a batch is written is answered with an error',
  async (errno) => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    const options = { dir: '/kafka', env: { fs }, topics: { t: {}, other: {} } };
    {
      await using server = await KafkaServer.start(options);
      await using connection = await connectTo(server);
      expect(await produceTo(connection, batchOf(values('a')))).toMatchObject({ baseOffset: 0 });
      fs.addRule({ on: 'write', path: /t-0.*\.log$/, fault: { kind: 'short', errno } });
      const failed = await produceTo(connection, batchOf(values('b')));
      expect(failed.error).not.toBe(0);
      const other = await produceTo(connection, batchOf(values('c')), { topic: 'other' });
      expect(other).toMatchObject({ error: 0, baseOffset: 0 });
    }
    fs.clearRules();
    await using server = await KafkaServer.start(options);
    await using connection = await connectTo(server);
    expect(await produceTo(connection, batchOf(values('d')))).toMatchObject({
      error: 0,
      baseOffset: 1,
    });
  },
);

test('a sync that fails closes the partition for writes, not the broker; synced records stay', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const config = { 'flush.messages': 1 };
  const options = { dir: '/kafka', env: { fs }, topics: { t: { config }, other: {} } };
  {
    await using server = await KafkaServer.start(options);
    await using connection = await connectTo(server);
    expect(await produceTo(connection, batchOf(values('a')))).toMatchObject({ error: 0 });
    fs.addRule({ on: 'sync', path: /t-0.*\.log$/, fault: { kind: 'error', errno: 'EIO' } });
    await produceTo(connection, batchOf(values('b')));
    // What the disk holds is not known any more: nothing is taken until it was looked at.
    await expect
      .poll(async () => (await produceTo(connection, batchOf(values('c')))).error)
      .toBe(kafkaStorageError);
    const other = await produceTo(connection, batchOf(values('d')), { topic: 'other' });
    expect(other).toMatchObject({ error: 0, baseOffset: 0 });
    fs.clearRules();
  }
  await using server = await KafkaServer.start(options);
  await using connection = await connectTo(server);
  const again = await produceTo(connection, batchOf(values('e')));
  expect(again.error).toBe(0);
  expect(again.baseOffset).toBeGreaterThanOrEqual(1);
});

const kafkaStorageError = 56;

test.each(['write', 'sync', 'rename'] as const)(
  'a state file whose %s fails: the change is refused, and is not there after a restart',
  async (on) => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    const options = { dir: '/kafka', env: { fs }, topics: { t: {} } };
    const create = async (connection: KafkaConnection, name: string) => {
      const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
      const request = { topics: [topic], timeoutMs: 1000, validateOnly: false };
      return (await connection.request('createTopics', request)).topics[0]!.error;
    };
    {
      await using server = await KafkaServer.start(options);
      await using connection = await connectTo(server);
      fs.addRule({ on, path: /varve-broker\.json/, fault: { kind: 'error', errno: 'EIO' } });
      expect(await create(connection, 'new')).toBe(kafkaStorageError);
      expect(await produceTo(connection, batchOf(values('a')))).toMatchObject({ error: 0 });
      fs.clearRules();
    }
    await using server = await KafkaServer.start(options);
    expect(server.topics).toEqual(['t']);
    await using connection = await connectTo(server);
    expect(await create(connection, 'new')).toBe(0);
  },
);
