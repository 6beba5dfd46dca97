/** What users say about a scan or get, and what it means for the regions. */
import { compareBytes, InvalidArgumentError } from '../../../native-free-io/index.ts';
import { toBytes, type Bytes } from '../cell-buffer.ts';
import type { Filter } from '../read/filters.ts';
import type { ScanRange } from '../read/region-scanner.ts';
import type { ScanSpec } from '../region/region-scan.ts';
import type { FamilyNames } from './family-names.ts';
import type { Snapshot } from './snapshot.ts';

/** All columns of a family, or the ones named. */
export type FamilyChoice = readonly string[] | Readonly<Record<string, readonly Bytes[] | true>>;

export interface ReadOptions {
  /** Families by name, or with the qualifiers wanted of each. Default: everything. */
  readonly families?: FamilyChoice;
  /** Versions per column at most. Default 1. */
  readonly versions?: number;
  /** Only cells of these times, from inclusive, to exclusive. Milliseconds. */
  readonly timeRange?: { readonly from?: number; readonly to?: number };
  readonly filter?: Filter;
  /** Reads as of then. Default: now. */
  readonly snapshot?: Snapshot;
  /** Delete markers and what they hide are given out too. Default false. */
  readonly raw?: boolean;
}

export interface ScanOptions extends ReadOptions {
  /** First row. In reverse the largest. Default: the end of the table that is met first. */
  readonly start?: Bytes;
  readonly includeStart?: boolean;
  /** The scan ends before it. */
  readonly stop?: Bytes;
  readonly includeStop?: boolean;
  /** Only rows that begin so; instead of `start` and `stop`. */
  readonly prefix?: Bytes;
  readonly reverse?: boolean;
  /** Rows in all. Default: no limit. */
  readonly limit?: number;
  /** A batch ends with the row that fills so many bytes. Default 256 KiB. */
  readonly batchBytes?: number;
  /** Rows in a batch at most. */
  readonly batchRows?: number;
  /** Cells of one row in a batch at most: wide rows then come in parts. */
  readonly cellsPerRow?: number;
  readonly signal?: AbortSignal;
}

const noBytes = new Uint8Array(0);

export function readSpec(names: FamilyNames, range: ScanRange, options: ReadOptions): ScanSpec {
  const { timeRange, versions = 1, raw = false } = options;
  if (!(versions >= 1)) {
    throw new InvalidArgumentError('OPTION_INVALID', `versions: ${versions} is not 1 or more`);
  }
  return {
    range,
    families: chosenFamilies(names, options.families),
    maxVersions: versions,
    minTimestamp: timeRange?.from ?? Number.NEGATIVE_INFINITY,
    maxTimestamp: timeRange?.to ?? Number.POSITIVE_INFINITY,
    raw,
    filter: options.filter,
    isLong: false,
  };
}

export function scanSpec(names: FamilyNames, options: ScanOptions): ScanSpec {
  return { ...readSpec(names, scanRange(options), options), isLong: options.reverse !== true };
}

function scanRange(options: ScanOptions): ScanRange {
  const isReverse = options.reverse ?? false;
  if (options.prefix !== undefined) {
    const prefix = toBytes(options.prefix);
    const behind = rowBehindPrefix(prefix);
    return isReverse
      ? { start: behind, stop: prefix, includesStart: false, includesStop: true, isReverse }
      : { start: prefix, stop: behind, includesStart: true, includesStop: false, isReverse };
  }
  return {
    start: options.start === undefined ? noBytes : toBytes(options.start),
    stop: options.stop === undefined ? noBytes : toBytes(options.stop),
    includesStart: options.includeStart ?? true,
    includesStop: options.includeStop ?? false,
    isReverse,
  };
}

/** The first row that no longer begins so; empty when there is none. */
export function rowBehindPrefix(prefix: Uint8Array): Uint8Array {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return noBytes;
  const behind = new Uint8Array(prefix.subarray(0, length));
  behind[length - 1]!++;
  return behind;
}

function chosenFamilies(
  names: FamilyNames,
  choice: FamilyChoice | undefined,
): ScanSpec['families'] {
  if (choice === undefined) return names.all.map((_, index) => ({ index, columns: undefined }));
  if (Array.isArray(choice)) {
    const chosen = choice as readonly string[];
    return chosen
      .map((name) => ({ index: names.indexOf(name), columns: undefined }))
      .sort((a, b) => a.index - b.index);
  }
  return Object.entries(choice)
    .map(([name, columns]: [string, readonly Bytes[] | true]) => ({
      index: names.indexOf(name),
      columns: columns === true ? undefined : sortedColumns(columns),
    }))
    .sort((a, b) => a.index - b.index);
}

function sortedColumns(columns: readonly Bytes[]): Uint8Array[] {
  return columns
    .map(toBytes)
    .sort((a, b) => compareBytes(a, 0, a.length, b, 0, b.length))
    .filter(
      (one, index, all) =>
        index === 0 ||
        compareBytes(one, 0, one.length, all[index - 1]!, 0, all[index - 1]!.length) !== 0,
    );
}
