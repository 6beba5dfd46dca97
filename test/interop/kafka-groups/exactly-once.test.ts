/**
 * Exactly-once copy under kill -9: Java copiers consume, transform and produce in transactions
 * while they and the broker are killed again and again. Nothing may be lost, nothing twice.
 *
 * VARVE_EXACTLY_ONCE_MS makes the killing longer than its 20 s per protocol.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { kafkaJars, type KafkaJars, type KafkaVersion } from '../kafka/jars.ts';
import { interopRoot } from '../repository.ts';
import { javaCommand, JavaProcess } from './java-process.ts';

const killingMs = Number(process.env['VARVE_EXACTLY_ONCE_MS'] ?? 20_000);
const jars = new Map<KafkaVersion, KafkaJars>();
const folders: string[] = [];

beforeAll(async () => {
  for (const version of ['3.9.1', '4.3.1'] as const) jars.set(version, await kafkaJars(version));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

class Broker {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'varve-exactly-once-'));
  readonly #port: number;
  process!: JavaProcess;

  constructor(port: number) {
    this.#port = port;
    folders.push(this.dir);
  }

  get bootstrap(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const script = join(interopRoot, 'kafka-groups/served-broker.mjs');
    const child = new JavaProcess(process.execPath, [script, this.dir, String(this.#port)]);
    this.process = child;
    await expect
      .poll(() => child.lines.length > 0 || child.isGone, { timeout: 20_000, interval: 20 })
      .toBe(true);
    if (child.isGone) throw new Error(`the broker ended:\n${child.errors}`);
  }
}

/** A copier that is started again whenever it ends. */
class Copier {
  readonly #start: () => JavaProcess;
  #process: JavaProcess;
  #wanted = true;
  copied = 0;

  constructor(start: () => JavaProcess) {
    this.#start = start;
    this.#process = start();
    void this.#watch();
  }

  async #watch(): Promise<void> {
    while (this.#wanted) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (this.#wanted && this.#process.isGone) {
        this.#count();
        this.#process = this.#start();
      }
    }
  }

  #count(): void {
    this.copied += this.#process.lines.filter((line) => line.startsWith('copied')).length;
  }

  get report(): string {
    return `${this.#process.lines.slice(-5).join('\n')}\n${this.#process.errors.slice(-2000)}`;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#process.kill();
    this.#count();
  }
}

async function produce(bootstrap: string, values: readonly string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let from = 0; from < values.length; from += 200) {
    const messages = values.slice(from, from + 200).map((value) => ({ key: value, value }));
    await producer.send({ topic: 'source', messages, acks: -1 });
  }
  await producer.disconnect();
}

/** Every committed record of the target, by Apache's own consumer. */
async function committed(bootstrap: string, reader: KafkaJars): Promise<string[]> {
  const output = await javaCommand(reader, 'org.apache.kafka.tools.consumer.ConsoleConsumer', [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    'target',
    '--from-beginning',
    '--isolation-level',
    'read_committed',
    '--timeout-ms',
    '4000',
  ]);
  return output
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}

async function copyUnderKills(
  options: { readonly version: KafkaVersion; readonly protocol: string },
  random: Seeded,
): Promise<void> {
  const { version, protocol } = options;
  const broker = new Broker(await freePort());
  await broker.start();
  const values = Array.from({ length: 2000 }, (_, index) => `r${index}`);
  await produce(broker.bootstrap, values);
  const copiers = ['one', 'two'].map(
    (name) =>
      new Copier(() =>
        JavaProcess.java(jars.get(version)!, 'varve.interop.ExactlyOnceCopier', [
          broker.bootstrap,
          'source',
          'target',
          'copiers',
          `copier-${name}`,
          protocol,
        ]),
      ),
  );
  try {
    const end = Date.now() + killingMs;
    let kills = 0;
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, random.between(1500, 4500)));
      kills += 1;
      if (random.chance(0.4)) {
        await broker.process.kill();
        await broker.start();
      } else {
        await random.pick(copiers).kill();
      }
    }
    expect(kills).toBeGreaterThan(2);
    const wanted = new Set(values.map((value) => `copy of ${value}`));
    let seen: string[] = [];
    const deadline = Date.now() + 90_000;
    do {
      seen = await committed(broker.bootstrap, jars.get('4.3.1')!);
    } while (new Set(seen).size < wanted.size && Date.now() < deadline);
    const missing = [...wanted].filter((value) => !seen.includes(value));
    const context = `${missing.length} missing\n${copiers.map(({ report }) => report).join('\n')}`;
    expect(missing, context).toEqual([]);
    expect(seen.length, 'no duplicates').toBe(wanted.size);
  } finally {
    await Promise.all(copiers.map((copier) => copier.stop()));
    await broker.process.kill();
  }
}

test.each([
  { version: '3.9.1', protocol: 'classic' },
  { version: '4.3.1', protocol: 'consumer' },
] as const)(
  'an exactly-once copy by Java $version, protocol $protocol, loses and repeats nothing under kill -9',
  { timeout: 200_000 + killingMs },
  async (options) => {
    await copyUnderKills(options, new Seeded(seedFor('exactly-once')));
  },
);
