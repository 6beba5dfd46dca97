/**
 * Comparing the directories with what is in memory, as HDFS's directory scanner does. A file is
 * looked at a second time, while nobody changes the block, before anything is concluded from it;
 * nothing is deleted: what belongs nowhere goes to `varve/lost+found`.
 *
 * Upstream: apache/hadoop: DirectoryScanner.java, FsDatasetImpl.checkAndUpdate.
 */
import { joinPath } from '../../native-free-io/index.ts';
import { dataPath, metaPath } from './block-files.ts';
import { scanFiles, type FoundPair } from './directory-scan.ts';
import { dataFileName } from './file-names.ts';
import type { AsideFile } from './load-report.ts';
import { moveAside } from './lost-found.ts';
import { Replica } from './replica.ts';
import type { StoreCore } from './store-core.ts';
import type { Volume } from './volume.ts';

export interface ReconcileReport {
  /** Blocks whose files are gone; forgotten. */
  readonly missing: readonly bigint[];
  /** Blocks found on the disk; taken up. */
  readonly found: readonly bigint[];
  /** Blocks found in another directory, under another stamp, or of another length; followed. */
  readonly changed: readonly bigint[];
  readonly aside: readonly AsideFile[];
}

interface Notes {
  readonly missing: bigint[];
  readonly found: bigint[];
  readonly changed: bigint[];
  readonly aside: AsideFile[];
}

export async function reconcile(core: StoreCore): Promise<ReconcileReport> {
  core.assertWritable();
  const notes: Notes = { missing: [], found: [], changed: [], aside: [] };
  for (const volume of core.volumes.live) {
    const seen = new Set<bigint>();
    for (const pair of scanFiles(volume.fs, volume.finalizedDir, true).pairs) {
      seen.add(pair.id);
      await core.serially(pair.id, () => compare(core, volume, pair, notes));
    }
    for (const replica of core.replicas.values()) {
      if (replica.volume !== volume || replica.state !== 'finalized') continue;
      if (!seen.has(replica.id))
        await core.serially(replica.id, () => missed(core, replica, notes));
    }
    await core.env.timers.turn();
  }
  return notes;
}

function compare(core: StoreCore, volume: Volume, listed: FoundPair, notes: Notes): void {
  const pair = lookAgain(volume, listed);
  const replica = core.replicas.get(listed.id);
  if (replica !== undefined && (replica.state !== 'finalized' || replica.volume !== volume)) return;
  const meta = pair.metas.toSorted((a, b) => b.generationStamp - a.generationStamp)[0];
  if (pair.dataSize === undefined) {
    // Of a block that lies elsewhere, this is a leftover; of a known one, its data is gone.
    const isOwn = replica?.directory === pair.directory;
    if (replica !== undefined && isOwn) missed(core, replica, notes);
    for (const { name } of lookAgain(volume, pair).metas) {
      moveAside(volume, joinPath(pair.directory, name), 'a sidecar without its data', notes);
    }
    return;
  }
  if (meta === undefined) {
    if (replica !== undefined && replica.directory !== pair.directory) return;
    const path = joinPath(pair.directory, dataFileName(pair.id));
    if (replica !== undefined) forget(core, replica, notes);
    moveAside(volume, path, 'data without sidecar', notes);
    return;
  }
  if (replica === undefined) {
    const place = { ...pair, volume, generationStamp: meta.generationStamp };
    const added = new Replica(place, 'finalized', pair.dataSize);
    core.counters.see(added.id, added.generationStamp);
    core.replicas.set(added.id, added);
    notes.found.push(added.id);
    return;
  }
  follow(core, replica, { pair, generationStamp: meta.generationStamp }, notes);
}

function follow(
  core: StoreCore,
  replica: Replica,
  disk: { pair: FoundPair; generationStamp: number },
  notes: Notes,
): void {
  const { pair, generationStamp } = disk;
  const isElsewhere = replica.directory !== pair.directory;
  if (isElsewhere && replica.volume.fs.statSync(dataPath(replica)) !== undefined) return;
  const isOtherStamp = generationStamp > replica.generationStamp;
  const isOtherLength = pair.dataSize !== replica.length;
  if (!isElsewhere && !isOtherStamp && !isOtherLength) return;
  core.open.drop(replica);
  replica.directory = pair.directory;
  if (isOtherStamp) replica.raiseGenerationStamp(generationStamp);
  if (isOtherLength) {
    replica.publish(pair.dataSize!, undefined);
    core.damaged(replica);
  }
  notes.changed.push(replica.id);
}

/** Its files are gone, unless a second look finds them. */
function missed(core: StoreCore, replica: Replica, notes: Notes): void {
  if (core.replicas.get(replica.id) !== replica || replica.state !== 'finalized') return;
  const { fs } = replica.volume;
  if (fs.statSync(dataPath(replica)) !== undefined) return;
  forget(core, replica, notes);
  if (fs.statSync(metaPath(replica)) === undefined) return;
  moveAside(replica.volume, metaPath(replica), 'a sidecar without its data', notes);
}

function forget(core: StoreCore, replica: Replica, notes: Notes): void {
  core.open.drop(replica);
  core.replicas.delete(replica.id);
  replica.changed();
  notes.missing.push(replica.id);
}

function lookAgain(volume: Volume, listed: FoundPair): FoundPair {
  const { fs } = volume;
  const { directory, id } = listed;
  const dataSize = fs.statSync(joinPath(directory, dataFileName(id)))?.size;
  const metas = listed.metas.filter(
    ({ name }) => fs.statSync(joinPath(directory, name)) !== undefined,
  );
  return { id, directory, dataSize, metas };
}
