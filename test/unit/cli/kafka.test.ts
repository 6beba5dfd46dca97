import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { varve } from './cli-world.ts';

async function told(server: KafkaServer, args: readonly string[], input = ''): Promise<string> {
  const done = await varve(['kafka', ...args, '--broker', server.bootstrap], { stdin: [input] });
  expect({ code: done.code, err: done.err }, args.join(' ')).toEqual({ code: 0, err: '' });
  return done.out;
}

test('topics are made, listed, described and deleted', async () => {
  await using server = await KafkaServer.start();
  const config = ['--config', 'cleanup.policy=compact,retention.ms=5'];
  const made = await told(server, ['topics', 'create', 'a', '--partitions', '3', ...config]);
  expect(made).toBe('a made with partitions: 3\n');
  expect(JSON.parse(await told(server, ['topics', 'list', '--json']))).toMatchObject([
    { name: 'a', partitions: 3 },
  ]);
  expect(await told(server, ['topics', 'describe', 'a'])).toMatch(/cleanup.policy +compact +topic/);
  expect(await told(server, ['topics', 'delete', 'a'])).toBe('deleted: a\n');
  const gone = await varve(['kafka', 'topics', 'delete', 'a', '-b', server.bootstrap]);
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('UNKNOWN_TOPIC_OR_PARTITION [KAFKA_REFUSED]');
});

test('a topic is given partitions and settings, and a setting is taken back', async () => {
  await using server = await KafkaServer.start({ topics: { a: { partitions: 1 } } });
  const config = ['--config', 'retention.ms=5,cleanup.policy=compact'];
  expect(await told(server, ['topics', 'alter', 'a', '-p', '3', ...config])).toBe('altered: a\n');
  await told(server, ['topics', 'alter', 'a', '--unset', 'cleanup.policy']);
  const described = await told(server, ['topics', 'describe', 'a']);
  expect(described).toMatch(/retention.ms +5 +topic/);
  expect(described).not.toMatch(/cleanup.policy +compact/);
  expect(await told(server, ['topics', 'list'])).toMatch(/^a +3 /m);
  const fewer = await varve(['kafka', 'topics', 'alter', 'a', '-p', '2', '-b', server.bootstrap]);
  expect({ code: fewer.code, err: fewer.err }).toMatchObject({ code: 1 });
  expect(fewer.err).toContain('KAFKA_REFUSED');
  expect((await varve(['kafka', 'topics', 'alter', 'a'])).code).toBe(2);
});

test('lines go in and come out, keys where other clients put them', async () => {
  await using server = await KafkaServer.start({ topics: { t: { partitions: 3 } } });
  const sent = await told(server, ['produce', 't', '--key-separator', ':'], 'user-1:x\nhello:y\n');
  expect(sent).toBe('2 records sent to t\n');
  expect(await told(server, ['consume', 't', '-p', '2', '--keys'])).toBe('user-1\tx\n');
  expect(await told(server, ['consume', 't', '-p', '0'])).toBe('y\n');
  const offsets = JSON.parse(await told(server, ['offsets', 't', '--json'])) as { end: number }[];
  expect(offsets.map(({ end }) => end)).toEqual([1, 0, 1]);
});

test('consume shows what is committed, and with --uncommitted everything', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  const kafka = new Kafka({ brokers: [server.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1 });
  await producer.connect();
  for (const value of ['kept', 'dropped', 'kept, too']) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 't', messages: [{ value }] });
    if (value === 'dropped') await transaction.abort();
    else await transaction.commit();
  }
  const open = await producer.transaction();
  await open.send({ topic: 't', messages: [{ value: 'open' }] });
  expect(await told(server, ['consume', 't'])).toBe('kept\nkept, too\n');
  const all = await told(server, ['consume', 't', '--uncommitted']);
  expect(all).toBe('kept\ndropped\nkept, too\nopen\n');
  await open.abort();
  await producer.disconnect();
});

test('a group is set back and described', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await told(server, ['produce', 't'], 'a\nb\nc\n');
  await told(server, ['groups', 'reset', 'g', 't', '--to', '1']);
  const described = JSON.parse(
    await told(server, ['groups', 'describe', 'g', '--json']),
  ) as unknown;
  expect(described).toEqual([{ topic: 't', partition: 0, offset: 1, end: 3, lag: 2 }]);
  expect(await told(server, ['groups', 'list'])).toContain('g ');
  expect(await told(server, ['groups', 'delete', 'g'])).toBe('deleted: g\n');
});

test('a broker that is not there, and a wrong place, are said plainly', async () => {
  const none = await varve(['kafka', 'topics', 'list', '-b', '127.0.0.1:1']);
  expect(none.code).toBe(1);
  expect(none.err).toContain('no connection to 127.0.0.1:1');
  const wrong = await varve(['kafka', 'topics', 'list', '-b', 'nowhere']);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("--broker: expected HOST:PORT, got 'nowhere'");
});

test('serve listens as told: kinds, addresses, and what each needs', async () => {
  const stop = new AbortController();
  const listeners = 'PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:0';
  const args = ['kafka', 'serve', '--listeners', listeners, '--users', 'ada:b', '--json'];
  let looked: Promise<unknown> = Promise.resolve();
  const serving = varve(args, {
    signal: stop.signal,
    onWrite: (text) => {
      if (!text.includes('"serving"')) return;
      const { ports } = JSON.parse(text) as { readonly ports: readonly [number, number] };
      const list = (...more: string[]) => varve(['kafka', 'topics', 'list', ...more]);
      looked = Promise.all([
        list('-b', `127.0.0.1:${ports[0]}`),
        list('-b', `127.0.0.1:${ports[1]}`),
        list('-b', `127.0.0.1:${ports[1]}`, '--user', 'ada', '--password', 'b'),
      ]).finally(() => stop.abort());
    },
  });
  expect((await serving).code).toBe(0);
  expect(await looked).toMatchObject([{ code: 0 }, { code: 1 }, { code: 0 }]);
  const wrong = ['SSL://127.0.0.1:1', 'SASL_SSL://h:1', 'HTTP://h:1', 'PLAINTEXT://h'];
  for (const text of wrong) {
    expect((await varve(['kafka', 'serve', '--listeners', text])).code, text).toBe(2);
  }
});

test('serve says where it serves, stops when told to, and gives numbers meanwhile', async () => {
  const stop = new AbortController();
  let looked: Promise<void> = Promise.resolve();
  const serving = varve(['kafka', 'serve', '--port', '0', '--metrics-port', '0', '--json'], {
    signal: stop.signal,
    onWrite: (text) => {
      if (text.includes('"serving"')) looked = look(text).finally(() => stop.abort());
    },
  });
  const { code, out } = await serving;
  await looked;
  expect(code).toBe(0);
  expect(out.trim().split('\n').at(-1)).toBe('{"event":"stopped"}');
});

async function look(line: string): Promise<void> {
  const said = JSON.parse(line) as { readonly bootstrap: string; readonly metricsPort: number };
  const listed = await varve(['kafka', 'topics', 'list', '-b', said.bootstrap]);
  expect(listed.code).toBe(0);
  const page = await fetch(`http://127.0.0.1:${said.metricsPort}/metrics`);
  expect(await page.text()).toContain('varve_kafka_requests_total{api="Metadata"} 1');
  expect((await fetch(`http://127.0.0.1:${said.metricsPort}/`)).status).toBe(404);
}
