import { expect, test } from 'vitest';
import { KafkaServer, type ApiTypes } from '../../../../../src/roles/broker/index.ts';
import { batchOf, connectTo, produceTo, values } from '../../../../helpers/kafka-calls.ts';

test('partitions are told in pages, producers with their sequence, elections as not needed', async () => {
  const topics = { t: { partitions: 3 }, u: { partitions: 2 } };
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const seen: string[] = [];
  for (let cursor: { topic: string; index: number } | null = null; ;) {
    const asked: ApiTypes['describeTopicPartitions']['request'] = { topics: [], limit: 2, cursor };
    const page: ApiTypes['describeTopicPartitions']['response'] = await connection.request(
      'describeTopicPartitions',
      asked,
    );
    const told = page.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ index }) => `${name}-${index}`),
    );
    expect(told.length).toBeLessThanOrEqual(2);
    seen.push(...told);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  expect(seen).toEqual(['t-0', 't-1', 't-2', 'u-0', 'u-1']);
  await produceTo(connection, batchOf(values('a', 'b'), { producerId: 7, epoch: 0, sequence: 0 }));
  const producers = await connection.request('describeProducers', {
    topics: [{ name: 't', partitions: [0, 9] }],
  });
  expect(producers.topics[0]!.partitions).toMatchObject([
    { error: 0, producers: [{ producerId: 7, epoch: 0, lastSequence: 1, txnStart: -1 }] },
    { error: 3, producers: [] },
  ]);
  const elected = await connection.request('electLeaders', {
    type: 0,
    topics: [{ name: 't', partitions: [0, 9] }],
    timeoutMs: 1000,
  });
  expect(elected.results[0]!.partitions.map(({ error }) => error)).toEqual([84, 3]);
});
