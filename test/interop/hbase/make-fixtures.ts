/**
 * Makes test/fixtures/hbase: small store files and logs as HBase itself writes them, with the cells
 * that are in them. By hand, when HBase's version changes:
 *
 *    test/interop/hbase/make-fixtures.sh
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomCells, type TestCell } from '../../helpers/lsm-cells.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { repositoryRoot } from '../repository.ts';
import { toJava } from './cells.ts';
import { hbaseVersion } from './jars.ts';
import { HBaseJvm } from './jvm.ts';

const folder = join(repositoryRoot, 'test', 'fixtures', 'hbase', hbaseVersion);
const levels = { 'hfile.index.block.max.size': '300', 'hfile.index.block.min.entries': '2' };
const compressed = { 'hbase.regionserver.wal.enablecompression': 'true' };

const files = {
  'none.hfile': { blockBytes: 1000 },
  'levels.hfile': { blockBytes: 200, settings: levels },
  'rowcol.hfile': { blockBytes: 1000, bloom: 'ROWCOL' },
  'gz.hfile': { blockBytes: 2000, compression: 'GZ' },
  'snappy-diff.hfile': { blockBytes: 2000, compression: 'SNAPPY', encoding: 'DIFF' },
  'lz4-prefix.hfile': { blockBytes: 2000, compression: 'LZ4', encoding: 'PREFIX' },
  'zstd-fast-diff.hfile': { blockBytes: 2000, compression: 'ZSTD', encoding: 'FAST_DIFF' },
  'row-index.hfile': { blockBytes: 1000, encoding: 'ROW_INDEX_V1', checksum: 'CRC32' },
  'tags.hfile': { blockBytes: 1000, includesTags: true },
  'tags-fast-diff.hfile': {
    blockBytes: 1000,
    includesTags: true,
    compressTags: true,
    encoding: 'FAST_DIFF',
  },
} as const;

const options = { count: 120, negativeTimestamps: false };
const plain = randomCells(new Seeded(1), options);
const tagged = randomCells(new Seeded(2), { ...options, tags: true });
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await using jvm = await HBaseJvm.start();
for (const [name, settings] of Object.entries(files)) {
  const cells = 'includesTags' in settings ? tagged : plain;
  const path = join(folder, name);
  await jvm.request('hfile.write', { path, ...settings, cells: cells.map(toJava) });
}
const entries = Array.from({ length: 12 }, (_, i) => ({
  region: String(i % 2).repeat(32),
  table: 'ns:t',
  sequenceId: i + 1,
  writeTimeMs: 1_700_000_000_000 + i,
  cells: tagged
    .slice(i * 10, i * 10 + 10)
    .map((cell): TestCell => ({ ...cell, sequenceId: i + 1 })),
}));
const asked = entries.map((entry) => ({ ...entry, cells: entry.cells.map(toJava) }));
await jvm.request('wal.write', { path: join(folder, 'plain.wal'), entries: asked });
await jvm.request('wal.write', {
  path: join(folder, 'compressed.wal'),
  entries: asked,
  settings: compressed,
});
writeFileSync(join(folder, 'contents.json'), `${JSON.stringify({ plain, tagged, entries })}\n`);
