/** What becomes of records and tasks on their way through a job. */
import { describe, expect, test } from 'vitest';
import { realEnv } from '../../../../src/env/index.ts';
import {
  inlineExecutor,
  NLineInput,
  startJob,
  type Executor,
  type JobOptions,
  type TaskCall,
} from '../../../../src/mapreduce/index.ts';
import { countTypes, resultsOf, runInline, withInput, wordsModule } from '../../../helpers/jobs.ts';

const odd = (name: string) => ({
  module: new URL('../../../helpers/job-modules/odd.mjs', import.meta.url),
  name,
});

describe('a map function', () => {
  const fs = withInput({ a: '3\n0\n1\n' });
  const types = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' } as const;
  const cases: readonly (readonly [name: string, map: JobOptions['map'], pairs: unknown[]])[] = [
    [
      'identity',
      'identity',
      [
        ['0', '3'],
        ['2', '0'],
        ['4', '1'],
      ],
    ],
    [
      'of each record as many as it says',
      odd('flat'),
      [
        ['1', '0'],
        ['3', '0'],
        ['3', '1'],
        ['3', '2'],
      ],
    ],
    ['one that takes out, by a pattern', 'grep', [['3', '1']]],
  ];
  test.each(cases)('MR-02 gives 0, 1 or more pairs for one: %s', async (name, map, pairs) => {
    const job = await runInline(fs, {
      map: map!,
      reduce: 'identity',
      output: `/out-${name}`,
      settings: { pattern: '3' },
      types: name === 'identity' ? { ...types, mapValue: 'text', value: 'text' } : types,
    });
    const results = await resultsOf(job);
    expect(results.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual(pairs);
  });
});

test('MR-05 of each task state, progress, attempts and counters are told while the job runs', async () => {
  const fs = withInput({ a: '2\n1\n3\n' });
  const env = realEnv({ fs });
  await using executor = inlineExecutor({ env });
  const told: { readonly state: string; readonly progress: number }[][] = [];
  const job = startJob({
    input: NLineInput('/in/a'),
    output: '/out',
    map: odd('flat'),
    reduce: 'sum',
    types: countTypes,
    executor,
    env,
    onProgress: () => told.push(job.tasks.map(({ state, progress }) => ({ state, progress }))),
  });
  expect(job.tasks).toEqual([]);
  const { counters } = await job.done;
  const tasks = job.tasks;
  expect(tasks.map(({ id }) => id.slice(-8))).toEqual([
    'm_000000',
    'm_000001',
    'm_000002',
    'r_000000',
  ]);
  expect(tasks.every(({ state, progress }) => state === 'succeeded' && progress === 1)).toBe(true);
  // The line 1 failed once, wherever its split came among those of one line.
  const states = tasks.map(({ attempts }) => attempts.map(({ state }) => state).join(' '));
  expect(states.sort()).toEqual(['failed succeeded', 'succeeded', 'succeeded', 'succeeded']);
  const failed = tasks.flatMap(({ attempts }) => attempts).find(({ state }) => state === 'failed');
  expect(failed).toMatchObject({ error: 'not at first', id: expect.stringMatching(/_0$/) });
  const group = 'org.apache.hadoop.mapreduce.TaskCounter';
  const inputs = tasks.map((task) => task.counters[group]?.['MAP_INPUT_RECORDS'] ?? 0);
  expect(inputs.reduce((sum, one) => sum + one)).toBe(counters.task('MAP_INPUT_RECORDS'));
  // At first all wait; maps are done before the reduce is.
  expect(told[0]!.at(-1)).toEqual({ state: 'waiting', progress: 0 });
  expect(told.every((all) => all.every(({ progress }) => progress >= 0 && progress <= 1))).toBe(
    true,
  );
  expect(told.some((all) => all[0]!.state === 'succeeded' && all.at(-1)!.progress < 1)).toBe(true);
});

interface ReduceCall {
  readonly segments: readonly { readonly path: string }[];
  readonly task: { readonly index: number; readonly attempt: number };
}

test('MR-33 a reduce learns of every map that is done, and fetches each output once', async () => {
  const fs = withInput({ a: 'one two\n'.repeat(300), b: 'three\n'.repeat(300) });
  const env = realEnv({ fs });
  await using inner = inlineExecutor({ env });
  const calls: TaskCall[] = [];
  let damages = 1;
  const executor: Executor = {
    workers: 1,
    async run(call, options) {
      calls.push(call);
      const { segments, task } = call.argument as ReduceCall;
      // The last reduce finds a map's output gone, once.
      if (call.task === 'runReduceTask' && task.index === 2 && damages-- > 0) {
        fs.removeFileSync(segments[1]!.path);
      }
      return inner.run(call, options);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const job = await runInline(fs, { executor, reducers: 3, map: wordsModule }, env);
  const maps = calls.filter(({ task }) => task === 'runMapTask').length;
  const reduces = calls.filter(({ task }) => task === 'runReduceTask');
  const first = calls.findIndex(({ task }) => task === 'runReduceTask');
  expect(maps).toBeGreaterThan(3);
  // No reduce before the maps; one map again, because of the damage, and its reduce again.
  expect(calls.slice(0, first).every(({ task }) => task === 'runMapTask')).toBe(true);
  expect(first).toBe(maps - 1);
  expect(reduces).toHaveLength(4);
  for (const { argument } of reduces) {
    const paths = (argument as ReduceCall).segments.map(({ path }) => path);
    expect(new Set(paths).size).toBe(maps - 1);
  }
  const last = reduces.at(-1)!.argument as ReduceCall;
  expect(last.segments[1]!.path).toMatch(/_m_000001_1\/file\.out$/);
  expect(job.counters.task('SHUFFLED_MAPS')).toBe(3 * (maps - 1));
  expect(job.counters.task('REDUCE_SHUFFLE_BYTES')).toBe(
    job.counters.task('MAP_OUTPUT_MATERIALIZED_BYTES'),
  );
  expect(await resultsOf(job)).toEqual([
    ['one', '300'],
    ['three', '300'],
    ['two', '300'],
  ]);
});
