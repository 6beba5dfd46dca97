import { expect, test } from 'vitest';
import { KafkaServer, type KafkaServerOptions } from '../../../../../src/roles/broker/index.ts';
import { KafkaConnection } from '../../../../../src/roles/broker/client/kafka-connection.ts';
import { Seeded, seedFor } from '../../../../helpers/seeded.ts';
import { RawSocket } from '../../../../helpers/raw-socket.ts';

const seed = seedFor('frames of the Kafka protocol');

function start(options: KafkaServerOptions = {}): Promise<KafkaServer> {
  return KafkaServer.start({ topics: { t: {} }, ...options });
}

function frame(...bytes: number[]): Uint8Array {
  const all = new Uint8Array(4 + bytes.length);
  new DataView(all.buffer).setInt32(0, bytes.length);
  all.set(bytes, 4);
  return all;
}

async function stillServes(server: KafkaServer): Promise<void> {
  await using connection = await KafkaConnection.open({ host: server.host, port: server.port });
  const answer = await connection.request('describeCluster', {
    includeOps: false,
    endpointType: 1,
  });
  expect(answer.brokers).toHaveLength(1);
}

const notHeaders: [string, Uint8Array][] = [
  ['a negative length', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ['a length beyond the limit', Uint8Array.of(0x7f, 0xff, 0xff, 0xff)],
  ['an empty frame', Uint8Array.of(0, 0, 0, 0)],
  ['a frame of one byte', frame(1)],
  ['an unknown api', frame(0x7f, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff)],
  ['a version of Produce that is not served', frame(0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff)],
  ['a client id longer than its frame', frame(0, 3, 0, 0, 0, 0, 0, 1, 0x7f, 0xff)],
  ['Metadata without a body', frame(0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff)],
  ['HTTP', new TextEncoder().encode('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a TLS hello', Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03)],
];

test.each(notHeaders)('%s closes the connection, and others are served', async (_what, bytes) => {
  await using server = await start();
  await using socket = await RawSocket.open(server);
  socket.write(bytes);
  await socket.closed();
  expect(socket.received.length).toBe(0);
  await stillServes(server);
});

test('ApiVersions above ours is answered in version 0 with error 35', async () => {
  await using server = await start();
  await using socket = await RawSocket.open(server);
  socket.write(frame(0, 18, 0, 99, 0, 0, 0, 42, 0xff, 0xff, 1, 2, 3));
  const answer = await socket.frame();
  const view = new DataView(answer.buffer, answer.byteOffset);
  expect(view.getInt32(0)).toBe(42);
  expect(view.getInt16(4)).toBe(35);
  expect(view.getInt32(6)).toBeGreaterThan(20);
});

test('requests sent at once are answered in their order, also behind a fetch that waits', async () => {
  await using server = await start();
  await using connection = await KafkaConnection.open({ host: server.host, port: server.port });
  const order: string[] = [];
  const fetch = connection
    .request(
      'fetch',
      {
        clusterId: null,
        replicaId: -1,
        replicaState: { replicaId: -1, replicaEpoch: -1 },
        maxWaitMs: 50,
        minBytes: 1,
        maxBytes: 1000,
        isolation: 0,
        fetchId: 0,
        fetchEpoch: -1,
        topics: [
          {
            name: 't',
            topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
            partitions: [
              {
                index: 0,
                currentLeaderEpoch: -1,
                fetchOffset: 0,
                lastFetchedEpoch: -1,
                logStart: -1,
                partitionMaxBytes: 1000,
                replicaDirId: 'AAAAAAAAAAAAAAAAAAAAAA',
              },
            ],
          },
        ],
        forgotten: [],
        rackId: '',
      },
      { version: 12 },
    )
    .then(() => order.push('fetch'));
  const others = Array.from({ length: 50 }, (_, at) =>
    connection
      .request('describeCluster', { includeOps: false, endpointType: 1 })
      .then(() => order.push(String(at))),
  );
  await Promise.all([fetch, ...others]);
  expect(order).toEqual(['fetch', ...others.keys()].map(String));
});

test('bytes that come one at a time make the same requests', async () => {
  await using server = await start();
  await using socket = await RawSocket.open(server);
  for (const byte of frame(0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff)) {
    socket.write(Uint8Array.of(byte));
    await socket.turn();
  }
  const answer = await socket.frame();
  expect(new DataView(answer.buffer, answer.byteOffset).getInt32(0)).toBe(7);
});

test('random frames end their connections or are answered, and the broker goes on', async () => {
  await using server = await start();
  const random = new Seeded(seed);
  for (let round = 0; round < 60; round++) {
    await using socket = await RawSocket.open(server);
    const body = random.bytes(random.between(1, 60));
    if (random.chance(0.7)) {
      body[0] = 0;
      body[1] = random.between(0, 75);
      body[2] = 0;
      body[3] = random.between(0, 12);
    }
    socket.write(frame(...body));
    socket.end();
    await socket.closed();
  }
  await stillServes(server);
}, 30_000);

test('connections over the limit are refused, those within are served', async () => {
  await using server = await start({ config: { 'max.connections': 2 } });
  await using first = await KafkaConnection.open({ host: server.host, port: server.port });
  await using second = await KafkaConnection.open({ host: server.host, port: server.port });
  await expect(KafkaConnection.open({ host: server.host, port: server.port })).rejects.toThrow();
  await second.request('describeCluster', { includeOps: false, endpointType: 1 });
  await first.close();
});

/** Each takes two descriptors here; VARVE_CONNECTIONS asks for more, or fewer. */
const connections = Number(process.env['VARVE_CONNECTIONS'] ?? 300);

test(
  'many connections are held at once, each is served, and none is left behind',
  { timeout: 20_000 + connections * 20 },
  async () => {
    await using server = await start();
    const { host, port } = server;
    const gauge = () => Number(/varve_kafka_connections (\d+)/.exec(server.metrics())![1]);
    const open: KafkaConnection[] = [];
    // A backlog is not endless: they come in groups, and stay.
    while (open.length < connections) {
      const group = Math.min(200, connections - open.length);
      const more = Array.from({ length: group }, () => KafkaConnection.open({ host, port }));
      open.push(...(await Promise.all(more)));
    }
    expect(gauge()).toBe(connections);
    const request = { includeOps: false, endpointType: 1 };
    await Promise.all(open.map((one) => one.request('describeCluster', request)));
    await Promise.all(open.map((one) => one.close()));
    await expect.poll(gauge).toBe(0);
  },
);
