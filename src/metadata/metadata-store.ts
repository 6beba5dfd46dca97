/**
 * A small durable key-value store for what belongs to a store but is not its data: cursors now,
 * catalogs later. One file, one owner, everything in memory while it is open.
 *
 *    entry in LMDB:  key  = UTF-8 of the key
 *                    value = crc u32 big-endian | payload    crc = CRC-32C of key and payload
 *
 * Invariants: M1 a change is durable when its promise resolves, and changes of one key become
 * durable in the order of the calls; M2 a new file has its name only once it is whole; M3 no file
 * reaches LMDB before `findLmdbDamage` passed it; M4 after a failed commit only closing works.
 * Many changes share a commit: those that arrive while one runs go together with the next.
 *
 * LMDB writes by itself, past any `FileSystem`: so a store lives on the real disk only.
 */
import {
  CorruptionError,
  crc32c,
  GroupCommit,
  InvalidArgumentError,
  LimitError,
  parentPath,
  StateError,
  type FileLock,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import { findLmdbDamage } from './lmdb-check.ts';
import { LmdbFile, type LmdbChange } from './lmdb-library.ts';

export interface MetadataStoreOptions {
  /** The file; beside it LMDB keeps `<path>-lock` and the owner `<path>-owner`. */
  readonly path: string;
  readonly fs: FileSystem;
  /** Default 100 000. */
  readonly maxEntries?: number;
}

export interface MetadataEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Longest key and value: a page of LMDB holds two entries at least. */
export const maxKeyBytes = 512;
export const maxValueBytes = 1024;
const crcBytes = 4;

export class MetadataStore implements AsyncDisposable {
  readonly path: string;
  readonly #lock: FileLock;
  readonly #file: LmdbFile;
  readonly #entries: Map<string, Uint8Array>;
  readonly #maxEntries: number;
  /** Changes that no commit has taken up yet. */
  #pending = new Map<string, Uint8Array | undefined>();
  readonly #commits: GroupCommit;
  #closing: Promise<void> | undefined = undefined;

  private constructor(
    options: MetadataStoreOptions,
    parts: { lock: FileLock; file: LmdbFile; entries: Map<string, Uint8Array> },
  ) {
    this.path = options.path;
    this.#maxEntries = options.maxEntries ?? 100_000;
    this.#lock = parts.lock;
    this.#file = parts.file;
    this.#entries = parts.entries;
    this.#commits = new GroupCommit(() => this.#commitPending());
  }

  /** Opens the store, or makes it. */
  static async open(options: MetadataStoreOptions): Promise<MetadataStore> {
    const { fs, path } = options;
    if (fs.name !== 'node') {
      throw new InvalidArgumentError(
        'METADATA_NEEDS_DISK',
        `metadata cannot be kept on the file system '${fs.name}', only on the disk`,
        { context: { path } },
      );
    }
    const lock = fs.lockSync(`${path}-owner`);
    let file: LmdbFile | undefined;
    try {
      if (fs.statSync(path) === undefined) await makeFile(fs, path);
      else assertSound(fs, path);
      file = await LmdbFile.open(path);
      return new MetadataStore(options, { lock, file, entries: readEntries(file, path) });
    } catch (error) {
      await file?.close();
      lock.releaseSync();
      throw error;
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What was put last, durable or not yet. Treat the bytes as read-only. */
  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key);
  }

  /** Entries whose key begins so, in no order. */
  entries(prefix = ''): MetadataEntry[] {
    const found: MetadataEntry[] = [];
    for (const [key, value] of this.#entries) {
      if (key.startsWith(prefix)) found.push({ key, value });
    }
    return found;
  }

  /** Resolves once it is durable. */
  async put(key: string, value: Uint8Array): Promise<void> {
    this.#assertOpen();
    const keyLength = new TextEncoder().encode(key).length;
    invariant(keyLength > 0 && keyLength <= maxKeyBytes, 'a metadata key of wrong length');
    invariant(value.length <= maxValueBytes, 'a metadata value is too long');
    if (!this.#entries.has(key) && this.#entries.size >= this.#maxEntries) {
      throw new LimitError('METADATA_FULL', `the store holds ${this.#entries.size} entries`, {
        context: { path: this.path },
      });
    }
    const kept = new Uint8Array(value);
    this.#entries.set(key, kept);
    this.#pending.set(key, kept);
    await this.#commits.commit();
  }

  /** Resolves once none of these keys is there any more, durably. */
  async remove(...keys: readonly string[]): Promise<void> {
    this.#assertOpen();
    for (const key of keys) {
      if (this.#entries.delete(key)) this.#pending.set(key, undefined);
    }
    await this.#commits.commit();
  }

  /** Waits for what is under way. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      if (!this.#commits.isPoisoned) await this.#commits.commit();
    } finally {
      await this.#file.close();
      this.#lock.releaseSync();
    }
  }

  async #commitPending(): Promise<void> {
    const changes = Array.from(this.#pending, ([key, value]) => encodeChange(key, value));
    this.#pending = new Map();
    if (changes.length > 0) await this.#file.write(changes);
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StateError('METADATA_CLOSED', 'the store is closed', {
      context: { path: this.path },
    });
  }
}

/** Under another name first: a crash on the way leaves no half of a store. */
async function makeFile(fs: FileSystem, path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const remains = [temporary, `${temporary}-lock`];
  for (const each of remains) removeIfThere(fs, each);
  await (await LmdbFile.open(temporary)).close();
  const file = fs.openSync(temporary, 'write');
  try {
    file.syncSync();
  } finally {
    file.closeSync();
  }
  fs.renameSync(temporary, path);
  fs.syncDirectorySync(parentPath(path));
  for (const each of remains) removeIfThere(fs, each);
}

function removeIfThere(fs: FileSystem, path: string): void {
  if (fs.statSync(path) !== undefined) fs.removeFileSync(path);
}

function assertSound(fs: FileSystem, path: string): void {
  const damage = findLmdbDamage(readWhole(fs, path));
  if (damage !== undefined) throw corrupt(path, damage.reason, damage.position);
}

function readWhole(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    const length = file.readSync(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length);
  } finally {
    file.closeSync();
  }
}

function readEntries(file: LmdbFile, path: string): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (const { key, value } of file.entries()) {
    const stored = value.length < crcBytes ? -1 : viewOf(value).getUint32(0);
    if (stored !== checksum(key, value)) throw corrupt(path, 'checksum of an entry', undefined);
    entries.set(decoder.decode(key), value.subarray(crcBytes));
  }
  return entries;
}

function encodeChange(key: string, payload: Uint8Array | undefined): LmdbChange {
  const keyBytes = new TextEncoder().encode(key);
  if (payload === undefined) return { key: keyBytes, value: undefined };
  const value = new Uint8Array(crcBytes + payload.length);
  value.set(payload, crcBytes);
  viewOf(value).setUint32(0, checksum(keyBytes, value));
  return { key: keyBytes, value };
}

/** Of the key and of what follows the checksum's own place in the value. */
function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32c(value, crcBytes, value.length, crc32c(key, 0, key.length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function corrupt(path: string, reason: string, position: number | undefined): CorruptionError {
  return new CorruptionError('METADATA_CORRUPT', `the metadata store is damaged: ${reason}`, {
    context: { path, ...(position === undefined ? {} : { position }) },
  });
}
