/** HBase's own reader, printer, filters and checker over store files that we wrote. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { HFileWriter, type HFileWriterOptions } from '../../../src/lsm/index.ts';
import { randomCells, testCell, viewOf, type TestCell } from '../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { toJava, type HFileRead } from './cells.ts';
import { HBaseJvm, type Printed } from './jvm.ts';

let jvm: HBaseJvm;
beforeAll(async () => {
  jvm = await HBaseJvm.start();
});
afterAll(() => jvm[Symbol.asyncDispose]());

async function write(
  path: string,
  cells: readonly TestCell[],
  options: HFileWriterOptions,
): Promise<void> {
  const writer = HFileWriter.create(nodeFileSystem, path, options);
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
}

interface Variant extends HFileWriterOptions {
  readonly settings?: Readonly<Record<string, string>>;
}

const plain = { negativeTimestamps: false };
const levels = { blockBytes: 100, indexBlockBytes: 300, minIndexEntries: 2 };
const variants: readonly (readonly [string, Variant])[] = [
  ['as it is by default', {}],
  ['small blocks', { blockBytes: 200 }],
  ['several index levels', levels],
  ['gz', { blockBytes: 2000, compression: 'gz' }],
  ['snappy', { blockBytes: 2000, compression: 'snappy' }],
  ['lz4', { blockBytes: 2000, compression: 'lz4' }],
  ['zstd in blocks', { blockBytes: 2000, compression: 'zstd', zstdFraming: 'block' }],
  ['gz and several index levels', { ...levels, compression: 'gz' }],
  ['ROW_INDEX_V1', { blockBytes: 1000, encoding: 'ROW_INDEX_V1' }],
  ['FAST_DIFF', { blockBytes: 1000, encoding: 'FAST_DIFF' }],
  ['DIFF', { blockBytes: 1000, encoding: 'DIFF' }],
  ['PREFIX', { blockBytes: 1000, encoding: 'PREFIX' }],
  ['FAST_DIFF and snappy', { blockBytes: 3000, encoding: 'FAST_DIFF', compression: 'snappy' }],
  ['crc32', { blockBytes: 1000, checksum: 'crc32', bytesPerChecksum: 100 }],
  ['no checksums', { blockBytes: 1000, checksum: 'none' }],
  ['ROWCOL filter', { blockBytes: 1000, bloom: 'ROWCOL' }],
  ['prefix filter', { blockBytes: 1000, bloom: 'ROWPREFIX_FIXED_LENGTH', bloomPrefixBytes: 5 }],
  ['no filter', { blockBytes: 1000, bloom: 'NONE' }],
  ['many chunks of filter', { blockBytes: 1000, bloom: 'ROWCOL', bloomChunkBytes: 128 }],
  ['no sequence ids', { blockBytes: 1000, includesSequenceIds: false }],
];

test.each(variants)('HB-17 HBase reads what we wrote: %s', async (name, options) => {
  const folder = temporaryFolder();
  const seeded = new Seeded(seedFor(name));
  for (const includesTags of [false, true]) {
    const path = join(folder, `file${Number(includesTags)}`);
    const cells = randomCells(seeded, { ...plain, count: 600, tags: includesTags });
    await write(path, cells, { ...options, includesTags });
    const expected = cells.map((cell) =>
      toJava(options.includesSequenceIds === false ? { ...cell, sequenceId: 0 } : cell),
    );
    const read = await jvm.request<HFileRead>('hfile.read', { path });
    expect(read.cells).toEqual(expected);
    const argv = ['-v', '-m', '-b', '-k', '-s', '-h', '-f', `file://${path}`];
    const printed = await jvm.request<Printed>('hfile.print', { argv });
    expect(printed).toMatchObject({ status: 0, exception: null });
    expect(printed.stdout).toContain(`entryCount=${cells.length},`);
    expect(printed.stdout + printed.stderr).not.toMatch(/WARNING|Exception|previous/);
  }
});

test('HBase reads a file without cells and one with cells larger than its blocks', async () => {
  const folder = temporaryFolder();
  const empty = join(folder, 'empty');
  await write(empty, [], {});
  expect((await jvm.request<HFileRead>('hfile.read', { path: empty })).cells).toEqual([]);
  const huge = join(folder, 'huge');
  const cells = ['a', 'b', 'c'].map((row) => testCell({ row, value: row.repeat(3_000_000) }));
  await write(huge, cells, { compression: 'gz' });
  const read = await jvm.request<HFileRead>('hfile.read', { path: huge });
  expect(read.cells).toEqual(cells.map(toJava));
});

test.each(['ROW', 'ROWCOL', 'ROWPREFIX_FIXED_LENGTH'] as const)(
  "HBase's filter of type %s lets what is there through, and little else",
  async (bloom) => {
    const path = join(temporaryFolder(), 'abcdef0123');
    const rows = Array.from({ length: 3000 }, (_, i) => String(i).padStart(6, '0'));
    const cells = rows.map((row) => testCell({ row, qualifier: `q${row}` }));
    await write(path, cells, { bloom, bloomPrefixBytes: 4, bloomChunkBytes: 512 });
    const settings = { 'RowPrefixBloomFilter.prefix_length': '4' };
    const there = rows.map((row) => [row, `q${row}`]);
    const absent = rows.map((row) => [`x${row}`, `q${row}`]);
    const questions = [...there, ...absent];
    const answers = await jvm.request<boolean[]>('hfile.blooms', {
      path,
      bloom,
      questions,
      settings,
    });
    expect(answers.slice(0, there.length)).not.toContain(false);
    // Rows behind the last key are known to be absent; the rate is that of the filter.
    expect(answers.slice(there.length).filter(Boolean).length).toBeLessThan(60);
  },
);

test("HBase's checker finds our file sound and a bent one corrupt", async () => {
  const root = temporaryFolder();
  const family = join(root, 'data', 'default', 't', '0'.repeat(32), 'f');
  mkdirSync(family, { recursive: true });
  const cells = randomCells(new Seeded(seedFor('checker')), { ...plain, count: 600 });
  const [sound, bent] = ['a'.repeat(32), 'b'.repeat(32)].map((name) => join(family, name));
  await write(sound!, cells, {});
  await write(bent!, cells, {});
  const file = nodeFileSystem.openSync(bent!, 'write');
  file.truncateSync(file.sizeSync() - 1);
  file.closeSync();
  const table = `file://${join(root, 'data', 'default', 't')}`;
  expect(await jvm.request('hfile.corrupt', { root, table })).toEqual({
    checked: 2,
    corrupt: ['b'.repeat(32)],
    failures: 0,
  });
});
