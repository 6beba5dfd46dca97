/**
 * Brings the files of a pack together at its opening: the journal says what there is, the index is
 * brought up to it, and data that no journal entry tells of is cut.
 *
 * A power cut leaves the data longer than the journal tells, a torn group at the journal's end, the
 * index behind: all three are mended. Everything else is damage and told, never cut.
 */
import { joinPath, NotFoundError, type FileSystem } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { journalHeaderBytes } from '../format/layout.ts';
import type { PackEntry, PackState } from '../format/pack-entry.ts';
import { damagedPack } from './damaged-pack.ts';
import { scanData, type ScannedGroup } from './data-scan.ts';
import { readJournal, readJournalId, writeJournal } from './journal.ts';
import { MemoryPackIndex, type OpenPackIndex, type PackIndex } from './pack-index.ts';

export interface OpenedPack {
  readonly index: PackIndex;
  readonly state: PackState;
  /** Bytes of data and journal that were cut, or would be. */
  readonly droppedBytes: number;
}

/** Changes that are taken into an index at once. */
export const changesPerCommit = 8192;
const dataName = 'data';
const journalName = 'journal';

export function dataPathOf(dir: string): string {
  return joinPath(dir, dataName);
}

export function journalPathOf(dir: string): string {
  return joinPath(dir, journalName);
}

/** For the one writer, who holds the lock. With `rebuild` the data alone say what there is. */
export async function openPackForWriting(
  env: Env,
  dir: string,
  options: { readonly openIndex: OpenPackIndex; readonly rebuild: boolean },
): Promise<OpenedPack> {
  const { fs } = env;
  const path = journalPathOf(dir);
  const isNew = options.rebuild || fs.statSync(path) === undefined;
  if (isNew) {
    const id = new DataView(env.random.uuid().buffer).getBigInt64(0);
    await writeJournal(fs, path, { id, groups: changesOf(scanned(fs, dir)) });
  }
  let index = await options.openIndex(fs, dir, isNew);
  try {
    if (index.state !== undefined && index.state.journalId !== idOf(fs, path)) {
      await index.close();
      index = await options.openIndex(fs, dir, true);
    }
    const { state, tornBytes } = await followJournal(fs, path, index);
    return { index, state, droppedBytes: tornBytes + cutData(fs, dir, state.dataEnd) };
  } catch (error) {
    await index.close();
    throw error;
  }
}

/** For readers, beside a writer or without the right to write: nothing is changed. */
export async function openPackForReading(fs: FileSystem, dir: string): Promise<OpenedPack> {
  const index = new MemoryPackIndex();
  const path = journalPathOf(dir);
  if (fs.statSync(path) !== undefined) {
    const { state, tornBytes } = await followJournal(fs, path, index);
    return { index, state, droppedBytes: tornBytes };
  }
  if (fs.statSync(dataPathOf(dir)) === undefined) {
    throw new NotFoundError('BLOCKS_NOT_FOUND', 'no pack', { context: { path: dir } });
  }
  let state: PackState = { journalId: 0n, journalEnd: 0, dataEnd: 0 };
  for (const { changes, dataEnd } of scanData(fs, dataPathOf(dir))) {
    state = { ...state, dataEnd };
    await index.apply(new Map(changes.map(({ key, entry }) => [key, entry])), state);
  }
  return { index, state, droppedBytes: 0 };
}

function scanned(fs: FileSystem, dir: string): Iterable<ScannedGroup> {
  const path = dataPathOf(dir);
  return fs.statSync(path) === undefined ? [] : scanData(fs, path);
}

function* changesOf(groups: Iterable<ScannedGroup>): Generator<ScannedGroup['changes']> {
  for (const { changes } of groups) yield changes;
}

function idOf(fs: FileSystem, path: string): bigint {
  const file = fs.openSync(path, 'read');
  try {
    return readJournalId(file);
  } finally {
    file.closeSync();
  }
}

/** Brings the index up to the journal. */
async function followJournal(
  fs: FileSystem,
  path: string,
  index: PackIndex,
): Promise<{ state: PackState; tornBytes: number }> {
  const file = fs.openSync(path, 'read');
  try {
    const journalId = readJournalId(file);
    const size = file.sizeSync();
    let state = index.state ?? { journalId, journalEnd: journalHeaderBytes, dataEnd: 0 };
    if (state.journalEnd > size) {
      throw damagedPack(path, size, 'the end of the journal, which its index knows more of,');
    }
    const changes = new Map<string, PackEntry | undefined>();
    for (const group of readJournal(file, state.journalEnd)) {
      let { dataEnd } = state;
      for (const { key, entry } of group.changes) {
        changes.set(key, entry);
        if (entry !== undefined) dataEnd = Math.max(dataEnd, entry.position + entry.length);
      }
      state = { journalId, journalEnd: group.end, dataEnd };
      if (changes.size < changesPerCommit) continue;
      await index.apply(changes, state);
      changes.clear();
    }
    if (changes.size > 0) await index.apply(changes, state);
    return { state, tornBytes: size - state.journalEnd };
  } finally {
    file.closeSync();
  }
}

/** Cuts the data behind `end`, durably; returns how many bytes. */
function cutData(fs: FileSystem, dir: string, end: number): number {
  const path = dataPathOf(dir);
  const stat = fs.statSync(path);
  const size = stat?.size ?? 0;
  if (size < end) throw damagedPack(path, size, 'the end of the data, which the journal tells of,');
  if (stat !== undefined && end === 0) {
    fs.removeFileSync(path);
    fs.syncDirectorySync(dir);
    return size;
  }
  if (size === end) return 0;
  const file = fs.openSync(path, 'write');
  try {
    file.truncateSync(end);
    file.syncSync();
  } finally {
    file.closeSync();
  }
  return size - end;
}
