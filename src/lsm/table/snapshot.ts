/**
 * A moment of a table to read at: what was visible when it was made stays visible, whatever is
 * written, flushed and compacted meanwhile, until it is closed.
 *
 * Costs: cells that compaction could drop are kept while a snapshot may read them.
 */
import { StateError } from '../../../native-free-io/index.ts';
import type { Region } from '../region/region.ts';

export class Snapshot implements AsyncDisposable {
  readonly #points = new Map<string, { readonly region: Region; readonly readPoint: number }>();
  #isClosed = false;

  constructor(regions: readonly Region[]) {
    for (const region of regions) {
      this.#points.set(region.info.encodedName, {
        region,
        readPoint: region.core.mvcc.hold(),
      });
    }
  }

  /** Where to read in this region; LSM_SNAPSHOT_GONE when a split or merge made it. */
  readPointOf(region: Region): number {
    const point = this.#points.get(region.info.encodedName);
    if (this.#isClosed) throw new StateError('LSM_CLOSED', 'the snapshot is closed');
    if (point !== undefined) return point.readPoint;
    throw new StateError(
      'LSM_SNAPSHOT_GONE',
      'the region was split or merged after the snapshot was made',
    );
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { region, readPoint } of this.#points.values()) {
      region.core.mvcc.release(readPoint);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
