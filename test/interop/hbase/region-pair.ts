/** The same store files as a region of ours and as one of HBase's, with clocks that stand still. */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import {
  Database,
  HFileReader,
  type Filter,
  type ScanOptions,
  type Table,
} from '../../../src/lsm/index.ts';
import { compactFiles } from '../../../src/lsm/region/compact.ts';
import { FileList } from '../../../src/lsm/region/file-list.ts';
import type { RegionCore } from '../../../src/lsm/region/region-core.ts';
import { allCells, type TestCell } from '../../helpers/lsm-cells.ts';
import { manualEnv } from '../../helpers/manual-env.ts';
import { fromJava, type JavaCell } from './cells.ts';
import type { HBaseJvm } from './jvm.ts';
import { nowMs, type Family, type FilledFile } from './random-files.ts';

/** What both are asked; text for bytes. */
export interface Question {
  readonly start?: string;
  readonly stop?: string;
  readonly includeStop?: boolean;
  readonly versions: number;
  readonly from?: number;
  readonly to?: number;
  readonly raw?: boolean;
  readonly reverse?: boolean;
  readonly columns?: Readonly<Record<string, readonly string[] | true>>;
  readonly filter?: Filter;
}

/** A cell as readers see it, in a line. */
export type SeenCell = string;

export interface Both<T> {
  readonly ours: T;
  readonly theirs: T;
}

export interface CompactionChoice {
  readonly family: string;
  /** By name, oldest first. */
  readonly files: readonly string[];
  readonly isMajor: boolean;
  readonly smallestReadPoint?: number;
}

export class RegionPair implements AsyncDisposable {
  readonly table: Table;
  readonly #jvm: HBaseJvm;
  readonly #database: Database;
  /** Where ours are below the folder of a family. */
  readonly #core: RegionCore;
  /** Our name of a file of theirs, once compaction has made both. */
  readonly #theirNames = new Map<string, string>();

  private constructor(jvm: HBaseJvm, database: Database) {
    this.#jvm = jvm;
    this.#database = database;
    this.table = database.table('t');
    const snapshot = this.table.snapshot();
    this.#core = snapshot.regions.first.core;
    snapshot.close();
  }

  static async open(
    jvm: HBaseJvm,
    folder: string,
    input: { readonly families: readonly Family[]; readonly files: readonly FilledFile[] },
  ): Promise<RegionPair> {
    const { families, files } = input;
    const env = manualEnv();
    env.time.set(nowMs);
    const open = (): Promise<Database> =>
      Database.open(join(folder, 'ours'), { env, compactionPolicy: 'none', workers: 0 });
    const made = await open();
    await made.createTable('t', {
      families: Object.fromEntries(families.map(({ name, options }) => [name, options])),
    });
    const { encodedName } = made.table('t').admin.regions[0]!;
    await made.close();
    for (const { name } of families) {
      const dir = join(folder, 'ours', 'data', 'default', 't', encodedName, name);
      mkdirSync(dir, { recursive: true });
      const mine = files.filter(({ family }) => family === name);
      for (const file of mine) copyFileSync(file.path, join(dir, file.name));
      const listed = mine.map((file) => ({ name: file.name, size: statSync(file.path).size }));
      await FileList.load(nodeFileSystem, dir).replace(listed, nowMs);
    }
    const database = await open();
    await jvm.request('region.open', {
      directory: join(folder, 'theirs'),
      nowMs,
      files,
      families: families.map(({ name, options }) => ({
        name,
        ...options,
        keepDeleted: options.keepDeleted!.toUpperCase(),
        ttlSeconds: options.ttlMs === Infinity ? 2 ** 31 - 1 : options.ttlMs! / 1000,
      })),
    });
    return new RegionPair(jvm, database);
  }

  async scan(question: Question): Promise<Both<SeenCell[]>> {
    const { columns, from, to, ...rest } = question;
    const options: ScanOptions = {
      ...rest,
      ...(columns === undefined ? {} : { families: columns }),
      ...(from === undefined ? {} : { timeRange: { from, to: to! } }),
    };
    const ours: SeenCell[] = [];
    for (const batch of this.table.scanSync(options)) {
      for (const row of batch) {
        for (const { family, timestamp, type, ...cell } of row.cells()) {
          const [key, qualifier, value] = [cell.row, cell.qualifier, cell.value].map((bytes) =>
            Buffer.from(bytes).toString('latin1'),
          );
          ours.push(`${key} ${family}:${qualifier} @${timestamp} ${type} ${value}`);
        }
      }
    }
    const theirs = await this.#jvm.request<JavaCell[]>('region.scan', question);
    return {
      ours,
      theirs: theirs.map(
        ([row, family, qualifier, timestamp, type, value]) =>
          `${row} ${family}:${qualifier} @${timestamp} ${type} ${value}`,
      ),
    };
  }

  /** Names of the files of a family, oldest first. */
  filesOf(family: string): string[] {
    return this.#storeOf(family)
      .files.map(({ name }) => name)
      .toReversed();
  }

  /** What is in the new file of each, cell by cell. */
  async compact(choice: CompactionChoice): Promise<Both<TestCell[]>> {
    const store = this.#storeOf(choice.family);
    const before = new Set(store.files);
    const held = this.#core.mvcc.hold(choice.smallestReadPoint);
    await compactFiles(this.#core, {
      store,
      files: store.files.filter(({ name }) => choice.files.includes(name)),
      isMajor: choice.isMajor,
      boundaries: [],
    });
    this.#core.mvcc.release(held);
    const { paths } = await this.#jvm.request<{ paths: string[] }>('region.compact', {
      ...choice,
      files: choice.files.map((name) => this.#theirNames.get(name) ?? name),
    });
    const theirs: TestCell[] = [];
    for (const path of paths) {
      const { cells } = await this.#jvm.request<{ cells: JavaCell[] }>('hfile.read', { path });
      theirs.push(...cells.map(fromJava));
    }
    const ours: TestCell[] = [];
    for (const file of store.files.filter((one) => !before.has(one))) {
      using reader = HFileReader.openSync(nodeFileSystem, file.path);
      ours.push(...allCells(reader.cursor({ scan: true })));
      if (paths.length === 1) this.#theirNames.set(file.name, paths[0]!.replace(/.*\//, ''));
    }
    return { ours, theirs };
  }

  #storeOf(family: string): RegionCore['stores'][number] {
    return this.#core.stores.find(({ name }) => name === family)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
    await this.#jvm.request('region.close', {});
  }
}
