/** Power cuts while a store file is written and given its name; disks that fill up or fail. */
import { expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem, type FileSystem } from '../../native-free-io/index.ts';
import { HFileReader } from '../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../src/lsm/files/hfile-writer.ts';
import { codeOf, codeOfPromise } from '../helpers/codes.ts';
import { allCells, randomCells, testCell, viewOf } from '../helpers/lsm-cells.ts';
import { Seeded } from '../helpers/seeded.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

const cells = randomCells(new Seeded(3), { count: 200 });
const large = ['a', 'b', 'c'].map((row) => testCell({ row, value: row.repeat(900_000) }));

async function writeFile(fs: FileSystem, path: string, contents = cells): Promise<void> {
  const writer = HFileWriter.create(fs, path, { blockBytes: 500 });
  for (const cell of contents) writer.append(viewOf(cell));
  await writer.finish();
}

test(
  'HB-16 a store file that has its name is whole, wherever the power was cut',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere('power cuts of a store file', {
      trace: () => ({ isNamed: false }),
      run: async (fs, trace) => {
        await writeFile(fs, '/data/file.tmp', large);
        await fs.rename('/data/file.tmp', '/data/file');
        await fs.syncDirectory('/data');
        trace.isNamed = true;
      },
      check: async (survivor, trace) => {
        await Promise.resolve();
        if (survivor.statSync('/data/file') === undefined) {
          expect(trace.isNamed).toBe(false);
          return;
        }
        using file = HFileReader.openSync(survivor, '/data/file');
        expect(allCells(file.cursor()).length).toBe(large.length);
      },
    });
    expect(report.operations).toBeGreaterThan(4);
  },
);

test('a full disk fails the writer for good, and abort takes the file away', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const writer = HFileWriter.create(fs, 'file', { blockBytes: 500 });
  fs.addRule({ on: 'write', path: 'file', fault: { kind: 'error', errno: 'ENOSPC' }, times: 9 });
  const views = large.map(viewOf);
  writer.append(views[0]!);
  expect(codeOf(() => views.slice(1).forEach((view) => writer.append(view)))).toBe('IO_NO_SPACE');
  expect(codeOf(() => writer.append(views[2]!))).toBe('LSM_CLOSED');
  expect(await codeOfPromise(writer.finish())).toBe('LSM_CLOSED');
  await writer.abort();
  expect(fs.statSync('file')).toBeUndefined();
  await writer.abort();
});

test('a failed sync fails finish, and the file must not be believed', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const writer = HFileWriter.create(fs, 'file');
  for (const cell of cells) writer.append(viewOf(cell));
  fs.addRule({ on: 'sync', path: 'file', fault: { kind: 'error', errno: 'EIO' } });
  expect(await codeOfPromise(writer.finish())).toBe('IO_FAILED');
  expect(await codeOfPromise(writer.finish())).toBe('LSM_CLOSED');
  await writer.abort();
  expect(fs.statSync('file')).toBeUndefined();
});

test('TestChecksum: a block that is read wrong once is read again', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  await writeFile(fs, 'file');
  using file = HFileReader.openSync(fs, 'file');
  fs.addRule({ on: 'read', path: 'file', fault: { kind: 'flip', position: 200 } });
  expect(allCells(file.cursor())).toEqual(cells);
});

test('TestChecksum: a block that is read wrong twice is damage with its place', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  await writeFile(fs, 'file');
  using file = HFileReader.openSync(fs, 'file');
  fs.addRule({ on: 'read', path: 'file', fault: { kind: 'flip', position: 200 }, times: 2 });
  expect(() => allCells(file.cursor())).toThrow(
    expect.objectContaining({ code: 'LSM_CORRUPT_FILE', context: { path: 'file', position: 0 } }),
  );
});

test('HBASE-16288: a first key larger than an index block ends the levels, not the disk', async () => {
  const fs = new MemoryFileSystem();
  const writer = HFileWriter.create(fs, 'file', { blockBytes: 100, indexBlockBytes: 50 });
  const wide = Array.from({ length: 300 }, (_, i) =>
    testCell({ row: `${'r'.repeat(900)}${String(i).padStart(5, '0')}` }),
  );
  for (const cell of wide) writer.append(viewOf(cell));
  await writer.finish();
  using file = HFileReader.openSync(fs, 'file');
  expect(file.trailer.indexLevels).toBeLessThanOrEqual(16);
  expect(allCells(file.cursor())).toEqual(wide);
  expect(file.midKey()).toBeDefined();
});

test('TestHFile: cells out of order are refused, and change nothing', async () => {
  const fs = new MemoryFileSystem();
  const writer = HFileWriter.create(fs, 'file');
  writer.append(viewOf(testCell({ row: 'b' })));
  expect(codeOf(() => writer.append(viewOf(testCell({ row: 'a' }))))).toBe('LSM_KEY_ORDER');
  const tagged = viewOf(testCell({ row: 'c', tags: '\0\x02\x40t' }));
  expect(codeOf(() => writer.append(tagged))).toBe('LSM_CELL_INVALID');
  writer.append(viewOf(testCell({ row: 'c' })));
  expect((await writer.finish()).entryCount).toBe(2);
});
