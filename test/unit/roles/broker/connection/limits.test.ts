/** Who is cut off, who has to wait, who is let in, with time that a test moves. */
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { KafkaConnection, KafkaServer } from '../../../../../src/roles/broker/index.ts';
import {
  authority,
  clientCertificate,
  clientKey,
  serverCertificate,
  serverKey,
  strangerCertificate,
  strangerKey,
} from '../../../../helpers/certificates.ts';
import {
  batchOf,
  connectTo,
  fetchRequest,
  plainFrame,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';
import { manualEnv } from '../../../../helpers/manual-env.ts';
import { RawSocket } from '../../../../helpers/raw-socket.ts';

const clusterRequest = { includeOps: false, endpointType: 1 };

test('a connection at rest is closed after connections.max.idle.ms, a busy one is not', async () => {
  const { time, clock, timers } = manualEnv();
  const config = { 'connections.max.idle.ms': 10_000 };
  await using server = await KafkaServer.start({ env: { clock, timers }, config });
  await using idle = await RawSocket.open(server);
  await using busy = await connectTo(server);
  for (let at = 0; at < 12; at++) {
    time.advance(1000);
    await busy.request('describeCluster', clusterRequest);
  }
  await idle.closed();
  await busy.request('describeCluster', clusterRequest);
});

test('a client that leaves a request unfinished is cut off', async () => {
  const { time, clock, timers } = manualEnv();
  const config = { 'varve.slow.client.ms': 5000 };
  await using server = await KafkaServer.start({ env: { clock, timers }, config });
  await using slow = await RawSocket.open(server);
  await using other = await connectTo(server);
  slow.write(Uint8Array.of(0, 0, 1, 0, 0, 3));
  await other.request('describeCluster', clusterRequest);
  for (let at = 0; at < 8; at++) {
    time.advance(1000);
    await other.request('describeCluster', clusterRequest);
  }
  await slow.closed();
});

test('who asks and does not take the answers is not read from, costs little, and is cut off', async () => {
  const { time, clock, timers } = manualEnv();
  const config = {
    'varve.slow.client.ms': 5000,
    'varve.connection.max.queued.bytes': 100_000,
  };
  await using server = await KafkaServer.start({
    env: { clock, timers },
    config,
    topics: { t: {} },
  });
  await using other = await connectTo(server);
  for (let batch = 0; batch < 4; batch++) {
    await produceTo(other, batchOf([{ value: 'x'.repeat(900_000) }]));
  }
  await using stalled = await RawSocket.open(server);
  stalled.pause();
  const requests = 200;
  const ask = plainFrame('fetch', 4, fetchRequest({ partitionMaxBytes: 4 << 20 }));
  stalled.write(Buffer.concat(Array.from({ length: requests }, () => ask)));
  const fetched = () => Number(/fetched_bytes_total (\d+)/.exec(server.metrics())![1]);
  await expect.poll(fetched).toBeGreaterThan(0);
  for (let at = 0; at < 8; at++) {
    time.advance(1000);
    await other.request('describeCluster', clusterRequest);
  }
  // All answers together are 700 MB: what was made ready is one of them and what sockets hold.
  expect(fetched()).toBeLessThan(40 << 20);
  expect(server.metrics()).toMatch(/slow_clients_closed_total 1$/m);
  await other.request('describeCluster', clusterRequest);
});

test('large requests of many clients wait for memory and are all answered', async () => {
  const config = { 'queued.max.request.bytes': 1_000_000 };
  await using server = await KafkaServer.start({ topics: { t: {} }, config });
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectTo(server)));
  const large = batchOf([{ value: 'x'.repeat(700_000) }]);
  const answers = await Promise.all(
    clients.map((client) => produceTo(client, Uint8Array.from(large))),
  );
  expect(answers.map(({ error }) => error)).toEqual(clients.map(() => 0));
  await Promise.all(clients.map((client) => client.close()));
});

test('a login that has expired closes the connection at the next request', async () => {
  const { time, clock, timers } = manualEnv();
  const config = { 'connections.max.reauth.ms': 60_000 };
  const sasl = { users: { ada: 'b' } };
  await using server = await KafkaServer.start({ env: { clock, timers }, config, sasl });
  await using ada = await connectTo(server, { user: 'ada', password: 'b' });
  time.advance(59_000);
  await ada.request('describeCluster', clusterRequest);
  await ada.request('saslHandshake', { mechanism: 'PLAIN' });
  const auth = new TextEncoder().encode('\0ada\0b');
  const renewed = await ada.request('saslAuthenticate', { auth });
  expect(renewed).toMatchObject({ error: 0, sessionLifetimeMs: 60_000 });
  time.advance(59_000);
  await ada.request('describeCluster', clusterRequest);
  time.advance(2000);
  await expect(ada.request('describeCluster', clusterRequest)).rejects.toThrow(/closed/);
});

const tls = { key: serverKey, cert: serverCertificate, ca: authority };

test('TLS serves who knows the authority, and nobody else', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} }, tls });
  const { host, port } = server;
  await using client = await KafkaConnection.open({ host, port, tls: { ca: authority } });
  expect(await produceTo(client, batchOf(values('a')))).toMatchObject({ error: 0, baseOffset: 0 });
  await expect(KafkaConnection.open({ host, port, tls: {} })).rejects.toThrow(/certificate/);
  await using plain = await RawSocket.open(server);
  plain.write(Uint8Array.of(0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff));
  await plain.closed();
});

test('the name in a client certificate is the principal of the rules', async () => {
  const authorization = { superUsers: ['User:CN=ada,OU=tests,O=varve'] };
  await using server = await KafkaServer.start({ tls, authorization });
  const { host, port } = server;
  const ask = async (certificate: object): Promise<number> => {
    const socket: TLSSocket = connectTls({ host, port, ca: authority, ...certificate });
    await once(socket, 'secureConnect');
    // ListGroups, version 0: its error is the first thing in the answer.
    socket.write(Uint8Array.of(0, 0, 0, 10, 0, 16, 0, 0, 0, 0, 0, 7, 0xff, 0xff));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.readInt16BE(8);
  };
  expect(await ask({ key: clientKey, cert: clientCertificate })).toBe(0);
});

test('a listener that requires certificates lets in who has one of its authority, nobody else', async () => {
  const requireClientCertificate = true;
  await using strict = await KafkaServer.start({ tls: { ...tls, requireClientCertificate } });
  const { host, port } = strict;
  await expect(KafkaConnection.open({ host, port, tls: { ca: authority } })).rejects.toThrow();
  const certified = async (certificate: { key: string; cert: string }): Promise<number> => {
    const socket: TLSSocket = connectTls({ host, port, ca: authority, ...certificate });
    // The refusal may come before or after the client takes the handshake for done.
    const answered = new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
    });
    socket.write(Uint8Array.of(0, 0, 0, 10, 0, 16, 0, 0, 0, 0, 0, 7, 0xff, 0xff));
    const answer = await answered;
    socket.destroy();
    return answer.readInt32BE(4);
  };
  expect(await certified({ key: clientKey, cert: clientCertificate })).toBe(7);
  const stranger = { key: strangerKey, cert: strangerCertificate };
  await expect(certified(stranger)).rejects.toThrow();
});
