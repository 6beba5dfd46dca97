import { expect, test } from 'vitest';
import {
  runInline,
  countsOf,
  readText,
  resultsOf,
  treeOf,
  withInput,
  wordsModule,
} from '../../../helpers/jobs.ts';

const text = 'to be or not to be\nthat is the question\r\nwhether tis nobler\n'.repeat(20);

test('MR-03 MR-22 a word count over several splits gives the counts of the text', async () => {
  const fs = withInput({ 'a.txt': text, 'b.txt': 'to be\n' });
  const job = await runInline(fs, { reducers: 3 });
  expect(await resultsOf(job)).toEqual(countsOf(`${text}to be\n`));
  expect(treeOf(fs, '/out')).toEqual(['_SUCCESS', 'part-r-00000', 'part-r-00001', 'part-r-00002']);
});

test('MR-31 a combiner leaves the result as it is and shuffles fewer records', async () => {
  const fs = withInput({ 'a.txt': text });
  const plain = await runInline(fs, { reducers: 2 });
  const combined = await runInline(fs, { reducers: 2, combine: wordsModule, output: '/out2' });
  expect(await resultsOf(combined)).toEqual(await resultsOf(plain));
  expect(combined.counters.task('REDUCE_INPUT_RECORDS')).toBeLessThan(
    plain.counters.task('REDUCE_INPUT_RECORDS'),
  );
});

test('the word count that is built in counts as the functions do', async () => {
  const fs = withInput({ 'a.txt': text });
  const plain = await runInline(fs);
  const builtin = await runInline(fs, { map: 'wordcount', reduce: 'sum', output: '/out2' });
  expect(readText(fs, '/out2/part-r-00000')).toBe(readText(fs, '/out/part-r-00000'));
  for (const name of ['MAP_INPUT_RECORDS', 'MAP_OUTPUT_RECORDS', 'MAP_OUTPUT_BYTES'] as const) {
    expect([name, builtin.counters.task(name)]).toEqual([name, plain.counters.task(name)]);
  }
});
