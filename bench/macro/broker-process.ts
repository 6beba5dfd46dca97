/**
 * Brokers as contenders: varve's and Apache Kafka's, each a process of its own, whose CPU seconds
 * and peak memory are read from /proc while Apache's own client loads it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KafkaBroker } from '../../test/interop/kafka/broker.ts';
import { kafkaJars, type KafkaJars } from '../../test/interop/kafka/jars.ts';
import { repositoryRoot } from '../harness/repository.ts';

const version = '4.3.1';
const ticksPerSecond = 100;

export interface BrokerProcess {
  readonly name: string;
  readonly bootstrap: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startVarve(dir: string): Promise<BrokerProcess> {
  const main = join(repositoryRoot, 'dist/cli/varve.js');
  const args = [main, 'kafka', 'serve', '--dir', dir, '--port', '0', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const line = await firstLine(child);
  const { bootstrap } = JSON.parse(line) as { bootstrap: string };
  return {
    name: 'varve',
    bootstrap,
    pid: child.pid!,
    stop: () => ended(child, 'SIGTERM'),
  };
}

/** Undefined, with a line on standard error, where it cannot be run. */
export async function startApache(dir: string): Promise<BrokerProcess | undefined> {
  try {
    const settings = { 'num.io.threads': '8', 'num.network.threads': '3' };
    const broker = new KafkaBroker(await kafkaJars(version), { dir, settings });
    await broker.start();
    return {
      name: `Apache Kafka ${version}`,
      bootstrap: broker.bootstrap,
      pid: broker.pid!,
      stop: () => broker.stop(),
    };
  } catch (error) {
    process.stderr.write(`without Apache Kafka: ${String(error)}\n`);
    return undefined;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('close', (code) => reject(new Error(`the broker ended with ${code}`)));
  });
}

function ended(child: ChildProcess, signal: 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('close');
    child.once('close', () => resolve());
    child.kill(signal);
  });
}

/** User and system CPU seconds of a process so far. */
export function cpuSecondsOf(pid: number): number {
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
  tool: 'ProducerPerformance' | 'ConsumerPerformance' | 'TopicCommand',
  args: readonly string[],
): Promise<string> {
  const jars: KafkaJars = await kafkaJars(version);
  const logging = jars.options.filter((option) => option.startsWith('-Dlog4j'));
  const all = ['-Xmx512m', ...logging, '-cp', jars.classpath, `org.apache.kafka.tools.${tool}`];
  const child = spawn('java', [...all, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${tool} ended with ${String(code)}:\n${text}`);
  return text;
}
