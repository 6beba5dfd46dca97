import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { joinPath, MemoryFileSystem } from '../../../native-free-io/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import {
  teraGenerate,
  teraSort,
  teraValidate,
  type TeraForm,
} from '../../../src/mapreduce/index.ts';
import { readFile, writeFile } from './sort-world.ts';

const world = () => realEnv({ fs: new MemoryFileSystem() });

// Of Apache Hadoop's GenSort and Nyberg's gensort.
test.each([
  [1, 'binary', '97503e23', undefined],
  [1, 'ascii', '3fcaea0a', undefined],
  [10, 'binary', '5b2d1434d', undefined],
  [10, 'ascii', '469302dca', undefined],
  [1000, 'binary', '1f9ffe645ec', '2490d5229a5743c62fd1b17075a6db1a'],
  [1000, 'ascii', '1f5dfb3631a', 'dfa2281e18d9dea46ff1f4ad51b4222b'],
] as const)(
  'MR-TeraGen of %i records, %s, has checksum %s',
  async (records, form, checksum, md5) => {
    for (const maps of [1, 3]) {
      const env = world();
      expect(await teraGenerate('in', { records, form, maps, env })).toBe(checksum);
      const parts = env.fs.listSync('in').filter(({ name }) => name.startsWith('part-m-'));
      expect(parts).toHaveLength(maps);
      const bytes = Buffer.concat(parts.map(({ name }) => readFile(env.fs, joinPath('in', name))));
      const digest = createHash('md5').update(bytes).digest('hex');
      expect(digest).toBe(md5 ?? digest);
      expect(bytes.subarray(0, 10).toString('latin1')).toBe(
        form === 'binary' ? 'JimGrayRIP' : 'AsfAGHM5om',
      );
      expect(env.fs.statSync('in/_SUCCESS')?.size).toBe(0);
    }
  },
);

test.each(['binary', 'ascii'] as TeraForm[])(
  'TeraSort of %s records passes TeraValidate with the checksum of TeraGen',
  async (form) => {
    const env = world();
    const checksum = await teraGenerate('in', { records: 30_000, form, maps: 3, env });
    const before = await teraValidate('in', { env });
    expect(before).toMatchObject({ records: 30_000, checksum });
    expect(before.unordered).toBeGreaterThan(10_000);
    expect(before.firstUnordered).toBeGreaterThan(0);
    const report = await teraSort('in', 'out', { env, memoryBytes: 1 << 20 });
    expect(report).toMatchObject({ records: 30_000, bytes: 3_000_000 });
    expect(report.runs).toBeGreaterThan(2);
    expect(await teraValidate('out', { env })).toEqual({
      records: 30_000,
      unordered: 0,
      firstUnordered: -1,
      duplicates: 0,
      checksum,
    });
  },
);

test('TeraSort makes as many parts as asked for, in order from one to the next', async () => {
  const env = world();
  const checksum = await teraGenerate('in', { records: 30_000, maps: 2, env });
  const report = await teraSort('in', 'out', { env, memoryBytes: 1 << 20, reducers: 4 });
  expect(report).toMatchObject({ records: 30_000, bytes: 3_000_000 });
  const parts = env.fs.listSync('out').filter(({ name }) => name.startsWith('part-r-'));
  expect(parts.map(({ name }) => name).sort()).toEqual(
    [0, 1, 2, 3].map((part) => `part-r-0000${part}`),
  );
  for (const { name } of parts) {
    // A quarter each, about: the sample is of the sorted runs.
    const records = env.fs.statSync(`out/${name}`)!.size / 100;
    expect(records).toBeGreaterThan(4_000);
    expect(records).toBeLessThan(11_000);
  }
  expect(await teraValidate('out', { env })).toMatchObject({
    records: 30_000,
    unordered: 0,
    checksum,
  });
  await teraSort('in', 'one', { env });
  const bytesOf = (dir: string): Buffer =>
    Buffer.concat(
      env.fs
        .listSync(dir)
        .map(({ name }) => name)
        .sort()
        .map((name) => readFile(env.fs, joinPath(dir, name))),
    );
  expect(bytesOf('out').equals(bytesOf('one'))).toBe(true);
});

test('TeraValidate counts what is out of order and equal within files and between them', async () => {
  const env = world();
  env.fs.makeDirectorySync('in');
  const file = (name: string, keys: string): void => {
    const records = keys.split('').map((key) => key.padEnd(100, '.'));
    writeFile(env.fs, `in/${name}`, Buffer.from(records.join('')));
  };
  file('part-r-00000', 'aacb');
  file('part-r-00001', '');
  file('part-r-00002', 'bd');
  file('part-r-00003', 'a');
  expect(await teraValidate('in', { env })).toMatchObject({
    records: 7,
    unordered: 2,
    firstUnordered: 3,
    duplicates: 2,
  });
  writeFile(env.fs, 'in/part-r-00004', Buffer.alloc(150));
  await expect(teraValidate('in', { env })).rejects.toMatchObject({
    code: 'SORT_PARTIAL_RECORD',
    context: { path: 'in/part-r-00004', position: 100 },
  });
});

test('TeraGen and TeraSort refuse an output that exists, TeraSort an input without parts', async () => {
  const env = world();
  env.fs.makeDirectorySync('in');
  const exists = { code: 'MAPREDUCE_OUTPUT_EXISTS' };
  await expect(teraGenerate('in', { records: 1, env })).rejects.toMatchObject(exists);
  await expect(teraSort('in', 'in', { env })).rejects.toMatchObject(exists);
  await expect(teraSort('in', 'out', { env })).rejects.toMatchObject({ code: 'IO_NOT_FOUND' });
});
