import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { varve } from './cli-world.ts';

function newInput(): { input: string; output: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'a'), 'b.2 x\na.10 y\na.9 z\n');
  return { input: join(folder, 'in'), output: join(folder, 'out') };
}

function partsIn(output: string): string[] {
  const names = readdirSync(output).filter((name) => name.startsWith('part-'));
  return names.sort().map((name) => `${name} ${readFileSync(join(output, name), 'utf8')}`);
}

test('varve mr streaming without programs has the records of the input, places first', async () => {
  const { input, output } = newInput();
  const done = await varve(['mr', 'streaming', '-q', '-i', input, '-o', output, '-w', '1']);
  expect(done).toEqual({ code: 0, out: '', err: '' });
  expect(partsIn(output)).toEqual(['part-00000 0\tb.2 x\n6\ta.10 y\n13\ta.9 z\n']);
});

test('varve mr streaming takes the settings of Hadoop Streaming', async () => {
  const { input, output } = newInput();
  const settings = {
    'stream.map.output.field.separator': ' ',
    'mapreduce.map.output.key.field.separator': '.',
    'mapreduce.job.reduces': '2',
    'mapreduce.job.partitioner.class': 'org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner',
    'mapreduce.partition.keypartitioner.options': '-k1,1',
    'mapreduce.job.output.key.comparator.class': 'KeyFieldBasedComparator',
    'mapreduce.partition.keycomparator.options': '-k1,1 -k2,2n',
    'mapreduce.output.textoutputformat.separator': '|',
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  const paths = ['-i', input, '-o', output, '-w', '1', '-q'];
  await varve(['mr', 'streaming', '--mapper', 'cat', ...paths, ...given]);
  expect(partsIn(output)).toEqual(['part-00000 b.2|x\n', 'part-00001 a.9|z\na.10|y\n']);
});

test.each([
  [['--partitioner', 'first'], '--partitioner'],
  [['--comparator', 'none'], '--comparator'],
  [['--cmdenv', 'A B=c'], '--cmdenv'],
  [['-D', '=x'], '--define'],
  [['--maps', '-1'], '--maps'],
])('varve mr streaming refuses %j as wrong usage', async (args, told) => {
  const { input, output } = newInput();
  const { code, err } = await varve(['mr', 'streaming', '-i', input, '-o', output, ...args]);
  expect(code).toBe(2);
  expect(err).toContain(told);
});
