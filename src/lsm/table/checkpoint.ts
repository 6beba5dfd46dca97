/**
 * A consistent copy of a database by hard links: a directory that opens as a database of its own.
 *
 * Everything is flushed first; then, in one synchronous step, the files of all regions are linked
 * and listed, so that no flush or compaction falls in between. Writes go on; those that come during
 * the last flush may be missing, which is what "as it is now" means to who writes meanwhile.
 */
import { makeDirectoryDurably, joinPath, StateError } from '../../../native-free-io/index.ts';
import { listed } from '../region/change-files.ts';
import { FileList } from '../region/file-list.ts';
import { parentFile } from '../region/store-files.ts';
import { parseReferenceName } from '../region/reference.ts';
import type { Region } from '../region/region.ts';
import type { RegionWorld } from '../region/region-core.ts';
import type { RegionInfo } from '../region/region-info.ts';
import { readFile, writeFile } from '../region/small-files.ts';

export interface CheckpointTable {
  /** Directory of the table, below the database's. */
  readonly dir: string;
  readonly regions: readonly Region[];
  readonly parents: readonly RegionInfo[];
}

export async function writeCheckpoint(
  world: RegionWorld,
  place: { readonly from: string; readonly to: string },
  tables: () => readonly CheckpointTable[],
): Promise<void> {
  const { fs } = world.env;
  if (fs.statSync(place.to) !== undefined) {
    throw new StateError('LSM_TARGET_EXISTS', 'a checkpoint needs a directory of its own', {
      context: { path: place.to },
    });
  }
  for (const { regions } of tables()) for (const region of regions) await region.flush();
  makeDirectoryDurably(fs, place.to);
  const moved = (path: string): string => joinPath(place.to, path.slice(place.from.length));
  for (const { dir, regions } of tables()) {
    copyFolder(world, joinPath(dir, '.tabledesc'), moved);
    for (const region of regions) linkRegion(world, region, moved);
  }
  for (const name of ['hbase.id', 'hbase.version']) {
    const path = joinPath(place.from, name);
    writeFile(fs, moved(path), readFile(fs, path));
  }
  fs.syncDirectorySync(place.to);
}

function copyFolder(world: RegionWorld, dir: string, moved: (path: string) => string): void {
  const { fs } = world.env;
  makeDirectoryDurably(fs, moved(dir));
  for (const { name } of fs.listSync(dir)) {
    const path = joinPath(dir, name);
    writeFile(fs, moved(path), readFile(fs, path));
  }
  fs.syncDirectorySync(moved(dir));
}

function linkRegion(world: RegionWorld, region: Region, moved: (path: string) => string): void {
  const { fs, clock } = world.env;
  const { dir, stores } = region.core;
  makeDirectoryDurably(fs, moved(dir));
  const info = joinPath(dir, '.regioninfo');
  writeFile(fs, moved(info), readFile(fs, info));
  for (const store of stores) {
    if (store.files.length === 0) continue;
    makeDirectoryDurably(fs, moved(store.dir));
    // Not those of the list, which changes family by family.
    for (const { name } of store.files) {
      const path = joinPath(store.dir, name);
      fs.linkSync(path, moved(path));
      const reference = parseReferenceName(name);
      if (reference === undefined) continue;
      const target = parentFile(store.dir, reference.parent, reference.file);
      if (fs.statSync(moved(target)) !== undefined) continue;
      makeDirectoryDurably(fs, moved(target).replace(/\/[^/]*$/, ''));
      fs.linkSync(target, moved(target));
    }
    fs.syncDirectorySync(moved(store.dir));
    FileList.load(fs, moved(store.dir)).replaceSync(listed(store.files), clock.now());
  }
  fs.syncDirectorySync(moved(dir));
}
