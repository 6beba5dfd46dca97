import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gzipCodec, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { realEnv } from '../../../../src/env/index.ts';
import {
  inputsOf,
  KeyValueTextInput,
  NLineInput,
  SequenceFileInput,
  TextInput,
  type JobInput,
} from '../../../../src/mapreduce/index.ts';
import { splitRanges } from '../../../../src/mapreduce/input/file-splits.ts';
import { openReader } from '../../../../src/mapreduce/input/readers.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { utf8 } from '../../../helpers/hex.ts';
import { putFile } from '../../../helpers/jobs.ts';
import { somePairs, textIntOptions, writePairs } from '../../../helpers/sequence-files.ts';

async function recordsOf(fs: MemoryFileSystem, input: JobInput): Promise<unknown[][]> {
  const perSplit: unknown[][] = [];
  for (const split of await input.splits(fs)) {
    const reader = await openReader(split, realEnv({ fs }));
    const records: unknown[] = [];
    for (
      let batch = await reader.nextBatch();
      batch !== undefined;
      batch = await reader.nextBatch()
    ) {
      for (let index = 0; index < batch.count; index++) {
        records.push([batch.key(index), batch.value(index)]);
      }
    }
    await reader.close();
    perSplit.push(records);
  }
  return perSplit;
}

test.each([
  [140, [[0, 140]]],
  [
    141,
    [
      [0, 128],
      [128, 13],
    ],
  ],
  [
    268,
    [
      [0, 128],
      [128, 140],
    ],
  ],
  [
    270,
    [
      [0, 128],
      [128, 128],
      [256, 14],
    ],
  ],
  [
    300,
    [
      [0, 128],
      [128, 128],
      [256, 44],
    ],
  ],
  [130, [[0, 130]]],
  [0, [[0, 0]]],
])('MR-23 a file of %i with splits of 128 is cut as Hadoop cuts it', (size, expected) => {
  expect(splitRanges(size, 128).map(({ start, length }) => [start, length])).toEqual(expected);
});

test('hidden names are left out, patterns and directories are listed, missing ones told together', async () => {
  const fs = new MemoryFileSystem();
  for (const dir of ['/d/sub/deep', '/e']) fs.makeDirectorySync(dir);
  for (const name of [
    '/d/a1.txt',
    '/d/a2.txt',
    '/d/b1.csv',
    '/d/_hidden',
    '/d/.dot',
    '/d/sub/c.txt',
    '/d/sub/deep/e.txt',
    '/e/x',
  ])
    putFile(fs, name, name);
  const paths = async (...given: string[]): Promise<string[]> =>
    (await TextInput(given).splits(fs)).map(({ path }) => path);
  expect(await paths('/d/a?.txt')).toEqual(['/d/a1.txt', '/d/a2.txt']);
  expect(await paths('/d/{a1,b1}.*', '/e')).toEqual(['/d/a1.txt', '/d/b1.csv', '/e/x']);
  expect(await paths('/d/[ab]1*')).toEqual(['/d/a1.txt', '/d/b1.csv']);
  expect(await paths('/d/**/*.txt')).toEqual([
    '/d/a1.txt',
    '/d/a2.txt',
    '/d/sub/c.txt',
    '/d/sub/deep/e.txt',
  ]);
  expect(await codeOfPromise(paths('/d'))).toBe('OPTION_INVALID');
  const all = await TextInput('/d', { recursive: true }).splits(fs);
  expect(all).toHaveLength(5);
  expect(await codeOfPromise(paths('/none', '/d/z*'))).toBe('IO_NOT_FOUND');
  await expect(paths('/none', '/d/z*')).rejects.toThrow(/\/none, \/d\/z\*/);
});

test('key-value text is cut at the first separator; without one the line is the key', async () => {
  const fs = new MemoryFileSystem();
  putFile(fs, '/f', 'a\tb\tc\nonly\n\tv\n\n');
  expect(await recordsOf(fs, KeyValueTextInput('/f'))).toEqual([
    [
      ['a', 'b\tc'],
      ['only', ''],
      ['', 'v'],
      ['', ''],
    ],
  ]);
  putFile(fs, '/g', 'x=1');
  expect(await recordsOf(fs, KeyValueTextInput('/g', { separator: '=' }))).toEqual([[['x', '1']]]);
});

test.each(['a\nb\nc\nd\ne\n', 'a\r\nb\r\n\r\nd\r\ne', 'a\nb\n\n\ne'])(
  'n lines of %j make a split each, none lost and none twice',
  async (text) => {
    for (const lines of [1, 2, 3, 10]) {
      const fs = new MemoryFileSystem();
      putFile(fs, '/f', text);
      const perSplit = await recordsOf(fs, NLineInput('/f', { lines }));
      const [whole] = await recordsOf(fs, TextInput('/f'));
      expect(perSplit.flat()).toEqual(whole);
      expect(perSplit.map((records) => records.length)).toEqual(
        Array.from({ length: Math.ceil(5 / lines) }, (_, i) => Math.min(lines, 5 - i * lines)),
      );
    }
  },
);

test('SequenceFiles give every record once, whatever the splits; MapFiles by their data', async () => {
  const fs = new MemoryFileSystem();
  fs.makeDirectorySync('/map');
  await writePairs(fs, '/map/data', { ...textIntOptions, syncInterval: 40 }, somePairs(40));
  const expected = somePairs(40).map(({ key, value }) => [key, value]);
  for (const splitBytes of [37, 100, 10_000]) {
    const perSplit = await recordsOf(fs, SequenceFileInput('/map', { splitBytes }));
    expect(perSplit.flat()).toEqual(expected);
  }
  putFile(fs, '/bad', 'no sequence');
  expect(await codeOfPromise(SequenceFileInput('/bad').splits(fs))).toBe(
    'HADOOP_CORRUPT_SEQUENCE_FILE',
  );
});

test('a compressed file is one split, with the records of the plain text', async () => {
  const fs = new MemoryFileSystem();
  const text = 'some line\n'.repeat(2000);
  putFile(fs, '/f.gz', gzipCodec.compressSync(utf8(text)));
  const perSplit = await recordsOf(fs, TextInput('/f.gz', { splitBytes: 10 }));
  expect(perSplit).toHaveLength(1);
  expect(perSplit[0]).toHaveLength(2000);
  // Two streams of bzip2 1.0.8, one after the other.
  const packed = new URL('../../native-free-io/codec/reference/bzip2-streams', import.meta.url);
  putFile(fs, '/p.bz2', new Uint8Array(readFileSync(packed)));
  const proverbs = await recordsOf(fs, TextInput('/p.bz2'));
  expect(proverbs[0]!.length).toBe(12);
  expect(proverbs[0]![11]).toEqual([
    expect.any(Number),
    '11: still waters run deep, and still they run',
  ]);
  putFile(fs, '/g.lzo', 'x');
  expect(await codeOfPromise(TextInput('/g.lzo').splits(fs))).toBe('HADOOP_CODEC_UNKNOWN');
});

test('several inputs are one after the other', async () => {
  const fs = new MemoryFileSystem();
  putFile(fs, '/a', '1\n');
  putFile(fs, '/b', 'k\tv\n');
  expect(await recordsOf(fs, inputsOf(TextInput('/a'), KeyValueTextInput('/b')))).toEqual([
    [[0, '1']],
    [['k', 'v']],
  ]);
});
