/** One broker behind several doors. */
import { expect, test } from 'vitest';
import { KafkaConnection, KafkaServer } from '../../../../../src/roles/broker/index.ts';
import { authority, serverCertificate, serverKey } from '../../../../helpers/certificates.ts';
import {
  batchOf,
  connectTo,
  fetchFrom,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';

const tls = { key: serverKey, cert: serverCertificate };
const host = '127.0.0.1';

const everything = {
  topics: null,
  allowAutoCreate: false,
  includeClusterOps: false,
  includeTopicOps: false,
};

async function toldPort(connection: KafkaConnection): Promise<number> {
  return (await connection.request('metadata', everything)).brokers[0]!.port;
}

test('each listener has its own TLS and logins, and tells its clients its own port', async () => {
  await using server = await KafkaServer.start({
    topics: { t: {} },
    login: false,
    sasl: { users: { ada: 'b' } },
    listeners: [{ tls }, { advertised: { host: 'outside', port: 7 }, login: false }],
  });
  const [plainPort, securePort, outsidePort] = server.ports;
  await using plain = await connectTo(server);
  const secure = { host, port: securePort!, tls: { ca: authority } };
  await using stranger = await KafkaConnection.open(secure);
  await expect(produceTo(stranger, batchOf(values('a')))).rejects.toThrow(/closed/);
  await using ada = await KafkaConnection.open({ ...secure, user: 'ada', password: 'b' });
  expect((await produceTo(ada, batchOf(values('a')))).error).toBe(0);
  const read = (await fetchFrom(plain)).topics[0]!.partitions[0]!;
  expect(read).toMatchObject({ error: 0, highWatermark: 1 });
  await using outside = await KafkaConnection.open({ host, port: outsidePort! });
  expect([await toldPort(plain), await toldPort(ada), await toldPort(outside)]).toEqual([
    plainPort,
    securePort,
    7,
  ]);
});

test('a listener without logins refuses to begin one', async () => {
  const sasl = { users: { ada: 'b' } };
  await using server = await KafkaServer.start({ login: false, sasl });
  await expect(connectTo(server, { user: 'ada', password: 'b' })).rejects.toThrow();
});

test('when one listener cannot be opened, none is', async () => {
  await using other = await KafkaServer.start();
  await using free = await KafkaServer.start();
  const port = free.port;
  await free.close();
  const listeners = [{ port: other.port }];
  await expect(KafkaServer.start({ port, listeners })).rejects.toThrow(/another program/);
  await using again = await KafkaServer.start({ port });
  expect(again.port).toBe(port);
});
