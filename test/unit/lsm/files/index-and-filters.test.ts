/** Indexes of one to many levels, filters of many chunks, positions beyond 32 bits. */
import { expect, test } from 'vitest';
import { AppendFile, MemoryFileSystem, nodeFileSystem } from '../../../../native-free-io/index.ts';
import { HFileReader } from '../../../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../../../src/lsm/files/hfile-writer.ts';
import {
  resolveWriterOptions,
  type HFileWriterOptions,
} from '../../../../src/lsm/files/writer-options.ts';
import { keyView } from '../../../../src/lsm/region/part-cursor.ts';
import { allCells, cellAt, testCell, text, viewOf } from '../../../helpers/lsm-cells.ts';
import type { TestCell } from '../../../helpers/lsm-cells.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const rowOf = (i: number): string => `row${String(i).padStart(6, '0')}`;
const numbered = (count: number): TestCell[] =>
  Array.from({ length: count }, (_, i) => testCell({ row: rowOf(2 * i) }));

async function written(
  fs: MemoryFileSystem,
  cells: readonly TestCell[],
  options: HFileWriterOptions,
): Promise<HFileReader> {
  const writer = HFileWriter.create(fs, 'file', options);
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
  return HFileReader.openSync(fs, 'file');
}

/** A block for each cell, and two entries or a little more for each index block. */
const deep = { blockBytes: 1, indexBlockBytes: 100, minIndexEntries: 2 };

test.each([1, 2, 3, 4, 7, 16, 33, 150])(
  'TestHFileBlockIndex: every key of %i blocks is found through all levels, and none between',
  async (count) => {
    const cells = numbered(count);
    using file = await written(new MemoryFileSystem(), cells, deep);
    if (count === 1) expect(file.trailer.indexLevels).toBe(1);
    if (count >= 33) expect(file.trailer.indexLevels).toBeGreaterThan(3);
    const cursor = file.cursor();
    for (const [i, cell] of cells.entries()) {
      expect(cursor.seek(viewOf(cell))).toBe(true);
      expect(cellAt(cursor.cell)).toEqual(cell);
      const between = cursor.seek(viewOf(testCell({ row: rowOf(2 * i + 1) })));
      expect(between).toBe(i + 1 < count);
      if (between) expect(cellAt(cursor.cell)).toEqual(cells[i + 1]);
      const hasBefore = cursor.seekBefore(viewOf(cell));
      expect(hasBefore).toBe(i > 0);
      if (hasBefore) expect(cellAt(cursor.cell)).toEqual(cells[i - 1]);
    }
    const target = file.trailer.indexLevels > 1 ? (count - 1) >> 1 : count >> 1;
    const key = keyView(file.midKey()!);
    const middle = Buffer.from(key.copyRow()).toString();
    if (target > 0) expect(middle > rowOf(2 * target - 2)).toBe(true);
    expect(middle <= rowOf(2 * target)).toBe(true);
  },
);

test('TestHFileBlockIndex: equal keys over a would-be border stay in one block', async () => {
  const equal = Array.from({ length: 40 }, (_, i) => testCell({ row: 'm', sequenceId: 40 - i }));
  const all = [testCell({ row: 'a' }), ...equal, testCell({ row: 'z' })];
  using file = await written(new MemoryFileSystem(), all, deep);
  expect(allCells(file.cursor())).toEqual(all);
  expect(file.trailer.dataIndexCount).toBeLessThanOrEqual(3);
  const cursor = file.cursor();
  expect(cursor.seek(viewOf(testCell({ row: 'm' })))).toBe(true);
  expect(cursor.cell.sequenceId).toBe(40);
});

test.each(['ROW', 'ROWCOL'] as const)(
  'TestCompoundBloomFilter: %s of many chunks lets all through and little else',
  async (bloom) => {
    const cells = numbered(3000);
    using file = await written(new MemoryFileSystem(), cells, { bloom, bloomChunkBytes: 128 });
    const mayContain = (row: string): boolean => {
      const { bytes, rowPosition, rowLength, qualifierPosition, qualifierLength } = viewOf(
        testCell({ row }),
      );
      return file.mayContainColumn({
        bytes,
        rowPosition,
        rowLength,
        qualifierPosition,
        qualifierLength,
      });
    };
    expect(cells.filter(({ row }) => !mayContain(row))).toEqual([]);
    const absent = Array.from({ length: 3000 }, (_, i) => rowOf(2 * i + 1));
    expect(absent.filter(mayContain).length).toBeLessThan(120);
    // Below the first key of the first chunk, and above the last key of all.
    expect([mayContain('a'), mayContain('z')]).toEqual([false, false]);
  },
);

test('TestCompoundBloomFilter: a marker of the family is met where only it has the row', async () => {
  const marker = testCell({ row: 'gone', qualifier: '', type: 14, value: '' });
  using file = await written(new MemoryFileSystem(), [marker], { bloom: 'ROWCOL' });
  const { bytes, rowPosition, rowLength } = viewOf(marker);
  const asked = { bytes, rowPosition, rowLength, qualifierPosition: 0, qualifierLength: 4 };
  expect(file.mayContainColumn(asked)).toBe(true);
});

test('TestCompoundBloomFilter: a chunk that cannot be read says maybe', async () => {
  const fs = new MemoryFileSystem();
  const cells = numbered(200);
  using file = await written(fs, cells, { bloomChunkBytes: 128, blockBytes: 500 });
  const row = text(rowOf(1));
  const isAbsent = !file.mayContainRow(row, 0, row.length);
  const bent = fs.openSync('file', 'write');
  const magic = Buffer.alloc(file.size);
  bent.readSync(magic, 0, file.size, 0);
  for (let at = magic.indexOf('BLMFBLK2'); at >= 0; at = magic.indexOf('BLMFBLK2', at + 1)) {
    bent.writeSync(Buffer.alloc(8), 0, 8, at);
  }
  bent.closeSync();
  using again = HFileReader.openSync(fs, 'file');
  expect(isAbsent).toBe(true);
  expect(again.mayContainRow(row, 0, row.length)).toBe(true);
});

test('positions beyond 32 bits: a file that begins behind 5 GiB of nothing', async () => {
  const from = 5 * 2 ** 30;
  const path = `${temporaryFolder()}/far`;
  const file = nodeFileSystem.openSync(path, 'createNew');
  file.truncateSync(from);
  const options = resolveWriterOptions({ ...deep, bloomChunkBytes: 128 });
  const parts = [nodeFileSystem, new AppendFile(file, from), options];
  const writer = Reflect.construct(HFileWriter, parts) as HFileWriter;
  const cells = numbered(100);
  for (const cell of cells) writer.append(viewOf(cell));
  expect((await writer.finish()).size).toBeGreaterThan(from);
  using reader = HFileReader.openSync(nodeFileSystem, path);
  expect(allCells(reader.cursor())).toEqual(cells);
  const cursor = reader.cursor();
  for (const cell of cells) {
    expect(cursor.seek(viewOf(cell))).toBe(true);
    const row = text(cell.row);
    expect(reader.mayContainRow(row, 0, row.length)).toBe(true);
  }
  // By the position of the block before, which stands in the block's own header.
  expect(cursor.seekBefore(viewOf(cells[99]!))).toBe(true);
  expect(cellAt(cursor.cell)).toEqual(cells[98]);
  expect(reader.midKey()).toBeDefined();
});
