/**
 * An abstract-level database whose entries are the rows of one table: one family, one cell a row.
 *
 * Writes with `sync` are durable when they resolve, the others are handed to the system soon after.
 * Iterators and explicit snapshots read a moment; `getSync` reads without a promise.
 */
import { AbstractLevel, AbstractSnapshot, type AbstractDatabaseOptions } from 'abstract-level';
import { NotFoundError, StateError } from '../../native-free-io/index.ts';
import {
  Database,
  type DatabaseOptions,
  type Durability,
  type FamilyInput,
  type Snapshot,
  type Table,
  type WriteBatch,
} from '../lsm/index.ts';
import {
  LevelIterator,
  openRange,
  type LevelIteratorOptions,
  type RangeOptions,
} from './level-iterator.ts';
import { rowOf } from './level-keys.ts';

type Bytes = Uint8Array;

export interface VarveLevelOptions<K = string, V = string> extends AbstractDatabaseOptions<K, V> {
  readonly createIfMissing?: boolean;
  readonly errorIfExists?: boolean;
  /** Settings of the store below. */
  readonly engine?: DatabaseOptions;
  /** How files are written. Default: FAST_DIFF encoding, no compression. */
  readonly files?: FamilyInput;
}

interface ReadOptions {
  readonly snapshot?: LevelSnapshot;
}
interface WriteOptions {
  readonly sync?: boolean;
}
interface Operation {
  readonly type: 'put' | 'del';
  readonly key: Bytes;
  readonly value?: Bytes;
}

const tableName = 'level';
const family = 'd';
const column = { family, qualifier: '' };
/** Entries removed at once by `clear`. */
const clearBatch = 1000;

/** Its types leave out the options, among them the owner, without which it refuses. */
const SnapshotBase = AbstractSnapshot as unknown as new (options: object) => AbstractSnapshot;

class LevelSnapshot extends SnapshotBase {
  readonly inner: Snapshot;
  constructor(options: object, inner: Snapshot) {
    super(options);
    this.inner = inner;
  }
  async _close(): Promise<void> {
    this.inner.close();
  }
}

export class VarveLevel<K = string, V = string> extends AbstractLevel<Bytes, K, V> {
  readonly location: string;
  readonly #engine: DatabaseOptions;
  readonly #files: FamilyInput;
  #database: Database | undefined;
  #table: Table | undefined;

  constructor(location: string, options: VarveLevelOptions<K, V> = {}) {
    if (typeof location !== 'string' || location === '') {
      throw new TypeError("The first argument 'location' must be a non-empty string");
    }
    const { engine = {}, files = { encoding: 'FAST_DIFF' }, ...rest } = options;
    super(
      {
        encodings: { buffer: true, view: true },
        has: true,
        createIfMissing: true,
        errorIfExists: true,
        explicitSnapshots: true,
        implicitSnapshots: true,
        getSync: true,
        additionalMethods: { compactRange: true },
        signals: { iterators: true },
      } as never,
      rest,
    );
    this.location = location;
    this.#engine = engine;
    this.#files = files;
  }

  /** The table below, for what abstract-level has no word for. Only while open. */
  get table(): Table {
    return this.#table!;
  }

  /** Writes out and compacts everything; the range is that of classic-level and not looked at. */
  async compactRange(): Promise<void> {
    await this.table.flush();
    await this.table.compact({ major: true });
  }

  async _open(options: VarveLevelOptions): Promise<void> {
    const exists = Database.exists(this.location, this.#engine);
    const context = { path: this.location };
    if (!exists && options.createIfMissing === false) {
      throw new NotFoundError('LSM_DATABASE_NOT_FOUND', 'the database does not exist', { context });
    }
    if (exists && options.errorIfExists === true) {
      throw new StateError('LSM_DATABASE_EXISTS', 'the database already exists', { context });
    }
    const database = await Database.open(this.location, {
      regionBytes: Number.MAX_SAFE_INTEGER,
      ...this.#engine,
    });
    try {
      this.#table = database.hasTable(tableName)
        ? database.table(tableName)
        : await database.createTable(tableName, { families: { [family]: this.#files } });
      this.#database = database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async _close(): Promise<void> {
    await this.#database?.close();
    this.#database = undefined;
    this.#table = undefined;
  }

  async _get(key: Bytes, options: ReadOptions): Promise<Bytes | undefined> {
    return this.#read(key, options);
  }

  _getSync(key: Bytes, options: ReadOptions): Bytes | undefined {
    return this.#read(key, options);
  }

  #read(key: Bytes, options: ReadOptions): Bytes | undefined {
    const { snapshot } = options;
    return this.table.valueSync(
      rowOf(key),
      family,
      '',
      snapshot === undefined ? noOptions : { snapshot: snapshot.inner },
    );
  }

  async _getMany(keys: readonly Bytes[], options: ReadOptions): Promise<(Bytes | undefined)[]> {
    return keys.map((key) => this.#read(key, options));
  }

  async _has(key: Bytes, options: ReadOptions): Promise<boolean> {
    return this.#read(key, options) !== undefined;
  }

  async _hasMany(keys: readonly Bytes[], options: ReadOptions): Promise<boolean[]> {
    return keys.map((key) => this.#read(key, options) !== undefined);
  }

  _put(key: Bytes, value: Bytes, options: WriteOptions): Promise<void> {
    return this.#write(this.table.batchOf().putCell(rowOf(key), column, value), options);
  }

  _del(key: Bytes, options: WriteOptions): Promise<void> {
    return this.#write(this.table.batchOf().delete(rowOf(key), column), options);
  }

  _batch(operations: readonly Operation[], options: WriteOptions): Promise<void> {
    const batch = this.table.batchOf();
    for (const operation of operations) {
      const row = rowOf(operation.key);
      if (operation.type === 'put') batch.putCell(row, column, operation.value!);
      else batch.delete(row, column);
    }
    return this.#write(batch, options);
  }

  async _clear(options: RangeOptions & ReadOptions): Promise<void> {
    const snapshot = options.snapshot?.inner ?? this.table.snapshot();
    const scan = openRange(this.table, options, snapshot);
    try {
      const batch = this.table.batchOf();
      for (let rows = scan.next(); rows !== undefined; rows = scan.next()) {
        for (const row of rows) {
          batch.delete(row.key, column);
          if (batch.size < clearBatch) continue;
          await this.#write(batch, {});
          batch.clear();
        }
      }
      await this.#write(batch, {});
    } finally {
      scan.close();
      if (options.snapshot === undefined) snapshot.close();
    }
  }

  _iterator(options: LevelIteratorOptions & ReadOptions): LevelIterator {
    const db = this as unknown as AbstractLevel<Bytes>;
    return new LevelIterator(db, options, this.table, options.snapshot?.inner);
  }

  _snapshot(options: object): AbstractSnapshot {
    return new LevelSnapshot(options, this.table.snapshot());
  }

  #write(batch: WriteBatch, options: WriteOptions): Promise<void> {
    const durability: Durability = options.sync === true ? 'SYNC_WAL' : 'ASYNC_WAL';
    return this.table.write(batch, { durability });
  }
}

const noOptions = {};
