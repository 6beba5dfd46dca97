/**
 * What is done to a table as a whole: flush, compact, split, merge, bulk load, figures.
 */
import { InvalidArgumentError, NotFoundError, StateError } from '../../../native-free-io/index.ts';
import { toBytes, type Bytes } from '../cell-buffer.ts';
import type { Region } from '../region/region.ts';
import type { RegionMap } from './region-map.ts';
import { verifyRegion, type FileFigures } from './verify.ts';

export interface RegionFigures {
  readonly name: string;
  readonly encodedName: string;
  readonly startKey: Uint8Array;
  readonly endKey: Uint8Array;
  readonly memstoreBytes: number;
  readonly families: readonly {
    readonly name: string;
    readonly files: number;
    readonly fileBytes: number;
    /** Cells in files, markers and old versions counted. */
    readonly fileCells: number;
  }[];
}

/** What needs more than the table: its database. */
export interface RegionChanges {
  split(region: Region, row: Uint8Array | undefined): Promise<boolean>;
  merge(left: Region, right: Region): Promise<void>;
  bulkLoad(dir: string, options: { readonly move: boolean }): Promise<number>;
}

export class TableAdmin {
  readonly #regions: RegionMap;
  readonly #changes: RegionChanges;

  constructor(regions: RegionMap, changes: RegionChanges) {
    this.#regions = regions;
    this.#changes = changes;
  }

  /** By start key. */
  get regions(): readonly RegionFigures[] {
    return this.#regions.all.map(figures);
  }

  async flush(): Promise<void> {
    for (const region of this.#regions.all) await region.flush();
  }

  async compact(options: { readonly major?: boolean } = {}): Promise<void> {
    for (const region of this.#regions.all) {
      await region.compact({ major: options.major ?? false });
    }
  }

  /**
   * Splits the region that `row` lies in there, or without one the largest region in its middle.
   * False when there is no row to split at.
   */
  async split(row?: Bytes): Promise<boolean> {
    const bytes = row === undefined ? undefined : toBytes(row);
    if (bytes?.length === 0) {
      throw new InvalidArgumentError('LSM_ROW_INVALID', 'the empty row begins every table');
    }
    for (;;) {
      const region = bytes === undefined ? this.#largest : this.#regions.find(bytes);
      try {
        return await this.#changes.split(region, bytes);
      } catch (error) {
        // Another split or merge was first: its regions are looked at now.
        if (this.#regions.all.includes(region)) throw error;
      }
    }
  }

  get #largest(): Region {
    return this.#regions.all.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0]!;
  }

  /** Merges two neighbours, by their encoded names. LSM_BUSY: one was split or merged first. */
  merge(first: string, second: string): Promise<void> {
    const [a, b] = [first, second].map((name) => {
      const found = this.#regions.all.find((one) => one.info.encodedName === name);
      if (found !== undefined) return found;
      throw new NotFoundError('LSM_REGION_NOT_FOUND', `no region '${name}'`);
    });
    const index = this.#regions.all.indexOf(a!);
    if (this.#regions.all[index + 1] === b) return this.#changes.merge(a!, b!);
    if (this.#regions.all[index - 1] === b) return this.#changes.merge(b!, a!);
    throw new StateError('LSM_NOT_NEIGHBOURS', 'only regions side by side can be merged');
  }

  /** Reads every store file whole, one after another. */
  async *verify(signal?: AbortSignal): AsyncIterableIterator<FileFigures> {
    for (const region of this.#regions.all) yield* verifyRegion(region, signal);
  }

  /**
   * Takes in ready HFiles: `dir` has a folder per family. Returns how many. Files are hard-linked
   * where possible, else copied; `move` removes them from `dir`.
   */
  bulkLoad(dir: string, options: { readonly move?: boolean } = {}): Promise<number> {
    return this.#changes.bulkLoad(dir, { move: options.move ?? false });
  }
}

function figures(region: Region): RegionFigures {
  const { name, encodedName, startKey, endKey } = region.info;
  return {
    name,
    encodedName,
    startKey,
    endKey,
    memstoreBytes: region.core.memstoreBytes,
    families: region.core.stores.map((store) => ({
      name: store.name,
      files: store.files.length,
      fileBytes: store.fileBytes,
      fileCells: store.files.reduce((sum, file) => sum + file.reader.entryCount, 0),
    })),
  };
}

export function sizeOf(region: Region): number {
  return Math.max(...region.core.stores.map((store) => store.fileBytes));
}
