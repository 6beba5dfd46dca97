/** Transactions of KIP-890 against a served broker: no AddPartitionsToTxn, no AddOffsetsToTxn. */
import { expect, test } from 'vitest';
import { KafkaServer, type KafkaConnection } from '../../../../../src/roles/broker/index.ts';
import {
  batchOf,
  connectTo,
  fetchFrom,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';

const transactionalId = 'tx';

async function init(connection: KafkaConnection) {
  const request = { transactionalId, timeoutMs: 60_000, producerId: -1, producerEpoch: -1 };
  for (;;) {
    const coordinator = { key: '', keyType: 1, keys: [transactionalId] };
    await connection.request('findCoordinator', coordinator);
    const { error, producerId, producerEpoch } = await connection.request(
      'initProducerId',
      request,
    );
    if (error === 0) return { producerId, epoch: producerEpoch };
    if (error !== 16 && error !== 14) throw new Error(`InitProducerId: ${error}`);
  }
}

interface Producer {
  readonly producerId: number;
  readonly epoch: number;
}

const write = (connection: KafkaConnection, producer: Producer, text: string, version = 12) =>
  produceTo(connection, batchOf(values(text), { ...producer, sequence: 0, transactional: true }), {
    version,
    transactionalId,
  });

async function end(connection: KafkaConnection, { producerId, epoch }: Producer, commit: boolean) {
  const request = { transactionalId, producerId, producerEpoch: epoch, committed: commit };
  const answer = await connection.request('endTxn', request);
  expect(answer.error).toBe(0);
  return { producerId: answer.producerId, epoch: answer.producerEpoch };
}

const describe = async (connection: KafkaConnection) =>
  (await connection.request('describeTransactions', { ids: [transactionalId] })).transactions[0]!;

test('a write enrols its partition, an older version of it does not', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using connection = await connectTo(server);
  const producer = await init(connection);
  expect((await write(connection, producer, 'a', 11)).error).toBe(48);
  expect((await write(connection, producer, 'a')).error).toBe(0);
  expect(await describe(connection)).toMatchObject({ state: 'Ongoing', topics: [{ name: 't' }] });
  const second = await end(connection, producer, true);
  expect(second).toEqual({ ...producer, epoch: producer.epoch + 1 });
  expect((await write(connection, producer, 'late')).error).toBe(47);
  expect((await write(connection, second, 'b')).error).toBe(0);
  const third = await end(connection, second, false);
  expect(third.epoch).toBe(second.epoch + 1);
  const read = (await fetchFrom(connection, { offset: 2, isolation: 1 })).topics[0]!.partitions[0]!;
  expect(read).toMatchObject({ lastStable: 4, aborted: [{ firstOffset: 2 }] });
});

test('committed offsets enrol the partition of their group', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using connection = await connectTo(server);
  await connection.request('findCoordinator', { key: '', keyType: 0, keys: ['g'] });
  const { producerId, epoch } = await init(connection);
  const commit = async (version: number) => {
    const partitions = [{ index: 0, offset: 7, leaderEpoch: -1, metadata: 'm' }];
    const request = {
      transactionalId,
      groupId: 'g',
      producerId,
      producerEpoch: epoch,
      generation: -1,
      memberId: '',
      instanceId: null,
      topics: [{ name: 't', partitions }],
    };
    const answer = await connection.request('txnOffsetCommit', request, { version });
    return answer.topics[0]!.partitions[0]!.error;
  };
  expect(await commit(4)).toBe(48);
  expect(await commit(5)).toBe(0);
  await end(connection, { producerId, epoch }, true);
  const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }];
  const fetched = await connection.request('offsetFetch', {
    groupId: '',
    topics: [],
    groups,
    requireStable: true,
  });
  expect(fetched.groups[0]!.topics[0]!.partitions[0]).toMatchObject({ offset: 7, metadata: 'm' });
});

test('brokers add and verify partitions of several transactions at once', async () => {
  await using server = await KafkaServer.start({ topics: { t: { partitions: 2 } } });
  await using connection = await connectTo(server);
  const { producerId, epoch } = await init(connection);
  const ask = async (index: number, verifyOnly: boolean, id = transactionalId) => {
    const topics = [{ name: 't', partitions: [index] }];
    const one = { transactionalId: id, producerId, producerEpoch: epoch, verifyOnly, topics };
    const old = { transactionalId: '', producerId: 0, producerEpoch: 0, topics: [] };
    const answer = await connection.request('addPartitionsToTxn', { transactions: [one], ...old });
    return answer.results[0]!.topics[0]!.partitions[0]!.error;
  };
  expect(await ask(0, true)).toBe(48);
  expect(await ask(0, false)).toBe(0);
  expect(await ask(0, true)).toBe(0);
  expect(await ask(1, true)).toBe(48);
  expect(await ask(9, false)).toBe(3);
  expect(await ask(0, true, 'other')).toBe(49);
});

test('the features of groups and transactions are told, to clients that know level 0', async () => {
  await using server = await KafkaServer.start();
  await using connection = await connectTo(server);
  const ask = (version: number) => {
    const request = { clientName: 'test', clientVersion: '1' };
    return connection.request('apiVersions', request, { version });
  };
  expect(await ask(4)).toMatchObject({
    supportedFeatures: [
      { name: 'group.version', min: 0, max: 1 },
      { name: 'transaction.version', min: 0, max: 2 },
    ],
    finalizedEpoch: 0,
    finalizedFeatures: [
      { name: 'group.version', maxLevel: 1 },
      { name: 'transaction.version', maxLevel: 2 },
    ],
  });
  expect((await ask(3)).supportedFeatures).toEqual([]);
});
