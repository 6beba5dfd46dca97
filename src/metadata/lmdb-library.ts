/**
 * The only room that knows the package lmdb: a file of keys and values in which groups of changes
 * become durable, atomically per group or in order.
 *
 * The package is loaded when the first store opens, so that who keeps no metadata never pays for
 * it. Its settings here, each for a reason (docs/decisions/0009-metadata-store.md):
 * `overlappingSync` off: a commit is synced, data before meta page, when its promise resolves;
 * `eventTurnBatching` off: with it a failed commit leaves a promise that nobody can catch;
 * `cache` and encoders off: bytes in, bytes out.
 */
import type { RootDatabase } from 'lmdb';
import { IoError, StateError } from '../../native-free-io/index.ts';
import { pageBytes } from './lmdb-layout.ts';

export interface LmdbChange {
  readonly key: Uint8Array;
  /** Undefined removes the key. */
  readonly value: Uint8Array | undefined;
}

export class LmdbFile {
  readonly #path: string;
  readonly #database: RootDatabase<Uint8Array, Uint8Array>;

  private constructor(path: string, database: RootDatabase<Uint8Array, Uint8Array>) {
    this.#path = path;
    this.#database = database;
  }

  /** Opens the file, or makes it. Never hand it a file that `findLmdbDamage` has not seen. */
  static async open(path: string): Promise<LmdbFile> {
    const library = await loadLibrary();
    try {
      const database = library.open<Uint8Array, Uint8Array>({
        path,
        noSubdir: true,
        overlappingSync: false,
        eventTurnBatching: false,
        encoding: 'binary',
        keyEncoding: 'binary',
        cache: false,
        pageSize: pageBytes,
        maxDbs: 1,
      });
      return new LmdbFile(path, database);
    } catch (cause) {
      throw failed(path, 'lmdb cannot open the file', cause);
    }
  }

  /** Entries. */
  get size(): number {
    return (this.#database.getStats() as { readonly entryCount: number }).entryCount;
  }

  /** A view of the pages, valid until the next call. */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.#database.getBinaryFast(key);
  }

  /** Entries in the order of their keys, from the first that is not below; the bytes are copies. */
  *range(start?: Uint8Array): Generator<{ key: Uint8Array; value: Uint8Array }, void, undefined> {
    const options = { snapshot: false, ...(start === undefined ? {} : { start }) };
    for (const { key, value } of this.#database.getRange(options)) {
      yield { key: new Uint8Array(key), value: new Uint8Array(value) };
    }
  }

  /** Resolves once all changes are durable. After a failure only `close` makes sense. */
  async write(changes: readonly LmdbChange[]): Promise<void> {
    const results = await Promise.allSettled(
      changes.map(({ key, value }) =>
        value === undefined ? this.#database.remove(key) : this.#database.put(key, value),
      ),
    );
    for (const result of results) {
      if (result.status === 'rejected') {
        throw failed(this.#path, 'a commit failed', await causeOf(result.reason));
      }
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

type Library = Pick<typeof import('lmdb'), 'open'>;

async function loadLibrary(): Promise<Library> {
  try {
    return await import('lmdb');
  } catch (cause) {
    throw new StateError(
      'METADATA_UNAVAILABLE',
      'the package lmdb has no build for this platform, or was installed without it',
      { cause },
    );
  }
}

/** The library tells why a commit failed by a second promise, a field of the first one's error. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  try {
    await commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function failed(path: string, message: string, cause: unknown): IoError {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  const isFull = code === 28 || code === 'ENOSPC';
  return new IoError(isFull ? 'IO_NO_SPACE' : 'IO_FAILED', message, { context: { path }, cause });
}
