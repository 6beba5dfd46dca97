/** A standalone HBase takes our store files into a table, serves every cell, and rewrites them. */
import { linkSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import {
  Database,
  HFileReader,
  HFileWriter,
  type HFileWriterOptions,
} from '../../../src/lsm/index.ts';
import { allCells, randomCells, viewOf, type TestCell } from '../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { fromJava, type JavaCell } from './cells.ts';
import { HBaseJvm } from './jvm.ts';

let jvm: HBaseJvm;
beforeAll(async () => {
  jvm = await HBaseJvm.start();
});
afterAll(() => jvm[Symbol.asyncDispose]());

/** Puts only, with timestamps that a server takes; sequence ids are the loading's. */
function puts(seeded: Seeded, rows: readonly [number, number]): TestCell[] {
  const cells = randomCells(seeded, { count: 800, rows: 200, negativeTimestamps: false });
  return cells
    .filter(({ type, timestamp }) => type === 4 && timestamp < 2 ** 62 && timestamp > 0)
    .map((cell) => ({ ...cell, row: `${rows[0]}${cell.row}`, sequenceId: 0 }));
}

const variants: readonly HFileWriterOptions[] = [
  { blockBytes: 2000 },
  { blockBytes: 2000, encoding: 'FAST_DIFF', compression: 'gz' },
  { blockBytes: 300, indexBlockBytes: 400, minIndexEntries: 2, bloom: 'ROWCOL' },
  { blockBytes: 2000, encoding: 'ROW_INDEX_V1', compression: 'snappy' },
];

test('HB-17 a standalone HBase bulk-loads our files and returns every cell', async () => {
  const folder = temporaryFolder();
  const seeded = new Seeded(seedFor('bulk load'));
  const family = join(folder, 'load', 'fam');
  mkdirSync(family, { recursive: true });
  const all: TestCell[] = [];
  for (const [i, options] of variants.entries()) {
    const cells = puts(seeded, [i, i]);
    all.push(...cells);
    const path = join(family, `${i}`.repeat(32));
    const writer = HFileWriter.create(nodeFileSystem, path, options);
    for (const cell of cells) writer.append(viewOf(cell));
    await writer.finish();
  }
  const table = 'loaded';
  await jvm.request('cluster.start', { directory: folder });
  await jvm.request('cluster.create', { table, family: 'fam', versions: 1000 });
  const loaded = await jvm.request<{ files: number }>('cluster.load', {
    table,
    directory: join(folder, 'load'),
  });
  expect(loaded.files).toBe(variants.length);
  const bare = (cells: readonly TestCell[]): TestCell[] =>
    cells.map((cell) => ({ ...cell, sequenceId: 0 }));
  const scanned = await jvm.request<JavaCell[]>('cluster.scan', { table });
  expect(bare(scanned.map(fromJava))).toEqual(all);
  const rows = Array.from({ length: 20 }, () => seeded.pick(all).row);
  const got = await jvm.request<JavaCell[]>('cluster.get', { table, rows });
  expect(new Set(got.map(([row]) => row))).toEqual(new Set(rows));
  const { directory } = await jvm.request<{ directory: string }>('cluster.majorCompact', { table });
  expect((await rewritten(directory)).map(bare)).toContainEqual(all);
  await loadTableOfOurs(folder);
});

/** Files that a table of ours flushed go into a table of HBase's, deleted columns among them. */
async function loadTableOfOurs(folder: string): Promise<void> {
  const db = await Database.open(join(folder, 'ours'));
  const ours = await db.createTable('t', { families: { fam: {} } });
  for (let i = 0; i < 300; i++) {
    const row = `row-${String(i).padStart(4, '0')}`;
    await ours.put(row, { fam: { a: `value ${i}`, b: `other ${i}` } }, { durability: 'SKIP_WAL' });
    if (i % 10 === 0) await ours.delete(row, { family: 'fam', qualifier: 'b' });
  }
  await ours.flush();
  await db.close();
  const load = join(folder, 'load-ours', 'fam');
  mkdirSync(load, { recursive: true });
  const table = join(folder, 'ours', 'data', 'default', 't');
  for (const path of await storeFilesBelow(table)) linkSync(path, join(load, basename(path)));
  await jvm.request('cluster.create', { table: 'ours', family: 'fam' });
  await jvm.request('cluster.load', { table: 'ours', directory: join(folder, 'load-ours') });
  const scanned = await jvm.request<JavaCell[]>('cluster.scan', { table: 'ours' });
  const expected = Array.from({ length: 300 }, (_, i) => {
    const row = `row-${String(i).padStart(4, '0')}`;
    const a = [row, 'a', `value ${i}`];
    return i % 10 === 0 ? [a] : [a, [row, 'b', `other ${i}`]];
  }).flat();
  expect(scanned.map(([row, , qualifier, , , value]) => [row, qualifier, value])).toEqual(expected);
}

async function storeFilesBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, kind } of await nodeFileSystem.list(directory)) {
    const path = join(directory, name);
    if (kind === 'directory') paths.push(...(await storeFilesBelow(path)));
    else if (/^[0-9a-f]{32}$/.test(name)) paths.push(path);
  }
  return paths;
}

/** Cells of every store file that a compaction of all files made; earlier ones may linger. */
async function rewritten(directory: string): Promise<TestCell[][]> {
  const files: TestCell[][] = [];
  for (const region of await nodeFileSystem.list(directory)) {
    if (region.kind !== 'directory' || region.name.startsWith('.')) continue;
    const family = join(directory, region.name, 'fam');
    for (const { name } of await nodeFileSystem.list(family)) {
      if (name.startsWith('.') || name.includes('_SeqId_')) continue;
      using file = HFileReader.openSync(nodeFileSystem, join(family, name));
      if (file.isMajorCompaction) files.push(allCells(file.cursor({ scan: true })));
    }
  }
  return files;
}
