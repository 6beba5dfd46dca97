import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { varve } from './cli-world.ts';

test('varve mr teragen, terasort and teravalidate agree on the known checksum', async () => {
  const folder = temporaryFolder();
  const [input, output] = [join(folder, 'in'), join(folder, 'out')];
  const made = await varve(['mr', 'teragen', '1000', input, '--maps', '3']);
  expect(made).toEqual({ code: 0, out: '1,000 records, checksum 1f9ffe645ec\n', err: '' });
  const unsorted = await varve(['mr', 'teravalidate', input]);
  expect(unsorted.code).toBe(1);
  expect(unsorted.out).toContain('out of order, the first is number');
  const sorted = await varve(['mr', 'terasort', input, output, '--parallel', '1', '-S', '1M']);
  expect(sorted).toEqual({ code: 0, out: '1,000 records sorted\n', err: '' });
  const valid = await varve(['mr', 'teravalidate', output]);
  expect(valid).toMatchObject({ code: 0, err: '' });
  expect(valid.out).toBe(
    'Records: 1,000\nChecksum: 1f9ffe645ec\nDuplicate keys: 0\nSUCCESS - all records are in order\n',
  );
  const json = await varve(['mr', 'teravalidate', output, '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ records: 1000, unordered: 0 });
});

test('varve mr teragen refuses what is no number and what exists', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'x'), '');
  expect(await varve(['mr', 'teragen', 'many', join(folder, 'in')])).toMatchObject({ code: 2 });
  const exists = await varve(['mr', 'teragen', '1', folder]);
  expect(exists).toMatchObject({ code: 1 });
  expect(exists.err).toContain('MAPREDUCE_OUTPUT_EXISTS');
});
