import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { run, runWell } from './programs.ts';

const numbers = Array.from({ length: 500 }, (_, at) => String(at));

test('kcat lists, produces with every codec, consumes and joins a group', async () => {
  await using server = await KafkaServer.start({ topics: { k: { partitions: 2 } } });
  const at = ['-b', server.bootstrap];
  expect(await runWell('kcat', [...at, '-L'])).toContain('topic "k" with 2 partitions');
  const input = `${numbers.join('\n')}\n`;
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    await runWell('kcat', [...at, '-P', '-t', codec, '-z', codec, '-X', 'acks=all'], { input });
    const read = await runWell('kcat', [...at, '-C', '-t', codec, '-e', '-q', '-o', 'beginning']);
    expect(read.trim().split('\n'), codec).toEqual(numbers);
  }
  const keyed = ['-X', 'enable.idempotence=true', '-K', ':'];
  await runWell('kcat', [...at, '-P', '-t', 'k', ...keyed], { input: 'a:1\nb:2\nc:3\n' });
  const joined = await run('kcat', [
    ...at,
    '-e',
    '-q',
    '-X',
    'auto.offset.reset=earliest',
    '-G',
    'g',
    'k',
  ]);
  expect(joined.stdout.trim().split('\n').toSorted()).toEqual(['1', '2', '3']);
});

test('kcat finds offsets by time and reads backwards from the end', async () => {
  await using server = await KafkaServer.start({ topics: { k: {} } });
  const at = ['-b', server.bootstrap];
  await runWell('kcat', [...at, '-P', '-t', 'k'], { input: `${numbers.join('\n')}\n` });
  const last = await runWell('kcat', [...at, '-C', '-t', 'k', '-e', '-q', '-o', '-3']);
  expect(last.trim().split('\n')).toEqual(['497', '498', '499']);
  const found = await runWell('kcat', [...at, '-Q', '-t', 'k:0:1000']);
  expect(found).toMatch(/k \[0\] offset 0/);
});

test('kcat logs in with PLAIN and both kinds of SCRAM, and is refused with a wrong password', async () => {
  await using server = await KafkaServer.start({ sasl: { users: { ada: 'secret' } } });
  const login = (mechanism: string, password: string): string[] => [
    '-b',
    server.bootstrap,
    '-X',
    'security.protocol=SASL_PLAINTEXT',
    '-X',
    `sasl.mechanisms=${mechanism}`,
    '-X',
    'sasl.username=ada',
    '-X',
    `sasl.password=${password}`,
  ];
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    const listed = await runWell('kcat', [...login(mechanism, 'secret'), '-L']);
    expect(listed, mechanism).toContain('1 brokers');
    const refused = await run('kcat', [...login(mechanism, 'wrong'), '-L', '-m', '3']);
    expect(refused.code, mechanism).not.toBe(0);
    expect(refused.stderr, mechanism).toMatch(/[Aa]uthentication/);
  }
});
