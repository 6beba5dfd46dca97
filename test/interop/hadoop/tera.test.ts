/** TeraGen, TeraSort and TeraValidate of Hadoop's examples beside ours. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { teraGenerate, teraSort, teraValidate } from '../../../src/mapreduce/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm } from './jvm.ts';

let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

const records = 20_000;

async function theirs(folder: string, tool: string, argv: readonly string[]): Promise<void> {
  const ran = await jvm.tool(`org.apache.hadoop.examples.terasort.${tool}`, argv, {
    'fs.defaultFS': 'file:///',
    'mapreduce.framework.name': 'local',
    'mapreduce.task.io.sort.mb': '16',
    'mapreduce.job.reduces': '3',
    'hadoop.tmp.dir': join(folder, 'hadoop'),
  });
  expect([ran.status, ran.exception], ran.stderr + jvm.log).toEqual([0, null]);
}

function bytesIn(dir: string): Buffer {
  const parts = readdirSync(dir).filter((name) => name.startsWith('part-'));
  return Buffer.concat(parts.sort().map((name) => readFileSync(join(dir, name))));
}

/** What Hadoop's TeraValidate writes: complaints, and the checksum. */
async function theirVerdict(folder: string, dir: string): Promise<string> {
  const report = join(folder, `report-of-${dir}`);
  await theirs(folder, 'TeraValidate', [join(folder, dir), report]);
  return bytesIn(report).toString();
}

test('TeraGen gives Hadoop’s bytes, and TeraSort of several parts Hadoop’s records', async () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  await theirs(folder, 'TeraGen', [String(records), at('their-in')]);
  const checksum = await teraGenerate(at('our-in'), { records, parallel: 1 });
  expect(bytesIn(at('our-in')).equals(bytesIn(at('their-in')))).toBe(true);

  await theirs(folder, 'TeraSort', [at('their-in'), at('their-out')]);
  await teraSort(at('our-in'), at('our-out'), { reducers: 3, parallel: 1, memoryBytes: 1 << 20 });
  expect(bytesIn(at('our-out')).equals(bytesIn(at('their-out')))).toBe(true);
  expect(readdirSync(at('our-out')).sort()).toEqual([
    '_SUCCESS',
    'part-r-00000',
    'part-r-00001',
    'part-r-00002',
  ]);

  expect(await theirVerdict(folder, 'our-out')).toBe(`checksum\t${checksum}\n`);
  expect(await teraValidate(at('their-out'))).toMatchObject({ records, unordered: 0, checksum });
});

test('what Hadoop’s TeraValidate finds out of order, ours finds too', async () => {
  const folder = temporaryFolder();
  const checksum = await teraGenerate(join(folder, 'unsorted'), { records: 1000, maps: 2 });
  const verdict = await theirVerdict(folder, 'unsorted');
  expect(verdict).toContain(`checksum\t${checksum}\n`);
  expect(verdict).toContain('misorder');
  const ours = await teraValidate(join(folder, 'unsorted'));
  expect(ours.unordered).toBeGreaterThan(0);
  expect(ours.checksum).toBe(checksum);
});
