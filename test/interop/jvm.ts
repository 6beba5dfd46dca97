/**
 * One JVM that runs an interop program (java/…/Server.java and the tools of an upstream) and
 * answers requests one after the other. What Apache's classes are asked to do goes through here.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

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

export interface JvmOptions {
  readonly classpath: string;
  /** Options for `java`. */
  readonly options: readonly string[];
  /** Class by prefix of the commands it answers, without the package. */
  readonly tools: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const rememberedStderrBytes = 64 * 1024;

export class InteropJvm implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  readonly #exited: Promise<void>;
  #stderr = '';
  #gone = false;
  #nextId = 1;

  constructor({ classpath, options, tools }: JvmOptions) {
    const offered = Object.entries(tools).map(
      ([prefix, name]) => `${prefix}=varve.interop.${name}`,
    );
    const args = [...options, '-cp', classpath, 'varve.interop.Server', ...offered];
    this.#process = spawn('java', args);
    // A test run that is stopped midway leaves no JVM behind.
    const end = (): void => void this.#process.kill('SIGKILL');
    process.once('exit', end);
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', () => {
        process.off('exit', end);
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

  /** What was logged on standard error lately; for messages of failing tests. */
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

  /** kill -9: what a crash of the process leaves behind. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
