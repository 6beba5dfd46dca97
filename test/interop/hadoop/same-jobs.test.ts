/**
 * The same word count under Hadoop's local runner and here: the same parts, byte for byte, and the
 * same counters.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  runJob,
  TextInput,
  type JobOptions,
  type TaskCounter,
} from '../../../src/mapreduce/index.ts';
import { wordsModule } from '../../helpers/jobs.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm } from './jvm.ts';

interface TheirJob {
  readonly milliseconds: number;
  readonly counters: Readonly<Record<string, number>>;
}

let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

/** Two files of lines, with CR and CRLF among the ends, empty lines, no end of the last line. */
function makeInput(folder: string): string {
  const random = new Seeded(11);
  const input = join(folder, 'in');
  mkdirSync(input);
  for (const name of ['a.txt', 'b.txt']) {
    const lines = Array.from({ length: 3000 }, () => {
      const words = Array.from(
        { length: random.between(0, 9) },
        () => `w${random.between(0, 300)}é`,
      );
      return words.join(' ') + random.pick(['\n', '\r\n', '\r', '\n']);
    });
    writeFileSync(join(input, name), `${lines.join('')}last`);
  }
  return input;
}

function theirs(folder: string, args: object): Promise<TheirJob> {
  const work = join(folder, 'hadoop');
  return jvm.request<TheirJob>('job.run', { work, output: join(folder, 'theirs'), ...args });
}

async function ours(folder: string, input: string, options: Partial<JobOptions>) {
  const output = join(folder, 'ours');
  return await runJob({ input: TextInput(input), output, workers: 1, ...options });
}

/** Contents of the parts in order. */
function partsOf(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith('part-'))
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
}

test('MR-03 MR-29 word counts have the same parts and counters', async () => {
  const folder = temporaryFolder();
  const input = makeInput(folder);
  const settings = { 'mapreduce.job.maps': '1' };
  const their = await theirs(folder, { input, reducers: 3, settings });
  const our = await ours(folder, input, {
    map: wordsModule,
    combine: wordsModule,
    reduce: wordsModule,
    types: { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' },
    reducers: 3,
  });
  expect(partsOf(join(folder, 'ours'))).toEqual(partsOf(join(folder, 'theirs')));
  const names: readonly TaskCounter[] = [
    'MAP_INPUT_RECORDS',
    'MAP_OUTPUT_RECORDS',
    'MAP_OUTPUT_BYTES',
    'MAP_OUTPUT_MATERIALIZED_BYTES',
    'COMBINE_INPUT_RECORDS',
    'COMBINE_OUTPUT_RECORDS',
    'REDUCE_INPUT_GROUPS',
    'REDUCE_INPUT_RECORDS',
    'REDUCE_OUTPUT_RECORDS',
    'REDUCE_SHUFFLE_BYTES',
    'SHUFFLED_MAPS',
    'MERGED_MAP_OUTPUTS',
    'SPILLED_RECORDS',
  ];
  for (const name of names) {
    expect([name, our.counters.task(name)]).toEqual([name, their.counters[name]]);
  }
});

test('MR-32 word counts that spill and merge have the same parts', async () => {
  const folder = temporaryFolder();
  const input = makeInput(folder);
  const settings = { 'mapreduce.task.io.sort.mb': '1', 'mapreduce.map.sort.spill.percent': '0.05' };
  await theirs(folder, { input, reducers: 2, settings });
  const our = await ours(folder, input, {
    map: wordsModule,
    reduce: wordsModule,
    types: { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' },
    reducers: 2,
    tuning: { sortBytes: 1 << 20, spillPercent: 0.05 },
  });
  expect(our.counters.task('SPILLED_RECORDS')).toBeGreaterThan(
    our.counters.task('MAP_OUTPUT_RECORDS') * 2,
  );
  expect(partsOf(join(folder, 'ours'))).toEqual(partsOf(join(folder, 'theirs')));
});
