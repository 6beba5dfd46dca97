import { expect, test } from 'vitest';
import { batchesOf, KafkaServer, type ApiTypes } from '../../../../../src/roles/broker/index.ts';
import {
  batchOf,
  connectTo,
  fetchFrom,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';

const start = (): Promise<KafkaServer> => KafkaServer.start({ topics: { t: { partitions: 3 } } });

type Answer = ApiTypes['fetch']['response'];

function texts(answer: Answer): string[] {
  return answer.topics.flatMap(({ partitions }) =>
    partitions.flatMap(({ records }) =>
      [...batchesOf(records as Uint8Array)].flatMap((cursor) => {
        const found: string[] = [];
        while (cursor.next()) found.push(Buffer.from(cursor.record().value!).toString());
        return found;
      }),
    ),
  );
}

const only = (answer: Answer) => answer.topics[0]!.partitions[0]!;

test('KF-57 a consumer sees what lies below the high watermark, and a fetch beyond the end fails', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  await produceTo(connection, batchOf(values('a', 'b')));
  await produceTo(connection, batchOf(values('c')));
  const all = await fetchFrom(connection);
  expect(texts(all)).toEqual(['a', 'b', 'c']);
  expect(only(all)).toMatchObject({
    error: 0,
    highWatermark: 3,
    lastStable: 3,
    logStart: 0,
    aborted: null,
  });
  expect(texts(await fetchFrom(connection, { offset: 1 }))).toEqual(['a', 'b', 'c']);
  expect(texts(await fetchFrom(connection, { offset: 2 }))).toEqual(['c']);
  expect(only(await fetchFrom(connection, { offset: 3 }))).toMatchObject({
    error: 0,
    highWatermark: 3,
  });
  expect(only(await fetchFrom(connection, { offset: 4 }))).toMatchObject({
    error: 1,
    highWatermark: -1,
  });
  expect(only(await fetchFrom(connection, { topic: 'none' }))).toMatchObject({ error: 3 });
});

test('KF-88 limits: the first batch may pass them, later partitions may not', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  for (const index of [0, 1])
    await produceTo(connection, batchOf(values('x'.repeat(500))), { index });
  const partitions = [0, 1];
  expect(
    texts(await fetchFrom(connection, { partitions, partitionMaxBytes: 10, maxBytes: 10 })),
  ).toHaveLength(1);
  expect(texts(await fetchFrom(connection, { partitions, maxBytes: 700 }))).toHaveLength(1);
  expect(texts(await fetchFrom(connection, { partitions }))).toHaveLength(2);
});

test('epochs of another leadership are refused, a log that went another way is told', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  await produceTo(connection, batchOf(values('a')));
  expect(only(await fetchFrom(connection, { leaderEpoch: 3 })).error).toBe(75);
  expect(only(await fetchFrom(connection, { leaderEpoch: 0 })).error).toBe(0);
  expect(only(await fetchFrom(connection, { offset: 1, lastFetchedEpoch: 0 })).error).toBe(0);
  expect(only(await fetchFrom(connection, { offset: 1, lastFetchedEpoch: 5 })).error).toBe(1);
});

test('a fetch waits for enough bytes and is woken by them, not by the clock', async () => {
  await using server = await start();
  await using reader = await connectTo(server);
  await using writer = await connectTo(server);
  const batch = batchOf(values('x'.repeat(300)));
  const waiting = fetchFrom(reader, { maxWaitMs: 60_000, minBytes: batch.length + 1 });
  await produceTo(writer, batch);
  await produceTo(writer, batchOf(values('x'.repeat(300))));
  expect(texts(await waiting)).toHaveLength(2);
});

test('a waiting fetch ends when its topic goes, and when the broker stops', async () => {
  await using server = await start();
  await using reader = await connectTo(server);
  await using admin = await connectTo(server);
  const waiting = fetchFrom(reader, { maxWaitMs: 60_000 });
  await admin.request('deleteTopics', {
    topics: [{ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    names: [],
    timeoutMs: 0,
  });
  expect(only(await waiting).error).toBe(3);
  await admin.request('createTopics', {
    topics: [{ name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 0,
    validateOnly: false,
  });
  const stopped = fetchFrom(reader, { maxWaitMs: 60_000 });
  const about = { includeOps: false, endpointType: 1 };
  for (let trip = 0; trip < 5; trip++) await admin.request('describeCluster', about);
  const [answer] = await Promise.all([stopped, server.close()]);
  expect(only(answer).error).toBe(0);
});

test('KF-91 incremental fetches tell news only, forget what is given up, and refuse wrong numbers', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  const first = await fetchFrom(connection, { fetchEpoch: 0, partitions: [0, 1, 2] });
  expect(first.fetchId).toBeGreaterThan(0);
  expect(first.topics[0]!.partitions.map(({ index }) => index)).toEqual([0, 1, 2]);
  const { fetchId } = first;
  const next = (fetchEpoch: number, more: Parameters<typeof fetchFrom>[1] = {}) =>
    fetchFrom(connection, { fetchId, fetchEpoch, partitions: [], ...more });
  expect((await next(1)).topics).toEqual([]);
  await produceTo(connection, batchOf(values('a')), { index: 1 });
  const news = await next(2);
  expect(news.topics[0]!.partitions.map(({ index }) => index)).toEqual([1]);
  expect((await next(9)).error).toBe(71);
  expect((await next(3, { forgotten: [0, 1] })).fetchId).toBe(fetchId);
  await produceTo(connection, batchOf(values('b')), { index: 1 });
  expect((await next(4)).topics).toEqual([]);
  expect((await next(5, { forgotten: [2] })).fetchId).toBe(0);
  expect((await next(6)).error).toBe(70);
});

test('records to delete: the log start moves, a fetch below it fails, offsets by time skip them', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  await produceTo(connection, batchOf(values('a')));
  await produceTo(connection, batchOf(values('b')));
  const remove = (offset: number) =>
    connection.request('deleteRecords', {
      topics: [{ name: 't', partitions: [{ index: 0, offset }] }],
      timeoutMs: 0,
    });
  expect((await remove(9)).topics[0]!.partitions[0]).toMatchObject({ error: 1 });
  expect((await remove(1)).topics[0]!.partitions[0]).toMatchObject({ error: 0, lowWatermark: 1 });
  expect(only(await fetchFrom(connection, { offset: 0 })).error).toBe(1);
  const at = async (timestamp: number) => {
    const partitions = [{ index: 0, currentLeaderEpoch: -1, timestamp }];
    const answer = await connection.request('listOffsets', {
      replicaId: -1,
      isolation: 0,
      topics: [{ name: 't', partitions }],
    });
    return answer.topics[0]!.partitions[0]!.offset;
  };
  expect(await Promise.all([at(-1), at(-2), at(0), at(-3), at(4_000_000_000_000)])).toEqual([
    2, 1, 1, 1, -1,
  ]);
});
