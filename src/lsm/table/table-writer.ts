/**
 * Brings batches to the regions they belong to, waits as long as the durability asks, and makes
 * flushes happen.
 */
import { StateError } from '../../../native-free-io/index.ts';
import { CellBuffer } from '../cell-buffer.ts';
import { CellType } from '../format/kv-layout.ts';
import { CellView } from '../format/cell-view.ts';
import { writeTimestamp } from '../format/timestamp.ts';
import type { Region } from '../region/region.ts';
import type { RegionMap } from './region-map.ts';

/**
 * SKIP_WAL: in memory only, lost by a crash before the flush. ASYNC_WAL: handed to the system soon,
 * not waited for. SYNC_WAL and FSYNC_WAL: durable when it resolves; one machine has no replicas, so
 * both mean a sync.
 */
export type Durability = 'SKIP_WAL' | 'ASYNC_WAL' | 'SYNC_WAL' | 'FSYNC_WAL';

/** What the database does for its tables. */
export interface WriteHost {
  /** Resolves when everything logged before is durable. */
  syncLog(): Promise<void>;
  /** Called after writes: starts flushes that are due. */
  afterWrite(region: Region): void;
  /** Resolves when the region, and all memstores together, have room. */
  admit(region: Region): Promise<void>;
}

export class TableWriter {
  readonly #regions: RegionMap;
  readonly #host: WriteHost;

  constructor(regions: RegionMap, host: WriteHost) {
    this.#regions = regions;
    this.#host = host;
  }

  /** Resolves when visible, and durable as far as asked. */
  write(buffer: CellBuffer, durability: Durability): Promise<void> {
    if (buffer.count === 0) return Promise.resolve();
    if (this.#regions.isChanging || this.#isCrowded(buffer)) {
      return this.#writeWhenReady(buffer, durability);
    }
    try {
      return this.#writeNow(buffer, durability);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #writeWhenReady(buffer: CellBuffer, durability: Durability): Promise<void> {
    while (this.#regions.isChanging || this.#isCrowded(buffer)) await this.#makeRoom(buffer);
    await this.#writeNow(buffer, durability);
  }

  #writeNow(buffer: CellBuffer, durability: Durability): Promise<void> {
    if (durability === 'SKIP_WAL' || durability === 'ASYNC_WAL') {
      this.writeSync(buffer, durability);
      return Promise.resolve();
    }
    const only = this.#onlyRegion(buffer);
    if (only !== undefined) return this.#whenSynced(only, this.#apply(only, buffer, durability));
    return this.#whenAllSynced(
      this.#divide(buffer).map(({ region, cells }) => ({
        region,
        sequenceId: this.#apply(region, cells, durability),
      })),
    );
  }

  async #whenSynced(region: Region, sequenceId: number): Promise<void> {
    await this.#host.syncLog();
    region.core.mvcc.complete(sequenceId);
  }

  async #whenAllSynced(
    applied: readonly { readonly region: Region; readonly sequenceId: number }[],
  ): Promise<void> {
    await this.#host.syncLog();
    for (const { region, sequenceId } of applied) region.core.mvcc.complete(sequenceId);
  }

  /** At once, without waiting for anything; LSM_BUSY when there is no room. */
  writeSync(buffer: CellBuffer, durability: 'SKIP_WAL' | 'ASYNC_WAL'): void {
    if (buffer.count === 0) return;
    if (this.#regions.isChanging) {
      throw new StateError('LSM_BUSY', 'a region is being split or merged', { retryable: true });
    }
    const only = this.#onlyRegion(buffer);
    if (only !== undefined) {
      this.#apply(only, buffer, durability);
      return;
    }
    for (const { region, cells } of this.#divide(buffer)) this.#apply(region, cells, durability);
  }

  /**
   * Runs `run` with the region of a row once it takes writes and has room: what it reads and writes
   * before its first await is not interrupted.
   */
  async whenReady<T>(row: Uint8Array, run: (region: Region) => T | Promise<T>): Promise<T> {
    for (;;) {
      // Looked at anew after every wait: the next change or write may have been faster.
      const region = this.#regions.find(row);
      if (this.#regions.isChanging) await this.#regions.settled();
      else if (region.isCrowded) await this.#host.admit(region);
      else return run(region);
    }
  }

  #apply(region: Region, buffer: CellBuffer, durability: Durability): number {
    if (buffer.newestDeletes > 0) resolveNewest(region, buffer);
    const sequenceId = region.apply(
      buffer,
      { first: 0, end: buffer.count },
      {
        skipsLog: durability === 'SKIP_WAL',
        isDurable: durability === 'SYNC_WAL' || durability === 'FSYNC_WAL',
      },
    );
    this.#host.afterWrite(region);
    return sequenceId;
  }

  #isCrowded(buffer: CellBuffer): boolean {
    const only = this.#onlyRegion(buffer);
    if (only !== undefined) return only.isCrowded;
    return this.#regions.all.some((region) => region.isCrowded);
  }

  async #makeRoom(buffer: CellBuffer): Promise<void> {
    await this.#regions.settled();
    const only = this.#onlyRegion(buffer);
    const regions = only === undefined ? this.#regions.all : [only];
    for (const region of regions) await this.#host.admit(region);
  }

  /** The region of all cells; undefined when there are several. */
  #onlyRegion(buffer: CellBuffer): Region | undefined {
    if (this.#regions.count === 1) return this.#regions.first;
    const cell = new CellView();
    const region = this.#regions.find(rowAt(buffer, 0, cell));
    for (let index = 1; index < buffer.count; index++) {
      if (!region.contains(rowAt(buffer, index, cell))) return undefined;
    }
    return region;
  }

  #divide(buffer: CellBuffer): { readonly region: Region; readonly cells: CellBuffer }[] {
    const parts = new Map<Region, CellBuffer>();
    const cell = new CellView();
    for (let index = 0; index < buffer.count; index++) {
      const region = this.#regions.find(rowAt(buffer, index, cell));
      const cells = parts.get(region) ?? new CellBuffer();
      parts.set(region, cells);
      cells.addFrom(buffer, index);
    }
    return [...parts].map(([region, cells]) => ({ region, cells }));
  }
}

function rowAt(buffer: CellBuffer, index: number, cell: CellView): Uint8Array {
  buffer.cellAt(index, cell);
  return buffer.bytes.subarray(cell.rowPosition, cell.rowPosition + cell.rowLength);
}

/** Gives deletes of "the newest version" the time of that version; of nothing the time of now. */
function resolveNewest(region: Region, buffer: CellBuffer): void {
  const cell = new CellView();
  for (let index = 0; index < buffer.count; index++) {
    buffer.cellAt(index, cell);
    if (cell.type !== CellType.delete || cell.bytes[cell.timestampPosition] !== 0x7f) continue;
    const store = region.core.stores[buffer.families[index]!]!;
    const newest = region.newestCell(store, cell.copyRow(), cell.copyQualifier(), Infinity);
    if (newest === undefined) continue;
    writeTimestamp(buffer.view, cell.timestampPosition, newest.timestamp);
  }
}
