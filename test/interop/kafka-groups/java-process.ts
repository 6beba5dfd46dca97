/**
 * A Java program as a process of its own: its lines are collected, it can be killed.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { KafkaJars } from '../kafka/jars.ts';

const run = promisify(execFile);
const remembered = 64 * 1024;

export class JavaProcess implements AsyncDisposable {
  /** Lines of standard output so far. */
  readonly lines: string[] = [];
  errors = '';
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #isGone = false;

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => void this.#process.kill('SIGKILL');
    process.once('exit', end);
    createInterface({ input: this.#process.stdout! }).on('line', (line) => this.lines.push(line));
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-remembered);
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', () => {
        process.off('exit', end);
        this.#isGone = true;
        resolve();
      });
    });
  }

  /** Runs a main class of the jars or of our programs. */
  static java(jars: KafkaJars, mainClass: string, args: readonly string[]): JavaProcess {
    const { options, classpath } = jars;
    return new JavaProcess('java', [...options, '-cp', classpath, mainClass, ...args]);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** SIGTERM, as Ctrl-C would: the program says goodbye. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#exited;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Runs a command of the jars to its end; standard output. */
export async function javaCommand(
  jars: KafkaJars,
  mainClass: string,
  args: readonly string[],
): Promise<string> {
  const { stdout } = await run(
    'java',
    [...jars.options, '-cp', jars.classpath, mainClass, ...args],
    { maxBuffer: 1 << 26 },
  );
  return stdout;
}

/** What people type as kafka-consumer-groups; standard output. */
export function groupCommand(
  jars: KafkaJars,
  { bootstrap }: { readonly bootstrap: string },
  args: readonly string[],
): Promise<string> {
  return javaCommand(jars, 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
    '--bootstrap-server',
    bootstrap,
    ...args,
  ]);
}
