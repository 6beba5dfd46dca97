/** A database in memory whose clock a test moves, with one table. */
import { MemoryFileSystem, type FileSystem } from '../../native-free-io/index.ts';
import {
  Database,
  type EngineInput,
  type FamilyInput,
  type Row,
  type ScanOptions,
  type Table,
} from '../../src/lsm/index.ts';
import { manualEnv, type ManualTime } from './manual-env.ts';

export class LsmWorld implements AsyncDisposable {
  readonly fs: FileSystem;
  readonly env = manualEnv();
  database!: Database;
  table!: Table;

  private constructor(fs: FileSystem) {
    this.fs = fs;
  }

  static async open(
    families: Readonly<Record<string, FamilyInput>> = { f: {} },
    engine: EngineInput = {},
    fs: FileSystem = new MemoryFileSystem(),
  ): Promise<LsmWorld> {
    const world = new LsmWorld(fs);
    await world.reopen(engine);
    if (!world.database.hasTable('t')) await world.database.createTable('t', { families });
    world.table = world.database.table('t');
    return world;
  }

  get time(): ManualTime {
    return this.env.time;
  }

  /** Opens anew; the one that is open must be closed, or have crashed. */
  async reopen(engine: EngineInput = {}): Promise<void> {
    this.database = await Database.open('/db', { env: { ...this.env, fs: this.fs }, ...engine });
    if (this.database.hasTable('t')) this.table = this.database.table('t');
  }

  /** `row family:qualifier @timestamp = value`, markers with their type instead of a value. */
  cells(options: ScanOptions = {}): string[] {
    const found: string[] = [];
    for (const batch of this.table.scanSync(options))
      for (const row of batch) found.push(...lines(row));
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
  }
}

export function lines(row: Row): string[] {
  return [...row.cells()].map(({ row: key, family, qualifier, timestamp, type, value }) => {
    const what = type === 4 ? Buffer.from(value).toString() : `type ${type}`;
    return `${Buffer.from(key).toString()} ${family}:${Buffer.from(qualifier).toString()} @${timestamp} = ${what}`;
  });
}
