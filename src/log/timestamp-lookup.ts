/**
 * From a time to an offset.
 *
 * Upstream: apache/kafka: storage/.../log/LogSegment.java (findOffsetByTimestamp), clients/.../
 *           record/FileRecords.java (searchForTimestamp); behaviour kept, code our own.
 */
import { BatchScanner } from './batch-scanner.ts';
import { LogBatch } from './log-batch.ts';
import type { Isolation, LogCore } from './log-core.ts';
import type { Segment } from './segment.ts';

export interface TimestampedOffset {
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** -1 when the batch carries none. */
  readonly leaderEpoch: number;
}

/** The first record at or after log start whose timestamp is at least `target`. */
export function offsetForTimestamp(
  core: LogCore,
  target: number,
  isolation: Isolation,
): TimestampedOffset | undefined {
  const upper = core.upperBound(isolation);
  const count = core.segments.count;
  for (let index = core.segments.indexReaching(target); index < count; index++) {
    const segment = core.segments.at(index)!;
    if (segment.largestTimestamp < target) continue;
    const found = searchSegment(core, segment, target);
    if (found !== undefined) return found.offset < upper ? found : undefined;
  }
  return undefined;
}

/** The first record that has the greatest timestamp of the log. */
export function offsetOfMaxTimestamp(core: LogCore): TimestampedOffset | undefined {
  let best: Segment | undefined;
  for (const segment of core.segments.toArray()) {
    if (best === undefined || segment.maxTimestamp > best.maxTimestamp) best = segment;
  }
  return best === undefined || best.maxTimestamp < 0
    ? undefined
    : searchSegment(core, best, best.maxTimestamp);
}

function searchSegment(
  core: LogCore,
  segment: Segment,
  target: number,
): TimestampedOffset | undefined {
  const from = Math.max(segment.timeIndex.lookup(target), core.logStartOffset);
  const position = segment.offsetIndex.lookup(from);
  using scanner = new BatchScanner({ verify: false, readBytes: 64 << 10 });
  scanner.open(segment.file.handle(), position, segment.size);
  while (scanner.next() === 'batch') {
    const { header } = scanner;
    if (header.maxTimestamp < target || header.lastOffset < core.logStartOffset) continue;
    const bytes = scanner.bytes.subarray(scanner.start, scanner.start + scanner.size);
    const cursor = new LogBatch(header, bytes).cursor();
    while (cursor.next()) {
      if (cursor.timestamp >= target && cursor.offset >= core.logStartOffset) {
        const { offset, timestamp } = cursor;
        return { offset, timestamp, leaderEpoch: header.leaderEpoch };
      }
    }
  }
  return undefined;
}
