/**
 * Brokers as contenders: varve's and Apache Kafka's, each a process of its own, whose CPU seconds
 * and peak memory are read from /proc while the same client loads it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaConnection } from '../../src/roles/broker/index.ts';
import { KafkaBroker } from '../../test/interop/kafka/broker.ts';
import { kafkaJars, type KafkaJars } from '../../test/interop/kafka/jars.ts';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender, Done } from '../harness/workload.ts';

const version = '4.3.1';
const ticksPerSecond = 100;

export const varveName = 'varve';
export const apacheName = `Apache Kafka ${version}`;

/** As kafka-server-start.sh and kafka-run-class.sh set them. */
const apacheJava = [
  '-Xmx1G',
  '-Xms1G',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
];
/** As config/server.properties sets them. */
const apacheSettings = {
  'num.io.threads': '8',
  'num.network.threads': '3',
  'auto.create.topics.enable': 'true',
};
/** Both alike; Apache's in the interop tests has one already. */
const varveConfig = 'offsets.topic.num.partitions=1,transaction.state.log.num.partitions=1';

export interface BrokerProcess {
  readonly bootstrap: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startVarve(dir: string): Promise<BrokerProcess> {
  const main = join(repositoryRoot, 'dist/cli/varve.js');
  const place = ['--dir', dir, '--port', '0', '--json', '--config', varveConfig];
  const child = spawn(process.execPath, [main, 'kafka', 'serve', ...place], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await firstLine(child);
  const { bootstrap } = JSON.parse(line) as { bootstrap: string };
  return { bootstrap, pid: child.pid!, stop: () => ended(child) };
}

export async function startApache(dir: string): Promise<BrokerProcess> {
  const jars = await kafkaJars(version);
  const logging = jars.options.filter((option) => option.startsWith('-Dlog4j'));
  const javaOptions = [...apacheJava, ...logging, '-Dvarve.log.level=INFO'];
  const broker = new KafkaBroker(jars, { dir, settings: apacheSettings, javaOptions });
  await broker.start();
  return { bootstrap: broker.bootstrap, pid: broker.pid!, stop: () => broker.stop() };
}

export interface BrokerKind {
  readonly name: string;
  readonly start: (dir: string) => Promise<BrokerProcess>;
}

/** varve, and Apache Kafka where it can be run. */
export async function brokerKinds(): Promise<BrokerKind[]> {
  const varve = { name: varveName, start: startVarve };
  try {
    await kafkaJars(version);
  } catch (error) {
    process.stderr.write(`without Apache Kafka: ${String(error)}\n`);
    return [varve];
  }
  return [varve, { name: apacheName, start: startApache }];
}

/**
 * Contenders for the order 'by contender': a broker starts with its first run and stops when the
 * next one's begins, so that only the one that is measured is there.
 */
export class BrokersInTurn {
  readonly #scratch: string;
  readonly #setUp: (broker: BrokerProcess) => Promise<void>;
  #running: { readonly kind: BrokerKind; readonly broker: BrokerProcess } | undefined;

  constructor(scratch: string, setUp: (broker: BrokerProcess) => Promise<void>) {
    this.#scratch = scratch;
    this.#setUp = setUp;
  }

  /** `run` tells seconds and amounts; CPU time and memory of the broker are added. */
  contender(kind: BrokerKind, run: (broker: BrokerProcess) => Promise<Done>): Contender {
    return {
      name: kind.name,
      prepare: async () => void (await this.brokerOf(kind)),
      run: async () => {
        const broker = await this.brokerOf(kind);
        const before = cpuSecondsOf(broker.pid);
        const done = await run(broker);
        const cpuSeconds = cpuSecondsOf(broker.pid) - before;
        return { ...done, cpuSeconds, peakBytes: peakBytesOf(broker.pid) };
      },
    };
  }

  async brokerOf(kind: BrokerKind): Promise<BrokerProcess> {
    if (this.#running?.kind === kind) return this.#running.broker;
    await this.stop();
    const broker = await kind.start(this.#dirOf(kind));
    this.#running = { kind, broker };
    await this.#setUp(broker);
    return broker;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    await running.broker.stop();
    rmSync(this.#dirOf(running.kind), { recursive: true });
  }

  #dirOf({ name }: BrokerKind): string {
    return join(this.#scratch, name.replaceAll(' ', '-'));
  }
}

export function connectTo({ bootstrap }: BrokerProcess): Promise<KafkaConnection> {
  const [host, port] = bootstrap.split(':') as [string, string];
  return KafkaConnection.open({ host, port: Number(port) });
}

export async function makeTopic(
  broker: BrokerProcess,
  name: string,
  numPartitions: number,
): Promise<void> {
  await using connection = await connectTo(broker);
  const configs: { name: string; value: string }[] = [];
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs };
  const request = { topics: [topic], timeoutMs: 10_000, validateOnly: false };
  const answer = await connection.request('createTopics', request);
  const { error } = answer.topics[0]!;
  if (error !== 0) throw new Error(`the topic ${name} was not made: error ${error}`);
  for (let index = 0; index < numPartitions; index++) {
    while ((await endOffset(connection, name, index)) === undefined) await sleep(20);
  }
}

/** Where the next record goes; undefined while the partition is not served yet. */
export async function endOffset(
  connection: KafkaConnection,
  topic: string,
  index: number,
): Promise<number | undefined> {
  const partitions = [{ index, currentLeaderEpoch: -1, timestamp: -1 }];
  const topics = [{ name: topic, partitions }];
  const answer = await connection.request('listOffsets', { replicaId: -1, isolation: 0, topics });
  const { error, offset } = answer.topics[0]!.partitions[0]!;
  return error === 0 ? offset : undefined;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('close', (code) => reject(new Error(`the broker ended with ${code}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('close');
    child.once('close', () => resolve());
    child.kill('SIGTERM');
  });
}

/** User and system CPU seconds of a process so far. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Most bytes a process had in memory. */
export function peakBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Runs one of Kafka's performance tools; what it printed. */
export async function kafkaPerf(
  tool: 'ProducerPerformance' | 'ConsumerPerformance',
  options: Readonly<Record<string, string | number>>,
): Promise<string> {
  const jars: KafkaJars = await kafkaJars(version);
  const logging = jars.options.filter((option) => option.startsWith('-Dlog4j'));
  // kafka-producer-perf-test.sh gives its own virtual machine as much.
  const all = ['-Xmx512m', ...logging, '-cp', jars.classpath, `org.apache.kafka.tools.${tool}`];
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('java', [...all, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${tool} ended with ${String(code)}:\n${text}`);
  return text;
}
