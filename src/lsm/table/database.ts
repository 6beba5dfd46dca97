/**
 * A database: a directory in Apache HBase's layout, its tables, one log, one owner.
 *
 *    hbase.version  hbase.id  data/<namespace>/<table>/…  data/hbase/meta/…  WALs/  archive/
 *
 * Opening: lock; the catalog with what the log has of it; every table's regions with what the log
 * has of them; then everything replayed is flushed, and the old log goes.
 */
import {
  makeDirectoryDurably,
  InvalidArgumentError,
  joinPath,
  NotFoundError,
  StateError,
  type FileLock,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { BlockCache } from '../files/block-cache.ts';
import { toBytes, type Bytes } from '../cell-buffer.ts';
import { makeRewriter } from '../compaction/run-rewrite.ts';
import type { FamilyInput } from '../family-options.ts';
import { resolveEngineOptions, type EngineInput, type EngineOptions } from '../options.ts';
import type { Region } from '../region/region.ts';
import type { RegionWorld } from '../region/region-core.ts';
import { makeRegionInfo, type RegionInfo } from '../region/region-info.ts';
import { removeTree } from '../region/small-files.ts';
import { StoreFiles } from '../region/store-files.ts';
import { bulkLoad } from './bulk-load.ts';
import { Catalog, metaRegion, metaSchema, metaTable } from './catalog.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { DatabaseLog } from './database-log.ts';
import { Maintenance } from './maintenance.ts';
import { clearAway, mergeRegions, splitRegion, type TableParts } from './region-changes.ts';
import { RegionMap } from './region-map.ts';
import { makeRegionDirectory, openRegion } from './region-opener.ts';
import { replayEntry } from './replay.ts';
import { makeSchema, readSchema, tableDir, writeSchema, type TableSchema } from './schema.ts';
import { sizeOf, TableAdmin } from './table-admin.ts';
import { Table } from './table.ts';
import { prepareRoot, versionFile } from './root-files.ts';
import { TableWriter, type WriteHost } from './table-writer.ts';

export interface DatabaseOptions extends EngineInput {
  /** The world to act in; the real one by default. */
  readonly env?: Partial<Env> | undefined;
}

export interface CreateTableOptions {
  readonly families: Readonly<Record<string, FamilyInput>>;
  /** Rows at which regions begin, besides the first. */
  readonly splits?: readonly Bytes[];
}

interface OpenTable {
  readonly table: Table;
  readonly parts: TableParts;
  /** Split or merged regions whose files are still referred to. */
  parents: readonly RegionInfo[];
}

export class Database implements AsyncDisposable {
  readonly dir: string;
  readonly options: EngineOptions;
  readonly #world: RegionWorld;
  readonly #log: DatabaseLog;
  readonly #lock: FileLock;
  readonly #catalog: Catalog;
  readonly #maintenance: Maintenance;
  readonly #host: WriteHost;
  readonly #tables = new Map<string, OpenTable>();
  #closing: Promise<void> | undefined;
  /** The last making or dropping of a table, under way or done. */
  #tableChange: Promise<unknown> = Promise.resolve();

  private constructor(parts: {
    dir: string;
    world: RegionWorld;
    log: DatabaseLog;
    lock: FileLock;
    meta: Region;
  }) {
    this.dir = parts.dir;
    this.options = parts.world.options;
    this.#world = parts.world;
    this.#log = parts.log;
    this.#lock = parts.lock;
    this.#maintenance = new Maintenance({
      env: parts.world.env,
      options: this.options,
      regions: () => this.#regions(),
      log: this.#log,
      splitIfDue: (region) => this.#splitIfDue(region),
    });
    this.#host = {
      syncLog: () => this.#log.sync(),
      afterWrite: (region) => this.#maintenance.afterWrite(region),
      admit: (region) => this.#maintenance.admit(region),
    };
    this.#catalog = new Catalog(parts.meta, this.#host);
  }

  /** Opens the database in `dir`, or makes it. IO_LOCKED when another process has it open. */
  static async open(dir: string, options: DatabaseOptions = {}): Promise<Database> {
    const { env: given, ...input } = options;
    const env = realEnv(given);
    const engine = resolveEngineOptions(input);
    const { fs } = env;
    makeDirectoryDurably(fs, dir);
    const lock = fs.lockSync(joinPath(dir, '.varve_lock'));
    let log: DatabaseLog | undefined;
    let database: Database | undefined;
    try {
      prepareRoot(env, dir);
      const oldLogs = DatabaseLog.filesOf(fs, dir);
      log = await DatabaseLog.open(env, dir, engine);
      const world: RegionWorld = {
        env,
        log,
        options: engine,
        rewriter: makeRewriter(env, engine.workers),
        files: new StoreFiles(env, new BlockCache(engine.blockCacheBytes)),
      };
      const metaDir = tableDir(dir, metaTable);
      if (fs.statSync(joinPath(metaDir, metaRegion.encodedName)) === undefined) {
        makeRegionDirectory(world, metaDir, metaRegion);
        writeSchema(fs, metaDir, metaSchema);
      }
      const meta = openRegion(world, metaSchema, metaDir, metaRegion);
      database = new Database({ dir, world, log, lock, meta });
      await database.#recover(oldLogs);
      return database;
    } catch (error) {
      // What fails on the way out tells less than the error that led here.
      if (database !== undefined) await database.#close({ flushes: false }).catch(() => undefined);
      else await log?.close().catch(() => undefined);
      lock.releaseSync();
      throw error;
    }
  }

  /** Whether `dir` holds a database. */
  static exists(dir: string, options: Pick<DatabaseOptions, 'env'> = {}): boolean {
    const { fs } = realEnv(options.env);
    return fs.statSync(joinPath(dir, versionFile)) !== undefined;
  }

  /** Names of the tables, sorted. */
  get tableNames(): readonly string[] {
    return [...this.#tables.keys()].sort();
  }

  /** LSM_TABLE_NOT_FOUND when there is none of that name. */
  table(name: string): Table {
    this.#assertOpen();
    return this.#tableOf(name).table;
  }

  #tableOf(name: string): OpenTable {
    const found = this.#tables.get(name);
    if (found !== undefined) return found;
    throw new NotFoundError('LSM_TABLE_NOT_FOUND', `no table '${name}'`);
  }

  hasTable(name: string): boolean {
    return this.#tables.has(name);
  }

  /** Makes a table; durable when it resolves. LSM_TABLE_EXISTS when there is one of that name. */
  async createTable(name: string, options: CreateTableOptions): Promise<Table> {
    this.#assertOpen();
    const schema = makeSchema(name, options.families);
    return this.#inTurn(() => this.#createTable(name, schema, options));
  }

  async #createTable(
    name: string,
    schema: TableSchema,
    options: CreateTableOptions,
  ): Promise<Table> {
    if (this.#tables.has(name)) {
      throw new StateError('LSM_TABLE_EXISTS', `there is a table '${name}' already`);
    }
    const { fs, clock } = this.#world.env;
    const dir = tableDir(this.dir, name);
    // Only a table that was never finished, or dropped, can be there: the catalog has none.
    removeTree(fs, dir);
    writeSchema(fs, dir, schema);
    const borders = sortedBorders(options.splits ?? []);
    const regionId = clock.now();
    const infos = borders.map((startKey, index) =>
      makeRegionInfo({ table: name, startKey, endKey: borders[index + 1] ?? noBytes, regionId }),
    );
    for (const info of infos) makeRegionDirectory(this.#world, dir, info);
    await this.#catalog.change({
      addTables: [name],
      set: infos.map((info) => ({ info, state: 'OPEN' })),
    });
    return this.#openTable(name, infos, []).table;
  }

  /** Removes a table and all it holds; durable when it resolves. */
  async dropTable(name: string): Promise<void> {
    this.#assertOpen();
    return this.#inTurn(() => this.#dropTable(name));
  }

  async #dropTable(name: string): Promise<void> {
    const { parts, parents } = this.#tableOf(name);
    await parts.regions.change(async () => {
      const infos = [...parts.regions.all.map(({ info }) => info), ...parents];
      await this.#catalog.change({ removeTables: [name], remove: infos });
      this.#tables.delete(name);
      for (const region of parts.regions.all) {
        await region.close({ flushes: false });
        this.#log.flushed(region.info.encodedName, Number.MAX_SAFE_INTEGER);
      }
    });
    removeTree(this.#world.env.fs, parts.dir);
  }

  /** One table is made or dropped at a time: two of one name would share a directory. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#tableChange.then(run);
    this.#tableChange = done.catch(() => undefined);
    return done;
  }

  /** One look of the background work, as its timer makes it. */
  maintain(): void {
    this.#maintenance.look();
  }

  /**
   * A copy of everything as it is now, as a database of its own in `target`, which must not exist.
   * Store files are hard links: it costs no space until compactions make the two differ.
   */
  async checkpoint(target: string): Promise<void> {
    this.#assertOpen();
    await writeCheckpoint(this.#world, { from: this.dir, to: target }, () => [
      { dir: tableDir(this.dir, metaTable), regions: [this.#catalog.region], parents: [] },
      ...[...this.#tables.values()].map(({ parts, parents }) => ({
        dir: parts.dir,
        regions: parts.regions.all,
        parents,
      })),
    ]);
  }

  /** Flushes everything, so that the next opening has nothing to replay. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close({ flushes: true });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Closes everything, whatever fails; throws the first failure. */
  async #close(options: { readonly flushes: boolean }): Promise<void> {
    const failures: unknown[] = [];
    const attempt = async (work: Promise<unknown>): Promise<void> => {
      await work.catch((error: unknown) => failures.push(error));
    };
    await this.#tableChange;
    await attempt(this.#maintenance.close());
    for (const region of this.#regions()) await attempt(region.close(options));
    const isFlushed = [...this.#regions()].every(
      ({ core }) => core.isClosed && core.memstoreBytes === 0,
    );
    await attempt(this.#log.close());
    // Nothing to replay: the next opening need not read it, nor is its space needed.
    if (isFlushed && failures.length === 0) {
      await attempt(
        (async () => this.#log.putAway(DatabaseLog.filesOf(this.#world.env.fs, this.dir)))(),
      );
    }
    await this.#world.files.settled();
    await attempt((async () => this.#world.rewriter[Symbol.asyncDispose]())());
    this.#lock.releaseSync();
    if (failures.length > 0) throw failures[0];
  }

  *#regions(): IterableIterator<Region> {
    for (const { parts } of this.#tables.values()) yield* parts.regions.all;
    yield this.#catalog.region;
  }

  async #recover(oldLogs: readonly string[]): Promise<void> {
    const { fs } = this.#world.env;
    const { region: meta } = this.#catalog;
    for (const path of oldLogs) {
      DatabaseLog.replay(fs, path, (entry) => {
        if (entry.region === metaRegion.encodedName) replayEntry(meta, entry);
      });
    }
    const { tables, regions } = this.#catalog.read();
    for (const name of tables) {
      const own = regions.filter(({ info }) => info.table === name);
      const open = own.filter(({ state }) => state === 'OPEN').map(({ info }) => info);
      const parents = own.filter(({ state }) => state !== 'OPEN').map(({ info }) => info);
      this.#openTable(name, open, parents);
    }
    const byName = new Map<string, Region>();
    for (const region of this.#regions()) byName.set(region.info.encodedName, region);
    for (const path of oldLogs) {
      DatabaseLog.replay(fs, path, (entry) => {
        // Of the catalog it was brought in above; of a region that is gone nobody needs it.
        const region = byName.get(entry.region);
        if (region !== undefined && region !== meta) replayEntry(region, entry);
      });
    }
    for (const region of byName.values()) await region.flush();
    this.#log.putAway(oldLogs);
    for (const name of tables) await this.#clearAway(name);
  }

  #openTable(
    name: string,
    infos: readonly RegionInfo[],
    parents: readonly RegionInfo[],
  ): OpenTable {
    const world = this.#world;
    const dir = tableDir(this.dir, name);
    const schema = readSchema(world.env.fs, dir);
    const regions = new RegionMap(infos.map((info) => openRegion(world, schema, dir, info)));
    const parts: TableParts = { world, schema, dir, regions, catalog: this.#catalog };
    const admin = new TableAdmin(regions, {
      split: (region, row) => this.#changed(name, () => splitRegion(parts, region, row)),
      merge: (left, right) => this.#changed(name, () => mergeRegions(parts, left, right)),
      bulkLoad: (from, options) => bulkLoad(parts, from, options),
    });
    const writer = new TableWriter(regions, this.#host);
    const opened = { table: new Table({ schema, regions, writer, admin }), parts, parents };
    this.#tables.set(name, opened);
    return opened;
  }

  /** Runs a split or merge, notes the parents, and has the references written out. */
  async #changed<T>(name: string, run: () => Promise<T>): Promise<T> {
    const open = this.#tables.get(name)!;
    const before = open.parts.regions.all;
    const result = await run();
    const after = open.parts.regions.all;
    const parents = before.filter((one) => !after.includes(one)).map(({ info }) => info);
    open.parents = [...open.parents, ...parents];
    for (const region of after) this.#maintenance.compactLater(region);
    return result;
  }

  async #splitIfDue(region: Region): Promise<void> {
    const { table } = region.info;
    const open = this.#tables.get(table);
    if (open === undefined) return;
    await this.#clearAway(table);
    const isListed = (): boolean => open.parts.regions.all.includes(region);
    if (!isListed() || sizeOf(region) <= this.options.regionBytes) return;
    try {
      await this.#changed(table, () => splitRegion(open.parts, region, undefined));
    } catch (error) {
      if (isListed()) throw error;
    }
  }

  async #clearAway(name: string): Promise<void> {
    const open = this.#tables.get(name);
    if (open === undefined || open.parents.length === 0) return;
    const { fs } = this.#world.env;
    const gone = await clearAway(open.parts, open.parents, (dir) => removeTree(fs, dir));
    for (const { encodedName } of gone) this.#log.flushed(encodedName, Number.MAX_SAFE_INTEGER);
    open.parents = open.parents.filter((info) => !gone.includes(info));
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StateError('LSM_CLOSED', 'the database is closed');
  }
}

const noBytes = new Uint8Array(0);

/** Start keys of the regions, the empty one first. */
function sortedBorders(splits: readonly Bytes[]): Uint8Array[] {
  const borders = [noBytes, ...splits.map(toBytes).sort((a, b) => Buffer.compare(a, b))];
  for (let index = 1; index < borders.length; index++) {
    if (Buffer.compare(borders[index - 1]!, borders[index]!) === 0) {
      throw new InvalidArgumentError('OPTION_INVALID', 'splits: a row is empty or given twice');
    }
  }
  return borders;
}
