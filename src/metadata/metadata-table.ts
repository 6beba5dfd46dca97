/**
 * A metadata file whose entries stay in it: for books that grow with the data they are about. What
 * is read comes from LMDB's pages, so memory does not grow with the entries.
 *
 * Only what was committed can be read; the caller keeps what it has not written yet, writes one
 * group of changes at a time, and holds a lock that keeps others out.
 */
import type { FileSystem } from '../../native-free-io/index.ts';
import type { LmdbFile } from './lmdb-library.ts';
import {
  encodeChange,
  encodeKey,
  openMetadataFile,
  payloadOf,
  removeIfThere,
} from './metadata-file.ts';
import type { MetadataEntry } from './metadata-store.ts';

export class MetadataTable implements AsyncDisposable {
  readonly path: string;
  readonly #file: LmdbFile;

  private constructor(path: string, file: LmdbFile) {
    this.path = path;
    this.#file = file;
  }

  /** Opens the table, or makes it. METADATA_CORRUPT when its pages contradict each other. */
  static async open(fs: FileSystem, path: string): Promise<MetadataTable> {
    return new MetadataTable(path, await openMetadataFile(fs, path));
  }

  /** Removes the files of a table that is not open. */
  static remove(fs: FileSystem, path: string): void {
    for (const each of [path, `${path}-lock`]) removeIfThere(fs, each);
  }

  /** Entries. */
  get size(): number {
    return this.#file.size;
  }

  /** A view, valid until the next call; METADATA_CORRUPT when its checksum disagrees. */
  get(key: string): Uint8Array | undefined {
    const keyBytes = encodeKey(key);
    const value = this.#file.get(keyBytes);
    return value === undefined ? undefined : payloadOf(this.path, keyBytes, value);
  }

  /** Entries whose key begins so, in the order of their UTF-8; values are the caller's. */
  *entries(prefix: string): Generator<MetadataEntry, void, undefined> {
    const decoder = new TextDecoder();
    const start = encodeKey(prefix);
    for (const { key, value } of this.#file.range(start)) {
      if (!start.every((byte, at) => key[at] === byte)) return;
      yield { key: decoder.decode(key), value: payloadOf(this.path, key, value) };
    }
  }

  /**
   * Resolves once all changes are durable. They become so in their order: after a crash a first
   * part of them may be there. After a failure only `close` makes sense.
   */
  async write(changes: Iterable<readonly [string, Uint8Array | undefined]>): Promise<void> {
    const encoded = Array.from(changes, ([key, value]) => encodeChange(key, value));
    if (encoded.length > 0) await this.#file.write(encoded);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
