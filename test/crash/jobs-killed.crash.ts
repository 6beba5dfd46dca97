import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import {
  poolExecutor,
  runJob,
  startJob,
  TextInput,
  type JobOptions,
} from '../../src/mapreduce/index.ts';
import { codeOfPromise } from '../helpers/codes.ts';
import { countsOf, countTypes, resultsOf, wordsModule } from '../helpers/jobs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const odd = (name: string) => ({
  module: new URL('../helpers/job-modules/odd.mjs', import.meta.url),
  name,
});
const executor = poolExecutor({ workers: 2 });
afterAll(() => executor[Symbol.asyncDispose]());

function inputOf(text: string): { folder: string; input: string; output: string } {
  const folder = temporaryFolder();
  const input = join(folder, 'in');
  writeFileSync(input, text);
  return { folder, input, output: join(folder, 'out') };
}

function inPool(input: string, output: string, options: Partial<JobOptions>): JobOptions {
  return {
    input: TextInput(input),
    output,
    map: wordsModule,
    reduce: wordsModule,
    types: countTypes,
    tuning: { sortBytes: 1 << 20 },
    executor,
    ...options,
  };
}

test('MR-18 a worker that dies while it maps is replaced, and the result is right', async () => {
  const { input, output } = inputOf('a\ndie\nb\n');
  const job = await runJob(inPool(input, output, { map: odd('dying') }));
  expect(await resultsOf(job)).toEqual([
    ['a', '1'],
    ['b', '1'],
    ['die', '1'],
  ]);
  expect(job.counters.job('NUM_FAILED_MAPS')).toBe(1);
});

test('a worker that dies while it reduces is replaced, and the result is right', async () => {
  const { input, output } = inputOf('a b a\n');
  const job = await runJob(inPool(input, output, { reduce: odd('dyingReduce') }));
  expect(await resultsOf(job)).toEqual([
    ['a', '2'],
    ['b', '1'],
  ]);
  expect(job.counters.job('NUM_FAILED_REDUCES')).toBe(1);
});

test('a worker that dies every time fails the job, which leaves nothing', async () => {
  const { folder, input, output } = inputOf('die\n');
  const options = { map: odd('dying'), settings: { dies: '9' }, maxAttempts: 2 };
  expect(await codeOfPromise(runJob(inPool(input, output, options)))).toBe('MAPREDUCE_TASK_FAILED');
  expect(readdirSync(folder)).toEqual(['in']);
});

test('MR-6190: a task that hangs from the start is ended after the time allowed, and tried again', async () => {
  const { input, output } = inputOf('a\nhang\n');
  const job = await runJob(inPool(input, output, { map: odd('hanging'), taskTimeoutMs: 1500 }));
  expect(await resultsOf(job)).toEqual([
    ['a', '1'],
    ['hang', '1'],
  ]);
  expect(job.counters.job('NUM_FAILED_MAPS')).toBe(1);
});

test('a slow task gets a second attempt, and the first of the two to end wins', async () => {
  const { folder, input, output } = inputOf('a\n');
  writeFileSync(join(folder, 'in2'), 'slow\n');
  const job = await runJob(
    inPool(input, output, { input: TextInput([input, join(folder, 'in2')]), map: odd('slow') }),
  );
  expect(await resultsOf(job)).toEqual([
    ['a', '1'],
    ['slow', '1'],
  ]);
  expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(3);
  expect(job.counters.job('NUM_KILLED_MAPS')).toBe(1);
});

test('a job that is cancelled while its workers run takes its output away', async () => {
  const { folder, input, output } = inputOf('slow\n');
  const job = startJob(inPool(input, output, { map: odd('slow'), speculative: false }));
  setImmediate(() => job.cancel());
  expect(await codeOfPromise(job.done)).toBe('IO_ABORTED');
  expect(readdirSync(folder)).toEqual(['in']);
});

test('a job of 8 splits and 4 reducers has the counts of the text', async () => {
  const text = 'the quick brown fox jumps over the lazy dog\n'.repeat(400);
  const { input, output } = inputOf(text);
  const options = {
    input: TextInput(input, { splitBytes: 2200 }),
    reducers: 4,
    // A busy machine would have second attempts.
    speculative: false,
  };
  const job = await runJob(inPool(input, output, options));
  expect(await resultsOf(job)).toEqual(countsOf(text));
  expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(8);
});

test('MR-18 a job killed with -9 goes on from its finished maps when it is run again', async () => {
  const text = 'some words of a text that goes on and on\n'.repeat(3000);
  const { input, output } = inputOf(text);
  const child = fileURLToPath(new URL('job-child.mjs', import.meta.url));
  const args = [child, input, output, wordsModule.href];
  const run = (slow: string) =>
    spawn(process.execPath, args, { env: { ...process.env, SLOW: slow } });

  const killed = run('yes');
  let seen = '';
  await new Promise<void>((resolve) => {
    killed.stdout.on('data', (piece: Buffer) => {
      seen += piece.toString();
      const last = seen.trimEnd().split('\n').at(-1) ?? '';
      if (last.endsWith('}') && /"maps":\{"done":(\d+),"total":\1\}/.test(last))
        killed.kill('SIGKILL');
    });
    killed.once('close', () => resolve());
  });
  expect(readdirSync(output)).toEqual(['_temporary']);

  const words = new URL(wordsModule);
  const job = await runJob({
    input: TextInput(input, { splitBytes: 20_000 }),
    output,
    map: words,
    reduce: { module: words, name: 'slowReduce' },
    types: countTypes,
    reducers: 3,
    executor,
  });
  expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(0);
  expect(job.counters.task('MAP_INPUT_RECORDS')).toBe(3000);
  expect(await resultsOf(job)).toEqual(countsOf(text));
  expect(readdirSync(output)).not.toContain('_temporary');
  expect(readFileSync(join(output, '_SUCCESS'))).toHaveLength(0);
}, 120_000);

test('the remains of a job are no output of another', async () => {
  const { input, output } = inputOf('a\n'.repeat(30_000));
  const child = fileURLToPath(new URL('job-child.mjs', import.meta.url));
  const killed = spawn(process.execPath, [child, input, output, wordsModule.href], {
    env: { ...process.env, SLOW: 'yes' },
  });
  await new Promise<void>((resolve) => {
    killed.stdout.once('data', () => killed.kill('SIGKILL'));
    killed.once('close', () => resolve());
  });
  const other = inPool(input, output, { reducers: 2 });
  expect(await codeOfPromise(runJob(other))).toBe('MAPREDUCE_OUTPUT_EXISTS');
});
