/** Logs: HBase reads and prints ours, we read what HBase wrote, also one that was killed. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import { listRecoveredEdits, splitWal, Wal } from '../../../src/lsm/index.ts';
import { randomCells, testCell, type TestCell } from '../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { editOf, readLog, type ReadEntry } from '../../helpers/wal-edits.ts';
import { fromJava, toJava, type JavaCell } from './cells.ts';
import { HBaseJvm, type Printed } from './jvm.ts';

let jvm: HBaseJvm;
beforeAll(async () => {
  jvm = await HBaseJvm.start();
});
afterAll(() => jvm[Symbol.asyncDispose]());

type JavaEntry = Omit<ReadEntry, 'cells'> & { readonly cells: readonly JavaCell[] };

const regionOf = (name: number): string => String(name).padStart(32, '0');

/** Entries of three regions; the log keeps no sequence ids of cells, so they are 0. */
function entriesOf(seeded: Seeded, count: number): ReadEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    region: regionOf(seeded.between(1, 3)),
    table: seeded.pick(['ns:t', 'ns:t2']),
    sequenceId: i + 1,
    writeTimeMs: 1_700_000_000_000 + i,
    cells: randomCells(seeded, {
      count: seeded.between(1, 20),
      tags: true,
      negativeTimestamps: false,
    }),
  }));
}

const withIds = (entries: readonly ReadEntry[], id: (entry: ReadEntry) => number): ReadEntry[] =>
  entries.map((entry) => ({
    ...entry,
    cells: entry.cells.map((cell): TestCell => ({ ...cell, sequenceId: id(entry) })),
  }));

async function writeOurs(directory: string, entries: readonly ReadEntry[]): Promise<string> {
  const wal = await Wal.open({ env: realEnv(), directory, prefix: 'host,16020,1' });
  for (const entry of entries) {
    wal.append({ ...editOf(entry.region, entry.sequenceId, entry.cells), ...headOf(entry) });
  }
  await wal.close();
  return wal.path;
}

const headOf = ({ table, writeTimeMs }: ReadEntry): Pick<ReadEntry, 'table' | 'writeTimeMs'> => ({
  table,
  writeTimeMs,
});

test('HB-18 HBase reads and prints the log we wrote', async () => {
  const folder = temporaryFolder();
  const entries = entriesOf(new Seeded(seedFor('our log')), 60).map((entry) => ({
    ...entry,
    table: 'ns:t',
  }));
  const path = await writeOurs(folder, entries);
  const read = await jvm.request<JavaEntry[]>('wal.read', { path });
  const bare = read.map((entry) => ({ ...entry, cells: entry.cells.map(fromJava) }));
  expect(withIds(bare, () => 0)).toEqual(withIds(entries, () => 0));
  const printed = await jvm.request<Printed>('wal.print', { argv: ['-p', `file://${path}`] });
  expect(printed).toMatchObject({ status: 0, exception: null });
  for (const { sequenceId } of entries)
    expect(printed.stdout).toMatch(new RegExp(`\\b${sequenceId}\\b`));
});

test('HBase reads the recovered edits we split', async () => {
  const folder = temporaryFolder();
  const entries = entriesOf(new Seeded(seedFor('split log')), 40);
  const path = await writeOurs(join(folder, 'WALs'), entries);
  const regionDirectory = (region: string): string => join(folder, region);
  await splitWal(path, { fs: nodeFileSystem, regionDirectory });
  for (const region of new Set(entries.map((entry) => entry.region))) {
    const [edits] = listRecoveredEdits(nodeFileSystem, regionDirectory(region));
    const read = await jvm.request<JavaEntry[]>('wal.read', { path: edits!.path });
    const expected = entries.filter((entry) => entry.region === region);
    expect(read.map(({ sequenceId }) => sequenceId)).toEqual(
      expected.map(({ sequenceId }) => sequenceId),
    );
  }
});

const compressed = { 'hbase.regionserver.wal.enablecompression': 'true' };
test.each([
  ['plain', {}],
  ['compressed', compressed],
  [
    'compressed, tags plain',
    { ...compressed, 'hbase.regionserver.wal.tags.enablecompression': 'false' },
  ],
])('HB-18 we read the log that HBase wrote: %s', async (name, settings) => {
  const path = join(temporaryFolder(), 'log');
  const entries = entriesOf(new Seeded(seedFor(name)), 80);
  const asked = entries.map((entry) => ({ ...entry, cells: entry.cells.map(toJava) }));
  await jvm.request('wal.write', { path, settings, entries: asked });
  const read = readLog(nodeFileSystem, path);
  expect(read.ending).toBe('closed');
  expect(read.entries).toEqual(withIds(entries, ({ sequenceId }) => sequenceId));
});

test('HB-18 the log of an HBase that was killed gives everything it had synced', async () => {
  const path = join(temporaryFolder(), 'log');
  const entries = entriesOf(new Seeded(seedFor('killed')), 50);
  const asked = entries.map((entry) => ({ ...entry, cells: entry.cells.map(toJava) }));
  const doomed = await HBaseJvm.start();
  await doomed.request('wal.write', { path, entries: asked, close: false });
  await doomed.kill();
  const read = readLog(nodeFileSystem, path);
  expect(read.ending).toBe('end');
  expect(read.entries).toEqual(withIds(entries, ({ sequenceId }) => sequenceId));
  expect(read.entries[0]!.cells[0]).not.toEqual(testCell());
});
