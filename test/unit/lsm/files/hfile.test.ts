/** Store files written and read again, against a sorted array of the same cells. */
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { BlockCache } from '../../../../src/lsm/files/block-cache.ts';
import { HFileReader } from '../../../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../../../src/lsm/files/hfile-writer.ts';
import type { HFileWriterOptions } from '../../../../src/lsm/files/writer-options.ts';
import type { CellView } from '../../../../src/lsm/format/cell-view.ts';
import { compareKeys } from '../../../../src/lsm/format/comparator.ts';
import {
  allCells,
  cellAt,
  randomCells,
  testCell,
  viewOf,
  type TestCell,
} from '../../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

async function written(
  fs: MemoryFileSystem,
  cells: readonly TestCell[],
  options: HFileWriterOptions = {},
): Promise<HFileReader> {
  const path = `file-${fs.listSync('.').length}`;
  const writer = HFileWriter.create(fs, path, options);
  for (const cell of cells) writer.append(viewOf(cell));
  const file = await writer.finish();
  expect(file.size).toBe(fs.statSync(path)!.size);
  return HFileReader.openSync(fs, path);
}

const order = (x: CellView, y: CellView): number =>
  compareKeys(x.bytes, x.keyPosition, x.keyLength, y.bytes, y.keyPosition, y.keyLength);

const variants: readonly (readonly [string, HFileWriterOptions])[] = [
  ['as it is by default', {}],
  ['small blocks', { blockBytes: 100 }],
  ['an index of several levels', { blockBytes: 60, indexBlockBytes: 200, minIndexEntries: 2 }],
  ['gz', { blockBytes: 500, compression: 'gz' }],
  ['snappy', { blockBytes: 500, compression: 'snappy' }],
  ['lz4', { blockBytes: 500, compression: 'lz4' }],
  ['zstd in frames', { blockBytes: 500, compression: 'zstd' }],
  ['zstd in blocks', { blockBytes: 500, compression: 'zstd', zstdFraming: 'block' }],
  ['ROW_INDEX_V1', { blockBytes: 300, encoding: 'ROW_INDEX_V1' }],
  ['FAST_DIFF', { blockBytes: 300, encoding: 'FAST_DIFF' }],
  ['DIFF', { blockBytes: 300, encoding: 'DIFF' }],
  ['PREFIX', { blockBytes: 300, encoding: 'PREFIX' }],
  ['FAST_DIFF and zstd', { blockBytes: 3000, encoding: 'FAST_DIFF', compression: 'zstd' }],
  ['crc32 for every 64 bytes', { blockBytes: 300, checksum: 'crc32', bytesPerChecksum: 64 }],
  ['no checksums', { blockBytes: 300, checksum: 'none' }],
];

test.each(variants)('HB-17 a file gives back its cells: %s', async (name, options) => {
  const seeded = new Seeded(seedFor(name));
  for (const tags of [false, true]) {
    const cells = randomCells(seeded, { count: 250, tags });
    const fs = new MemoryFileSystem();
    using file = await written(fs, cells, { ...options, includesTags: tags });
    expect(allCells(file.cursor())).toEqual(cells);
    expect(allCells(file.cursor({ scan: true, readAheadBytes: 700 }))).toEqual(cells);
    expect(file.entryCount).toBe(cells.length);
    seekEverywhere(file, cells, seeded);
  }
});

/** Seeks to cells, between them, before and behind all, forwards and backwards. */
function seekEverywhere(file: HFileReader, cells: readonly TestCell[], seeded: Seeded): void {
  const views = cells.map(viewOf);
  const targets = [
    ...Array.from({ length: 40 }, () => seeded.pick(cells)),
    ...randomCells(seeded, { count: 40 }),
    testCell({ row: '\0', timestamp: 0 }),
    testCell({ row: '\xff\xff', family: 'fam' }),
  ].map(viewOf);
  const cursor = file.cursor();
  for (const target of targets) {
    const at = views.findIndex((view) => order(view, target) >= 0);
    expect(cursor.seek(target)).toBe(at >= 0);
    if (at >= 0) expect(cellAt(cursor.cell)).toEqual(cells[at]);
    const before = views.findLastIndex((view) => order(view, target) < 0);
    expect(cursor.seekBefore(target)).toBe(before >= 0);
    if (before < 0) continue;
    expect(cellAt(cursor.cell)).toEqual(cells[before]);
    expect(cursor.next()).toBe(before + 1 < cells.length);
  }
  const ordered = [...targets].sort(order);
  expect(cursor.first()).toBe(cells.length > 0);
  for (const target of ordered) {
    const at = views.findIndex((view) => order(view, target) >= 0);
    expect(cursor.reseek(target)).toBe(at >= 0);
    if (at < 0) break;
    expect(cellAt(cursor.cell)).toEqual(cells[at]);
  }
}

test('a file without cells', async () => {
  using file = await written(new MemoryFileSystem(), []);
  expect(file.trailer).toMatchObject({
    firstDataBlockPosition: -1,
    lastDataBlockPosition: -1,
    indexLevels: 1,
    entryCount: 0,
  });
  expect([file.firstKey, file.lastKey, file.midKey()]).toEqual([undefined, undefined, undefined]);
  const cursor = file.cursor();
  expect(cursor.first()).toBe(false);
  expect(cursor.seek(viewOf(testCell()))).toBe(false);
  expect(cursor.seekBefore(viewOf(testCell()))).toBe(false);
});

test('cells larger than a block, and larger than the read-ahead of a scan', async () => {
  const cells = ['a', 'b', 'c'].map((row) => testCell({ row, value: row.repeat(300_000) }));
  using file = await written(new MemoryFileSystem(), cells);
  expect(allCells(file.cursor())).toEqual(cells);
  expect(allCells(file.cursor({ scan: true, readAheadBytes: 4096 }))).toEqual(cells);
});

test('equal keys stay in one block, newest first', async () => {
  const cells = Array.from({ length: 50 }, (_, i) =>
    testCell({ row: `row-${Math.floor(i / 10)}`, sequenceId: 100 - i }),
  );
  using file = await written(new MemoryFileSystem(), cells, { blockBytes: 10 });
  expect(file.root.count).toBe(5);
  const cursor = file.cursor();
  expect(cursor.seek(viewOf(testCell({ row: 'row-2' })))).toBe(true);
  expect(cursor.cell.sequenceId).toBe(80);
});

test('a bounded cache keeps its budget, a small one does not change what is read', async () => {
  const cells = randomCells(new Seeded(7), { count: 3000 });
  const fs = new MemoryFileSystem();
  const path = 'file';
  const options = { blockBytes: 200, indexBlockBytes: 300, minIndexEntries: 2 };
  const writer = HFileWriter.create(fs, path, options);
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
  const cache = new BlockCache(20_000);
  using file = HFileReader.openSync(fs, path, { cache });
  const cursor = file.cursor();
  const seeded = new Seeded(8);
  for (let i = 0; i < 2000; i++) {
    const target = seeded.pick(cells);
    expect(cursor.seek(viewOf(target))).toBe(true);
    expect(cursor.cell.copyKey()).toEqual(viewOf(target).copyKey());
    expect(cache.figures.heldBytes).toBeLessThanOrEqual(20_000);
  }
  const { heldBytes, evictions } = cache.figures;
  expect(evictions).toBeGreaterThan(0);
  expect(allCells(file.cursor({ scan: true }))).toEqual(cells);
  expect(cache.figures.heldBytes, 'a scan brings no data blocks in').toBeLessThanOrEqual(
    heldBytes + 2000,
  );
  file.close();
  expect(cache.figures.heldBytes).toBe(0);
});
