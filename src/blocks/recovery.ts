/**
 * Opening a volume's block pool: every file found becomes part of a replica, or is moved aside and
 * reported.
 *
 *    finalized: data and sidecar           finalized
 *    rbw: data and sidecar                 rwr, cut to what is good (validate.ts)
 *    one file in each directory            a move that was cut: undone or completed
 *    tmp                                   removed, as upstream does: copies are never acknowledged
 *    lazypersist                           moved to finalized
 *    one file alone, a second sidecar      lost+found
 *
 * Upstream: apache/hadoop: BlockPoolSlice.java (getVolumeMap, recoverTempUnlinkedBlock).
 */
import { joinPath, StoreError } from '../../native-free-io/index.ts';
import { metaLength, readMetaHeader } from './block-files.ts';
import { cutToGood, withFiles } from './cut-to-good.ts';
import { scanFiles, type FoundMeta, type FoundPair } from './directory-scan.ts';
import { dataFileName } from './file-names.ts';
import { readGuard, removeGuard } from './guard.ts';
import type { LoadNotes } from './load-report.ts';
import { moveAside } from './lost-found.ts';
import { Replica } from './replica.ts';
import { validLength } from './validate.ts';
import type { Volume } from './volume.ts';

export function recoverVolume(volume: Volume, notes: LoadNotes): Replica[] {
  removeCaches(volume);
  removeTemporary(volume, notes);
  adoptLazyPersist(volume);
  const finalized = scanFiles(volume.fs, volume.finalizedDir, true);
  const rbw = scanFiles(volume.fs, volume.rbwDir, false);
  for (const path of [...finalized.unlinked, ...rbw.unlinked]) resolveUnlinked(volume, path, notes);
  joinCutMoves(volume, finalized.pairs, rbw.pairs, notes);

  const replicas: Replica[] = [];
  for (const pair of finalized.pairs) {
    const meta = soleMeta(volume, pair, notes);
    if (meta === undefined) continue;
    replicas.push(replicaOf(volume, pair, meta, 'finalized'));
  }
  for (const pair of rbw.pairs) {
    const meta = soleMeta(volume, pair, notes);
    const replica = meta === undefined ? undefined : recoverWritten(volume, pair, meta, notes);
    if (replica !== undefined) replicas.push(replica);
  }
  removeStaleGuards(volume, replicas);
  return replicas;
}

/** Upstream's caches of space and replicas say what was before us. */
function removeCaches(volume: Volume): void {
  const current = joinPath(volume.poolDir, 'current');
  for (const name of ['replicas', 'replicas.tmp', 'dfsUsed']) {
    const path = joinPath(current, name);
    if (volume.fs.statSync(path) !== undefined) volume.fs.removeFileSync(path);
  }
}

function removeTemporary(volume: Volume, notes: LoadNotes): void {
  const { fs, temporaryDir } = volume;
  if (fs.statSync(temporaryDir) === undefined) return;
  for (const { name, kind } of fs.listSync(temporaryDir)) {
    if (kind !== 'file') continue;
    fs.removeFileSync(joinPath(temporaryDir, name));
    notes.removedTemporary++;
  }
}

function adoptLazyPersist(volume: Volume): void {
  const { fs } = volume;
  const directory = joinPath(joinPath(volume.poolDir, 'current'), 'lazypersist');
  for (const { id, dataSize, metas } of scanFiles(fs, directory, false).pairs) {
    if (dataSize === undefined || metas.length !== 1) continue;
    const target = volume.finalizedDirOf(id);
    for (const name of [metas[0]!.name, dataFileName(id)]) {
      if (fs.statSync(joinPath(target, name)) !== undefined) continue;
      fs.renameSync(joinPath(directory, name), joinPath(target, name));
    }
  }
}

/** A copy made to break a hard link: it is the file when the file is missing. */
function resolveUnlinked(volume: Volume, path: string, notes: LoadNotes): void {
  const original = path.replace(/\.unlinked$/, '');
  if (volume.fs.statSync(original) === undefined) {
    volume.fs.renameSync(path, original);
    notes.repairs.push(`${original}: taken back from its copy, open once more to use it`);
  } else {
    moveAside(volume, path, 'a copy that a hard link was broken for', notes);
  }
}

/** Data in one directory and the sidecar in the other: a move was cut. */
function joinCutMoves(
  volume: Volume,
  finalized: readonly FoundPair[],
  rbw: FoundPair[],
  notes: LoadNotes,
): void {
  const halves = new Map<bigint, FoundPair>();
  for (const pair of finalized) {
    if ((pair.dataSize === undefined) !== (pair.metas.length === 0)) halves.set(pair.id, pair);
  }
  for (const pair of rbw) {
    const other = halves.get(pair.id);
    if (other === undefined) continue;
    if (pair.dataSize !== undefined && pair.metas.length === 0 && other.metas.length > 0) {
      bringMeta(volume, other, pair);
      notes.repairs.push(`block ${pair.id}: finalizing was cut, it waits for recovery`);
    } else if (pair.dataSize === undefined && other.dataSize !== undefined) {
      if (isWhole(volume, other, pair)) {
        bringMeta(volume, pair, other);
        notes.repairs.push(`block ${pair.id}: an append had not begun, it is finalized again`);
      } else {
        bringData(volume, other, pair);
        notes.repairs.push(`block ${pair.id}: finalizing was cut, it waits for recovery`);
      }
    }
  }
}

function bringMeta(volume: Volume, from: FoundPair, to: FoundPair): void {
  for (const meta of from.metas.splice(0)) {
    const path = joinPath(from.directory, meta.name);
    volume.fs.renameSync(path, joinPath(to.directory, meta.name));
    to.metas.push(meta);
  }
  syncBoth(volume, from, to);
}

function bringData(volume: Volume, from: FoundPair, to: FoundPair): void {
  const name = dataFileName(from.id);
  volume.fs.renameSync(joinPath(from.directory, name), joinPath(to.directory, name));
  to.dataSize = from.dataSize;
  from.dataSize = undefined;
  syncBoth(volume, from, to);
}

function syncBoth(volume: Volume, from: FoundPair, to: FoundPair): void {
  volume.fs.syncDirectorySync(to.directory);
  volume.fs.syncDirectorySync(from.directory);
}

/** Whether the sidecar in one directory belongs to all of the data in the other. */
function isWhole(volume: Volume, data: FoundPair, meta: FoundPair): boolean {
  if (meta.metas.length !== 1) return false;
  const paths = {
    data: joinPath(data.directory, dataFileName(data.id)),
    meta: joinPath(meta.directory, meta.metas[0]!.name),
  };
  try {
    return withFiles(volume.fs, paths, 'read', (dataFile, metaFile) => {
      const header = readMetaHeader(metaFile);
      if (metaFile.sizeSync() !== metaLength(header, data.dataSize!)) return false;
      return validLength(dataFile, metaFile, header, undefined).length === data.dataSize;
    });
  } catch (error) {
    if (isMalformed(error)) return false;
    throw error;
  }
}

/** The sidecar of a pair; what is left over goes aside, and so does half a pair. */
function soleMeta(volume: Volume, pair: FoundPair, notes: LoadNotes): FoundMeta | undefined {
  const { directory, metas } = pair;
  const newest = metas.toSorted((a, b) => b.generationStamp - a.generationStamp)[0];
  for (const meta of metas) {
    if (meta === newest && pair.dataSize !== undefined) continue;
    const reason =
      pair.dataSize === undefined ? 'a sidecar without its data' : 'a second, older sidecar';
    moveAside(volume, joinPath(directory, meta.name), reason, notes);
  }
  if (pair.dataSize === undefined) return undefined;
  if (newest === undefined) {
    moveAside(volume, joinPath(directory, dataFileName(pair.id)), 'data without sidecar', notes);
  }
  return newest;
}

function replicaOf(
  volume: Volume,
  { id, directory, dataSize }: FoundPair,
  { generationStamp }: FoundMeta,
  state: 'finalized' | 'rwr',
): Replica {
  return new Replica({ id, generationStamp, volume, directory }, state, dataSize ?? 0);
}

function recoverWritten(
  volume: Volume,
  pair: FoundPair,
  meta: FoundMeta,
  notes: LoadNotes,
): Replica | undefined {
  const data = joinPath(pair.directory, dataFileName(pair.id));
  const metaFile = joinPath(pair.directory, meta.name);
  const guard = readGuard(volume, pair.id);
  const ownGuard = guard?.generationStamp === meta.generationStamp ? guard : undefined;
  try {
    const length = withFiles(volume.fs, { data, meta: metaFile }, 'write', (dataFile, sidecar) =>
      cutToGood(dataFile, sidecar, ownGuard),
    );
    const droppedBytes = pair.dataSize! - length;
    notes.recovered.push({ id: pair.id, volume: volume.dir, length, droppedBytes });
    pair.dataSize = length;
    return replicaOf(volume, pair, meta, 'rwr');
  } catch (error) {
    if (!isMalformed(error)) throw error;
    moveAside(volume, data, 'its sidecar has no sound header', notes);
    moveAside(volume, metaFile, 'no sound header', notes);
    return undefined;
  }
}

function isMalformed(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'BLOCKS_CORRUPT_META';
}

/** A guard is for a block being written. */
function removeStaleGuards(volume: Volume, replicas: readonly Replica[]): void {
  const directory = joinPath(volume.ownDir, 'guards');
  if (volume.fs.statSync(directory) === undefined) return;
  const waiting = new Set<string>();
  for (const { id, state } of replicas) if (state === 'rwr') waiting.add(dataFileName(id));
  for (const { name } of volume.fs.listSync(directory)) {
    if (!waiting.has(name) && /^blk_-?\d+$/.test(name)) {
      removeGuard(volume, BigInt(name.slice(4)));
    }
  }
}
