/**
 * Transactions of KIP-890 by Java 4.3.1: no request adds partitions, every end raises the epoch,
 * and Apache reads what is left of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KafkaConnection, KafkaServer } from '../../../src/roles/broker/index.ts';
import { kafkaJars, type KafkaVersion } from '../kafka/jars.ts';
import { produce } from './group-members.ts';
import { javaCommand, JavaProcess } from './java-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'varve-bumping-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = { 'offsets.topic.num.partitions': 1, 'transaction.state.log.num.partitions': 1 };
const patience = { timeout: 60_000, interval: 100 };
const count = 200;

/** Requests of an API so far. */
function asked(server: KafkaServer, api: string): number {
  const found = new RegExp(`requests_total\\{api="${api}"\\} (\\d+)`).exec(server.metrics());
  return Number(found?.[1] ?? 0);
}

/** One copier of the version, until everything is copied; how the transactional id stands then. */
async function copyAll(version: KafkaVersion, dir: string) {
  const topics = { source: {}, target: {} };
  await using server = await KafkaServer.start({ dir, config, topics });
  const { bootstrap, host, port } = server;
  await produce({ bootstrap, topic: 'source', group: '' }, 0, count);
  const jars = await kafkaJars(version);
  const args = [bootstrap, 'source', 'target', 'copiers', 'copier', 'classic'];
  await using copier = JavaProcess.java(jars, 'varve.interop.ExactlyOnceCopier', args);
  const copied = () =>
    copier.lines
      .filter((line) => line.startsWith('copied'))
      .reduce((sum, line) => sum + Number(line.slice('copied '.length)), 0);
  await expect.poll(copied, patience).toBe(count);
  await using connection = await KafkaConnection.open({ host, port });
  const answer = await connection.request('describeTransactions', { ids: ['copier'] });
  const adds = asked(server, 'AddPartitionsToTxn') + asked(server, 'AddOffsetsToTxn');
  return { ...answer.transactions[0]!, adds, ends: asked(server, 'EndTxn') };
}

test('a Java 3.9.1 producer adds partitions and keeps its epoch, a 4.3.1 one does neither', async () => {
  const older = await copyAll('3.9.1', join(folder, 'older'));
  expect(older).toMatchObject({ state: 'CompleteCommit', producerEpoch: 0 });
  expect(older.adds).toBeGreaterThan(0);
  const newer = await copyAll('4.3.1', join(folder, 'newer'));
  expect(newer).toMatchObject({ state: 'CompleteCommit', adds: 0 });
  expect(newer.ends).toBeGreaterThan(1);
  expect(newer.producerEpoch).toBe(newer.ends);
});

test.each(['3.9.1', '4.3.1'] as const)(
  'Apache %s decodes what is left of them',
  async (version) => {
    const jars = await kafkaJars(version);
    const log = join(folder, 'newer', '__transaction_state-0', '00000000000000000000.log');
    const args = ['--transaction-log-decoder', '--files', log];
    const printed = await javaCommand(jars, jars.dumpLogSegmentsClass, args);
    expect(printed).toContain('copier');
    expect(printed).not.toMatch(/(?:unreadable|unknown|could not be decoded|Unable|Failed)/i);
  },
);
