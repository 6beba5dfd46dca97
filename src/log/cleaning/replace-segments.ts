/**
 * Puts cleaned segments in the place of those they stand for, so that a crash at any step leaves
 * either all of the old or all of the new.
 *
 *   1. `.cleaned` to `.swap`, highest base first: as long as one `.cleaned` file is left, the
 *      loader discards the round; from the last rename on it completes it.
 *   2. the old segments get `.deleted`;
 *   3. `.swap` to the final names, lowest base first; the directory is synced.
 */
import { swapSuffix } from '../file-names.ts';
import type { LogCore } from '../log-core.ts';
import { Segment, type SegmentFiles } from '../segment.ts';
import type { CleanedGroup } from './clean-task.ts';

export function replaceSegments(core: LogCore, groups: readonly CleanedGroup[]): void {
  const fresh = groups.map((group) => openCleaned(core, group));
  core.syncDirectoryNow();
  for (const segment of fresh.toReversed()) segment.changeSuffix(swapSuffix);
  core.fs.syncDirectorySync(core.dir);
  const bases = new Set(fresh.map((segment) => segment.baseOffset));
  const replaced = new Set(groups.flatMap((group) => group.replaces));
  const doomed = core.segments.toArray().filter((segment) => replaced.has(segment.baseOffset));
  core.deleteSegments(doomed, 'later', { keepSnapshots: bases });
  for (const segment of fresh) {
    segment.changeSuffix('');
    core.segments.add(segment);
  }
  core.fs.syncDirectorySync(core.dir);
}

function openCleaned(core: LogCore, group: CleanedGroup): Segment {
  const suffix = '.cleaned';
  const digits = String(group.baseOffset).padStart(20, '0');
  const size = (type: string): number | undefined =>
    core.fs.statSync(`${core.dir}/${digits}.${type}${suffix}`)?.size;
  const files: SegmentFiles = {
    baseOffset: group.baseOffset,
    logBytes: group.bytes,
    logModifiedMs: group.modifiedMs,
    offsetIndexBytes: size('index'),
    timeIndexBytes: size('timeindex'),
    hasTransactionIndex: group.hasTransactionIndex,
  };
  return new Segment(core.context, files, core.config, suffix);
}
