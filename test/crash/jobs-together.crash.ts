/** Tasks that run at the same time, in threads: what overlaps, and what is told of them. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { poolExecutor, startJob, TextInput } from '../../src/mapreduce/index.ts';
import { countsOf, countTypes, resultsOf, wordsModule } from '../helpers/jobs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const executor = poolExecutor({ workers: 4 });
afterAll(() => executor[Symbol.asyncDispose]());

const meeting = {
  module: new URL('../helpers/job-modules/odd.mjs', import.meta.url),
  name: 'meeting',
};

test('MR-01 MR-25 on four workers four tasks map at the same time, each line once', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  const words = Array.from({ length: 8 }, (_, index) => `line${index}`);
  // The first four wait for each other: they end only if they overlap.
  for (const [index, word] of words.entries()) {
    writeFileSync(join(folder, 'in', `f${index}`), `${word}\n`);
  }
  const statuses = new Set<string>();
  const job = startJob({
    input: TextInput(join(folder, 'in')),
    output: join(folder, 'out'),
    map: meeting,
    reduce: wordsModule,
    types: countTypes,
    reducers: 4,
    executor,
    speculative: false,
    settings: { place: randomUUID() },
    onProgress: () => {
      for (const { attempts } of job.tasks) for (const { status } of attempts) statuses.add(status);
    },
  });
  const done = await job.done;
  expect(await resultsOf(done)).toEqual(countsOf(words.join(' ')));
  expect(done.counters.task('MAP_INPUT_RECORDS')).toBe(8);
  expect(done.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(8);
  expect(done.counters.job('TOTAL_LAUNCHED_REDUCES')).toBe(4);
  expect([...statuses].filter((status) => status !== '').sort()[0]).toBe('waits with line0');
}, 120_000);
