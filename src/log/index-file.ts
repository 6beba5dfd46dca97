/**
 * A file of fixed-size entries that only grows at its end: the common body of the offset, time and
 * transaction index.
 *
 * Upstream maps these files into memory. Here the entries of a segment being written live in one
 * growing buffer and reach the file in bundles (`flush`), because a system call per entry would
 * cost a quarter of the append rate; the entries of older segments are read whole when first asked
 * for, and forgotten again under the byte budget of an `IndexCache`.
 *
 * Invariants: I1 `count` covers entries in the file and entries not yet written; I2 the file never
 * holds bytes after its last entry once `flush` has returned; I3 the bytes of an index with
 * unwritten entries are never forgotten.
 * Damage: an index may lack entries after a crash; the loader rebuilds it from the `.log` file.
 */
import { atomicReplaceSync, type FileSystem } from '../../native-free-io/index.ts';
import type { IndexCache } from './index-cache.ts';

const firstCapacityEntries = 64;

export class IndexFile {
  readonly entryBytes: number;
  path: string;
  /** See `Resident`. */
  lastUse: number;
  readonly #fs: FileSystem;
  readonly #cache: IndexCache;
  #count: number;
  #writtenCount: number;
  #bytes: Uint8Array | undefined;
  #view: DataView | undefined;
  #exists: boolean;

  private constructor(fs: FileSystem, cache: IndexCache, path: string, entryBytes: number) {
    this.#fs = fs;
    this.#cache = cache;
    this.path = path;
    this.entryBytes = entryBytes;
    this.lastUse = 0;
    this.#count = 0;
    this.#writtenCount = 0;
    this.#bytes = undefined;
    this.#view = undefined;
    this.#exists = false;
  }

  /**
   * Opens or prepares the index at `path`. `sizeBytes` is what a listing said, undefined when
   * absent.
   */
  static open(
    fs: FileSystem,
    cache: IndexCache,
    path: string,
    file: { entryBytes: number; sizeBytes: number | undefined },
  ): IndexFile {
    const index = new IndexFile(fs, cache, path, file.entryBytes);
    if (file.sizeBytes !== undefined) {
      index.#exists = true;
      index.#count = Math.floor(file.sizeBytes / file.entryBytes);
      index.#writtenCount = index.#count;
      if (file.sizeBytes % file.entryBytes !== 0) index.#cutFile();
    }
    return index;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#count * this.entryBytes;
  }

  /** Bytes held in memory now; what the cache adds up. */
  get residentBytes(): number {
    return this.#bytes?.length ?? 0;
  }

  get hasUnwritten(): boolean {
    return this.#writtenCount < this.#count;
  }

  /** The entries as one DataView, loaded if need be; valid until the next call on this object. */
  view(): DataView {
    if (this.#view === undefined) this.#load(this.#count);
    this.lastUse = this.#cache.nextUse();
    return this.#view!;
  }

  /** Makes room for one more entry and returns its byte position in `view()`. */
  appendEntry(): number {
    const position = this.#count * this.entryBytes;
    if (this.#view === undefined || position + this.entryBytes > this.#bytes!.length) {
      this.#load(Math.max(firstCapacityEntries, this.#count * 2));
    }
    this.#count++;
    return position;
  }

  /** Keeps the first `count` entries. */
  truncate(count: number): void {
    if (count >= this.#count) return;
    this.#count = count;
    if (this.#writtenCount > count) {
      this.#writtenCount = count;
      this.#cutFile();
    }
  }

  /** Writes what is not in the file yet; creates the file even when there are no entries. */
  flush(): void {
    if (this.#exists && this.#writtenCount === this.#count) return;
    const file = this.#fs.openSync(this.path, 'create');
    this.#exists = true;
    try {
      const start = this.#writtenCount * this.entryBytes;
      const length = this.#count * this.entryBytes - start;
      if (length > 0) file.writeSync(this.#bytes!, start, length, start);
      this.#writtenCount = this.#count;
    } finally {
      file.closeSync();
    }
  }

  /** Flushes, then makes the file's bytes durable. */
  async sync(): Promise<void> {
    this.flush();
    const file = await this.#fs.open(this.path, 'write');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  syncNow(): void {
    this.flush();
    const file = this.#fs.openSync(this.path, 'write');
    try {
      file.syncSync();
    } finally {
      file.closeSync();
    }
  }

  /** Drops all entries and the file with them. */
  remove(): void {
    if (this.#exists) this.#fs.removeFileSync(this.path);
    this.#exists = false;
    this.#count = 0;
    this.#writtenCount = 0;
  }

  /** Makes a removed file appear at once with all its entries, durable with its name. */
  restoreNow(): void {
    const bytes = this.#bytes?.subarray(0, this.sizeBytes) ?? new Uint8Array();
    atomicReplaceSync(this.#fs, this.path, bytes);
    this.#exists = true;
    this.#writtenCount = this.#count;
  }

  /** Drops the bytes from memory if the file has them all. */
  forget(): void {
    if (this.hasUnwritten) return;
    this.#bytes = undefined;
    this.#view = undefined;
    this.#cache.drop(this);
  }

  /** Cuts everything off the file that is not an entry counted here. */
  #cutFile(): void {
    const file = this.#fs.openSync(this.path, 'write');
    try {
      file.truncateSync(this.#writtenCount * this.entryBytes);
    } finally {
      file.closeSync();
    }
  }

  #load(capacityEntries: number): void {
    const bytes = new Uint8Array(Math.max(capacityEntries, this.#count, 1) * this.entryBytes);
    if (this.#bytes !== undefined) {
      bytes.set(this.#bytes.subarray(0, this.#count * this.entryBytes));
    } else if (this.#writtenCount > 0) {
      const file = this.#fs.openSync(this.path, 'read');
      try {
        file.readSync(bytes, 0, this.#writtenCount * this.entryBytes, 0);
      } finally {
        file.closeSync();
      }
    }
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.lastUse = this.#cache.nextUse();
    this.#cache.count(this);
  }
}
