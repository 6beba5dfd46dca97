/**
 * A scan over the regions of a table, in order or in reverse, as batches of rows.
 *
 * Between batches it may wait as long as the reader likes: it holds a read point and the files it
 * stands on. A split or merge in between is met by looking for the region anew where the last one
 * ended.
 */
import { throwIfAborted } from '../../../native-free-io/index.ts';
import type { CellFilter } from '../read/filter.ts';
import { makeFilter } from '../read/filters.ts';
import { RowBatchBuilder, type RowBatch } from '../read/row-batch.ts';
import type { Region } from '../region/region.ts';
import { RegionScan, type ScanSpec } from '../region/region-scan.ts';
import type { RegionMap } from './region-map.ts';
import type { ScanOptions } from './scan-options.ts';

const defaultBatchBytes = 256 << 10;
const leastRoomBytes = 4096;

export class TableScan {
  readonly #regions: RegionMap;
  readonly #options: ScanOptions;
  #spec: ScanSpec;
  readonly #filter: CellFilter | undefined;
  #scan: RegionScan | undefined;
  #region: Region | undefined;
  #rowsLeft: number;
  #isDone = false;
  #roomBytes = leastRoomBytes;

  constructor(regions: RegionMap, spec: ScanSpec, options: ScanOptions) {
    this.#regions = options.snapshot?.regions ?? regions;
    this.#spec = spec;
    this.#options = options;
    this.#filter =
      spec.filter === undefined ? undefined : makeFilter(spec.filter, spec.range.isReverse);
    this.#rowsLeft = Math.min(options.limit ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    // The moment that is read is that of the call, not of the first batch.
    if (this.#rowsLeft > 0) this.#openNext();
    else this.#isDone = true;
  }

  /** Undefined at the end. */
  next(): RowBatch | undefined {
    throwIfAborted(this.#options.signal);
    if (this.#isDone) return undefined;
    const {
      batchBytes = defaultBatchBytes,
      batchRows = Number.MAX_SAFE_INTEGER,
      cellsPerRow,
    } = this.#options;
    const builder = new RowBatchBuilder(this.#roomBytes, cellsPerRow);
    let isPartial = false;
    while (!this.#isDone && builder.rowCount < batchRows && builder.byteCount < batchBytes) {
      const rows = Math.min(this.#rowsLeft, batchRows - builder.rowCount);
      const limits = { rows, bytes: batchBytes };
      isPartial = this.#scan!.read(builder, limits);
      this.#rowsLeft -= rows - limits.rows;
      if (this.#rowsLeft <= 0) this.close();
      if (isPartial) break;
      if (!this.#isDone && this.#scan!.isDone) this.#openNext();
    }
    // Batches of one scan are mostly alike.
    this.#roomBytes = Math.max(leastRoomBytes, builder.byteCount + (builder.byteCount >> 3));
    if (builder.cellCount === 0) return undefined;
    return builder.build(isPartial);
  }

  /** As `next`, after others had their turn: a long scan does not hold the event loop. */
  async nextLater(): Promise<RowBatch | undefined> {
    await this.#regions.first.core.world.env.timers.turn();
    return this.next();
  }

  /** Idempotent. */
  close(): void {
    this.#isDone = true;
    this.#scan?.close();
    this.#scan = undefined;
  }

  #openNext(): void {
    const last = this.#region;
    this.#scan?.close();
    this.#scan = undefined;
    const region = this.#nextRegion(last);
    if (region === undefined || this.#filter?.isDone() === true) {
      this.#isDone = true;
      return;
    }
    this.#region = region;
    const readPoint = this.#options.snapshot?.readPointOf(region) ?? region.core.mvcc.readPoint;
    this.#scan = new RegionScan(region.core, this.#specOf(region, last), readPoint, this.#filter);
  }

  /** By key, not by place: regions may have been split and merged since. */
  #nextRegion(last: Region | undefined): Region | undefined {
    const { range } = this.#spec;
    const { isReverse, stop } = range;
    if (last === undefined) {
      const [from, to] = isReverse ? [stop, range.start] : [range.start, stop];
      const touched = this.#regions.within(from, to);
      return isReverse ? touched.at(-1) : touched[0];
    }
    const border = isReverse ? last.info.startKey : last.info.endKey;
    if (border.length === 0) return undefined;
    if (!isReverse) {
      const isPast = stop.length > 0 && isBefore(stop, border);
      return isPast ? undefined : this.#regions.find(border);
    }
    if (stop.length > 0 && !isBefore(stop, border)) return undefined;
    return this.#regions.all.findLast((one) => isBefore(one.info.startKey, border));
  }

  /** The range from where the last region ended: the next one may reach back behind it. */
  #specOf(region: Region, last: Region | undefined): ScanSpec {
    const { range } = this.#spec;
    const { startKey, endKey } = region.info;
    const border = range.isReverse
      ? (last?.info.startKey ?? endKey)
      : (last?.info.endKey ?? startKey);
    const isFirst = last === undefined && range.start.length > 0 && region.contains(range.start);
    const start = isFirst ? range.start : border;
    const includesStart = isFirst ? range.includesStart : !range.isReverse;
    return { ...this.#spec, range: { ...range, start, includesStart } };
  }
}

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) < 0;
}
