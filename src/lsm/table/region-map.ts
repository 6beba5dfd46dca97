/**
 * The regions of a table by row. Without gaps: every row belongs to exactly one (HB-09).
 *
 * While a split or merge takes place `isChanging` is true and writers wait for `settled`.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import { invariant } from '../../base/index.ts';
import type { Region } from '../region/region.ts';

export class RegionMap {
  #regions: readonly Region[];
  #change: Promise<unknown> | undefined;

  constructor(regions: readonly Region[]) {
    this.#regions = sorted(regions);
  }

  get all(): readonly Region[] {
    return this.#regions;
  }
  get count(): number {
    return this.#regions.length;
  }
  get first(): Region {
    return this.#regions[0]!;
  }
  get isChanging(): boolean {
    return this.#change !== undefined;
  }

  find(row: Uint8Array): Region {
    const regions = this.#regions;
    let low = 0;
    let high = regions.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const { startKey } = regions[middle]!.info;
      if (compareBytes(startKey, 0, startKey.length, row, 0, row.length) <= 0) low = middle;
      else high = middle;
    }
    return regions[low]!;
  }

  /** The regions that a range touches, ascending. */
  within(start: Uint8Array, stop: Uint8Array): readonly Region[] {
    return this.#regions.filter(({ info: { startKey, endKey } }) => {
      const isBefore = endKey.length > 0 && order(endKey, start) <= 0;
      const isBehind = stop.length > 0 && order(startKey, stop) > 0;
      return !isBefore && !isBehind;
    });
  }

  /** Puts the new regions in place of the old ones, in one step. */
  replace(removed: readonly Region[], added: readonly Region[]): void {
    this.#regions = sorted([...this.#regions.filter((one) => !removed.includes(one)), ...added]);
  }

  /** Writers wait while the change runs; changes run one after another. */
  async change<T>(run: () => Promise<T>): Promise<T> {
    while (this.#change !== undefined) await this.settled();
    const change = run();
    this.#change = change;
    try {
      return await change;
    } finally {
      this.#change = undefined;
    }
  }

  async settled(): Promise<void> {
    try {
      await this.#change;
    } catch {
      // Its own caller is told.
    }
  }
}

function sorted(regions: readonly Region[]): readonly Region[] {
  const all = regions.toSorted((a, b) => order(a.info.startKey, b.info.startKey));
  for (let index = 0; index < all.length; index++) {
    const { endKey } = all[index]!.info;
    const next = all[index + 1]?.info.startKey ?? new Uint8Array(0);
    invariant(order(endKey, next) === 0, 'the regions of a table leave a gap or overlap');
  }
  return all;
}

function order(a: Uint8Array, b: Uint8Array): number {
  return compareBytes(a, 0, a.length, b, 0, b.length);
}
