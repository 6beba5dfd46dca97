/**
 * What lies in the directories of a block pool: data files and sidecars, paired by block id.
 *
 * A replica in a wrong subdirectory is taken where it is, as upstream does; so directories of all
 * layouts are walked the same way.
 */
import { joinPath, type FileSystem } from '../../native-free-io/index.ts';
import { dataName, metaName, unlinkedName } from './file-names.ts';

export interface FoundMeta {
  readonly name: string;
  readonly generationStamp: number;
}

/** The files of one block in one directory. */
export interface FoundPair {
  readonly id: bigint;
  readonly directory: string;
  /** Bytes of the data file; undefined when there is none. */
  dataSize: number | undefined;
  readonly metas: FoundMeta[];
}

export interface FoundFiles {
  readonly pairs: FoundPair[];
  /** Leftovers of broken hard links, `blk_….unlinked`. */
  readonly unlinked: string[];
}

/** Of a directory and, if asked, all below it. A missing directory holds nothing. */
export function scanFiles(fs: FileSystem, dir: string, isDeep: boolean): FoundFiles {
  const found: FoundFiles = { pairs: [], unlinked: [] };
  if (fs.statSync(dir) !== undefined) scanInto(fs, dir, isDeep, found);
  return found;
}

function scanInto(fs: FileSystem, dir: string, isDeep: boolean, found: FoundFiles): void {
  const pairs = new Map<string, FoundPair>();
  for (const { name, kind } of fs.listSync(dir)) {
    if (kind === 'directory') {
      if (isDeep) scanInto(fs, joinPath(dir, name), isDeep, found);
      continue;
    }
    const data = dataName.exec(name);
    if (data !== null) {
      // Gone between the listing and the look: somebody else's work, not ours to judge.
      const size = fs.statSync(joinPath(dir, name))?.size;
      pairOf(pairs, dir, data[1]!).dataSize = size;
      continue;
    }
    const meta = metaName.exec(name);
    if (meta !== null) {
      pairOf(pairs, dir, meta[1]!).metas.push({ name, generationStamp: Number(meta[2]) });
      continue;
    }
    if (unlinkedName.test(name)) found.unlinked.push(joinPath(dir, name));
  }
  for (const pair of pairs.values()) found.pairs.push(pair);
}

function pairOf(pairs: Map<string, FoundPair>, directory: string, idText: string): FoundPair {
  let pair = pairs.get(idText);
  if (pair === undefined) {
    pair = { id: BigInt(idText), directory, dataSize: undefined, metas: [] };
    pairs.set(idText, pair);
  }
  return pair;
}
