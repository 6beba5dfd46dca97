/** Programs of other people, run to their end, with what they said. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars, type KafkaVersion } from '../kafka/jars.ts';
import { repositoryRoot } from '../repository.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default a minute and a half. */
  readonly limitMs?: number;
}

/** Runs a program; an error with all it said when it takes too long or cannot be started. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} took too long:\n${stdout}\n${stderr}`));
    }, options.limitMs ?? 90_000);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(new Error(`${command} cannot be run: ${error.message}`));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As `run`, and the program has to end with 0. */
export async function runWell(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}

/** Main classes of Kafka's commands: some moved. */
const mainClasses = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  configs: 'kafka.admin.ConfigCommand',
  groups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  produce: {
    '3.9.1': 'kafka.tools.ConsoleProducer',
    '4.3.1': 'org.apache.kafka.tools.ConsoleProducer',
  },
  consume: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  producePerf: 'org.apache.kafka.tools.ProducerPerformance',
  consumePerf: 'org.apache.kafka.tools.ConsumerPerformance',
  produceVerifiably: 'org.apache.kafka.tools.VerifiableProducer',
  consumeVerifiably: 'org.apache.kafka.tools.VerifiableConsumer',
  logDirs: 'org.apache.kafka.tools.LogDirsCommand',
  offsets: 'org.apache.kafka.tools.GetOffsetShell',
  versions: {
    '3.9.1': 'kafka.admin.BrokerApiVersionsCommand',
    '4.3.1': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  },
} as const;

/** Arguments of `java` for one of Kafka's commands. */
export async function javaArgs(
  version: KafkaVersion,
  tool: keyof typeof mainClasses,
  args: readonly string[],
): Promise<string[]> {
  const jars = await kafkaJars(version);
  const named = mainClasses[tool];
  const main = typeof named === 'string' ? named : named[version];
  return [...jars.options, '-cp', jars.classpath, main, ...args];
}

/** Runs one of Kafka's commands; everything it said. */
export async function kafkaTool(
  version: KafkaVersion,
  tool: keyof typeof mainClasses,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { stdout, stderr } = await run('java', await javaArgs(version, tool, args), options);
  return stdout + stderr;
}

/** A folder of the cache, made once by `make`; half of one is made anew. */
export async function cached(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(repositoryRoot, '.cache', 'interop', name);
  if (existsSync(join(dir, 'done'))) return dir;
  // Some installers write down where they are: made in its place, marked when complete.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  await make(dir);
  writeFileSync(join(dir, 'done.tmp'), '');
  renameSync(join(dir, 'done.tmp'), join(dir, 'done'));
  return dir;
}
