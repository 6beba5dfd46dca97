/**
 * `varve kafka serve`, killed without warning again and again, while a producer writes with acks
 * all and a group commits how far it has read. Nothing that was acknowledged may be missing, and no
 * record may stand twice, in another place or changed.
 *
 * The command is the built one. `VARVE_SEED` repeats the moments as far as a race can be;
 * `VARVE_KILL_ROUNDS` sets how many (default 2).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { verifyPartition } from '../../src/log/index.ts';
import { batchesOf, KafkaConnection } from '../../src/roles/broker/index.ts';
import { fetchFrom } from '../helpers/kafka-calls.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const rounds = Number(process.env['VARVE_KILL_ROUNDS'] ?? 2);
const command = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const settings = 'offsets.topic.num.partitions=1,transaction.state.log.num.partitions=1';

class Served {
  readonly #dir: string;
  port = 0;
  #process: ChildProcess | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async start(): Promise<void> {
    const args = ['kafka', 'serve', '--dir', this.#dir, '--port', String(this.port), '--json'];
    const options = ['--topics', 't:2', '--config', settings];
    const child = spawn(process.execPath, [command, ...args, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    // The same port from now on: clients come back to it.
    this.port = Number((JSON.parse(line) as { bootstrap: string }).bootstrap.split(':').at(-1));
  }

  async kill(): Promise<void> {
    const child = this.#process!;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }
}

/** What clients were told, over all lives of the broker. */
class Told {
  /** Values by partition and offset. */
  readonly written = new Map<string, string>();
  committed = -1;
  next = 0;
}

function client(port: number): Kafka {
  return new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    requestTimeout: 2000,
  });
}

/** Writes and commits until the broker is gone. */
async function work(port: number, told: Told): Promise<void> {
  const kafka = client(port);
  const producer = kafka.producer({ idempotent: false });
  const admin = kafka.admin();
  try {
    await Promise.all([producer.connect(), admin.connect()]);
    for (;;) {
      const number = told.next++;
      const partition = number % 2;
      const values = [`${number}.a`, `${number}.b${'.'.repeat(number % 300)}`];
      const messages = values.map((value) => ({ value, partition }));
      const [answer] = await producer.send({ topic: 't', acks: -1, messages });
      const base = Number(answer!.baseOffset);
      for (const [at, value] of values.entries()) {
        told.written.set(`${partition}:${base + at}`, value);
      }
      if (number % 5 !== 0) continue;
      const connection = await KafkaConnection.open({ host: '127.0.0.1', port });
      await commit(connection, number);
      told.committed = number;
      await connection.close();
    }
  } catch {
    // Killed, or not ready for groups yet: what was told counts.
  } finally {
    await Promise.allSettled([producer.disconnect(), admin.disconnect()]);
  }
}

/** As a consumer without members does it; the metadata says the same as the offset. */
async function commit(connection: KafkaConnection, offset: number): Promise<void> {
  await connection.request('findCoordinator', { key: '', keyType: 0, keys: ['g'] });
  const answer = await connection.request('offsetCommit', {
    groupId: 'g',
    generationOrEpoch: -1,
    memberId: '',
    instanceId: null,
    retentionMs: -1,
    topics: [
      {
        name: 't',
        partitions: [{ index: 0, offset, leaderEpoch: -1, metadata: `at ${offset}` }],
      },
    ],
  });
  const { error } = answer.topics[0]!.partitions[0]!;
  if (error !== 0) throw new Error(`OffsetCommit: ${error}`);
}

async function check(port: number, told: Told): Promise<void> {
  await using connection = await KafkaConnection.open({ host: '127.0.0.1', port });
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const partition of [0, 1]) {
    for (let offset = 0; ;) {
      const read = await fetchFrom(connection, { partitions: [partition], offset });
      const { error, records } = read.topics[0]!.partitions[0]!;
      expect(error).toBe(0);
      if (!(records instanceof Uint8Array) || records.length === 0) break;
      for (const cursor of batchesOf(records)) {
        while (cursor.next()) {
          const value = Buffer.from(cursor.record().value!).toString();
          expect(seen.has(value), `${value} stands twice`).toBe(false);
          seen.add(value);
          found.set(`${partition}:${cursor.offset}`, value);
          offset = cursor.offset + 1;
        }
      }
    }
  }
  for (const [place, value] of told.written)
    expect([place, found.get(place)]).toEqual([place, value]);
  if (told.committed < 0) return;
  const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }];
  const request = { groupId: '', topics: [], groups, requireStable: true };
  const loading = 14;
  await expect
    .poll(async () => (await connection.request('offsetFetch', request)).groups[0]!.error)
    .not.toBe(loading);
  const fetched = await connection.request('offsetFetch', request);
  const stored = fetched.groups[0]!.topics[0]!.partitions[0]!;
  // One more commit may have been written, and not told.
  expect(stored.offset).toBeGreaterThanOrEqual(told.committed);
  expect(stored.metadata).toBe(`at ${stored.offset}`);
}

test(
  'a broker killed at any moment keeps every record and offset that it acknowledged',
  { timeout: 60_000 + rounds * 10_000 },
  async () => {
    const random = new Seeded(seedFor('killed broker'));
    const dir = temporaryFolder();
    const told = new Told();
    const served = new Served(dir);
    for (let round = 0; round < rounds; round++) {
      await served.start();
      await check(served.port, told);
      const working = work(served.port, told);
      const enough = told.written.size + random.between(10, 400);
      await expect
        .poll(() => told.written.size, { interval: 1, timeout: 20_000 })
        .toBeGreaterThan(enough);
      await served.kill();
      await working;
    }
    await served.start();
    await check(served.port, told);
    expect(told.committed).toBeGreaterThan(0);
    await served.kill();
    for (const index of [0, 1]) {
      expect((await verifyPartition({ dir: `${dir}/t-${index}` })).problems).toEqual([]);
    }
  },
);
