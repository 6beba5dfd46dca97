/**
 * The journal file of a pack: made whole, read group by group, appended to one group a sync.
 *
 * Invariants: J1 what `append` took is durable when it resolves, and no group is begun before the
 * one before it is durable; J2 a journal has its name only once it is whole.
 */
import {
  AppendFile,
  ByteSink,
  FileWindow,
  parentPath,
  temporarySuffix,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { groupHeaderBytes, groupMagic, journalHeaderBytes } from '../format/layout.ts';
import {
  decodeJournalEntries,
  decodeJournalHeader,
  encodeGroupHeader,
  encodeJournalHeader,
  groupLength,
  isSoundGroup,
  writeJournalEntry,
  type PackChange,
} from '../format/pack-journal.ts';
import { damagedPack } from './damaged-pack.ts';

/** What one sync wrote. */
export interface JournalGroup {
  readonly changes: readonly PackChange[];
  /** Byte of the journal after it. */
  readonly end: number;
}

/** Reads the header alone. BLOCKS_CORRUPT_PACK when it is none. */
export function readJournalId(file: FileHandle): bigint {
  const bytes = new Uint8Array(journalHeaderBytes);
  const got = file.readSync(bytes, 0, bytes.length, 0);
  const id = decodeJournalHeader(bytes.subarray(0, got));
  if (typeof id === 'string') throw damagedPack(file.path, 0, `the journal: ${id}`);
  return id;
}

/**
 * The groups from byte `from` on, where one begins. A bad one ends them when nothing sound follows:
 * its writing was cut. Else it is damage: BLOCKS_CORRUPT_PACK.
 */
export function* readJournal(file: FileHandle, from: number): Generator<JournalGroup, void> {
  const window = new FileWindow(file);
  for (let at = from; ;) {
    const length = soundLength(window, at);
    if (length < 0) {
      if (hasSoundGroup(window, at + 1)) throw damagedPack(file.path, at, 'a group of the journal');
      return;
    }
    const start = window.at(at, groupHeaderBytes + length) + groupHeaderBytes;
    const changes = decodeJournalEntries(window.bytes, start, start + length);
    if (changes === undefined) throw damagedPack(file.path, at, 'an entry of the journal');
    at += groupHeaderBytes + length;
    yield { changes, end: at };
  }
}

/** Length of the entries of the sound group at `at`; -1 when there is none. */
function soundLength(window: FileWindow, at: number): number {
  const header = window.at(at, groupHeaderBytes);
  if (header < 0) return -1;
  const length = groupLength(window.view, header);
  if (length < 0) return -1;
  const start = window.at(at, groupHeaderBytes + length);
  return start >= 0 && isSoundGroup(window.bytes, start, length) ? length : -1;
}

/** Whether a sound group begins anywhere from `from` on. */
function hasSoundGroup(window: FileWindow, from: number): boolean {
  const first = groupMagic >>> 24;
  for (let at = from; at + groupHeaderBytes <= window.end;) {
    const { index, length } = window.fill(at);
    const found = window.bytes.subarray(index, index + length).indexOf(first);
    if (found < 0) {
      at += length;
      continue;
    }
    at += found;
    if (soundLength(window, at) >= 0) return true;
    at++;
  }
  return false;
}

/** Writes a new journal with these groups of changes; it is durable when it resolves. */
export async function writeJournal(
  fs: FileSystem,
  path: string,
  content: { readonly id: bigint; readonly groups: Iterable<readonly PackChange[]> },
): Promise<void> {
  const temporary = path + temporarySuffix;
  const file = await fs.open(temporary, 'create');
  const out = new AppendFile(file, 0);
  try {
    file.truncateSync(0);
    out.append(encodeJournalHeader(content.id));
    for (const changes of content.groups) {
      if (changes.length > 0) out.appendVector(groupOf(encodeChanges(changes)));
    }
    await out.sync();
  } finally {
    await out.close();
  }
  fs.renameSync(temporary, path);
  fs.syncDirectorySync(parentPath(path));
}

function groupOf(entries: Uint8Array): Uint8Array[] {
  return [encodeGroupHeader(entries), entries];
}

function encodeChanges(changes: readonly PackChange[]): Uint8Array {
  const sink = ByteSink.growing();
  for (const { key, entry } of changes) writeJournalEntry(sink, Buffer.from(key), entry);
  return sink.written;
}

/** Appends to the journal. */
export class JournalWriter {
  readonly #out: AppendFile;

  private constructor(out: AppendFile) {
    this.#out = out;
  }

  /** Cuts what a crash left behind `end`, durably, and goes on there. */
  static open(fs: FileSystem, path: string, end: number): JournalWriter {
    const file = fs.openSync(path, 'write');
    try {
      if (file.sizeSync() > end) {
        file.truncateSync(end);
        file.syncSync();
      }
      return new JournalWriter(new AppendFile(file, end));
    } catch (error) {
      file.closeSync();
      throw error;
    }
  }

  /** Byte after the last group. */
  get end(): number {
    return this.#out.position;
  }

  /** One group of encoded entries; durable when it resolves. One call at a time. */
  async append(entries: Uint8Array): Promise<void> {
    this.#out.appendVector(groupOf(entries));
    await this.#out.sync();
  }

  close(): Promise<void> {
    return this.#out.close();
  }
}
