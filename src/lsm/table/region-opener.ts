/**
 * Makes the directories of new regions and opens regions from theirs.
 *
 *    <table>/<encoded name>/.regioninfo
 *    <table>/<encoded name>/<family>/<store file>, .filelist/
 */
import { makeDirectoryDurably, joinPath } from '../../../native-free-io/index.ts';
import { byAge, FamilyStore } from '../region/family-store.ts';
import { FileList } from '../region/file-list.ts';
import { Region } from '../region/region.ts';
import { RegionCore, type RegionWorld } from '../region/region-core.ts';
import { regionInfoFile, type RegionInfo } from '../region/region-info.ts';
import { removeTree, writeFile } from '../region/small-files.ts';
import type { TableSchema } from './schema.ts';

export function regionDir(tableDir: string, info: RegionInfo): string {
  return joinPath(tableDir, info.encodedName);
}

/** Durable when it returns. What an earlier try left there goes. */
export function makeRegionDirectory(world: RegionWorld, tableDir: string, info: RegionInfo): void {
  const { fs } = world.env;
  const dir = regionDir(tableDir, info);
  removeTree(fs, dir);
  makeDirectoryDurably(fs, dir);
  writeFile(fs, joinPath(dir, '.regioninfo'), regionInfoFile(info));
  fs.syncDirectorySync(dir);
}

export function openRegion(
  world: RegionWorld,
  schema: TableSchema,
  tableDir: string,
  info: RegionInfo,
): Region {
  const dir = regionDir(tableDir, info);
  const stores = [...schema.families].map(([name, options], index) => {
    const familyDir = joinPath(dir, name);
    const list = FileList.load(world.env.fs, familyDir);
    return new FamilyStore({ index, name, options, dir: familyDir, list });
  });
  let lastSequenceId = 0;
  const core = new RegionCore({ info, world, dir, stores, lastSequenceId });
  try {
    for (const store of stores) {
      removeUnlisted(world, store);
      for (const { name } of store.list.files) {
        store.files = [...store.files, world.files.open(store.dir, name)].sort(byAge);
      }
      store.flushedSequenceId = store.maxSequenceId;
      lastSequenceId = Math.max(lastSequenceId, store.maxSequenceId);
      const newest = store.maxTimestampFrom(0);
      if (newest > 0) core.clock.passOver(newest);
    }
  } catch (error) {
    for (const store of stores) for (const file of store.files) file.release();
    throw error;
  }
  core.startAt(lastSequenceId, Math.min(...stores.map((store) => store.flushedSequenceId)));
  return new Region(core);
}

/** What a crash left behind of flushes and compactions that were not finished. */
function removeUnlisted(world: RegionWorld, store: FamilyStore): void {
  const { fs } = world.env;
  if (fs.statSync(store.dir) === undefined) return;
  const listed = new Set(store.list.files.map(({ name }) => name));
  for (const { name, kind } of fs.listSync(store.dir)) {
    if (kind !== 'file' || listed.has(name) || !/^[0-9a-f]{32}/.test(name)) continue;
    fs.removeFileSync(joinPath(store.dir, name));
  }
}
