/**
 * A table as the input of a job: a record per cell, its row and its value as bytes, or all of the
 * cell; what the table says and not what its files hold. A split is a region.
 *
 * Tasks read the database's directory through a layer that keeps every change in memory: each
 * opens it for itself, replays its log there and takes no lock. So the directory must be at rest
 * while the job runs: a database that is closed, or a checkpoint of one that goes on.
 */
import { OverlayFileSystem } from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { Database, type FamilyChoice, type RowBatch } from '../lsm/index.ts';
import type { InputSplit, JobInput, RecordBatch, RecordReader } from '../mapreduce/index.ts';
import { InputCell } from './input-cell.ts';
import { PairBatch } from './pair-batch.ts';

export interface TableInputOptions {
  /** Families by name, or with the qualifiers wanted of each. Default: everything. */
  readonly families?: FamilyChoice;
  /** Values are `InputCell`s, with family, qualifier and timestamp. Default: bytes. */
  readonly cells?: boolean;
}

interface RegionDetail extends TableInputOptions {
  readonly table: string;
  /** Rows from, and up to but without; base64, empty for none. */
  readonly start: string;
  readonly stop: string;
}

export function TableInput(dir: string, table: string, options: TableInputOptions = {}): JobInput {
  return {
    async splits(fs) {
      const db = await atRest(dir, realEnv({ fs }));
      try {
        const href = new URL('./table-input.js', import.meta.url).href;
        const reader = { href, name: 'openTableSplit' };
        return db.table(table).admin.regions.map((region) => {
          const [start, stop] = [base64(region.startKey), base64(region.endKey)];
          const length = region.families.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
          const detail: RegionDetail = { ...options, table, start, stop };
          return { reader, path: dir, start: 0, length, detail };
        });
      } finally {
        await db.close();
      }
    },
  };
}

function atRest(dir: string, env: Env): Promise<Database> {
  return Database.open(dir, { env: { ...env, fs: new OverlayFileSystem(env.fs) } });
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The reader of a split; tasks call it by name. */
export async function openTableSplit(split: InputSplit, env: Env): Promise<RecordReader> {
  return new TableSplitReader(await atRest(split.path, env), split);
}

class TableSplitReader implements RecordReader {
  readonly keyType = 'textBytes';
  readonly valueType: 'text' | 'textBytes';
  readonly #db: Database;
  readonly #split: InputSplit;
  readonly #batches: AsyncIterator<RowBatch>;
  bytesRead = 0;

  constructor(db: Database, split: InputSplit) {
    const { table, start, stop, families, cells } = split.detail as RegionDetail;
    this.valueType = cells === true ? 'text' : 'textBytes';
    this.#db = db;
    this.#split = split;
    const range = {
      start: Buffer.from(start, 'base64'),
      ...(stop === '' ? {} : { stop: Buffer.from(stop, 'base64') }),
      ...(families === undefined ? {} : { families }),
    };
    this.#batches = db.table(table).scan(range)[Symbol.asyncIterator]();
  }

  get progress(): number {
    return Math.min(1, this.bytesRead / Math.max(1, this.#split.length));
  }

  async nextBatch(): Promise<RecordBatch | undefined> {
    const next = await this.#batches.next();
    if (next.done === true) return undefined;
    const batch = new PairBatch();
    for (const row of next.value) {
      for (const cell of row.cells()) {
        const { value } = cell;
        batch.add(row.key, this.valueType === 'text' ? new InputCell(cell) : value);
        this.bytesRead += row.key.length + value.length;
      }
    }
    return batch;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
    await this.#db.close();
  }
}
