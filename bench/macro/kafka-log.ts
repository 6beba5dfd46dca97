/**
 * Apache Kafka's own log as a contender, where there is a JDK and Maven: `baselines/KafkaLog.java`
 * against the jars the interop suite pins.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { kafkaJars } from '../../test/interop/kafka/jars.ts';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender } from '../harness/workload.ts';

export interface KafkaLogContender extends Contender {
  stop(): void;
}

/** Undefined, with a line on standard error, where it cannot be run. */
export async function kafkaLog(
  scratch: string,
  batch: Uint8Array,
  count: number,
): Promise<KafkaLogContender | undefined> {
  try {
    return await start(scratch, batch, count);
  } catch (error) {
    process.stderr.write(`without Apache Kafka: ${String(error)}\n`);
    return undefined;
  }
}

async function start(
  scratch: string,
  batch: Uint8Array,
  count: number,
): Promise<KafkaLogContender> {
  const jars = await kafkaJars('4.3.1');
  const classes = join(scratch, 'classes');
  mkdirSync(classes);
  const source = join(repositoryRoot, 'bench/baselines/KafkaLog.java');
  const made = spawnSync('javac', ['-nowarn', '-cp', jars.classpath, '-d', classes, source]);
  if (made.status !== 0) throw new Error(`javac: ${made.stderr.toString()}`);
  const file = join(scratch, 'batch');
  writeFileSync(file, batch);
  const classpath = [classes, jars.classpath].join(delimiter);
  const logging = jars.options.filter((option) => option.startsWith('-Dlog4j'));
  const args = ['-Xmx1g', ...logging, '-cp', classpath, 'KafkaLog', scratch, file];
  const child = spawn('java', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface(child.stdout);
  const ask = async (appends: number): Promise<{ seconds: number; cpuSeconds: number }> => {
    child.stdin.write(`${appends}\n`);
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line) as { seconds: number; cpuSeconds: number };
  };
  return {
    name: `Apache Kafka ${jars.version} UnifiedLog, every record walked`,
    run: async () => ({
      bytes: count * batch.length,
      operations: count,
      ...(await ask(count)),
    }),
    stop: () => child.stdin.end(),
  };
}
