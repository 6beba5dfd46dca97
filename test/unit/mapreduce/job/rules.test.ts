import { describe, expect, test } from 'vitest';
import { FaultFileSystem } from '../../../../native-free-io/index.ts';
import { realEnv } from '../../../../src/env/index.ts';
import {
  inlineExecutor,
  runJob,
  sequenceFileOutput,
  SequenceFileInput,
  startJob,
  TextInput,
  textOutput,
  type JobOptions,
} from '../../../../src/mapreduce/index.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import {
  countsOf,
  countTypes,
  readText,
  resultsOf,
  runInline,
  treeOf,
  withInput,
  wordsModule,
} from '../../../helpers/jobs.ts';

const odd = (name: string) => ({
  module: new URL('../../../helpers/job-modules/odd.mjs', import.meta.url),
  name,
});
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index % 50}\n`).join('');

describe('outputs', () => {
  test('MR-37 an output that exists is refused before anything runs, and is left as it is', async () => {
    const fs = withInput({ a: 'x\n' });
    await runInline(fs);
    const before = treeOf(fs, '/out');
    expect(await codeOfPromise(runInline(fs))).toBe('MAPREDUCE_OUTPUT_EXISTS');
    expect(treeOf(fs, '/out')).toEqual(before);
  });

  test('a job without reducers writes parts of its maps, unsorted', async () => {
    const fs = withInput({ a: 'b\na\n', b: 'c\n' });
    const job = await runInline(fs, { reducers: 0, types: { mapKey: 'text', mapValue: 'long' } });
    expect(treeOf(fs, '/out')).toEqual(['_SUCCESS', 'part-m-00000', 'part-m-00001']);
    expect(readText(fs, '/out/part-m-00000')).toBe('b\t1\na\t1\n');
    expect(job.counters.task('SPILLED_RECORDS')).toBe(0);
  });

  test('a reducer without records still makes an empty part', async () => {
    const fs = withInput({ a: '' });
    await runInline(fs, { reducers: 2 });
    expect([readText(fs, '/out/part-r-00000'), readText(fs, '/out/part-r-00001')]).toEqual([
      '',
      '',
    ]);
  });

  test.each(['gzip', 'deflate', 'snappy', 'zstd'] as const)(
    'text compressed with %s has its suffix and reads back',
    async (codec) => {
      const fs = withInput({ a: lines(3000) });
      const plain = await runInline(fs);
      const job = await runInline(fs, { output: textOutput('/out2', { codec }) });
      expect(treeOf(fs, '/out2')[1]).toMatch(/^part-r-00000\.\w+$/);
      expect(await resultsOf(job)).toEqual(await resultsOf(plain));
    },
  );

  test('SequenceFiles of one job are the input of the next', async () => {
    const fs = withInput({ a: lines(300) });
    const output = sequenceFileOutput('/out', { compression: 'block' });
    const first = await runInline(fs, { output });
    const { map: _, reduce: __, ...rest } = { map: 0, reduce: 0 };
    const env = realEnv({ fs });
    await using executor = inlineExecutor({ env });
    const second = await runJob({
      ...rest,
      input: SequenceFileInput('/out'),
      output: '/out2',
      types: countTypes,
      tuning: { sortBytes: 1 << 20 },
      executor,
      env,
    });
    const asText = (await resultsOf(first)).map(([key, value]) => [key, String(value)]);
    expect(await resultsOf(second)).toEqual(asText);
  });
});

describe('partitions, order and groups', () => {
  test('MR-29 a partition outside of those there are fails the task', async () => {
    const fs = withInput({ a: 'x\n' });
    const failure = runInline(fs, { partition: odd('outside'), reducers: 2 });
    await expect(failure).rejects.toThrow(/partitioner gave 99/);
    expect(treeOf(fs, '/out')).toEqual([]);
  });

  test('with one reducer a partitioner is never asked', async () => {
    const fs = withInput({ a: 'x\n' });
    const job = await runInline(fs, { partition: odd('outside') });
    expect(await resultsOf(job)).toEqual([['x', '1']]);
  });

  test('MR-36 secondary sort: groups by name, values by number, unread values are passed over', async () => {
    const fs = withInput({ a: 'b 3\na 7\nb 1\na 2\nb 2\n' });
    const job = await runInline(fs, {
      map: odd('pair'),
      reduce: odd('firstOnly'),
      partition: odd('byName'),
      group: odd('sameName'),
      reducers: 2,
    });
    expect(await resultsOf(job)).toEqual([
      ['a#002', '2'],
      ['b#001', '1'],
    ]);
    expect(job.counters.task('REDUCE_INPUT_GROUPS')).toBe(2);
    expect(job.counters.task('REDUCE_INPUT_RECORDS')).toBe(5);
  });

  test('MR-30 keys of a user’s order, and of the reverse one, come in that order', async () => {
    const fs = withInput({ a: 'aa b ccc b\n' });
    await runInline(fs, { compare: odd('longestFirst') });
    expect(readText(fs, '/out/part-r-00000')).toBe('ccc\t1\naa\t1\nb\t2\n');
    await runInline(fs, { compare: 'reverse', output: '/out2' });
    expect(readText(fs, '/out2/part-r-00000')).toBe('ccc\t1\nb\t2\naa\t1\n');
  });

  test('MR-27 what is emitted may be changed afterwards', async () => {
    const fs = withInput({ a: 'keep\n' });
    const job = await runInline(fs, {
      map: odd('reusing'),
      reduce: 'identity',
      types: { mapKey: 'textBytes', mapValue: 'textBytes', key: 'textBytes', value: 'textBytes' },
    });
    expect(await resultsOf(job)).toEqual([['keep', 'keep']]);
  });
});

describe('spills', () => {
  test('MR-26 2.5 buffers of output make 4 spills at 80 percent, and one merge', async () => {
    const value = 'v'.repeat(1000);
    const fs = withInput({ a: `${value}\n`.repeat(2600) });
    const env = realEnv({ fs });
    await using executor = inlineExecutor({ env });
    const job = await runJob({
      input: TextInput('/in'),
      output: '/out',
      types: { mapKey: 'long', mapValue: 'text', key: 'long', value: 'text' },
      tuning: { sortBytes: 1 << 20 },
      executor,
      env,
    });
    // Each record is written by a spill and by the merge; the reduce side flushes them once more.
    expect(job.counters.task('SPILLED_RECORDS')).toBe(3 * 2600);
    expect(job.counters.task('MAP_OUTPUT_RECORDS')).toBe(2600);
  });

  test.each([
    [
      'a record larger than the buffer',
      ['x'.repeat(3 << 20), 'small', 'x'.repeat(2 << 20), 'small'],
    ],
    ['empty lines only', ['', '', '']],
    ['one record', ['one']],
  ])('%s comes through', async (_, given) => {
    const fs = withInput({ a: `${given.join('\n')}\n` });
    const job = await runInline(fs, { input: TextInput('/in'), map: odd('throwing'), reducers: 2 });
    expect(await resultsOf(job)).toEqual(
      [...new Set(given)]
        .sort()
        .map((line) => [line, String(given.filter((one) => one === line).length)]),
    );
  });

  test.each([2, 3, 10])(
    'MR-32 many spills merged %i at a time give the same',
    async (sortFactor) => {
      const text = lines(4000);
      const fs = withInput({ a: text });
      const tuning = { sortBytes: 1 << 20, spillPercent: 0.005, sortFactor };
      const job = await runInline(fs, {
        input: TextInput('/in'),
        tuning,
        reducers: 3,
        combine: wordsModule,
        // Not held while mapping: combined in spills and merges alone.
        types: { ...countTypes, mapValue: 'vLong' },
      });
      expect(await resultsOf(job)).toEqual(countsOf(text));
      const { tuning: _, ...none } = { tuning };
      const compressed = await runInline(fs, {
        ...none,
        output: '/out2',
        tuning: { ...tuning, mapOutputCodec: 'snappy' },
      });
      expect(await resultsOf(compressed)).toEqual(countsOf(text));
    },
  );

  test('MR-35 a reduce side with little memory merges on disk by the thresholds', async () => {
    const text = lines(3000);
    const fs = withInput({ a: text });
    const tuning = { sortBytes: 1 << 20, reduceMemoryBytes: 3000, sortFactor: 3 };
    const job = await runInline(fs, { input: TextInput('/in', { splitBytes: 500 }), tuning });
    expect(await resultsOf(job)).toEqual(countsOf(text));
    expect(job.counters.task('SPILLED_RECORDS')).toBeGreaterThan(
      job.counters.task('MAP_OUTPUT_RECORDS') * 2,
    );
  });
});

describe('failures', () => {
  test('a task that fails four times fails the job, which leaves nothing', async () => {
    const fs = withInput({ a: 'good\nbad\n' });
    const failure = await runInline(fs, { map: odd('throwing') }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'MAPREDUCE_TASK_FAILED', context: { attempts: 4 } });
    expect(String(failure)).toContain("cannot take 'bad'");
    expect(treeOf(fs, '/out')).toEqual([]);
  });

  test('a function that cannot be found fails at once, with its name', async () => {
    const fs = withInput({ a: 'x\n' });
    const failure = await runInline(fs, { map: odd('nowhere') }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ context: { attempts: 1 } });
    expect(String(failure)).toContain("exports no function 'nowhere'");
  });

  test.each(['throwing', 'throwingLate'])(
    'bad records may be left out, counted and kept apart: %s',
    async (name) => {
      const fs = withInput({ a: 'good\nbad 1\nbad 2\n' });
      const job = await runInline(fs, { input: TextInput('/in'), map: odd(name), skipRecords: 2 });
      expect(await resultsOf(job)).toEqual([['good', '1']]);
      expect(job.counters.task('MAP_SKIPPED_RECORDS')).toBe(2);
      expect(treeOf(fs, '/out')).toContain('_skipped/part-m-00000');
      const more = runInline(fs, {
        input: TextInput('/in'),
        map: odd(name),
        skipRecords: 1,
        output: '/o2',
      });
      expect(await codeOfPromise(more)).toBe('MAPREDUCE_TASK_FAILED');
    },
  );

  test.each([
    ['the first spill', /spill0\.out$/],
    ['the index', /file\.out\.index$/],
    ['the part', /part-r-00000$/],
    ['a merge', /merged\.\d+$/],
  ])('a full disk at %s fails the job with its cause and leaves nothing', async (_, path) => {
    const inner = withInput({ a: lines(300) });
    const fs = new FaultFileSystem(inner);
    const fault = { kind: 'error', errno: 'ENOSPC' } as const;
    fs.addRule({ on: 'write', path, times: 1000, fault });
    const failure = await runInline(fs).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'MAPREDUCE_TASK_FAILED',
      context: { reason: 'IO_NO_SPACE' },
    });
    expect(fs.hits.length).toBeGreaterThan(0);
    expect(fs.openHandles).toBe(0);
    expect(treeOf(inner, '/out')).toEqual([]);
  });

  test('MR-34 a damaged map output is found, the map runs again, and the result is right', async () => {
    const text = lines(300);
    const fs = withInput({ a: text });
    const damaging = new FaultFileSystem(fs);
    let damaged = 0;
    const env = realEnv({ fs: damaging });
    await using inline = inlineExecutor({ env });
    const executor: JobOptions['executor'] = {
      workers: 1,
      async run(call, options) {
        if (call.task === 'runReduceTask' && damaged++ === 0) flipByteOf(fs, '/out');
        return inline.run(call, options);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const job = await runInline(damaging, { executor, input: TextInput('/in') }, env);
    expect(await resultsOf(job)).toEqual(countsOf(text));
    expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(2);
    expect(job.counters.job('NUM_FAILED_MAPS')).toBe(1);
    expect(job.counters.job('NUM_KILLED_REDUCES')).toBe(1);
  });

  test('a job that is cancelled ends with AbortedError and leaves nothing', async () => {
    const fs = withInput({ a: lines(300) });
    const env = realEnv({ fs });
    await using executor = inlineExecutor({ env });
    const job = startJob({
      input: TextInput('/in', { splitBytes: 100 }),
      output: '/out',
      map: wordsModule,
      types: countTypes,
      tuning: { sortBytes: 1 << 20 },
      executor,
      env,
      onProgress: ({ maps }) => {
        if (maps.done === 3) job.cancel();
      },
    });
    expect(await codeOfPromise(job.done)).toBe('IO_ABORTED');
    expect(treeOf(fs, '/out')).toEqual([]);
  });
});

test('counters of a user and facts of a task reach the function, and a promise is waited for', async () => {
  const fs = withInput({ a: 'x\ny\n', b: 'z\n' });
  const job = await runInline(fs, { map: odd('counting'), reduce: 'identity' });
  expect(job.counters.get('mine', 'lines')).toBe(3);
  expect(await resultsOf(job)).toEqual([
    ['x', '0'],
    ['y', '0'],
    ['z', '1'],
  ]);
  expect(job.counters.toText()).toContain('\t\tMap input records=3\n');
});

function flipByteOf(fs: ReturnType<typeof withInput>, dir: string): void {
  const name = treeOf(fs, dir).find((one) => one.endsWith('file.out'))!;
  const file = fs.openSync(`${dir}/${name}`, 'write');
  const byte = new Uint8Array(1);
  file.readSync(byte, 0, 1, 5);
  byte[0]! ^= 1;
  file.writeSync(byte, 0, 1, 5);
  file.closeSync();
}
