/**
 * Changes which files of a region count: the lists on the disk first, then, in one synchronous
 * step, what readers see.
 *
 * One change of a region at a time, so that each begins from what the last one left.
 * A list that could not be replaced may be on the disk all the same: its new files then stay,
 * though nobody reads them, and the old ones do anyway.
 */
import { AbortedError } from '../../../native-free-io/index.ts';
import { byAge, type FamilyStore } from './family-store.ts';
import type { ListedFile } from './file-list.ts';
import type { RegionCore } from './region-core.ts';
import type { StoreFile } from './store-file.ts';

export interface FileChange {
  readonly store: FamilyStore;
  readonly added: readonly StoreFile[];
  readonly removed: readonly StoreFile[];
}

interface Listed {
  readonly change: FileChange;
  readonly files: readonly StoreFile[];
}

/**
 * Durable when it resolves. `whenSeen` runs in the step in which readers see the families whose
 * lists took the change. After an error the added files of the others are let go.
 */
export function changeFiles(
  core: RegionCore,
  changes: readonly FileChange[],
  whenSeen: (families: readonly FamilyStore[]) => void = () => undefined,
): Promise<void> {
  return core.inTurn(async () => {
    const done: Listed[] = [];
    try {
      core.assertReadable();
      // The failed write may have been a split of this region, whose daughters refer to its files.
      core.world.log.assertUsable();
      if (core.isRetired) throw new AbortedError('the region was split or merged');
      for (const change of changes) {
        const { store, added, removed } = change;
        const files = [...store.files.filter((one) => !removed.includes(one)), ...added];
        files.sort(byAge);
        await store.list.replace(listed(files), core.world.env.clock.now());
        done.push({ change, files });
      }
    } catch (error) {
      letGo(changes.slice(done.length));
      throw error;
    } finally {
      for (const { change, files } of done) change.store.files = files;
      if (done.length > 0) core.generation++;
      whenSeen(done.map(({ change }) => change.store));
      for (const { change } of done) for (const file of change.removed) file.doom();
    }
  });
}

/** Of the first the list may be on the disk; of the others it was not tried. */
function letGo([first, ...others]: readonly FileChange[]): void {
  for (const file of first?.added ?? []) file.release();
  for (const { added } of others) for (const file of added) file.doom();
}

export function listed(files: readonly StoreFile[]): ListedFile[] {
  return files.map(({ name, bytes }) => ({ name, size: bytes }));
}
