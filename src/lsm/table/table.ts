/**
 * A table: rows of cells in families, by unsigned byte order of their keys. What users hold.
 *
 * Text given for rows, qualifiers and values is taken as UTF-8; bytes come back. Methods that end
 * in `Sync` never wait: they read from memory and the page cache, and write without waiting for the
 * disk. The others resolve when what they did is as durable as asked.
 */
import { toBytes, type Bytes } from '../cell-buffer.ts';
import type { Row, RowBatch } from '../read/row-batch.ts';
import { rowSpec, type Region } from '../region/region.ts';
import { FamilyNames } from './family-names.ts';
import { appended, incremented, isMet, type Condition } from './mutations.ts';
import type { RegionMap } from './region-map.ts';
import { readSpec, scanSpec, type ReadOptions, type ScanOptions } from './scan-options.ts';
import type { TableSchema } from './schema.ts';
import { Snapshot } from './snapshot.ts';
import type { TableAdmin } from './table-admin.ts';
import { TableScan } from './table-scan.ts';
import type { Durability, TableWriter } from './table-writer.ts';
import { WriteBatch, type Columns, type DeleteOptions } from './write-batch.ts';

export interface WriteOptions {
  /** Default SYNC_WAL. */
  readonly durability?: Durability;
}

export interface PutOptions extends WriteOptions {
  /** Milliseconds; default: now. */
  readonly timestamp?: number;
}

export type Mutation =
  { readonly put: Columns; readonly timestamp?: number } | { readonly delete: DeleteOptions };

/** A mutation and its row; a batch is a list of them. */
export type RowMutation = Mutation & { readonly row: Bytes };

export class Table {
  readonly schema: TableSchema;
  readonly #names: FamilyNames;
  readonly #regions: RegionMap;
  readonly #writer: TableWriter;
  readonly #admin: TableAdmin;
  /** For single changes, which are applied before anybody else gets to run. */
  readonly #scratch: WriteBatch;

  constructor(parts: {
    schema: TableSchema;
    regions: RegionMap;
    writer: TableWriter;
    admin: TableAdmin;
  }) {
    this.schema = parts.schema;
    this.#names = new FamilyNames(parts.schema.name, parts.schema.families.keys());
    this.#regions = parts.regions;
    this.#writer = parts.writer;
    this.#admin = parts.admin;
    this.#scratch = new WriteBatch(this.#names);
  }

  get name(): string {
    return this.schema.name;
  }

  /** All cells of the call become visible together. */
  put(row: Bytes, columns: Columns, options: PutOptions = {}): Promise<void> {
    return this.write(this.batchOf().put(row, columns, options.timestamp), options);
  }

  putSync(row: Bytes, columns: Columns, options: { readonly timestamp?: number } = {}): void {
    this.writeSync(this.#scratch.clear().put(row, columns, options.timestamp));
  }

  /** Deletes the row, a family or a column of it, or one version: see `DeleteOptions`. */
  delete(row: Bytes, options: DeleteOptions & WriteOptions = {}): Promise<void> {
    return this.write(this.batchOf().delete(row, options), options);
  }

  deleteSync(row: Bytes, options: DeleteOptions = {}): void {
    this.writeSync(this.#scratch.clear().delete(row, options));
  }

  /** An empty batch for this table. */
  batchOf(): WriteBatch {
    return new WriteBatch(this.#names);
  }

  /** Applies a batch; atomic per region. The batch may be cleared and used again afterwards. */
  write(batch: WriteBatch, options: WriteOptions = {}): Promise<void> {
    return this.#writer.write(batch.cells, options.durability ?? 'SYNC_WAL');
  }

  writeSync(batch: WriteBatch, durability: 'SKIP_WAL' | 'ASYNC_WAL' = 'ASYNC_WAL'): void {
    this.#writer.writeSync(batch.cells, durability);
  }

  /** As `write`, from plain objects. */
  batch(mutations: readonly RowMutation[], options: WriteOptions = {}): Promise<void> {
    const batch = this.batchOf();
    for (const mutation of mutations) addMutation(batch, mutation.row, mutation);
    return this.write(batch, options);
  }

  /** Changes of one row that become visible together. */
  mutateRow(row: Bytes, mutations: readonly Mutation[], options: WriteOptions = {}): Promise<void> {
    return this.batch(
      mutations.map((mutation) => ({ ...mutation, row })),
      options,
    );
  }

  /** Applies the mutations if the condition holds, with nothing in between; whether it did. */
  async checkAndMutate(
    row: Bytes,
    condition: Condition,
    mutations: readonly Mutation[],
    options: WriteOptions = {},
  ): Promise<boolean> {
    const rowBytes = toBytes(row);
    return this.#writer.whenReady(rowBytes, async (region) => {
      if (!isMet(region, this.#names, rowBytes, condition)) return false;
      const batch = this.batchOf();
      for (const mutation of mutations) addMutation(batch, rowBytes, mutation);
      await this.write(batch, options);
      return true;
    });
  }

  /** Adds to a counter of eight bytes, big-endian; an absent one counts as 0. The new value. */
  async increment(
    row: Bytes,
    column: { readonly family: string; readonly qualifier: Bytes },
    amount: number | bigint = 1,
    options: WriteOptions = {},
  ): Promise<bigint> {
    const place = this.#placeOf(row, column);
    return this.#writer.whenReady(place.row, async (region) => {
      const value = incremented(region, place, BigInt(amount));
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(value);
      await this.write(this.batchOf().putCell(row, column, bytes), options);
      return value;
    });
  }

  /** Appends to a value; an absent one counts as empty. The new value. */
  async append(
    row: Bytes,
    column: { readonly family: string; readonly qualifier: Bytes },
    value: Bytes,
    options: WriteOptions = {},
  ): Promise<Uint8Array> {
    const place = this.#placeOf(row, column);
    return this.#writer.whenReady(place.row, async (region) => {
      const bytes = appended(region, place, toBytes(value));
      await this.write(this.batchOf().putCell(row, column, bytes), options);
      return bytes;
    });
  }

  async get(row: Bytes, options: ReadOptions = {}): Promise<Row | undefined> {
    return this.getSync(row, options);
  }

  /** The row, or undefined when it has no cell that passes. */
  getSync(row: Bytes, options: ReadOptions = {}): Row | undefined {
    const bytes = toBytes(row);
    if (bytes.length === 0) return undefined;
    const region = (options.snapshot?.regions ?? this.#regions).find(bytes);
    const spec = readSpec(this.#names, rowSpec(bytes, []).range, options);
    const batch = region.read(spec, this.#readPointOf(region, options.snapshot));
    return batch.rowCount === 0 ? undefined : batch.row(0);
  }

  /** The newest value of one column: the fastest way to read. The bytes are the caller's. */
  valueSync(
    row: Bytes,
    family: string,
    qualifier: Bytes,
    options: { readonly snapshot?: Snapshot | undefined } = {},
  ): Uint8Array | undefined {
    const rowBytes = toBytes(row);
    if (rowBytes.length === 0) return undefined;
    const { snapshot } = options;
    const regions = snapshot?.regions ?? this.#regions;
    const region = regions.count === 1 ? regions.first : regions.find(rowBytes);
    const store = region.core.stores[this.#names.indexOf(family)]!;
    const readPoint = snapshot === undefined ? undefined : snapshot.readPointOf(region);
    const cell = region.newestCell(store, rowBytes, toBytes(qualifier), readPoint);
    if (cell === undefined) return undefined;
    const { valuePosition, valueLength } = cell;
    const value = Buffer.allocUnsafe(valueLength);
    value.set(cell.bytes.subarray(valuePosition, valuePosition + valueLength));
    return value;
  }

  hasSync(row: Bytes, options: ReadOptions = {}): boolean {
    return this.getSync(row, options) !== undefined;
  }

  /** Rows of a range in batches, each valid as long as it is held. */
  async *scan(options: ScanOptions = {}): AsyncIterableIterator<RowBatch> {
    const scan = this.openScan(options);
    try {
      let batch = scan.next();
      while (batch !== undefined) {
        yield batch;
        batch = await scan.nextLater();
      }
    } finally {
      scan.close();
    }
  }

  *scanSync(options: ScanOptions = {}): IterableIterator<RowBatch> {
    const scan = this.openScan(options);
    try {
      for (let batch = scan.next(); batch !== undefined; batch = scan.next()) yield batch;
    } finally {
      scan.close();
    }
  }

  /** As `scan`, pulled by hand; reads as of this call. Must be closed. */
  openScan(options: ScanOptions = {}): TableScan {
    return new TableScan(this.#regions, scanSpec(this.#names, options), options);
  }

  /** A moment to read at; close it. */
  snapshot(): Snapshot {
    return new Snapshot(this.#regions.all);
  }

  /** Files, regions, memory: see `TableAdmin`. */
  get admin(): TableAdmin {
    return this.#admin;
  }

  /** Writes the memstores to files. */
  flush(): Promise<void> {
    return this.#admin.flush();
  }

  /** Compacts what the policy finds worth it; `major`: everything. */
  compact(options: { readonly major?: boolean } = {}): Promise<void> {
    return this.#admin.compact(options);
  }

  #placeOf(
    row: Bytes,
    column: { readonly family: string; readonly qualifier: Bytes },
  ): { family: number; row: Uint8Array; qualifier: Uint8Array } {
    return {
      family: this.#names.indexOf(column.family),
      row: toBytes(row),
      qualifier: toBytes(column.qualifier),
    };
  }

  #readPointOf(region: Region, snapshot: Snapshot | undefined): number {
    return snapshot === undefined ? region.core.mvcc.readPoint : snapshot.readPointOf(region);
  }
}

function addMutation(batch: WriteBatch, row: Bytes, mutation: Mutation): void {
  if ('put' in mutation) batch.put(row, mutation.put, mutation.timestamp);
  else batch.delete(row, mutation.delete);
}
