/**
 * Puts cleaned segments in the place of those they stand for, so that a crash at any step leaves
 * either all of the old or all of the new.
 *
 *   1. `.cleaned` to `.swap`, highest base first: as long as one `.cleaned` file is left, the
 *      loader discards the round; from the last rename on it completes it. The lowest segment is
 *      the one that decides, so the others are durable before it is renamed.
 *   2. the old segments get `.deleted`, durably: the loader knows them by the `.swap` files only;
 *   3. `.swap` to the final names, lowest base first, each durable before the next: the loader
 *      takes what lies between two `.swap` segments for old.
 */
import { swapSuffix } from '../file-names.ts';
import type { LogCore } from '../log-core.ts';
import { Segment, type SegmentFiles } from '../segment.ts';
import type { CleanedGroup } from './clean-task.ts';

export function replaceSegments(core: LogCore, groups: readonly CleanedGroup[]): void {
  const fresh = groups.map((group) => openCleaned(core, group));
  const [lowest, ...others] = fresh;
  if (lowest === undefined) return;
  const settleNames = (): void => core.fs.syncDirectorySync(core.dir);
  settleNames();
  for (const segment of others.toReversed()) segment.changeSuffix(swapSuffix);
  if (others.length > 0) settleNames();
  lowest.changeSuffix(swapSuffix);
  settleNames();
  const bases = new Set(fresh.map((segment) => segment.baseOffset));
  const replaced = new Set(groups.flatMap((group) => group.replaces));
  const doomed = core.segments.toArray().filter((segment) => replaced.has(segment.baseOffset));
  core.deleteSegments(doomed, 'later', { keepSnapshots: bases });
  settleNames();
  for (const segment of fresh) {
    segment.changeSuffix('');
    core.segments.add(segment);
    settleNames();
  }
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
