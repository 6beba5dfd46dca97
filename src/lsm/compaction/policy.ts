/**
 * Which files of a store are compacted next: HBase's ratio-based policy with exploring.
 *
 * Pure: files in, a choice out. Files are given oldest first, as upstream has them; what is chosen
 * is contiguous, so that no file is compacted past one that is older (HBASE-2856).
 * Upstream: apache/hbase: .../compactions/{SortedCompactionPolicy,RatioBasedCompactionPolicy,
 * ExploringCompactionPolicy}.java (Apache-2.0); rules kept, code our own.
 */
export interface Candidate {
  readonly name: string;
  readonly bytes: number;
  readonly isReference: boolean;
  readonly isCompacting: boolean;
  readonly isMajor: boolean;
  readonly createdMs: number;
  /** Of its newest and oldest cell. */
  readonly maxTimestamp: number;
  readonly minTimestamp: number;
}

export interface PolicySettings {
  readonly compactionMin: number;
  readonly compactionMax: number;
  readonly compactionRatio: number;
  readonly compactionMinBytes: number;
  readonly compactionMaxBytes: number;
  readonly blockingFiles: number;
  readonly majorCompactionMs: number;
  readonly majorCompactionJitter: number;
}

export interface Selection<File extends Candidate> {
  /** Oldest first. */
  readonly files: readonly File[];
  /** All files of the store: deleted cells and their markers may go. */
  readonly isMajor: boolean;
}

export interface PolicyQuestion {
  readonly nowMs: number;
  readonly isForced: boolean;
  /** Cells older than this are not seen any more; -Infinity: none. */
  readonly oldestUnexpired: number;
}

export function selectFiles<File extends Candidate>(
  files: readonly File[],
  settings: PolicySettings,
  question: PolicyQuestion,
): Selection<File> | undefined {
  let candidates = behindCompacting(files);
  const hasAll = candidates.length === files.length;
  if (question.isForced) {
    if (candidates.length === 0) return undefined;
    return { files: candidates, isMajor: hasAll };
  }
  let large = 0;
  while (
    large < candidates.length &&
    candidates[large]!.bytes > settings.compactionMaxBytes &&
    !candidates[large]!.isReference
  ) {
    large++;
  }
  candidates = candidates.slice(large);
  if (candidates.length === files.length && isMajorDue(candidates, settings, question)) {
    return { files: candidates, isMajor: true };
  }
  const hasReference = candidates.some((file) => file.isReference);
  if (hasReference) {
    const chosen = candidates.slice(0, settings.compactionMax);
    return { files: chosen, isMajor: chosen.length === files.length };
  }
  const mightBeStuck = files.length >= settings.blockingFiles;
  const chosen = explore(candidates, settings, mightBeStuck);
  if (chosen.length < settings.compactionMin) return undefined;
  return { files: chosen, isMajor: chosen.length === files.length };
}

/** Only files behind the newest that is being compacted. */
function behindCompacting<File extends Candidate>(files: readonly File[]): readonly File[] {
  const last = files.findLastIndex((file) => file.isCompacting);
  return files.slice(last + 1);
}

function isMajorDue(
  files: readonly Candidate[],
  settings: PolicySettings,
  question: PolicyQuestion,
): boolean {
  const { majorCompactionMs } = settings;
  if (majorCompactionMs === 0 || files.length === 0) return false;
  const oldestMs = Math.min(...files.map((file) => file.createdMs || question.nowMs));
  if (question.nowMs - oldestMs <= majorCompactionMs + jitterOf(files, settings)) return false;
  if (files.length > 1) return true;
  const only = files[0]!;
  return !only.isMajor || only.minTimestamp < question.oldestUnexpired;
}

/** The same for the same files, so that a store keeps its moment. */
function jitterOf(files: readonly Candidate[], settings: PolicySettings): number {
  const range = settings.majorCompactionMs * settings.majorCompactionJitter;
  let hash = 0;
  for (const { name } of files) {
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  }
  return ((hash >>> 0) / 2 ** 32) * 2 * range - range;
}

/** Of all contiguous windows that the rules accept the best one. */
export function explore<File extends Candidate>(
  files: readonly File[],
  settings: PolicySettings,
  mightBeStuck: boolean,
): readonly File[] {
  let best: readonly File[] = [];
  let bestBytes = 0;
  let smallest: readonly File[] = [];
  let smallestBytes = Number.POSITIVE_INFINITY;
  for (let start = 0; start < files.length; start++) {
    let bytes = 0;
    for (let end = start; end < files.length; end++) {
      bytes += files[end]!.bytes;
      const count = end - start + 1;
      if (count > settings.compactionMax) break;
      if (count < settings.compactionMin) continue;
      const window = files.slice(start, end + 1);
      if (mightBeStuck && bytes < smallestBytes) [smallest, smallestBytes] = [window, bytes];
      if (bytes > settings.compactionMaxBytes) continue;
      const isSmall = bytes < settings.compactionMinBytes;
      if (!isSmall && !isInRatio(window, bytes, settings.compactionRatio)) continue;
      if (isBetter({ count, bytes }, { count: best.length, bytes: bestBytes }, mightBeStuck)) {
        [best, bestBytes] = [window, bytes];
      }
    }
  }
  return best.length === 0 && mightBeStuck ? smallest : best;
}

function isInRatio(window: readonly Candidate[], bytes: number, ratio: number): boolean {
  return window.every((file) => file.bytes <= (bytes - file.bytes) * ratio);
}

interface Scored {
  readonly count: number;
  readonly bytes: number;
}

/** More files, then fewer bytes; a stuck store wants many small ones. */
function isBetter(one: Scored, best: Scored, mightBeStuck: boolean): boolean {
  if (best.count === 0) return true;
  if (mightBeStuck && best.bytes > 0) {
    return one.count / one.bytes > (best.count / best.bytes) * 1.05;
  }
  return one.count > best.count || (one.count === best.count && one.bytes < best.bytes);
}

/** Bytes per second, rising as the files pile up; no limit once they block. */
export function throughputLimit(
  files: number,
  settings: PolicySettings & {
    readonly throughputLower: number;
    readonly throughputHigher: number;
  },
): number {
  const { compactionMin, blockingFiles, throughputLower, throughputHigher } = settings;
  const pressure = (files - compactionMin) / Math.max(1, blockingFiles - compactionMin);
  if (pressure > 1) return Number.POSITIVE_INFINITY;
  return throughputLower + (throughputHigher - throughputLower) * Math.max(0, pressure);
}
