/**
 * One region: a key range of a table with its memstores and files. What a table calls.
 *
 * Everything here is synchronous but what waits for the disk; reading and changing between two
 * awaits is atomic, so a check and the write that depends on it need no lock.
 */
import { compareBytes, LimitError, throwIfAborted } from '../../../native-free-io/index.ts';
import type { CellBuffer } from '../cell-buffer.ts';
import { selectTiered } from '../compaction/date-tiered.ts';
import { selectFiles } from '../compaction/policy.ts';
import { CellView } from '../format/cell-view.ts';
import { RowBatchBuilder, type RowBatch } from '../read/row-batch.ts';
import { compactFiles, type Compaction } from './compact.ts';
import type { FamilyStore } from './family-store.ts';
import { flushRegion } from './flush.ts';
import { Point, PointReader } from './point-reader.ts';
import type { RegionCore } from './region-core.ts';
import type { RegionInfo } from './region-info.ts';
import { RegionScan, type ScanSpec } from './region-scan.ts';
import { applyCells, type ApplyOptions } from './write.ts';

export class Region {
  readonly core: RegionCore;
  readonly #points: PointReader;
  #flushing: Promise<boolean> | undefined;
  #compacting: Promise<void> | undefined;
  readonly #abort = new AbortController();
  /** Why the last flush in the background failed. */
  flushFailure: unknown = undefined;

  constructor(core: RegionCore) {
    this.core = core;
    this.#points = new PointReader(core);
  }

  get info(): RegionInfo {
    return this.core.info;
  }

  contains(row: Uint8Array): boolean {
    const { startKey, endKey } = this.core.info;
    if (compareBytes(row, 0, row.length, startKey, 0, startKey.length) < 0) return false;
    if (endKey.length === 0) return true;
    return compareBytes(row, 0, row.length, endKey, 0, endKey.length) < 0;
  }

  /** Applies cells that all belong here; see `applyCells`. */
  apply(
    buffer: CellBuffer,
    range: { readonly first: number; readonly end: number },
    options: ApplyOptions,
  ): number {
    const { core } = this;
    if (this.isCrowded) {
      throw new LimitError('LSM_BUSY', 'the memstore is full: wait for its flush', {
        retryable: true,
        cause: this.flushFailure,
      });
    }
    return applyCells(core, buffer, range, options);
  }

  /** The newest cell of a column; good until the next call. Undefined when there is none. */
  newestCell(
    store: FamilyStore,
    row: Uint8Array,
    qualifier: Uint8Array,
    readPoint: number = this.core.mvcc.readPoint,
  ): CellView | undefined {
    this.core.assertReadable();
    const answer = this.#points.read(store, row, qualifier, readPoint);
    if (answer === Point.found) return this.#points.cell;
    if (answer === Point.absent) return undefined;
    const batch = this.read(
      rowSpec(row, [{ index: store.index, columns: [qualifier] }]),
      readPoint,
    );
    return batch.cellCount === 0 ? undefined : batch.cellAt(0, new CellView());
  }

  /** Everything a spec asks for at once: meant for single rows. */
  read(spec: ScanSpec, readPoint: number = this.core.mvcc.readPoint): RowBatch {
    const scan = new RegionScan(this.core, spec, readPoint);
    try {
      const builder = new RowBatchBuilder();
      scan.read(builder, { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY });
      return builder.build(false);
    } finally {
      scan.close();
    }
  }

  /** Writes wait until a flush has made room. */
  get isCrowded(): boolean {
    const { flushBytes, blockMultiplier } = this.core.world.options;
    return this.core.memstoreBytes > flushBytes * blockMultiplier;
  }

  get isFlushDue(): boolean {
    const { core } = this;
    return core.active.arena.used >= core.world.options.flushBytes;
  }

  /** One at a time: who calls during a flush waits for it, and for one more if cells came since. */
  async flush(): Promise<boolean> {
    while (this.#flushing !== undefined) await this.#flushing;
    this.#flushing = flushRegion(this.core);
    try {
      const hasFlushed = await this.#flushing;
      this.flushFailure = undefined;
      return hasFlushed;
    } catch (error) {
      this.flushFailure = error;
      throw error;
    } finally {
      this.#flushing = undefined;
    }
  }

  get isFlushing(): boolean {
    return this.#flushing !== undefined;
  }
  get isCompacting(): boolean {
    return this.#compacting !== undefined;
  }
  get maxFiles(): number {
    return Math.max(0, ...this.core.stores.map((store) => store.files.length));
  }

  /**
   * Compacts what the policy chooses, or everything when `major`; one compaction at a time. False
   * when there is nothing to do: also when the region was split or merged meanwhile, for then its
   * files are others' to compact.
   */
  async compact(options: { readonly major: boolean }): Promise<boolean> {
    while (this.#compacting !== undefined) await this.#compacting.catch(() => undefined);
    if (this.core.isRetired) return false;
    throwIfAborted(this.#abort.signal);
    const chosen = this.core.stores
      .map((store) => this.#choose(store, options.major))
      .filter((one) => one !== undefined);
    if (chosen.length === 0) return false;
    this.#compacting = this.#compactAll(chosen);
    try {
      await this.#compacting;
      return true;
    } catch (error) {
      if (this.core.isRetired) return false;
      throw error;
    } finally {
      this.#compacting = undefined;
    }
  }

  async #compactAll(chosen: readonly Compaction[]): Promise<void> {
    for (const one of chosen) await compactFiles(this.core, one, this.#abort.signal);
  }

  #choose(store: FamilyStore, isForced: boolean): Compaction | undefined {
    const { world } = this.core;
    const nowMs = world.env.clock.now();
    const oldestFirst = store.files.toReversed();
    if (oldestFirst.length === 0) return undefined;
    if (!isForced && world.options.compactionPolicy === 'none') return undefined;
    if (!isForced && world.options.compactionPolicy === 'date-tiered') {
      const tiered = selectTiered(oldestFirst, world.options, nowMs);
      if (tiered === undefined) return undefined;
      const { files, boundaries } = tiered;
      const isMajor = files.length === store.files.length && boundaries.length === 0;
      return { store, files: files.toReversed(), isMajor, boundaries };
    }
    const oldestUnexpired = nowMs - store.options.ttlMs;
    const selection = selectFiles(oldestFirst, world.options, {
      nowMs,
      isForced,
      oldestUnexpired,
    });
    if (selection === undefined) return undefined;
    const { files, isMajor } = selection;
    return { store, files: files.toReversed(), isMajor, boundaries: [] };
  }

  /** Takes no more writes, and closes once nobody reads it any more. Its cells are in files. */
  async retire(): Promise<void> {
    const { core } = this;
    core.isRetired = true;
    // Its directory may go as soon as nobody refers to it: nothing must be written there any more.
    this.#abort.abort();
    await this.#compacting?.catch(() => undefined);
    if (!core.mvcc.isHeld) {
      await this.close({ flushes: false });
      return;
    }
    core.mvcc.onIdle = () => void this.close({ flushes: false });
  }

  /** Flushes unless told otherwise, waits for work under way, lets the files go. Idempotent. */
  async close(options: { readonly flushes: boolean } = { flushes: true }): Promise<void> {
    const { core } = this;
    if (core.isClosed) return;
    this.#abort.abort();
    await this.#compacting?.catch(() => undefined);
    await this.#flushing?.catch(() => undefined);
    try {
      if (options.flushes && core.failure === undefined) {
        while (await this.flush());
      }
    } finally {
      await core.inTurn(async () => {
        core.isClosed = true;
        for (const store of core.stores) {
          for (const file of store.files) file.release();
          store.files = [];
        }
      });
    }
  }
}

/** One row, newest versions. */
export function rowSpec(row: Uint8Array, families: ScanSpec['families']): ScanSpec {
  return {
    range: { start: row, stop: row, includesStart: true, includesStop: true, isReverse: false },
    families,
    maxVersions: 1,
    minTimestamp: Number.NEGATIVE_INFINITY,
    maxTimestamp: Number.POSITIVE_INFINITY,
    raw: false,
    filter: undefined,
    isLong: false,
  };
}
