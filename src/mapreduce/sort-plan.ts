/**
 * How a sort is cut into tasks: shares of the input, size of runs, how many runs are merged at once
 * and into how many parts.
 *
 * Small runs sort and gather within the processor's caches, and merging more of them costs little:
 * one comparison for twice as many. So runs are 4 MiB, unless that made more than 256 of them.
 */
import { RecordForm, sortSlackBytes } from '../../native-free-io/index.ts';
import { mergeMemoryBytes } from './sort-merge-task.ts';
import { outBytesFor } from './sort-memory.ts';
import type { RecordOrder } from './sort-order.ts';
import type { InputPiece } from './sort-records.ts';
import type { Run } from './sort-run-index.ts';

const MiB = 1 << 20;
const leastRunBytes = 4 * MiB;
const wantedRuns = 256;
const leastShareBytes = 4 * MiB;
const largestShareBytes = 64 * MiB;
const sharesPerWorker = 8;
const partBytes = 64 * MiB;
const leastBlockBytes = 64 << 10;
const largestBlockBytes = 256 << 10;
const smallBlocks = 64;

export interface SortPlan {
  /** For one worker. */
  readonly memoryBytes: number;
  readonly shares: readonly (readonly InputPiece[])[];
  readonly runBytes: number;
  /** The only share is sorted in one run, for sure. */
  readonly isSmall: boolean;
}

export interface PlannedFile {
  readonly path: string;
  readonly size: number;
}

export function planSort(
  files: readonly PlannedFile[],
  order: RecordOrder,
  { memoryBytes, parallel }: { readonly memoryBytes: number; readonly parallel: number },
): SortPlan {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const share = Math.floor(memoryBytes / parallel);
  const small = total * memoryPerByte(order) + MiB;
  if (small <= share && total <= leastRunBytes) {
    const shares = [files.map(({ path, size }) => ({ path, start: 0, end: size }))];
    return { memoryBytes: small, shares, runBytes: Infinity, isSmall: true };
  }
  const wanted = Math.ceil(total / (parallel * sharesPerWorker));
  const shareBytes = Math.min(
    largestShareBytes,
    Math.max(Math.min(leastShareBytes, share), wanted),
  );
  return {
    memoryBytes: share,
    shares: cut(files, order, shareBytes),
    runBytes: Math.max(leastRunBytes, Math.ceil(total / wantedRuns)),
    isSmall: false,
  };
}

/** Memory that a byte of input may take: an empty line is one. */
function memoryPerByte(order: RecordOrder): number {
  if (order.form === RecordForm.frames) return 48 + 18 * order.keys.length;
  return order.form === RecordForm.fixed ? 1 + Math.ceil(32 / order.recordLength) : 33;
}

function cut(
  files: readonly PlannedFile[],
  order: RecordOrder,
  shareBytes: number,
): InputPiece[][] {
  const unit = order.form === RecordForm.fixed ? order.recordLength : 1;
  const shares: InputPiece[][] = [];
  let current: InputPiece[] = [];
  let room = shareBytes;
  for (const { path, size } of files) {
    for (let start = 0; start < size;) {
      const wanted = Math.max(unit, Math.floor(room / unit) * unit);
      const end = Math.min(size, start + wanted);
      current.push({ path, start, end });
      room -= end - start;
      start = end;
      if (room >= unit) continue;
      shares.push(current);
      current = [];
      room = shareBytes;
    }
  }
  if (current.length > 0) shares.push(current);
  return shares;
}

export interface MergePlan {
  /** Runs merged at once. */
  readonly factor: number;
  /** For one worker. */
  readonly memoryBytes: number;
  readonly blockBytes: number;
}

/** Records so long that two of them do not fit a worker's share get what they need. */
export function planMerge(
  runs: readonly Run[],
  memoryBytes: number,
  mergeFactor: number,
): MergePlan {
  const longest = runs.reduce((most, run) => Math.max(most, run.longest), 0);
  const out = outBytesFor(memoryBytes);
  const least = mergeMemoryBytes(2, longest, out);
  const block = Math.max(longest, Math.min(leastBlockBytes, Math.floor(memoryBytes / smallBlocks)));
  const room = memoryBytes - mergeMemoryBytes(0, longest, out);
  const fitting = Math.floor(room / (block + 2 * sortSlackBytes));
  return {
    factor: Math.min(mergeFactor, Math.max(2, fitting)),
    memoryBytes: Math.max(memoryBytes, least),
    blockBytes: largestBlockBytes,
  };
}

/** Parts of the last merge: some for each worker, so that none waits long for another. */
export function partCount(runs: readonly Run[], parallel: number): number {
  const bytes = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  return parallel * Math.max(1, Math.round(bytes / (parallel * partBytes)));
}

/**
 * The next round of merging before the last: groups of neighbours, so that equal records keep their
 * order, as many as bring the number of runs down to `factor`. Empty: the last merge can be done.
 */
export function nextGroups(runs: number, factor: number): { from: number; to: number }[] {
  const groups: { from: number; to: number }[] = [];
  let left = runs;
  for (let from = 0; left > factor && from < runs - 1;) {
    const size = Math.min(factor, left - factor + 1, runs - from);
    groups.push({ from, to: from + size });
    from += size;
    left -= size - 1;
  }
  return groups;
}
