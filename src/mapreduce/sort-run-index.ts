/**
 * A sparse index of a run, made while it is written: every so often where a record begins, what it
 * compares by, and how many bytes of output lie before it. With it a run is cut by key, so that
 * workers merge disjoint ranges of keys.
 *
 * Plain data and few objects: it travels between threads.
 */
import { CorruptionError } from '../../native-free-io/index.ts';
import { compareKeys, type RecordOrder } from './sort-order.ts';

/** Keys beyond this are not worth remembering; a run of such records is not cut. */
const largestKeyBytes = 4096;

export interface RunIndex {
  readonly positions: number[];
  readonly bares: number[];
  /** Compared ranges. */
  readonly keys: Uint8Array[];
}

/** A sorted piece of a file. */
export interface Run {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Bytes of its records in the output. */
  readonly bareBytes: number;
  /** Bytes of its longest record, as stored. */
  readonly longest: number;
  readonly index: RunIndex;
}

/** A place between two records of a run. */
export interface RunCut {
  readonly position: number;
  /** Bytes of output before it. */
  readonly bare: number;
}

export function emptyIndex(): RunIndex {
  return { positions: [], bares: [], keys: [] };
}

/** Notes the record that begins at `position` of the run file. */
export function noteRecord(index: RunIndex, cut: RunCut, key: Uint8Array): void {
  if (key.length > largestKeyBytes) return;
  index.positions.push(cut.position);
  index.bares.push(cut.bare);
  index.keys.push(Uint8Array.from(key));
}

/** The stretch of a run in which the first record at or after a key begins, or which it ends. */
export interface CutBracket {
  readonly from: RunCut;
  readonly end: number;
}

/** Looks a key up in the index of a run. */
export function bracketOf(run: Run, order: RecordOrder, key: Uint8Array): CutBracket {
  const { positions, bares, keys } = run.index;
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(order, keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  // The records noted before are less, those from `low` on are not: it lies between.
  const from =
    low === 0
      ? { position: run.start, bare: 0 }
      : { position: positions[low - 1]!, bare: bares[low - 1]! };
  return { from, end: low < positions.length ? positions[low]! : run.end };
}

/** Bytes that varve wrote a moment ago read differently: somebody else wrote to the file. */
export function brokenRun(path: string, position: number): CorruptionError {
  return new CorruptionError('SORT_RUN_CHANGED', 'a temporary file does not read as written', {
    context: { path, position },
  });
}

/** Keys that cut the runs into about `parts` equal pieces, ascending and different. */
export function chooseCuts(runs: readonly Run[], order: RecordOrder, parts: number): Uint8Array[] {
  const keys = runs.flatMap(({ index }) => index.keys);
  keys.sort((left, right) => compareKeys(order, left, right));
  const cuts: Uint8Array[] = [];
  for (let part = 1; part < parts; part++) {
    const key = keys[Math.floor((part * keys.length) / parts)];
    if (key === undefined) break;
    if (cuts.length > 0 && compareKeys(order, cuts.at(-1)!, key) >= 0) continue;
    cuts.push(key);
  }
  return cuts;
}
