/**
 * Making several segments of one whose offsets pass what its indexes can say: more than 2^31 - 1
 * above its base. Kafka's cleaner of before 1.0.2 could merge segments so, and other tools may.
 *
 * The new segments are put in place as compaction does it, so a crash leaves the old one or all of
 * the new ones. Offsets lie outside the checksum: what looks like an overflow may be a flipped bit,
 * see `isOverflow`.
 *
 * Upstream: apache/kafka: storage/.../log/LogLoader.java, LocalLog.java (splitOverflowedSegment);
 *           behaviour kept, code our own.
 */
import { invariant } from '../base/index.ts';
import { BatchScanner } from './batch-scanner.ts';
import type { CleanedGroup } from './cleaning/clean-task.ts';
import { replaceSegments } from './cleaning/replace-segments.ts';
import { SegmentWriter } from './cleaning/segment-writer.ts';
import { cleanedSuffix } from './file-names.ts';
import type { LogCore } from './log-core.ts';
import { isOverflow, maxOffsetDelta, SegmentOverflow } from './segment-recovery.ts';
import { Segment } from './segment.ts';

/** Runs `load` until it meets no segment that overflows; it is told the bases of the new ones. */
export async function splitOverflows(
  core: LogCore,
  load: (fresh: ReadonlySet<number>) => Promise<void>,
): Promise<void> {
  const fresh = new Set<number>();
  for (;;) {
    try {
      await load(fresh);
      return;
    } catch (error) {
      if (!(error instanceof SegmentOverflow)) throw error;
      const { baseOffset } = error.segment;
      invariant(!fresh.has(baseOffset), 'split: a segment overflows again');
      for (const base of split(core, error)) fresh.add(base);
      for (const segment of core.segments.toArray()) segment.close();
      core.segments.clear();
    }
  }
}

/** Puts segments that fit in the place of the one that does not; their base offsets. */
function split(core: LogCore, overflow: SegmentOverflow): number[] {
  const { segment } = overflow;
  core.env.logger.log('warn', 'a segment is split: its offsets lie too far from its base', {
    path: segment.path,
  });
  const groups = writePieces(core, overflow);
  core.guardWrite(() => replaceSegments(core, groups));
  return groups.map(({ baseOffset }) => baseOffset);
}

/** Writes the sound batches, durable, under `.cleaned` names. */
function writePieces(core: LogCore, overflow: SegmentOverflow): CleanedGroup[] {
  const { segment } = overflow;
  using scanner = new BatchScanner({ verify: true });
  scanner.open(segment.file.handle(), 0, segment.file.handle().sizeSync());
  const groups: CleanedGroup[] = [];
  let piece = new Piece(core, segment.baseOffset);
  let nextOffset = segment.baseOffset;
  try {
    while (scanner.next() === 'batch') {
      const { header } = scanner;
      const { lastOffset } = header;
      if (lastOffset < nextOffset) break;
      if (lastOffset - piece.target.baseOffset > maxOffsetDelta) {
        if (!isOverflow(core, segment, { lastOffset, nextOffset })) break;
        groups.push(piece.finish(overflow, nextOffset));
        piece[Symbol.dispose]();
        piece = new Piece(core, nextOffset);
      }
      piece.writer.add(scanner.bytes, scanner.start, scanner.size, header);
      nextOffset = lastOffset + 1;
    }
    groups.push(piece.finish(overflow, nextOffset));
  } finally {
    piece[Symbol.dispose]();
  }
  return groups;
}

class Piece implements Disposable {
  readonly target: Segment;
  readonly writer: SegmentWriter;

  constructor(core: LogCore, baseOffset: number) {
    this.target = Segment.create(core.context, baseOffset, {
      config: { ...core.config, preallocate: false },
      nowMs: core.env.clock.now(),
      suffix: cleanedSuffix,
    });
    this.writer = new SegmentWriter(this.target, core.config['index.interval.bytes']);
  }

  [Symbol.dispose](): void {
    this.writer[Symbol.dispose]();
    this.target.close();
  }

  /** Makes the files whole and durable; `end` is the offset after the last. */
  finish({ segment, aborted }: SegmentOverflow, end: number): CleanedGroup {
    const { target, writer } = this;
    const { baseOffset } = target;
    writer.flush();
    for (const entry of aborted) {
      const isInside = entry.lastOffset >= baseOffset && entry.lastOffset < end;
      if (isInside) target.transactionIndex.append(entry);
    }
    target.finishTimeIndex();
    target.trim();
    target.syncNow();
    return {
      baseOffset,
      replaces: baseOffset === segment.baseOffset ? [baseOffset] : [],
      bytes: target.size,
      modifiedMs: segment.modifiedMs,
      hasTransactionIndex: target.transactionIndex.exists,
    };
  }
}
