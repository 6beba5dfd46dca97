/**
 * A small Java program below `baselines/` against an upstream's jars, asked by lines: a peer that
 * measures itself, in a JVM that stays warm between runs.
 */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { repositoryRoot } from '../harness/repository.ts';
import type { Done } from '../harness/workload.ts';

export interface JavaBaselineOptions {
  /** Class and file below `bench/baselines`. */
  readonly program: string;
  /** What it is without, for the message where it cannot be run. */
  readonly upstream: string;
  readonly jars: () => Promise<{
    readonly classpath: string;
    readonly options: readonly string[];
  }>;
  readonly heap: string;
}

export class JavaBaseline {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface(child.stdout);
  }

  /** Undefined, with a line on standard error, where it cannot be run. */
  static async start(
    scratch: string,
    options: JavaBaselineOptions,
  ): Promise<JavaBaseline | undefined> {
    const { program, upstream, heap } = options;
    try {
      const jars = await options.jars();
      const classes = join(scratch, 'classes');
      mkdirSync(classes);
      const source = join(repositoryRoot, 'bench/baselines', `${program}.java`);
      const made = spawnSync('javac', ['-nowarn', '-cp', jars.classpath, '-d', classes, source]);
      if (made.status !== 0) throw new Error(`javac: ${made.stderr.toString()}`);
      const classpath = [classes, jars.classpath].join(delimiter);
      // Those for short runs would keep the compiler from its best.
      const kept = jars.options.filter((option) => /^(?:-Dlog4j|--add-opens)/.test(option));
      const args = [`-Xmx${heap}`, ...kept, '-cp', classpath, program];
      return new JavaBaseline(spawn('java', args, { stdio: ['pipe', 'pipe', 'ignore'] }));
    } catch (error) {
      process.stderr.write(`without ${upstream}: ${String(error)}\n`);
      return undefined;
    }
  }

  /** One line, one answer: what was done, with the time that the program measured. */
  async ask(command: string, done: Done): Promise<Done> {
    this.#child.stdin.write(`${command}\n`);
    const [line] = (await once(this.#lines, 'line')) as [string];
    const { seconds, cpuSeconds } = JSON.parse(line) as Required<Done>;
    return { ...done, seconds, cpuSeconds };
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
