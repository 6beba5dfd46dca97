/**
 * Compacts files of a family: the list changes from the old files to the new at one moment, readers
 * keep what they hold.
 *
 * The new file has the greatest sequence id of the old ones and so takes their place in age. The
 * old files go when nobody reads them; after a crash in between they are unlisted and removed at
 * the next open.
 */
import { throughputLimit } from '../compaction/policy.ts';
import { changeFiles } from './change-files.ts';
import type { FamilyStore } from './family-store.ts';
import type { RegionCore } from './region-core.ts';
import type { StoreFile } from './store-file.ts';

export interface Compaction {
  readonly store: FamilyStore;
  /** Newest first. */
  readonly files: readonly StoreFile[];
  readonly isMajor: boolean;
  readonly boundaries: readonly number[];
}

export async function compactFiles(
  core: RegionCore,
  compaction: Compaction,
  signal?: AbortSignal,
): Promise<void> {
  const { world } = core;
  const { store, files, isMajor, boundaries } = compaction;
  for (const file of files) {
    file.isCompacting = true;
    file.acquire();
  }
  try {
    const names = Array.from({ length: boundaries.length + 1 }, () => world.files.newName());
    const result = await world.rewriter.rewrite(
      {
        dir: store.dir,
        names,
        family: store.options,
        memstore: undefined,
        files: files.map((file) => file.source),
        isMajor,
        smallestReadPoint: core.mvcc.smallestReadPoint,
        nowMs: world.env.clock.now(),
        purgeDeletesAfterMs: world.options.purgeDeletesAfterMs,
        earliestPut: Math.min(...store.files.map((file) => file.earliestPut)),
        includesTags: files.some((file) => file.hasTags),
        includesSequenceIds: true,
        maxSequenceId: Math.max(...files.map((file) => file.maxSequenceId)),
        compacted: files.map((file) => file.name),
        bytesPerSecond: throughputLimit(store.files.length, world.options),
        boundaries,
      },
      signal,
    );
    await world.env.fs.syncDirectory(store.dir);
    const added = result.files.map(({ name }) => world.files.open(store.dir, name));
    await changeFiles(core, [{ store, added, removed: files }]);
  } finally {
    for (const file of files) {
      file.isCompacting = false;
      file.release();
    }
  }
}
