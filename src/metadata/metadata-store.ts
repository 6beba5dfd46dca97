/**
 * A small durable key-value store for what belongs to a store but is not its data: cursors and the
 * state of jobs. One file, one owner, everything in memory while it is open.
 *
 * Invariants: M1 a change is durable when its promise resolves, and changes of one key become
 * durable in the order of the calls; M4 after a failed commit only closing works; M2, M3 are those
 * of the file (metadata-file.ts).
 * Many changes share a commit: those that arrive while one runs go together with the next.
 *
 * LMDB writes by itself, past any `FileSystem`: so a store lives on the real disk only.
 */
import {
  GroupCommit,
  LimitError,
  StateError,
  type FileLock,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import type { LmdbFile } from './lmdb-library.ts';
import {
  assertOnDisk,
  encodeChange,
  maxKeyBytes,
  maxValueBytes,
  openMetadataFile,
  payloadOf,
} from './metadata-file.ts';

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
    assertOnDisk(fs, path);
    const lock = fs.lockSync(`${path}-owner`);
    let file: LmdbFile | undefined;
    try {
      file = await openMetadataFile(fs, path);
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

function readEntries(file: LmdbFile, path: string): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (const { key, value } of file.range()) {
    const payload = payloadOf(path, key, value);
    entries.set(decoder.decode(key), payload);
  }
  return entries;
}
