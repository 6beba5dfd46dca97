/** Store files and logs that HBase wrote (test/interop/hbase/make-fixtures.ts), read by us. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { HFileReader } from '../../src/lsm/index.ts';
import { allCells, viewOf, type TestCell } from '../helpers/lsm-cells.ts';
import { readLog, type ReadEntry } from '../helpers/wal-edits.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'hbase', '2.6.1');
const contents = JSON.parse(readFileSync(join(folder, 'contents.json'), 'utf8')) as {
  readonly plain: readonly TestCell[];
  readonly tagged: readonly TestCell[];
  readonly entries: readonly ReadEntry[];
};

test.each([
  ['none.hfile', 'plain', 1],
  ['levels.hfile', 'plain', 2],
  ['rowcol.hfile', 'plain', 1],
  ['gz.hfile', 'plain', 1],
  ['snappy-diff.hfile', 'plain', 1],
  ['lz4-prefix.hfile', 'plain', 1],
  ['zstd-fast-diff.hfile', 'plain', 1],
  ['row-index.hfile', 'plain', 1],
  ['tags.hfile', 'tagged', 1],
  ['tags-fast-diff.hfile', 'tagged', 1],
] as const)('HB-17 %s of HBase gives the cells that went into it', (name, cells, leastLevels) => {
  using file = HFileReader.openSync(nodeFileSystem, join(folder, name));
  const expected = contents[cells];
  expect(allCells(file.cursor())).toEqual(expected);
  expect(file.trailer.indexLevels).toBeGreaterThanOrEqual(leastLevels);
  expect(file.maxSequenceId).toBe(1);
  const views = expected.map(viewOf);
  expect(file.firstKey).toEqual(views[0]!.copyKey());
  expect(file.lastKey).toEqual(views.at(-1)!.copyKey());
  const timestamps = expected.map(({ timestamp }) => timestamp);
  expect(file.timeRange?.most).toBe(Math.max(...timestamps));
  const markers = expected.filter(({ type }) => type === 14 || type === 10);
  expect(file.deleteFamilyCount).toBe(markers.length);
  for (const view of views) {
    const { bytes, rowPosition, rowLength, qualifierPosition, qualifierLength } = view;
    const parts = { bytes, rowPosition, rowLength, qualifierPosition, qualifierLength };
    expect(file.mayContainColumn(parts)).toBe(true);
    if (view.type === 14) {
      expect(file.mayDeleteFamily(bytes, rowPosition, rowPosition + rowLength)).toBe(true);
    }
  }
});

test.each(['plain.wal', 'compressed.wal'])('HB-18 %s of HBase gives its entries', (name) => {
  const read = readLog(nodeFileSystem, join(folder, name));
  expect(read.ending).toBe('closed');
  expect(read.entries).toEqual(contents.entries);
});
