/**
 * A moment of a table to read at: what was visible when it was made stays visible, whatever is
 * written, flushed, compacted, split and merged meanwhile, until it is closed.
 *
 * Costs: cells that compaction could drop, and the files of regions that were split, are kept while
 * a snapshot may read them.
 */
import { StateError } from '../../../native-free-io/index.ts';
import { invariant } from '../../base/index.ts';
import type { Region } from '../region/region.ts';
import { RegionMap } from './region-map.ts';

export class Snapshot implements AsyncDisposable {
  readonly #regions: RegionMap;
  readonly #points = new Map<Region, number>();
  #isClosed = false;

  constructor(regions: readonly Region[]) {
    this.#regions = new RegionMap(regions);
    for (const region of regions) this.#points.set(region, region.core.mvcc.hold());
  }

  /** The regions of then. */
  get regions(): RegionMap {
    if (this.#isClosed) throw new StateError('LSM_CLOSED', 'the snapshot is closed');
    return this.#regions;
  }

  readPointOf(region: Region): number {
    const point = this.#points.get(region);
    invariant(point !== undefined, 'a region that is not of the snapshot');
    return point;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const [region, readPoint] of this.#points) region.core.mvcc.release(readPoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
