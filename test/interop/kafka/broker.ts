/**
 * A real single-node Kafka (KRaft, broker and controller in one JVM) on a log directory of its own:
 * format, start, wait until it serves, stop cleanly or kill, start again on the same directory.
 * Loopback only, ports chosen by the system.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaOptions, type KafkaJars } from './jars.ts';

const startLimitMs = 120_000;
const stopLimitMs = 60_000;
const rememberedLogBytes = 256 * 1024;

export interface BrokerOptions {
  /** An empty or missing folder; it is kept when the broker stops. */
  readonly dir: string;
  /** Lines for server.properties that replace the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Instead of the options that suit short runs. */
  readonly javaOptions?: readonly string[];
}

export class KafkaBroker implements AsyncDisposable {
  /** The log root: partition directories lie in it. */
  readonly logDir: string;
  readonly #jars: KafkaJars;
  readonly #dir: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #javaOptions: readonly string[];
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #bootstrap = '';
  #log = '';

  constructor(jars: KafkaJars, options: BrokerOptions) {
    this.#jars = jars;
    this.#dir = options.dir;
    this.#settings = options.settings ?? {};
    this.#javaOptions = options.javaOptions ?? javaOptions('INFO');
    this.logDir = join(options.dir, 'data');
  }

  /** Of the JVM, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get bootstrap(): string {
    return this.#bootstrap;
  }

  /** What the broker logged in its current or last run. */
  get log(): string {
    return this.#log;
  }

  partitionDir(topic: string, partition = 0): string {
    return join(this.logDir, `${topic}-${partition}`);
  }

  /** Formats the directory if it is new, starts, and returns when the broker serves requests. */
  async start(): Promise<void> {
    if (this.#process !== undefined) throw new Error('the broker runs already');
    mkdirSync(this.#dir, { recursive: true });
    const [port, controllerPort] = await freePorts(2);
    const properties = join(this.#dir, 'server.properties');
    writeFileSync(properties, this.#properties(port!, controllerPort!));
    if (!existsSync(join(this.logDir, 'meta.properties'))) {
      await promisify(execFile)('java', [
        ...this.#jars.options,
        '-cp',
        this.#jars.classpath,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        'dmFydmUtaW50ZXJvcC10c3Q',
        '-c',
        properties,
      ]);
    }
    this.#log = '';
    const child = spawn(
      'java',
      [...this.#javaOptions, '-cp', this.#jars.classpath, 'kafka.Kafka', properties],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process = child;
    // A test run that is stopped midway leaves no broker behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    this.#exited = new Promise((resolve) => {
      child.once('close', () => {
        process.off('exit', end);
        this.#process = undefined;
        resolve();
      });
    });
    await this.#untilStarted(child);
    this.#bootstrap = `127.0.0.1:${port}`;
  }

  async #untilStarted(child: ChildProcess): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer);
        reject(new Error(`the Kafka broker ${reason}; its log:\n${this.#log}`));
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail(`did not start within ${startLimitMs} ms`);
      }, startLimitMs);
      const listen = (text: string): void => {
        this.#log = (this.#log + text).slice(-rememberedLogBytes);
        if (/Kafka Server started/.test(this.#log)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout!.setEncoding('utf8').on('data', listen);
      child.stderr!.setEncoding('utf8').on('data', listen);
      child.once('error', (error) => fail(`could not be run (${error.message})`));
      child.once('close', (code, signal) => fail(`ended while starting (${code ?? signal})`));
    });
  }

  /** SIGTERM and wait: a clean shutdown that leaves the clean-shutdown marker. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await this.#exited;
    clearTimeout(timer);
    if (!existsSync(join(this.logDir, '.kafka_cleanshutdown'))) {
      throw new Error(`the Kafka broker did not stop cleanly; its log:\n${this.#log}`);
    }
  }

  /** kill -9: what a crash of the process leaves behind. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#exited;
  }

  /**
   * Puts another partition directory in the place of a topic's (broker stopped). The topic id file
   * stays the broker's, as it must match the cluster metadata. A directory taken as clean is
   * trusted as it stands; otherwise the marker and the recovery point go, and the broker recovers
   * all of it.
   */
  replacePartition(
    topic: string,
    source: string,
    options: { readonly clean: boolean; readonly logStartOffset?: number },
  ): void {
    if (this.#process !== undefined) throw new Error('stop the broker before replacing files');
    const target = this.partitionDir(topic);
    const keep = 'partition.metadata';
    for (const name of readdirSync(target)) {
      if (name !== keep) rmSync(join(target, name), { recursive: true });
    }
    for (const name of readdirSync(source)) {
      // Locks and notes of the other writer have names that Kafka does not know.
      if (name === keep || !isPartitionFile(name)) continue;
      cpSync(join(source, name), join(target, name));
    }
    this.#setCheckpoint('recovery-point-offset-checkpoint', topic);
    this.#setCheckpoint('log-start-offset-checkpoint', topic, options.logStartOffset);
    this.#setCheckpoint('replication-offset-checkpoint', topic);
    this.#setCheckpoint('cleaner-offset-checkpoint', topic);
    if (!options.clean) rmSync(join(this.logDir, '.kafka_cleanshutdown'), { force: true });
  }

  /** Puts an offset in the place of the topic's, or takes its line away. */
  #setCheckpoint(name: string, topic: string, offset?: number): void {
    const file = join(this.logDir, name);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '0\n0\n';
    const entries = text.split('\n').slice(2, -1);
    const kept = entries.filter((entry) => !entry.startsWith(`${topic} `));
    if (offset !== undefined) kept.push(`${topic} 0 ${offset}`);
    writeFileSync(file, ['0', String(kept.length), ...kept, ''].join('\n'));
  }

  #properties(port: number, controllerPort: number): string {
    const settings: Record<string, string> = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': this.logDir,
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.num.partitions': '1',
      'transaction.state.log.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
      'auto.create.topics.enable': 'false',
      'log.cleaner.backoff.ms': '500',
      'log.cleaner.dedupe.buffer.size': '2097152',
      'num.io.threads': '2',
      'num.network.threads': '1',
      ...this.#settings,
    };
    return Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function isPartitionFile(name: string): boolean {
  return (
    /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$/.test(name) ||
    name === 'leader-epoch-checkpoint'
  );
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    ports.push(address.port);
  }
  for (const server of servers) await new Promise<void>((resolve) => server.close(() => resolve()));
  return ports;
}
