/**
 * All clients are read into one buffer: what a connection keeps of it beyond the moment has to be
 * its own, whatever comes next and from whom.
 */
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  batchesOf,
  encodeBatch,
  KafkaConnection,
  KafkaServer,
} from '../../../../../src/roles/broker/index.ts';
import { connectTcp, listenTcp, type Listener } from '../../../../../src/roles/transport/index.ts';

const noUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

let server: KafkaServer;
beforeEach(async () => {
  server = await KafkaServer.start({ topics: { t: { partitions: 2 } } });
});
afterEach(() => server.close());

function connect(): Promise<KafkaConnection> {
  return KafkaConnection.open({ host: server.host, port: server.port });
}

async function produce(connection: KafkaConnection, value: string, index: number): Promise<void> {
  const records = encodeBatch([{ value }], 0, 0).bytes;
  const topics = [{ name: 't', partitions: [{ index, records }] }];
  const request = { transactionalId: null, acks: -1, timeoutMs: 1000, topics };
  const answer = await connection.request('produce', request, { version: 9 });
  expect(answer.topics[0]!.partitions[0]).toMatchObject({ error: 0, message: null });
}

/** The values from `offset` on; waits for one if there is none. */
async function fetch(connection: KafkaConnection, index: number, from = 0): Promise<string[]> {
  const partition = {
    index,
    currentLeaderEpoch: -1,
    fetchOffset: from,
    lastFetchedEpoch: -1,
    logStart: -1,
    partitionMaxBytes: 64 << 20,
    replicaDirId: noUuid,
  };
  const answer = await connection.request(
    'fetch',
    {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: 10_000,
      minBytes: 1,
      maxBytes: 64 << 20,
      isolation: 0,
      fetchId: 0,
      fetchEpoch: -1,
      topics: [{ name: 't', topicId: noUuid, partitions: [partition] }],
      forgotten: [],
      rackId: '',
    },
    { version: 12 },
  );
  const values: string[] = [];
  for (const cursor of batchesOf(answer.topics[0]!.partitions[0]!.records as Uint8Array)) {
    while (cursor.next()) values.push(new TextDecoder().decode(cursor.record().value));
  }
  return values;
}

test('requests that wait behind another are what they were when their turn comes', async () => {
  await using waiting = await connect();
  await using other = await connect();
  const parked = fetch(waiting, 0);
  const behind = Array.from({ length: 40 }, (_, at) =>
    produce(waiting, `${at}`.repeat(1 + at * 97), 1),
  );
  // Read into the same place while those wait: of another client, and ending the wait.
  for (let at = 0; at < 20; at++) await produce(other, 'x'.repeat(at * 3001), 0);
  expect((await parked).length).toBeGreaterThan(0);
  await Promise.all(behind);
  const stored = await fetch(other, 1);
  expect(stored).toEqual(Array.from({ length: 40 }, (_, at) => `${at}`.repeat(1 + at * 97)));
});

test('this Node reads all accepted sockets into one buffer', async () => {
  const seen = new Set<ArrayBufferLike>();
  const texts: string[] = [];
  let done = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (done = resolve));
  const listener: Listener = await listenTcp({ host: '127.0.0.1', port: 0 }, ({ onBytes }) =>
    onBytes((chunk) => {
      seen.add(chunk.buffer);
      texts.push(new TextDecoder().decode(chunk));
      if (texts.length === 3) done();
    }),
  );
  const peers = await Promise.all(
    ['a', 'b', 'c'].map(async (text) => {
      const peer = await connectTcp({ host: '127.0.0.1', port: listener.port });
      peer.stream.write(text);
      return peer;
    }),
  );
  await arrived;
  expect(texts.toSorted()).toEqual(['a', 'b', 'c']);
  expect(seen.size).toBe(1);
  for (const { stream } of peers) {
    stream.end();
    stream.resume();
    await once(stream, 'close');
  }
  await listener.close();
});
