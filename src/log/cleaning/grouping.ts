/**
 * Which segments become one: neighbours, as long as their files together stay within the limits of
 * one segment and every offset fits the 32-bit deltas of its indexes.
 */
import type { LogConfig } from '../options.ts';
import type { SegmentFiles } from '../segment.ts';

const maxDelta = 0x7fffffff;

/** `sources` ascend; `endOffset` is the offset after the last one's. */
export function groupSegments(
  sources: readonly SegmentFiles[],
  config: LogConfig,
  endOffset: number,
): SegmentFiles[][] {
  const groups: SegmentFiles[][] = [];
  let group: SegmentFiles[] = [];
  let logBytes = 0;
  let indexBytes = 0;
  let timeIndexBytes = 0;
  for (const [index, source] of sources.entries()) {
    const lastPossible = (sources[index + 1]?.baseOffset ?? endOffset) - 1;
    logBytes += source.logBytes;
    indexBytes += source.offsetIndexBytes ?? 0;
    timeIndexBytes += source.timeIndexBytes ?? 0;
    const fits =
      logBytes <= config['segment.bytes'] &&
      indexBytes <= config['segment.index.bytes'] &&
      timeIndexBytes <= config['segment.index.bytes'] &&
      (source.logBytes === 0 || lastPossible - (group[0] ?? source).baseOffset <= maxDelta);
    if (group.length > 0 && !fits) {
      groups.push(group);
      group = [];
      logBytes = source.logBytes;
      indexBytes = source.offsetIndexBytes ?? 0;
      timeIndexBytes = source.timeIndexBytes ?? 0;
    }
    group.push(source);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
