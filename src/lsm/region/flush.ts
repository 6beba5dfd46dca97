/**
 * Makes store files of a region's memstore, without stopping writes.
 *
 * Steps: the active segment becomes the snapshot and a new one takes writes; the log is synced up
 * to there; every family with cells is written out; each family's list takes its file in; then, in
 * one step, readers see the files instead of the snapshot; the log may forget.
 * A crash between the lists of two families is made good by the log: replay asks each family how
 * far its files reach. A failed flush keeps the snapshot, which the next one writes first.
 * Upstream: apache/hbase: .../regionserver/HRegion.java internalFlushcache; code our own.
 */
import { makeDirectoryDurably } from '../../../native-free-io/index.ts';
import { sortedCells, type Segment } from '../memstore/segment.ts';
import { changeFiles, type FileChange } from './change-files.ts';
import type { FamilyStore } from './family-store.ts';
import type { RegionCore } from './region-core.ts';
import type { StoreFile } from './store-file.ts';

/** True when something was written or at least taken off the log. */
export async function flushRegion(core: RegionCore): Promise<boolean> {
  if (core.snapshot === undefined) {
    if (core.active.isEmpty) return false;
    takeSnapshot(core);
  }
  const snapshot = core.snapshot!;
  await core.world.log.sync();
  const written: FileChange[] = [];
  try {
    for (const store of core.stores) {
      const cells = snapshot.families[store.index]!;
      if (cells.tree.size === 0 || cells.isFlushed) continue;
      const file = await writeFamily(core, store, snapshot);
      if (file === undefined) cells.isFlushed = true;
      else written.push({ store, added: [file], removed: [] });
    }
  } catch (error) {
    for (const { added } of written) for (const file of added) file.doom();
    throw error;
  }
  await changeFiles(core, written, (families) => {
    for (const { index } of families) snapshot.families[index]!.isFlushed = true;
    if (families.length === written.length) core.snapshot = undefined;
  });
  core.generation++;
  core.world.log.flushed(core.info.encodedName, snapshot.maxSequenceId);
  return true;
}

function takeSnapshot(core: RegionCore): void {
  const { active } = core;
  core.snapshot = active;
  // As large as the last one was: so it need not grow step by step again.
  core.active = core.newSegment(active.arena.used);
  core.generation++;
}

async function writeFamily(
  core: RegionCore,
  store: FamilyStore,
  snapshot: Segment,
): Promise<StoreFile | undefined> {
  const { world, mvcc } = core;
  makeDirectoryDurably(world.env.fs, store.dir);
  const name = world.files.newName();
  const { files } = await world.rewriter.rewrite({
    dir: store.dir,
    names: [name],
    family: store.options,
    memstore: sortedCells(snapshot, store.index),
    files: [],
    isMajor: false,
    smallestReadPoint: mvcc.smallestReadPoint,
    nowMs: world.env.clock.now(),
    purgeDeletesAfterMs: 0,
    earliestPut: 0,
    includesTags: snapshot.families[store.index]!.taggedCells > 0,
    includesSequenceIds: true,
    maxSequenceId: snapshot.maxSequenceId,
    compacted: [],
    bytesPerSecond: Number.POSITIVE_INFINITY,
    boundaries: [],
  });
  if (files.length === 0) return undefined;
  await world.env.fs.syncDirectory(store.dir);
  return world.files.open(store.dir, name);
}
