/** Word count of text: the job that is built in, a module's, a mawk line, Hadoop's local runner. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  poolExecutor,
  runJob,
  TextInput,
  type Executor,
  type JobOptions,
} from '../../src/mapreduce/index.ts';
import { InteropJvm } from '../../test/interop/jvm.ts';
import { hadoopJars, hadoopVersion } from '../../test/interop/hadoop/jars.ts';
import type { Contender, Done, WorkloadFactory } from '../harness/workload.ts';

/** Of the text for the job that is built in; a quarter of it for the peers that take their time. */
const mebibytes = Number(process.env['VARVE_BENCH_MR_MIB'] ?? 1024);
const vocabulary = 50_000;
const wordsPerLine = 12;
const workers = 2;
const rounds = 3;
/** Text that is made; larger files hold it several times. */
const mostMade = 64 << 20;

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

const builtin = `varve wordcount, ${workers} workers`;
const ownFunctions = `varve, functions of a module, ${workers} workers`;
const mawk = 'mawk one-liner';

/** The job that is built in, over text of 1 GiB. */
export const wordCount: WorkloadFactory = async (scratch) => {
  const { text, done } = makeInput(scratch, mebibytes);
  const executor = poolExecutor({ workers });
  return {
    name: 'word count',
    unit: 'MB/s',
    parameters: { mebibytes, vocabulary, wordsPerLine, workers },
    rounds,
    contenders: [
      mawkContender(text, scratch, done),
      jobContender({ name: builtin, scratch, done, executor }, builtinJob),
    ],
    targets: [{ contender: builtin, over: mawk, atLeast: 2 }],
    async dispose() {
      await executor[Symbol.asyncDispose]();
    },
  };
};

/** Functions of a user's module, which get lines and words as strings, beside Hadoop's. */
export const wordCountOfFunctions: WorkloadFactory = async (scratch) => {
  const size = mebibytes / 4;
  const { text, directory, done } = makeInput(scratch, size);
  const module = join(scratch, 'words.mjs');
  writeFileSync(module, functions);
  const executor = poolExecutor({ workers });
  const hadoop = await startHadoop(scratch, directory, done);
  const href = pathToFileURL(module);
  const types = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' } as const;
  const ownJob = { map: href, combine: href, reduce: href, types };
  const overHadoop =
    hadoop === undefined
      ? []
      : [{ contender: ownFunctions, over: hadoop.contender.name, atLeast: 5 }];
  return {
    name: 'word count with functions of a module',
    unit: 'MB/s',
    parameters: { mebibytes: size, vocabulary, wordsPerLine, workers },
    rounds,
    contenders: [
      mawkContender(text, scratch, done),
      jobContender({ name: builtin, scratch, done, executor }, builtinJob),
      jobContender({ name: ownFunctions, scratch, done, executor }, ownJob),
      ...(hadoop === undefined ? [] : [hadoop.contender]),
    ],
    targets: [{ contender: ownFunctions, over: mawk, atLeast: 2 }, ...overHadoop],
    async dispose() {
      await executor[Symbol.asyncDispose]();
      await hadoop?.jvm.close();
    },
  };
};

const builtinJob = { map: 'wordcount', combine: 'sum', reduce: 'sum' } as const;

interface JobParts {
  readonly name: string;
  readonly scratch: string;
  readonly done: Done;
  readonly executor: Executor;
}

function jobContender(
  { name, scratch, done, executor }: JobParts,
  options: Partial<JobOptions>,
): Contender {
  const output = join(scratch, 'out');
  return {
    name,
    async run() {
      await runJob({ input: TextInput(inputIn(scratch)), output, executor, ...options });
      return done;
    },
    finish: () => Promise.resolve(rmSync(output, { recursive: true })),
  };
}

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

function mawkContender(path: string, scratch: string, done: Done): Contender {
  const program = '{for(i=1;i<=NF;i++)c[$i]++} END{for(w in c) print w"\\t"c[w]}';
  const output = join(scratch, 'mawk.out');
  return {
    name: mawk,
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
      name: `Apache Hadoop ${hadoopVersion}, local runner, 2 map threads`,
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

const inputIn = (scratch: string): string => join(scratch, 'in');

function makeInput(scratch: string, size: number) {
  const directory = inputIn(scratch);
  mkdirSync(directory);
  const text = join(directory, 'text');
  const operations = writeText(text, size * 2 ** 20);
  return { text, directory, done: { bytes: size * 2 ** 20, operations } satisfies Done };
}

/** Lines of words whose frequency falls with their rank; returns how many words there are. */
function writeText(path: string, bytes: number): number {
  const text = makeText(Math.min(bytes, mostMade));
  const fd = openSync(path, 'w');
  let count = 0;
  for (let left = bytes; left > 0;) {
    const piece = text.subarray(0, left);
    left -= writeSync(fd, piece);
    for (const byte of piece) if (byte <= 0x20) count++;
  }
  closeSync(fd);
  return count;
}

function makeText(bytes: number): Buffer {
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
  const text = Buffer.alloc(bytes, '\n');
  for (let at = 0; at < bytes;) {
    const line = Array.from({ length: wordsPerLine }, pick).join(' ');
    at += text.write(line, at) + 1;
  }
  return text;
}
