/** Word count of text: the job that is built in, a module's, a mawk line, Hadoop's local runner. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { poolExecutor, runJob, TextInput, type JobOptions } from '../../src/mapreduce/index.ts';
import { InteropJvm } from '../../test/interop/jvm.ts';
import { hadoopJars } from '../../test/interop/hadoop/jars.ts';
import type { Contender, Done, WorkloadFactory } from '../harness/workload.ts';

const mebibytes = Number(process.env['VARVE_BENCH_MR_MIB'] ?? 1024);
const vocabulary = 50_000;
const wordsPerLine = 12;
const workers = 2;

const functions = `
export function map(position, line, context) {
  for (const word of line.split(' ')) context.emit(word, 1);
}
export function reduce(word, counts, context) {
  let sum = 0;
  for (const count of counts) sum += count;
  context.emit(word, sum);
}
export const combine = reduce;
`;

export const wordCount: WorkloadFactory = async (scratch) => {
  const input = join(scratch, 'in');
  mkdirSync(input);
  const words = writeText(join(input, 'text'), mebibytes << 20);
  const module = join(scratch, 'words.mjs');
  writeFileSync(module, functions);
  const done: Done = { bytes: mebibytes << 20, operations: words };
  const executor = poolExecutor({ workers });
  const hadoop = await startHadoop(scratch, input, done);
  const job = (name: string, options: Partial<JobOptions>): Contender => {
    const output = join(scratch, 'out');
    return {
      name,
      async run() {
        await runJob({ input: TextInput(input), output, executor, ...options });
        return done;
      },
      finish: () => Promise.resolve(rmSync(output, { recursive: true })),
    };
  };
  const types = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' } as const;
  const href = pathToFileURL(module);
  const builtin = `varve wordcount, ${workers} workers`;
  const functionsOfModule = `varve, functions of a module, ${workers} workers`;
  const mawk = 'mawk one-liner';
  return {
    name: 'word count',
    unit: 'MB/s',
    parameters: { mebibytes, vocabulary, wordsPerLine, workers },
    rounds: 3,
    contenders: [
      mawkContender(mawk, join(input, 'text'), scratch, done),
      job(builtin, { map: 'wordcount', combine: 'sum', reduce: 'sum' }),
      job(functionsOfModule, { map: href, combine: href, reduce: href, types }),
      ...(hadoop === undefined ? [] : [hadoop.contender]),
    ],
    targets: [
      { contender: builtin, over: mawk, atLeast: 2 },
      { contender: functionsOfModule, over: mawk, atLeast: 2 },
      ...(hadoop === undefined
        ? []
        : [builtin, functionsOfModule].map((contender) => ({
            contender,
            over: hadoop.contender.name,
            atLeast: 5,
          }))),
    ],
    async dispose() {
      await executor[Symbol.asyncDispose]();
      await hadoop?.jvm.close();
    },
  };
};

/** A round trip of a task that does nothing: what a pool costs per task. */
export const poolTask: WorkloadFactory = async (scratch) => {
  const module = join(scratch, 'nothing.mjs');
  writeFileSync(module, 'export const nothing = (argument) => argument;\n');
  const executor = poolExecutor({ workers });
  const call = { module: pathToFileURL(module), task: 'nothing', argument: 1 };
  await executor.run(call);
  const tasks = 2000;
  const name = 'tasks one after the other';
  return {
    name: 'a task of a worker pool',
    unit: 'us',
    parameters: { tasks, workers },
    contenders: [
      {
        name,
        async run() {
          for (let index = 0; index < tasks; index++) await executor.run(call);
          return { bytes: 0, operations: tasks };
        },
      },
    ],
    targets: [],
    async dispose() {
      await executor[Symbol.asyncDispose]();
    },
  };
};

function mawkContender(name: string, path: string, scratch: string, done: Done): Contender {
  const program = '{for(i=1;i<=NF;i++)c[$i]++} END{for(w in c) print w"\\t"c[w]}';
  const output = join(scratch, 'mawk.out');
  return {
    name,
    run() {
      const fd = openSync(output, 'w');
      execFileSync('mawk', [program, path], { stdio: ['ignore', fd, 'inherit'] });
      closeSync(fd);
      return Promise.resolve(done);
    },
  };
}

async function startHadoop(scratch: string, input: string, done: Done) {
  try {
    const jars = await hadoopJars();
    const options = jars.options.filter((option) => !/Xmx|Tiered|SerialGC/.test(option));
    const jvm = new InteropJvm({
      classpath: jars.classpath,
      options: ['-Xmx2g', ...options],
      tools: { job: 'LocalJobTool' },
    });
    const output = join(scratch, 'hadoop-out');
    const settings = { 'mapreduce.local.map.tasks.maximum': '2', 'mapreduce.job.maps': '8' };
    const contender: Contender = {
      name: 'Apache Hadoop 3.4.1, local runner, 2 map threads',
      async run() {
        const args = { kind: 'wordcount', input, output, reducers: 1, work: scratch, settings };
        const answer = await jvm.request<{ milliseconds: number }>('job.run', args);
        return { ...done, seconds: answer.milliseconds / 1000 };
      },
      finish: () => Promise.resolve(rmSync(output, { recursive: true })),
    };
    return { jvm, contender };
  } catch (error) {
    process.stderr.write(`without Apache Hadoop: ${String(error)}\n`);
    return undefined;
  }
}

/** Lines of words whose frequency falls with their rank; returns how many words there are. */
function writeText(path: string, bytes: number): number {
  let state = 12_345;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const words = Array.from({ length: vocabulary }, () => {
    const length = 2 + Math.floor(next() * 9);
    return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(next() * 26))).join('');
  });
  const pick = (): string => words[Math.floor(Math.exp(next() * Math.log(vocabulary))) - 1]!;
  const fd = openSync(path, 'w');
  let count = 0;
  for (let left = bytes; left > 0;) {
    const lines: string[] = [];
    for (let length = 0; length < 1 << 20;) {
      const line = Array.from({ length: wordsPerLine }, pick).join(' ');
      lines.push(line);
      length += line.length + 1;
      count += wordsPerLine;
    }
    const piece = Buffer.from(`${lines.join('\n')}\n`).subarray(0, left);
    left -= writeSync(fd, piece);
  }
  closeSync(fd);
  return count;
}
