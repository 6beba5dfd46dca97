/**
 * A scan over one region that lives through flushes and compactions: between batches it looks
 * whether memstores or files have changed, and if so goes on behind the last row with new cursors.
 *
 * Holds: the read point, from beginning to `close`; the files of its cursors.
 */
import type { CellCursor } from '../format/cell-cursor.ts';
import { makeFilter, type Filter } from '../read/filters.ts';
import { MergeCursor } from '../read/merge-cursor.ts';
import { RegionScanner, type BatchLimits, type ScanRange } from '../read/region-scanner.ts';
import type { RowBatchBuilder } from '../read/row-batch.ts';
import { StoreScanner } from '../read/store-scanner.ts';
import { UserMatcher } from '../read/user-matcher.ts';
import { equalBytes } from '../../../native-free-io/index.ts';
import type { CellFilter } from '../read/filter.ts';
import type { FamilyStore } from './family-store.ts';
import type { RegionCore } from './region-core.ts';
import type { StoreFile } from './store-file.ts';

export interface ScanSpec {
  readonly range: ScanRange;
  readonly families: readonly {
    readonly index: number;
    /** Sorted; undefined: all. */
    readonly columns: readonly Uint8Array[] | undefined;
  }[];
  readonly maxVersions: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  readonly raw: boolean;
  readonly filter: Filter | undefined;
  /** Larger reads keep all but their first blocks out of the cache. */
  readonly isLong: boolean;
}

/** As HBase's scans, which begin with four blocks as point reads do. */
const cachedBlocks = 4;

export class RegionScan {
  readonly #core: RegionCore;
  readonly #spec: ScanSpec;
  readonly #readPoint: number;
  readonly #filter: CellFilter | undefined;
  #scanner: RegionScanner;
  #files: StoreFile[] = [];
  #generation = -1;
  #isClosed = false;

  /** `filter`: state that goes on from region to region; by default made anew. */
  constructor(core: RegionCore, spec: ScanSpec, readPoint: number, filter?: CellFilter) {
    core.assertReadable();
    this.#core = core;
    this.#spec = spec;
    this.#filter =
      filter ??
      (spec.filter === undefined ? undefined : makeFilter(spec.filter, spec.range.isReverse));
    this.#readPoint = core.mvcc.hold(readPoint);
    this.#scanner = this.#open(spec.range);
  }

  get isDone(): boolean {
    return this.#scanner.isDone;
  }

  /** Fills the builder; true when the last row is only a part. */
  read(builder: RowBatchBuilder, limits: BatchLimits): boolean {
    this.#core.assertReadable();
    const isStale = this.#generation !== this.#core.generation;
    if (isStale && !this.#scanner.isInRow && !this.#scanner.isDone) this.#reopen();
    return this.#scanner.read(builder, limits);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#letGo();
    this.#core.mvcc.release(this.#readPoint);
  }

  #reopen(): void {
    const { position, hasPosition } = this.#scanner;
    this.#letGo();
    const { range } = this.#spec;
    this.#scanner = this.#open(
      hasPosition ? { ...range, start: position, includesStart: false } : range,
    );
  }

  #open(range: ScanRange): RegionScanner {
    const core = this.#core;
    this.#generation = core.generation;
    const isRow =
      range.includesStart &&
      range.includesStop &&
      range.start.length > 0 &&
      equalBytes(range.start, 0, range.start.length, range.stop, 0, range.stop.length);
    const nowMs = core.world.env.clock.now();
    const { maxVersions, minTimestamp, maxTimestamp, raw } = this.#spec;
    const scanners = this.#spec.families.map(({ index, columns }) => {
      const store = core.stores[index]!;
      const sources = this.#sources(store, isRow ? range.start : undefined, nowMs);
      // Named one by one: a spread costs as much as the rest of opening a scan.
      const matcher = new UserMatcher({
        family: store.options,
        nowMs,
        maxVersions,
        minTimestamp,
        maxTimestamp,
        columns,
        raw,
        filter: this.#filter,
      });
      return new StoreScanner(new MergeCursor(sources, this.#readPoint), matcher);
    });
    return new RegionScanner(scanners, range, this.#filter);
  }

  /** Newest first. */
  #sources(store: FamilyStore, row: Uint8Array | undefined, nowMs: number): CellCursor[] {
    const { active, snapshot } = this.#core;
    const sources: CellCursor[] = [active.cursor(store.index)];
    if (snapshot !== undefined) sources.push(snapshot.cursor(store.index));
    const { minTimestamp, maxTimestamp, isLong, raw } = this.#spec;
    const { ttlMs, minVersions } = store.options;
    const oldest = minVersions > 0 || raw ? Number.NEGATIVE_INFINITY : nowMs - ttlMs;
    for (const file of store.files) {
      if (file.maxTimestamp < minTimestamp || file.minTimestamp >= maxTimestamp) continue;
      if (file.maxTimestamp < oldest) continue;
      if (row !== undefined && !file.mayContainRow(row)) continue;
      file.acquire();
      this.#files.push(file);
      sources.push(file.cursor({ scan: isLong, cachedBlocks }));
    }
    return sources;
  }

  #letGo(): void {
    this.#scanner.close();
    for (const file of this.#files) file.release();
    this.#files = [];
  }
}
