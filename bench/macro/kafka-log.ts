/**
 * Apache Kafka's own log as a contender, where there is a JDK and Maven: `baselines/KafkaLog.java`
 * against the jars the interop suite pins.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars } from '../../test/interop/kafka/jars.ts';
import type { Contender } from '../harness/workload.ts';
import { JavaBaseline } from './java-baseline.ts';

const version = '4.3.1';

export class KafkaLog {
  readonly #java: JavaBaseline;
  readonly #scratch: string;

  private constructor(java: JavaBaseline, scratch: string) {
    this.#java = java;
    this.#scratch = scratch;
  }

  /** Undefined, with a line on standard error, where it cannot be run. */
  static async start(scratch: string): Promise<KafkaLog | undefined> {
    const java = await JavaBaseline.start(scratch, {
      program: 'KafkaLog',
      upstream: 'Apache Kafka',
      jars: () => kafkaJars(version),
      heap: '1g',
    });
    return java === undefined ? undefined : new KafkaLog(java, scratch);
  }

  /** `count` appends of the batch to a new log. */
  appending(batch: Uint8Array, count: number): Contender {
    const file = join(this.#scratch, 'batch');
    writeFileSync(file, batch);
    const command = `append ${join(this.#scratch, 'kafka-0')} ${file} ${count}`;
    return {
      name: `Apache Kafka ${version} UnifiedLog, every record walked`,
      run: () => this.#java.ask(command, { bytes: count * batch.length, operations: count }),
    };
  }

  /** Opening a log that was stopped in order. */
  opening(dir: string, logEndOffset: number): Contender {
    const command = `open ${dir} ${logEndOffset}`;
    return {
      name: `Apache Kafka ${version} UnifiedLog open`,
      run: () => this.#java.ask(command, { bytes: 0, operations: 1 }),
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
      run: () => this.#java.ask(command, { bytes: log.bytes, operations: 1 }),
    };
  }

  stop(): void {
    this.#java.stop();
  }
}
