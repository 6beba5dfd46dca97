import { describe, expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaVersions } from '../kafka/jars.ts';
import { kafkaTool } from './programs.ts';

const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${at}`);

describe.each(kafkaVersions)("commands of Apache Kafka %s against varve's broker", (version) => {
  const tool: (
    ...args: Parameters<typeof kafkaTool> extends [unknown, ...infer R] ? R : never
  ) => Promise<string> = (name, args, options) => kafkaTool(version, name, args, options);

  test('topics are made, described, grown, configured and deleted', async () => {
    await using server = await KafkaServer.start();
    const at = ['--bootstrap-server', server.bootstrap];
    const topic = ['--topic', 'orders'];
    const made = await tool('topics', [...at, '--create', ...topic, '--partitions', '3']);
    expect(made).toContain('Created topic orders.');
    await tool('topics', [...at, '--alter', ...topic, '--partitions', '5']);
    const about = ['--entity-type', 'topics', '--entity-name', 'orders'];
    const change = ['--alter', '--add-config', 'retention.ms=1000,cleanup.policy=compact'];
    expect(await tool('configs', [...at, ...about, ...change])).toContain('Completed updating');
    const described = await tool('topics', [...at, '--describe', ...topic]);
    expect(described).toMatch(/PartitionCount: 5\s+ReplicationFactor: 1/);
    expect(described).toContain('retention.ms=1000');
    const configs = await tool('configs', [...at, ...about, '--describe']);
    expect(configs).toMatch(/cleanup.policy=compact/);
    const again = await tool('topics', [...at, '--create', ...topic]);
    expect(again).toContain('already exists');
    await tool('topics', [...at, '--delete', ...topic]);
    expect(await tool('topics', [...at, '--list'])).not.toContain('orders');
  });

  test('the console producer and consumer, idempotent and in a group', async () => {
    await using server = await KafkaServer.start({ topics: { chat: { partitions: 2 } } });
    const at = ['--bootstrap-server', server.bootstrap];
    const sent = lines(50);
    await tool('produce', [...at, '--topic', 'chat'], { input: `${sent.join('\n')}\n` });
    const group = ['--group', 'readers', '--from-beginning', '--max-messages', '50'];
    const wait = ['--timeout-ms', '30000'];
    const read = await tool('consume', [...at, '--topic', 'chat', ...group, ...wait]);
    expect(read.split('\n').filter((line) => line.startsWith('line '))).toHaveLength(50);
    const described = await tool('groups', [...at, '--describe', '--group', 'readers']);
    expect(described).toMatch(/readers\s+chat/);
    const reset = ['--reset-offsets', '--to-earliest', '--execute', '--all-topics'];
    expect(await tool('groups', [...at, '--group', 'readers', ...reset])).toMatch(/chat\s+\d\s+0/);
    const offsets = await tool('offsets', [...at, '--topic', 'chat']);
    const total = [...offsets.matchAll(/^chat:\d:(\d+)$/gm)].reduce((n, m) => n + Number(m[1]), 0);
    expect(total).toBe(50);
  });

  test('versions, log folders and records to delete are answered', async () => {
    await using server = await KafkaServer.start({ topics: { t: {} } });
    const at = ['--bootstrap-server', server.bootstrap];
    const versions = await tool('versions', at);
    expect(versions).toMatch(/Produce\(0\): 0 to 12/);
    expect(versions).not.toContain('ERROR');
    await tool('produce', [...at, '--topic', 't'], { input: 'a\nb\nc\n' });
    const dirs = await tool('logDirs', [...at, '--describe', '--topic-list', 't']);
    expect(dirs).toContain('"partition":"t-0"');
  });

  test('the verifiable pair: all that was acknowledged is read', async () => {
    await using server = await KafkaServer.start({ topics: { v: { partitions: 3 } } });
    const count = 2000;
    const produced = await tool('produceVerifiably', [
      '--bootstrap-server',
      server.bootstrap,
      '--topic',
      'v',
      '--max-messages',
      String(count),
      '--acks',
      '-1',
    ]);
    const acknowledged = produced.match(/"name":"producer_send_success"/g) ?? [];
    expect(acknowledged).toHaveLength(count);
    const consumed = await tool('consumeVerifiably', [
      '--bootstrap-server',
      server.bootstrap,
      '--topic',
      'v',
      '--group-id',
      'g',
      '--max-messages',
      String(count),
    ]);
    const counts = [...consumed.matchAll(/"name":"records_consumed".*?"count":(\d+)/g)];
    const alternative = [...consumed.matchAll(/"count":(\d+).*?"name":"records_consumed"/g)];
    const total = Math.max(sum(counts), sum(alternative));
    expect(total).toBe(count);
  });

  test('the performance pair ends without an error', async () => {
    await using server = await KafkaServer.start({ topics: { p: { partitions: 2 } } });
    const produced = await tool('producePerf', [
      '--topic',
      'p',
      '--num-records',
      '20000',
      '--record-size',
      '100',
      '--throughput',
      '-1',
      '--producer-props',
      `bootstrap.servers=${server.bootstrap}`,
      'acks=all',
    ]);
    expect(produced).toMatch(/20000 records sent/);
    const consumed = await tool('consumePerf', [
      '--bootstrap-server',
      server.bootstrap,
      '--topic',
      'p',
      ...(version === '3.9.1' ? ['--messages', '20000'] : ['--num-records', '20000']),
    ]);
    expect(consumed).toMatch(/, 2\d{4}, /);
  });
});

function sum(matches: readonly RegExpMatchArray[]): number {
  return matches.reduce((total, match) => total + Number(match[1]), 0);
}
