/**
 * Splits, merges and bulk loads: changes of which files and regions there are.
 *
 * Split: flush; directories, references and lists of the two daughters, durable; then one write of
 * the catalog makes parent and daughters change places: the point of no return. A crash before
 * leaves the parent, and directories that the next try clears; after, the daughters. The parent's
 * files go once compaction has written both halves out (`clearAway`). A merge is the same with two
 * parents whose references take all of their files.
 * Upstream: apache/hbase: .../master/assignment/{Split,Merge}TableRegionsProcedure.java.
 */
import { makeDirectoryDurably, compareBytes, StateError } from '../../../native-free-io/index.ts';
import { SeekKey } from '../format/seek-key.ts';
import { FileList, type ListedFile } from '../region/file-list.ts';
import { encodeReference } from '../region/reference.ts';
import type { Region } from '../region/region.ts';
import type { RegionWorld } from '../region/region-core.ts';
import { makeRegionInfo, type RegionInfo } from '../region/region-info.ts';
import { writeFile } from '../region/small-files.ts';
import { keyView } from '../region/part-cursor.ts';
import { joinPath } from '../../../native-free-io/index.ts';
import type { Catalog } from './catalog.ts';
import type { RegionMap } from './region-map.ts';
import { makeRegionDirectory, openRegion, regionDir } from './region-opener.ts';
import type { TableSchema } from './schema.ts';

export interface TableParts {
  readonly world: RegionWorld;
  readonly schema: TableSchema;
  readonly dir: string;
  readonly regions: RegionMap;
  readonly catalog: Catalog;
}

interface HalfOf {
  readonly region: Region;
  readonly splitKey: Uint8Array;
  readonly half: 'top' | 'bottom';
}

/**
 * False when there is no row to split at. LSM_BUSY when the region was split or merged before it
 * was this change's turn.
 */
export async function splitRegion(
  table: TableParts,
  region: Region,
  row: Uint8Array | undefined,
): Promise<boolean> {
  await compactReferences(region);
  const at = row ?? middleRow(region);
  if (at === undefined || !isInside(region.info, at)) return false;
  await table.regions.change(async () => {
    assertCurrent(table, region);
    while (await region.flush());
    const { table: name, startKey, endKey, regionId } = region.info;
    const newId = Math.max(table.world.env.clock.now(), regionId + 1);
    const bottom = makeRegionInfo({ table: name, startKey, endKey: at, regionId: newId });
    const top = makeRegionInfo({ table: name, startKey: at, endKey, regionId: newId });
    const splitKey = new SeekKey().firstOnRow(at).copyKey();
    await region.core.inTurn(async () => {
      await makeDaughter(table, bottom, [{ region, splitKey, half: 'bottom' }]);
      await makeDaughter(table, top, [{ region, splitKey, half: 'top' }]);
      await exchange(table, { parents: [region], daughters: [bottom, top], state: 'SPLIT' });
    });
    await region.retire();
  });
  return true;
}

/** LSM_BUSY when one of them was split or merged before it was this change's turn. */
export async function mergeRegions(table: TableParts, left: Region, right: Region): Promise<void> {
  await compactReferences(left);
  await compactReferences(right);
  await table.regions.change(async () => {
    for (const region of [left, right]) assertCurrent(table, region);
    for (const region of [left, right]) while (await region.flush());
    const newId = Math.max(
      table.world.env.clock.now(),
      left.info.regionId + 1,
      right.info.regionId + 1,
    );
    const merged = makeRegionInfo({
      table: left.info.table,
      startKey: left.info.startKey,
      endKey: right.info.endKey,
      regionId: newId,
    });
    const halves = [left, right].map((region): HalfOf => {
      const splitKey = new SeekKey().firstOnRow(region.info.startKey).copyKey();
      return { region, splitKey, half: 'top' };
    });
    const run = async (): Promise<void> => {
      await makeDaughter(table, merged, halves);
      await exchange(table, { parents: [left, right], daughters: [merged], state: 'MERGED' });
    };
    await left.core.inTurn(() => right.core.inTurn(run));
    await left.retire();
    await right.retire();
  });
}

/** Removes parents that no region refers to any more; tells which. */
export async function clearAway(
  table: TableParts,
  parents: readonly RegionInfo[],
  removeDirectory: (dir: string) => void,
): Promise<readonly RegionInfo[]> {
  const referred = new Set<string>();
  for (const region of table.regions.all) {
    for (const store of region.core.stores) {
      for (const { name } of store.list.files) referred.add(name.split('.')[1] ?? '');
      for (const { name } of store.files) referred.add(name.split('.')[1] ?? '');
    }
  }
  const gone = parents.filter((info) => !referred.has(info.encodedName));
  if (gone.length === 0) return gone;
  await table.catalog.change({ remove: gone });
  for (const info of gone) removeDirectory(regionDir(table.dir, info));
  return gone;
}

/** A region that is no longer the table's has let go of its files: its daughters would be empty. */
function assertCurrent(table: TableParts, region: Region): void {
  if (table.regions.all.includes(region)) region.core.assertWritable();
  else throw new StateError('LSM_BUSY', 'the region was split or merged', { retryable: true });
}

/** A region whose files are references is written out before it is split or merged again. */
async function compactReferences(region: Region): Promise<void> {
  const hasReference = (): boolean =>
    region.core.stores.some((store) => store.files.some((file) => file.isReference));
  if (hasReference()) await region.compact({ major: true });
  if (!hasReference()) return;
  throw new StateError('LSM_BUSY', 'the region still refers to files of its parent', {
    retryable: true,
  });
}

/** Directory, references and lists of a new region, all durable. */
async function makeDaughter(
  table: TableParts,
  info: RegionInfo,
  halves: readonly HalfOf[],
): Promise<void> {
  const { world, dir } = table;
  const { fs } = world.env;
  makeRegionDirectory(world, dir, info);
  for (const [index, family] of [...table.schema.families.keys()].entries()) {
    const familyDir = joinPath(regionDir(dir, info), family);
    const files: ListedFile[] = [];
    for (const { region, splitKey, half } of halves) {
      for (const file of region.core.stores[index]!.files) {
        if (half === 'bottom' && isAtOrAbove(file.reader.firstKey, splitKey)) continue;
        if (half === 'top' && !isAtOrAbove(file.reader.lastKey, splitKey)) continue;
        const name = `${file.name}.${region.info.encodedName}`;
        if (files.length === 0) makeDirectoryDurably(fs, familyDir);
        writeFile(fs, joinPath(familyDir, name), encodeReference({ splitKey, half }));
        files.push({ name, size: file.bytes });
      }
    }
    if (files.length === 0) continue;
    fs.syncDirectorySync(familyDir);
    await FileList.load(fs, familyDir).replace(files, world.env.clock.now());
  }
  fs.syncDirectorySync(regionDir(dir, info));
}

/** The parents' files must not change meanwhile, nor afterwards: the daughters refer to them. */
async function exchange(
  table: TableParts,
  change: {
    readonly parents: readonly Region[];
    readonly daughters: readonly RegionInfo[];
    readonly state: 'SPLIT' | 'MERGED';
  },
): Promise<void> {
  const { world, schema, dir, regions, catalog } = table;
  const { parents, daughters, state } = change;
  const opened: Region[] = [];
  try {
    // First, so that nothing but the log can fail once the catalog has them.
    for (const info of daughters) opened.push(openRegion(world, schema, dir, info));
    await catalog.change({
      set: [
        ...parents.map(({ info }) => ({ info, state })),
        ...daughters.map((info) => ({ info, state: 'OPEN' as const })),
      ],
    });
  } catch (error) {
    for (const region of opened) await region.close({ flushes: false });
    throw error;
  }
  for (const parent of parents) {
    for (const daughter of opened) daughter.core.clock.passOver(parent.core.clock.begin(0));
  }
  regions.replace(parents, opened);
  for (const parent of parents) parent.core.isRetired = true;
}

/** The row in the middle of the largest file; undefined when all is one row, or nothing. */
function middleRow(region: Region): Uint8Array | undefined {
  const files = region.core.stores.flatMap((store) => store.files);
  const largest = files.toSorted((a, b) => b.bytes - a.bytes)[0];
  const key = largest?.reader.midKey();
  if (key === undefined) return undefined;
  const row = keyView(key).copyRow();
  return row.length === 0 ? undefined : row;
}

/** Within the region and not its first row. */
function isInside({ startKey, endKey }: RegionInfo, row: Uint8Array): boolean {
  if (compareBytes(row, 0, row.length, startKey, 0, startKey.length) <= 0) return false;
  return endKey.length === 0 || compareBytes(row, 0, row.length, endKey, 0, endKey.length) < 0;
}

function isAtOrAbove(key: Uint8Array | undefined, splitKey: Uint8Array): boolean {
  if (key === undefined) return false;
  const row = keyView(key);
  const split = keyView(splitKey);
  const [start, from] = [row.rowPosition, split.rowPosition];
  return (
    compareBytes(key, start, start + row.rowLength, splitKey, from, from + split.rowLength) >= 0
  );
}
