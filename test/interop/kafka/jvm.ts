/**
 * One JVM that runs our interop program (java/common/…/Server.java) and answers requests one after
 * the other. Everything Apache's classes are asked to do goes through here: reading files, driving
 * their log, talking to a broker as a client.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { kafkaJars, type KafkaJars, type KafkaVersion } from './jars.ts';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What the program threw, with the Java class, message and stack trace. */
export class JavaError extends Error {
  readonly javaClass: string;
  readonly trace: string;

  constructor(javaClass: string, message: string, trace: string) {
    super(`${javaClass}: ${message}\n${trace}`);
    this.name = 'JavaError';
    this.javaClass = javaClass;
    this.trace = trace;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const rememberedStderrBytes = 64 * 1024;

export class KafkaJvm implements AsyncDisposable {
  readonly version: KafkaVersion;
  readonly jars: KafkaJars;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  readonly #exited: Promise<void>;
  #stderr = '';
  #gone = false;
  #nextId = 1;

  private constructor(jars: KafkaJars) {
    this.version = jars.version;
    this.jars = jars;
    this.#process = spawn('java', [...jars.options, '-cp', jars.classpath, 'varve.interop.Server']);
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', () => {
        this.#gone = true;
        for (const waiting of this.#waiting.splice(0)) {
          waiting.reject(new Error(`the interop JVM ended before it answered:\n${this.#stderr}`));
        }
        resolve();
      });
    });
    this.#process.once('error', (error) => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-rememberedStderrBytes);
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#answer(line));
    // A request to a JVM that died is rejected through 'close'; the broken pipe adds nothing.
    this.#process.stdin.on('error', () => undefined);
  }

  static async start(version: KafkaVersion): Promise<KafkaJvm> {
    return new KafkaJvm(await kafkaJars(version));
  }

  /** What Kafka logged on standard error lately; for messages of failing tests. */
  get log(): string {
    return this.#stderr;
  }

  /** The shape of the answer is the caller's to know; see the command in the Java program. */
  request<Result>(command: string, args: object): Promise<Result> {
    if (this.#gone) return Promise.reject(new Error(`the interop JVM has ended:\n${this.#stderr}`));
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (result: unknown) => void, reject });
      this.#process.stdin.write(`${JSON.stringify({ id: this.#nextId++, command, args })}\n`);
    });
  }

  #answer(line: string): void {
    const waiting = this.#waiting.shift();
    const answer = JSON.parse(line) as {
      result?: unknown;
      error?: string;
      message?: string;
      trace?: string;
    };
    if (waiting === undefined) throw new Error(`the interop JVM said something unasked: ${line}`);
    if (answer.error === undefined) waiting.resolve(answer.result);
    else waiting.reject(new JavaError(answer.error, answer.message ?? '', answer.trace ?? ''));
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
