/**
 * What of a log could be cleaned now, and whether it is worth it.
 *
 * Upstream: apache/kafka: storage/.../log/LogCleanerManager.java (cleanableOffsets, LogToClean);
 *           behaviour kept, code our own.
 */
import type { LogCore } from '../log-core.ts';
import { firstTimestamp } from '../segment-recovery.ts';
import type { Segment } from '../segment.ts';

export interface CleanableRange {
  readonly firstDirty: number;
  /** Base offset of the first segment that must stay as it is. */
  readonly firstUncleanable: number;
  readonly cleanBytes: number;
  readonly cleanableBytes: number;
  /** Share of the dirty part, 0 to 1. */
  readonly ratio: number;
  /** The settings ask for a round now. */
  readonly isDue: boolean;
}

export function cleanableRange(core: LogCore, cleanerOffset: number | undefined): CleanableRange {
  const nowMs = core.env.clock.now();
  const firstDirty = dirtyFrom(core, cleanerOffset);
  const firstUncleanable = uncleanableFrom(core, firstDirty, nowMs);
  let cleanBytes = 0;
  let cleanableBytes = 0;
  for (const segment of core.segments.toArray()) {
    if (segment.baseOffset >= firstUncleanable) break;
    const next = core.segments.next(segment)?.baseOffset ?? core.logEndOffset;
    if (next <= firstDirty) cleanBytes += segment.size;
    else cleanableBytes += segment.size;
  }
  const total = cleanBytes + cleanableBytes;
  const ratio = total === 0 ? 0 : cleanableBytes / total;
  const isDue =
    cleanableBytes > 0 &&
    (ratio > core.config['min.cleanable.dirty.ratio'] || isOverdue(core, firstDirty, nowMs));
  return { firstDirty, firstUncleanable, cleanBytes, cleanableBytes, ratio, isDue };
}

function dirtyFrom(core: LogCore, cleanerOffset: number | undefined): number {
  const offset = cleanerOffset ?? core.logStartOffset;
  const inside = offset >= core.logStartOffset && offset <= core.logEndOffset;
  return inside ? offset : core.logStartOffset;
}

function dirtySegments(core: LogCore, firstDirty: number): Segment[] {
  const active = core.segments.active;
  return core.segments
    .overlapping(firstDirty, Number.POSITIVE_INFINITY)
    .filter((segment) => segment !== active);
}

function uncleanableFrom(core: LogCore, firstDirty: number, nowMs: number): number {
  const active = core.segments.active;
  const lag = core.config['min.compaction.lag.ms'];
  const young =
    lag > 0
      ? dirtySegments(core, firstDirty).find((segment) => segment.largestTimestamp > nowMs - lag)
      : undefined;
  const bounds = [core.lastStableOffset, active.baseOffset];
  if (young !== undefined) bounds.push(young.baseOffset);
  const offset = Math.max(firstDirty, Math.min(...bounds));
  // Rounded down to where a segment begins: only whole segments are replaced.
  const holder = core.segments.floor(offset);
  if (holder === undefined || holder === active) return active.baseOffset;
  return holder.baseOffset;
}

/** The oldest dirty record has waited longer than max.compaction.lag.ms. */
function isOverdue(core: LogCore, firstDirty: number, nowMs: number): boolean {
  const limit = core.config['max.compaction.lag.ms'];
  if (!Number.isFinite(limit)) return false;
  return dirtySegments(core, firstDirty).some(
    (segment) => segment.size > 0 && nowMs - firstTimestampOf(segment) > limit,
  );
}

/** Known of segments written since the log was opened; read once from the others. */
function firstTimestampOf(segment: Segment): number {
  if (segment.firstTimestamp < 0) segment.firstTimestamp = firstTimestamp(segment);
  return segment.firstTimestamp >= 0 ? segment.firstTimestamp : segment.largestTimestamp;
}
