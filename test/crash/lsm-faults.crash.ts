/**
 * A full disk or a failing one, once, at every operation that writes: the error is a typed one, no
 * file stays open, and what was acknowledged is there after the next opening.
 */
import { expect, test } from 'vitest';
import {
  FaultFileSystem,
  makeDirectoryDurably,
  MemoryFileSystem,
  StoreError,
  type FaultOperation,
} from '../../native-free-io/index.ts';
import { Database } from '../../src/lsm/index.ts';
import { HFileWriter } from '../../src/lsm/files/hfile-writer.ts';
import { testCell, viewOf } from '../helpers/lsm-cells.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const writing: readonly FaultOperation[] = [
  'open',
  'makeDirectory',
  'link',
  'rename',
  'removeFile',
  'removeDirectory',
  'syncDirectory',
  'write',
  'truncate',
  'sync',
];

/** The row that comes in by a bulk load, in a file per family. */
const loaded = 'p';

async function diskWithFiles(): Promise<MemoryFileSystem> {
  const fs = new MemoryFileSystem();
  for (const family of ['f', 'g']) {
    makeDirectoryDurably(fs, `/load/${family}`);
    const writer = HFileWriter.create(fs, `/load/${family}/${'1'.repeat(32)}`);
    writer.append(viewOf(testCell({ row: loaded, family, qualifier: 'q', value: loaded })));
    await writer.finish();
  }
  return fs;
}

/** A life of a database that goes on after errors; rows by whether they were acknowledged. */
class Life {
  readonly fs: FaultFileSystem;
  readonly acknowledged = new Set<string>();
  readonly tried = new Set<string>();
  readonly errors: unknown[] = [];
  #database: Database | undefined;

  constructor(fs: FaultFileSystem) {
    this.fs = fs;
  }

  async run(): Promise<void> {
    await this.#try(async () => {
      this.#database = await this.open();
    });
    const database = this.#database;
    if (database === undefined) return;
    await this.#try(() => database.createTable('t', { families: { f: {}, g: {} } }));
    if (database.hasTable('t')) await this.#use(database);
    await this.#try(() => database.close());
  }

  async #use(database: Database): Promise<void> {
    const table = database.table('t');
    await this.#put(database, 'a');
    await this.#put(database, 'm');
    await this.#try(() => table.flush());
    await this.#put(database, 'b');
    await this.#try(() => table.flush());
    await this.#try(() => table.compact({ major: true }));
    await this.#put(database, 'n');
    await this.#try(() => table.admin.split('m'));
    await this.#put(database, 'c');
    await this.#try(() => database.checkpoint('/copy'));
    this.tried.add(loaded);
    await this.#try(async () => {
      await table.admin.bulkLoad('/load');
      this.acknowledged.add(loaded);
    });
    await this.#put(database, 'o');
    const [left, right] = table.admin.regions.map(({ encodedName }) => encodedName);
    if (right !== undefined) await this.#try(() => table.admin.merge(left!, right));
    await this.#put(database, 'd');
    await this.#try(() => table.compact({ major: true }));
    await this.#try(async () => {
      await database.createTable('gone', { families: { f: {} }, splits: ['k'] });
      await database.dropTable('gone');
    });
  }

  open(): Promise<Database> {
    return Database.open('/db', { env: { ...manualEnv(1), fs: this.fs } });
  }

  async #put(database: Database, row: string): Promise<void> {
    this.tried.add(row);
    await this.#try(async () => {
      await database.table('t').put(row, { f: { q: row }, g: { q: row } });
      this.acknowledged.add(row);
    });
  }

  async #try(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.errors.push(error);
    }
  }
}

async function strike(errno: 'ENOSPC' | 'EIO', nth: number): Promise<boolean> {
  const fs = new FaultFileSystem(await diskWithFiles());
  fs.addRule({ on: writing, nth, fault: { kind: 'error', errno } });
  const life = new Life(fs);
  await life.run();
  const [hit] = fs.hits;
  const where = `${errno} at ${nth}: ${JSON.stringify(hit)}`;
  for (const error of life.errors) expect(error, where).toBeInstanceOf(StoreError);
  expect(fs.openHandles, `files left open, ${where}`).toBe(0);
  fs.clearRules();
  const database = await life.open();
  const found = new Set<string>();
  if (database.hasTable('t')) {
    for (const batch of database.table('t').scanSync()) {
      for (const row of batch) {
        const cells = [...row.cells()].map(({ value }) => Buffer.from(value).toString());
        // A load is atomic by family only.
        if (cells[0] !== loaded || life.acknowledged.has(loaded)) {
          expect(cells, where).toEqual([cells[0], cells[0]]);
        }
        found.add(cells[0]!);
      }
    }
  } else {
    expect(life.acknowledged.size, where).toBe(0);
  }
  expect(
    [...life.acknowledged].filter((row) => !found.has(row)),
    where,
  ).toEqual([]);
  expect(
    [...found].filter((row) => !life.tried.has(row)),
    where,
  ).toEqual([]);
  await database.close();
  return hit !== undefined;
}

/** Every so many of the operations are struck; all of them with VARVE_CRASH_SEEDS. */
const stride = process.env['VARVE_CRASH_SEEDS'] === undefined ? 16 : 1;

for (const errno of ['ENOSPC', 'EIO'] as const) {
  const name = `HB-18 ${errno} at any operation that writes loses nothing acknowledged`;
  test(name, { timeout: stride === 1 ? 1_800_000 : 60_000 }, async () => {
    const first = 1 + new Seeded(seedFor(`faults of a table, ${errno}`)).between(0, stride - 1);
    let nth = first;
    while (await strike(errno, nth)) nth += stride;
    expect(nth).toBeGreaterThan(300);
  });
}
