/** Store files that HBase wrote, read by us. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { HFileReader } from '../../../src/lsm/index.ts';
import { allCells, cellAt, randomCells, viewOf } from '../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { toJava } from './cells.ts';
import { HBaseJvm } from './jvm.ts';

let jvm: HBaseJvm;
beforeAll(async () => {
  jvm = await HBaseJvm.start();
});
afterAll(() => jvm[Symbol.asyncDispose]());

const codecs = ['NONE', 'GZ', 'SNAPPY', 'LZ4', 'ZSTD'] as const;
const levels = { 'hfile.index.block.max.size': '300', 'hfile.index.block.min.entries': '2' };

test.each([
  ...codecs.map((compression) => [compression, { compression, blockBytes: 2000 }] as const),
  ...(['ROW_INDEX_V1', 'FAST_DIFF', 'DIFF', 'PREFIX'] as const).map(
    (encoding) => [encoding, { encoding, blockBytes: 1000 }] as const,
  ),
  [
    'FAST_DIFF with compressed tags',
    { encoding: 'FAST_DIFF', blockBytes: 3000, compressTags: true },
  ] as const,
  [
    'PREFIX with compressed tags',
    { encoding: 'PREFIX', blockBytes: 3000, compressTags: true },
  ] as const,
  ['several index levels', { blockBytes: 100, settings: levels }] as const,
  ['ROWCOL filter', { blockBytes: 1000, bloom: 'ROWCOL' }] as const,
  ['crc32', { blockBytes: 1000, checksum: 'CRC32', bytesPerChecksum: 128 }] as const,
])('HB-17 we read what HBase wrote: %s', async (name, options) => {
  const folder = temporaryFolder();
  const seeded = new Seeded(seedFor(name));
  for (const includesTags of [false, true]) {
    const path = join(folder, `file${Number(includesTags)}`);
    const cells = randomCells(seeded, {
      negativeTimestamps: false,
      count: 600,
      tags: includesTags,
    });
    await jvm.request('hfile.write', { path, includesTags, ...options, cells: cells.map(toJava) });
    using file = HFileReader.openSync(nodeFileSystem, path);
    expect(allCells(file.cursor())).toEqual(cells);
    expect(allCells(file.cursor({ scan: true }))).toEqual(cells);
    const cursor = file.cursor();
    for (let i = 0; i < 50; i++) {
      const cell = seeded.pick(cells);
      const view = viewOf(cell);
      expect(cursor.seek(view)).toBe(true);
      expect(cellAt(cursor.cell)).toEqual(cell);
      expect(
        file.mayContainRow(view.bytes, view.rowPosition, view.rowPosition + view.rowLength),
      ).toBe(true);
    }
  }
});
