/**
 * What the parts of a region share: its place in the table, its memstores and files, its clocks.
 *
 * Invariants: R1 sequence ids of the active segment are above those of the snapshot, those above
 * all of the files; R2 files and snapshot are swapped in one synchronous step, and `generation`
 * tells readers that hold neither to look anew; R3 after a failed log everything but reads fails.
 */
import { StateError } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { Segment } from '../memstore/segment.ts';
import type { EngineOptions } from '../options.ts';
import type { FamilyStore } from './family-store.ts';
import { Mvcc } from './mvcc.ts';
import { RegionClock } from './region-clock.ts';
import type { RegionInfo } from './region-info.ts';
import type { RegionLog } from './region-log.ts';
import type { Rewriter } from './rewriter.ts';
import type { StoreFiles } from './store-files.ts';

/** What all regions of a database have in common. */
export interface RegionWorld {
  readonly env: Env;
  readonly log: RegionLog;
  readonly options: EngineOptions;
  readonly rewriter: Rewriter;
  readonly files: StoreFiles;
}

export class RegionCore {
  readonly info: RegionInfo;
  readonly world: RegionWorld;
  readonly dir: string;
  readonly stores: readonly FamilyStore[];
  readonly mvcc: Mvcc;
  readonly clock: RegionClock = new RegionClock();
  active: Segment;
  /** Being flushed; read like the active one. */
  snapshot: Segment | undefined = undefined;
  generation = 0;
  isClosed = false;
  /** Split or merged: only for those who still read it. */
  isRetired = false;
  failure: unknown = undefined;
  /** The last change of the files, under way or done. */
  #change: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    info: RegionInfo;
    world: RegionWorld;
    dir: string;
    stores: readonly FamilyStore[];
    lastSequenceId: number;
  }) {
    this.info = parts.info;
    this.world = parts.world;
    this.dir = parts.dir;
    this.stores = parts.stores;
    this.mvcc = new Mvcc(parts.lastSequenceId);
    this.active = this.newSegment(0);
  }

  /** After opening: ids go on where the files end; replay may bring ids above `flushed` again. */
  startAt(lastSequenceId: number, flushed: number): void {
    this.mvcc.raiseTo(lastSequenceId);
    this.active = this.newSegment(0, flushed);
  }

  /** `expected`: bytes it will likely hold. */
  newSegment(expected: number, firstSequenceId: number = this.mvcc.lastSequenceId): Segment {
    const { flushBytes, blockMultiplier } = this.world.options;
    return new Segment({
      families: this.stores.length,
      firstSequenceId,
      // Writes wait at that size; one batch more may have come before.
      reserve: flushBytes * (blockMultiplier + 1),
      expected,
      nowMs: this.world.env.clock.now(),
    });
  }

  /** Runs what changes files, or relies on them not to change, after all such runs before it. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#change.then(run);
    this.#change = done.catch(() => undefined);
    return done;
  }

  /** Cells that are in no file yet. Bytes. */
  get memstoreBytes(): number {
    return this.active.usedBytes + (this.snapshot?.usedBytes ?? 0);
  }

  assertReadable(): void {
    if (this.isClosed) throw new StateError('LSM_CLOSED', `region ${this.info.name} is closed`);
  }

  assertWritable(): void {
    this.assertReadable();
    if (this.isRetired) {
      throw new StateError('LSM_BUSY', 'the region was split or merged', { retryable: true });
    }
    if (this.failure === undefined) return;
    throw new StateError('LSM_POISONED', 'the log failed: close, then open to recover', {
      cause: this.failure,
    });
  }
}
