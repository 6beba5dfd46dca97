/**
 * Cutting a log at its end or start: truncation to an offset, a restart at an offset, and moving
 * the log start.
 *
 * Upstream: apache/kafka: core/.../log/UnifiedLog.scala (truncateTo, truncateFullyAndStartAt,
 * maybeIncrementLogStartOffset); behaviour kept, code our own.
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';
import type { LogCore } from './log-core.ts';
import { rebuildProducerState } from './producer-rebuild.ts';
import { findBatchPosition } from './read.ts';
import { rereadMaxTimestamp } from './segment-recovery.ts';

/**
 * Removes everything at and above `offset`; a batch that straddles it goes whole. `keepStart` is
 * for the case that nothing is left, see `truncateFullyAndStartAt`.
 */
export function truncateTo(core: LogCore, offset: number, keepStart: () => void): void {
  checkOffset(offset);
  core.assertWritable();
  if (offset >= core.logEndOffset) {
    core.epochs.truncateFromEnd(core.logEndOffset);
    return;
  }
  if (offset < core.segments.first.baseOffset) {
    truncateFullyAndStartAt(core, offset, keepStart);
    return;
  }
  core.guardWrite(() => {
    const doomed = core.segments.toArray().filter((segment) => segment.baseOffset > offset);
    core.deleteSegments(doomed, 'later');
    // The names must be gone for good before the cut: otherwise a crash could bring a later segment
    // back behind the gap, and with it records that were truncated.
    if (doomed.length > 0) core.fs.syncDirectorySync(core.dir);
    const active = core.segments.active;
    const position = findBatchPosition(active, offset) ?? active.size;
    active.cut(position, offset, core.env.clock.now());
    rereadMaxTimestamp(active);
    core.generation++;
    settle(core, offset);
    core.snapshots.removeWhere((at) => at > offset);
    core.epochs.truncateFromEnd(offset);
    core.logStartOffset = Math.min(core.logStartOffset, offset);
    rebuildProducerState(core, offset);
    // The replay took every transaction it met for one whose end is not replicated yet.
    core.producers.onHighWatermark(core.highWatermark);
  });
}

/**
 * Removes all data; the log continues, empty, at `offset`. The new log start is durable before a
 * file is touched (`keepStart`): should a crash leave old segments below it, the next open drops
 * them, and a directory left without any segment begins there.
 */
export function truncateFullyAndStartAt(
  core: LogCore,
  offset: number,
  keepStart: () => void,
): void {
  checkOffset(offset);
  core.assertWritable();
  core.guardWrite(() => {
    core.logStartOffset = offset;
    settle(core, offset);
    core.highWatermark = offset;
    keepStart();
    core.deleteSegments(core.segments.toArray().toReversed(), 'later');
    core.addSegment(offset);
    core.snapshots.removeWhere(() => true);
    core.epochs.clear();
    core.producers.clear(offset);
  });
}

/** Raises the log start offset, at most to the high watermark; false when it lies there already. */
export function raiseLogStart(core: LogCore, offset: number): boolean {
  checkOffset(offset);
  if (offset > core.highWatermark) {
    throw new InvalidArgumentError(
      'LOG_OFFSET_OUT_OF_RANGE',
      `cannot delete records before ${offset}: the high watermark is ${core.highWatermark}`,
      { context: { path: core.dir, offset } },
    );
  }
  if (offset <= core.logStartOffset) return false;
  core.logStartOffset = offset;
  core.epochs.truncateFromStart(offset);
  return true;
}

function settle(core: LogCore, logEndOffset: number): void {
  core.logEndOffset = logEndOffset;
  core.recoveryPoint = Math.min(core.recoveryPoint, logEndOffset);
  core.highWatermark = Math.min(core.highWatermark, logEndOffset);
  // What will be written at these offsets has not been compacted.
  if (core.cleanerOffset !== undefined) {
    core.cleanerOffset = Math.min(core.cleanerOffset, logEndOffset);
  }
}

function checkOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new InvalidArgumentError('LOG_OFFSET_OUT_OF_RANGE', `not an offset: ${String(offset)}`);
  }
}
