/**
 * Where the objects of a pack are, by key. An index only follows the journal, which can always make
 * it anew: it may be behind, and may be lost.
 *
 * Invariant: P3 what `state` tells of is in the index; changes beyond it may be there too, and are
 * applied again.
 */
import {
  CorruptionError,
  joinPath,
  StateError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { MetadataTable } from '../../metadata/index.ts';
import {
  decodePackEntry,
  decodePackState,
  encodePackEntry,
  encodePackState,
  type PackEntry,
  type PackState,
} from '../format/pack-entry.ts';

export type PackChanges = ReadonlyMap<string, PackEntry | undefined>;

export interface PackIndex {
  /** Undefined of an empty one. */
  readonly state: PackState | undefined;
  /** Objects. */
  readonly size: number;
  get(key: string): PackEntry | undefined;
  keys(): Iterable<string>;
  /** Durable when it resolves. One call at a time. */
  apply(changes: PackChanges, state: PackState): Promise<void>;
  close(): Promise<void>;
}

/** Opens the index in a pack's directory; an empty one when `isStale` or there is none. */
export type OpenPackIndex = (fs: FileSystem, dir: string, isStale: boolean) => Promise<PackIndex>;

/** Keys begin with this in LMDB, where one more entry tells the state. */
const objectPrefix = 'o';
const stateKey = 'state';

/** In LMDB, whose pages hold it: memory does not grow with the objects. */
export class LmdbPackIndex implements PackIndex {
  readonly #table: MetadataTable;
  state: PackState | undefined;

  private constructor(table: MetadataTable) {
    this.#table = table;
    const stored = table.get(stateKey);
    this.state = stored === undefined ? undefined : decodePackState(stored);
  }

  /** One whose pages are damaged is made anew, like one that is stale. */
  static async open(fs: FileSystem, dir: string, isStale: boolean): Promise<PackIndex> {
    const path = joinPath(dir, 'index.lmdb');
    if (isStale) MetadataTable.remove(fs, path);
    let table: MetadataTable | undefined;
    try {
      table = await MetadataTable.open(fs, path);
      return new LmdbPackIndex(table);
    } catch (error) {
      await table?.close();
      if (error instanceof StateError && error.code === 'METADATA_UNAVAILABLE') {
        return new MemoryPackIndex();
      }
      if (isStale || !(error instanceof CorruptionError)) throw error;
      return LmdbPackIndex.open(fs, dir, true);
    }
  }

  get size(): number {
    return Math.max(0, this.#table.size - 1);
  }

  get(key: string): PackEntry | undefined {
    const stored = this.#table.get(objectPrefix + key);
    if (stored === undefined) return undefined;
    const entry = decodePackEntry(stored);
    if (entry !== undefined) return entry;
    throw new CorruptionError('METADATA_CORRUPT', `the index entry of '${key}' is none`, {
      context: { path: this.#table.path },
    });
  }

  *keys(): Iterable<string> {
    for (const { key } of this.#table.entries(objectPrefix)) yield key.substring(1);
  }

  /** The state is written last, so that it never tells of more than is there. */
  async apply(changes: PackChanges, state: PackState): Promise<void> {
    await this.#table.write(encoded(changes, state));
    this.state = state;
  }

  async close(): Promise<void> {
    await this.#table.close();
  }
}

function* encoded(
  changes: PackChanges,
  state: PackState,
): Generator<[string, Uint8Array | undefined]> {
  for (const [key, entry] of changes) {
    yield [objectPrefix + key, entry === undefined ? undefined : encodePackEntry(entry)];
  }
  yield [stateKey, encodePackState(state)];
}

/** In memory, made from the journal at every opening: for readers, and where LMDB cannot be. */
export class MemoryPackIndex implements PackIndex {
  readonly #entries = new Map<string, PackEntry>();
  state: PackState | undefined = undefined;

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): PackEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  async apply(changes: PackChanges, state: PackState): Promise<void> {
    for (const [key, entry] of changes) {
      if (entry === undefined) this.#entries.delete(key);
      else this.#entries.set(key, entry);
    }
    this.state = state;
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }
}
