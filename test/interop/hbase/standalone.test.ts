/** A standalone HBase takes our store files into a table, serves every cell, and rewrites them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { HFileReader, HFileWriter, type HFileWriterOptions } from '../../../src/lsm/index.ts';
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
});

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
