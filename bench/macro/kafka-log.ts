/**
 * Apache Kafka's own log as a contender, where there is a JDK and Maven: `baselines/KafkaLog.java`
 * against the jars the interop suite pins.
 */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { kafkaJars } from '../../test/interop/kafka/jars.ts';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender, Done } from '../harness/workload.ts';

const version = '4.3.1';

export class KafkaLog {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #scratch: string;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, scratch: string) {
    this.#child = child;
    this.#lines = createInterface(child.stdout);
    this.#scratch = scratch;
  }

  /** Undefined, with a line on standard error, where it cannot be run. */
  static async start(scratch: string): Promise<KafkaLog | undefined> {
    try {
      const jars = await kafkaJars(version);
      const classes = join(scratch, 'classes');
      mkdirSync(classes);
      const source = join(repositoryRoot, 'bench/baselines/KafkaLog.java');
      const made = spawnSync('javac', ['-nowarn', '-cp', jars.classpath, '-d', classes, source]);
      if (made.status !== 0) throw new Error(`javac: ${made.stderr.toString()}`);
      const classpath = [classes, jars.classpath].join(delimiter);
      const logging = jars.options.filter((option) => option.startsWith('-Dlog4j'));
      const args = ['-Xmx1g', ...logging, '-cp', classpath, 'KafkaLog'];
      return new KafkaLog(spawn('java', args, { stdio: ['pipe', 'pipe', 'ignore'] }), scratch);
    } catch (error) {
      process.stderr.write(`without Apache Kafka: ${String(error)}\n`);
      return undefined;
    }
  }

  /** `count` appends of the batch to a new log. */
  appending(batch: Uint8Array, count: number): Contender {
    const file = join(this.#scratch, 'batch');
    writeFileSync(file, batch);
    const command = `append ${join(this.#scratch, 'kafka-0')} ${file} ${count}`;
    return {
      name: `Apache Kafka ${version} UnifiedLog, every record walked`,
      run: () => this.#ask(command, { bytes: count * batch.length, operations: count }),
    };
  }

  /** Opening a log that was stopped in order. */
  opening(dir: string, logEndOffset: number): Contender {
    const command = `open ${dir} ${logEndOffset}`;
    return {
      name: `Apache Kafka ${version} UnifiedLog open`,
      run: () => this.#ask(command, { bytes: 0, operations: 1 }),
    };
  }

  /** One round of the cleaner over a log that `prepare` puts into `dir`. */
  cleaning(
    dir: string,
    log: { readonly end: number; readonly segmentBytes: number; readonly bytes: number },
    prepare: () => Promise<void>,
  ): Contender {
    const command = `clean ${dir} ${log.end} ${log.segmentBytes}`;
    return {
      name: `Apache Kafka ${version} Cleaner`,
      prepare,
      run: () => this.#ask(command, { bytes: log.bytes, operations: 1 }),
    };
  }

  stop(): void {
    this.#child.stdin.end();
  }

  async #ask(command: string, done: Done): Promise<Done> {
    this.#child.stdin.write(`${command}\n`);
    const [line] = (await once(this.#lines, 'line')) as [string];
    const { seconds, cpuSeconds } = JSON.parse(line) as Required<Done>;
    return { ...done, seconds, cpuSeconds };
  }
}
