/**
 * Takes ready HFiles into a table: checked, linked or copied under names of their own, listed.
 *
 * A file within one region goes in as it is; one that reaches over several is cut at their borders
 * first. All families of a region are listed one after another; a crash in between leaves files of
 * some families in, which the next load of the same directory brings a second time: harmless, as
 * cells equal in everything count once.
 * Upstream: apache/hbase: hbase-server/.../tool/BulkLoadHFilesTool.java, HRegion.bulkLoadHFiles.
 */
import {
  makeDirectoryDurably,
  InvalidArgumentError,
  joinPath,
  NotFoundError,
  StoreError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { HFileReader } from '../files/hfile-reader.ts';
import { keyView } from '../region/part-cursor.ts';
import { changeFiles } from '../region/change-files.ts';
import type { Region } from '../region/region.ts';

import { SeekKey } from '../format/seek-key.ts';
import type { TableParts } from './region-changes.ts';

/** How many files were taken in. */
export async function bulkLoad(
  table: TableParts,
  dir: string,
  options: { readonly move: boolean },
): Promise<number> {
  const { fs } = table.world.env;
  let count = 0;
  const families = [...table.schema.families.keys()];
  for (const { name: family, kind } of fs.listSync(dir)) {
    if (kind !== 'directory' || family.startsWith('.') || family.startsWith('_')) continue;
    const index = families.indexOf(family);
    if (index < 0) {
      throw new NotFoundError('LSM_FAMILY_NOT_FOUND', `the table has no family '${family}'`, {
        context: { path: joinPath(dir, family) },
      });
    }
    for (const { name, kind: fileKind } of fs.listSync(joinPath(dir, family))) {
      if (fileKind !== 'file' || name.startsWith('.') || name.startsWith('_')) continue;
      const path = joinPath(dir, family, name);
      await table.regions.change(() => loadFile(table, index, path));
      if (options.move) fs.removeFileSync(path);
      count++;
    }
  }
  return count;
}

async function loadFile(table: TableParts, family: number, path: string): Promise<void> {
  const { fs } = table.world.env;
  const reader = HFileReader.openSync(fs, path);
  let rows: readonly [Uint8Array, Uint8Array] | undefined;
  try {
    const { firstKey, lastKey } = reader;
    if (firstKey === undefined || lastKey === undefined) return;
    const cursor = reader.cursor({ scan: true });
    if (cursor.first()) assertFamily(table, family, cursor.cell.copyFamily(), path);
    rows = cursor.first() ? [cursor.cell.copyRow(), keyView(lastKey).copyRow()] : undefined;
    cursor.close();
  } finally {
    reader.close();
  }
  if (rows === undefined) return;
  const [first, last] = rows;
  const touched = table.regions.all.filter(
    ({ info: { startKey, endKey } }) =>
      Buffer.compare(startKey, last) <= 0 &&
      (endKey.length === 0 || Buffer.compare(first, endKey) < 0),
  );
  for (const region of touched) {
    const isWhole = touched.length === 1;
    await takeIn(table, region, { family, path, isWhole });
  }
}

async function takeIn(
  table: TableParts,
  region: Region,
  load: { readonly family: number; readonly path: string; readonly isWhole: boolean },
): Promise<void> {
  const { world } = table;
  const { fs } = world.env;
  const store = region.core.stores[load.family]!;
  // What is in memory is older: it must get into a file with a smaller sequence id.
  while (await region.flush());
  const sequenceId = region.core.mvcc.next();
  const name = `${world.files.newName()}_SeqId_${sequenceId}_`;
  makeDirectoryDurably(fs, store.dir);
  if (load.isWhole) linkOrCopy(fs, load.path, joinPath(store.dir, name));
  else if (!(await cutOut(table, region, load, name))) return;
  await fs.syncDirectory(store.dir);
  const file = world.files.open(store.dir, name);
  await changeFiles(region.core, [{ store, added: [file], removed: [] }]);
  region.core.clock.passOver(file.maxTimestamp);
}

/** Writes the cells of this region out; false when there are none. */
async function cutOut(
  table: TableParts,
  region: Region,
  load: { readonly family: number; readonly path: string },
  name: string,
): Promise<boolean> {
  const { world } = table;
  const store = region.core.stores[load.family]!;
  const { startKey, endKey } = region.info;
  const key = (row: Uint8Array): Uint8Array => new SeekKey().firstOnRow(row).copyKey();
  const result = await world.rewriter.rewrite({
    dir: store.dir,
    names: [name],
    family: store.options,
    memstore: undefined,
    files: [
      {
        path: load.path,
        from: startKey.length > 0 ? key(startKey) : undefined,
        to: endKey.length > 0 ? key(endKey) : undefined,
        sequenceId: undefined,
      },
    ],
    isMajor: false,
    smallestReadPoint: 0,
    nowMs: world.env.clock.now(),
    purgeDeletesAfterMs: 0,
    earliestPut: 0,
    includesTags: true,
    includesSequenceIds: true,
    maxSequenceId: 0,
    compacted: [],
    bytesPerSecond: Number.POSITIVE_INFINITY,
    boundaries: [],
  });
  return result.files.length > 0;
}

function linkOrCopy(fs: FileSystem, from: string, to: string): void {
  try {
    fs.linkSync(from, to);
    return;
  } catch (error) {
    // Another volume, or a file system without links.
    if (!(error instanceof StoreError) || error instanceof NotFoundError) throw error;
  }
  const source = fs.openSync(from, 'read');
  const target = fs.openSync(to, 'createNew');
  try {
    const piece = new Uint8Array(1 << 20);
    const size = source.sizeSync();
    for (let at = 0; at < size; at += piece.length) {
      const length = source.readSync(piece, 0, Math.min(piece.length, size - at), at);
      target.writeSync(piece, 0, length, at);
    }
    target.syncSync();
  } finally {
    source.closeSync();
    target.closeSync();
  }
}

function assertFamily(table: TableParts, family: number, found: Uint8Array, path: string): void {
  const expected = [...table.schema.families.keys()][family]!;
  if (Buffer.from(found).toString('latin1') === expected) return;
  throw new InvalidArgumentError(
    'LSM_FILE_REFUSED',
    `its cells are of family '${Buffer.from(found).toString('latin1')}', not '${expected}'`,
    { context: { path } },
  );
}
