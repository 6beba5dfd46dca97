/**
 * Reading a segment's data to find out what is sound: the end of the last whole batch, and the
 * rebuilding of indexes, epochs and producer state from the batches themselves.
 *
 * Recovery trusts nothing but batches whose checksum holds; at the first one that does not, or at
 * an incomplete tail, the file is cut.
 *
 * Upstream: apache/kafka: storage/.../log/LogSegment.java (recover); behaviour kept, code our own.
 */
import { StoreError } from '../../native-free-io/index.ts';
import { BatchScanner } from './batch-scanner.ts';
import { classifyFileName } from './file-names.ts';
import type { AbortedTxn } from './format/index-entry.ts';
import type { LogCore } from './log-core.ts';
import { rebuildStateBefore } from './producer-rebuild.ts';
import { replayBatch } from './producer-replay.ts';
import type { Segment } from './segment.ts';

const probeBytes = 64 << 10;
/** What the indexes of a segment can say. */
export const maxOffsetDelta = 0x7fffffff;

/** Last offset of a batch, and the least it may be. */
interface Step {
  readonly lastOffset: number;
  readonly nextOffset: number;
}

/** Sound batches lie too far from the base of their segment. The loader catches it and splits. */
export class SegmentOverflow extends Error {
  readonly segment: Segment;
  /** Of its transaction index, before recovery emptied that. */
  readonly aborted: readonly AbortedTxn[];

  constructor(segment: Segment, aborted: readonly AbortedTxn[]) {
    super(`offsets too far from the base of ${segment.path}`);
    this.segment = segment;
    this.aborted = aborted;
  }
}

export interface EndOfData {
  /** Byte after the last whole batch. */
  readonly position: number;
  /** Offset after the last record; the base offset of an empty segment. */
  readonly nextOffset: number;
  /** Greatest max timestamp among the batches scanned, -1 when none has one. */
  readonly maxTimestamp: number;
  readonly maxTimestampOffset: number;
}

/**
 * Scans from the last index entry to the end. With `splitIn`, the log it is in, an overflow is
 * thrown as `SegmentOverflow` and not taken for the end.
 */
export function endOfData(
  segment: Segment,
  options: { verify: boolean; splitIn?: LogCore },
): EndOfData {
  using scanner = new BatchScanner({ verify: options.verify, readBytes: probeBytes });
  const { baseOffset, offsetIndex: index } = segment;
  const { splitIn } = options;
  const start = { position: 0, offset: baseOffset, splitIn };
  if (index.count === 0) return scanToEnd(scanner, segment, start);
  const position = index.positionAt(index.count - 1);
  const result = scanToEnd(scanner, segment, { position, offset: index.lastOffset, splitIn });
  // An index that points at something else than its batch is not believed.
  return result.position > position ? result : scanToEnd(scanner, segment, start);
}

/** `from.offset`: the least last offset the first batch may have. */
function scanToEnd(
  scanner: BatchScanner,
  segment: Segment,
  from: {
    readonly position: number;
    readonly offset: number;
    readonly splitIn: LogCore | undefined;
  },
): EndOfData {
  scanner.open(segment.file.handle(), from.position, segment.size);
  let nextOffset = from.offset;
  let maxTimestamp = -1;
  let maxTimestampOffset = segment.baseOffset;
  while (scanner.next() === 'batch') {
    const { header } = scanner;
    const step = { lastOffset: header.lastOffset, nextOffset };
    if (!follows(segment, step)) {
      if (from.splitIn !== undefined) throwOverflow(from.splitIn, segment, step);
      break;
    }
    nextOffset = header.lastOffset + 1;
    if (header.maxTimestamp > maxTimestamp) {
      maxTimestamp = header.maxTimestamp;
      maxTimestampOffset = header.lastOffset;
    }
  }
  return { position: scanner.position, nextOffset, maxTimestamp, maxTimestampOffset };
}

/** The checksum leaves the offset out; a damaged one shows by its place among the others. */
function follows(segment: Segment, { lastOffset, nextOffset }: Step): boolean {
  return lastOffset >= nextOffset && lastOffset - segment.baseOffset <= maxOffsetDelta;
}

/**
 * Whether an offset that does not fit the segment belongs there all the same, as in segments that
 * other tools merged. One that lies too far from the one before it, or in the range of another
 * segment, is a damaged one.
 */
export function isOverflow(
  core: LogCore,
  segment: Segment,
  { lastOffset, nextOffset }: Step,
): boolean {
  const { baseOffset } = segment;
  if (lastOffset - baseOffset <= maxOffsetDelta) return false;
  if (lastOffset < nextOffset || lastOffset - nextOffset > maxOffsetDelta) return false;
  return !core.fs.listSync(core.dir).some(({ name }) => {
    const file = classifyFileName(name);
    const isOther = file?.type === 'log' && file.suffix === '' && file.offset > baseOffset;
    return isOther && file.offset <= lastOffset;
  });
}

function throwOverflow(
  core: LogCore,
  segment: Segment,
  step: Step,
  aborted: readonly AbortedTxn[] = abortedIn(segment),
): void {
  if (isOverflow(core, segment, step)) throw new SegmentOverflow(segment, aborted);
}

/** What the transaction index says; nothing when it makes no sense. */
function abortedIn(segment: Segment): readonly AbortedTxn[] {
  try {
    segment.transactionIndex.checkSanity();
    return [...segment.transactionIndex.entries];
  } catch {
    return [];
  }
}

/** Max timestamp of the first batch, from which a segment's age counts; -1 when it is empty. */
export function firstTimestamp(segment: Segment): number {
  if (segment.size === 0) return -1;
  using scanner = new BatchScanner({ verify: false, readBytes: probeBytes });
  scanner.open(segment.file.handle(), 0, segment.size);
  return scanner.next() === 'batch' ? scanner.header.maxTimestamp : -1;
}

/**
 * Takes account of timestamps behind the last time index entry, as is needed when the segment was
 * cut: what the index knew last may be gone, or may never have been entered.
 */
export function rereadMaxTimestamp(segment: Segment): void {
  using scanner = new BatchScanner({ verify: false, readBytes: probeBytes });
  const from = segment.offsetIndex.lookup(segment.timeIndex.lastOffset);
  scanner.open(segment.file.handle(), from, segment.size);
  while (scanner.next() === 'batch') {
    segment.raiseMaxTimestamp(scanner.header.maxTimestamp, scanner.header.lastOffset);
  }
}

/** Whether the last index entries fit the data that ends so: new ones must be able to follow. */
export function indexesFit(segment: Segment, end: EndOfData): boolean {
  const { baseOffset, offsetIndex, timeIndex } = segment;
  const inside = (offset: number): boolean => offset >= baseOffset && offset < end.nextOffset;
  try {
    if (offsetIndex.count > 0) {
      const position = offsetIndex.positionAt(offsetIndex.count - 1);
      const positionInside = position >= 0 && position < segment.size;
      if (!positionInside || !inside(offsetIndex.lastOffset)) return false;
    }
    if (timeIndex.count === 0) return true;
    if (timeIndex.lastTimestamp < 0 || !inside(timeIndex.lastOffset)) return false;
    const raised = end.maxTimestamp > timeIndex.lastTimestamp;
    return !raised || end.maxTimestampOffset >= timeIndex.lastOffset;
  } catch (error) {
    // A time outside the safe integers.
    if (error instanceof StoreError) return false;
    throw error;
  }
}

/**
 * Verifies the whole segment, rebuilds its indexes, cuts what is unsound; bytes cut. `beforeCut` is
 * called when something will be cut.
 */
export function recoverSegment(core: LogCore, segment: Segment, beforeCut?: () => void): number {
  const before = segment.file.handle().sizeSync();
  const aborted = abortedIn(segment);
  segment.resetIndexes();
  rebuildStateBefore(core, segment.baseOffset);
  using scanner = new BatchScanner({ verify: true });
  scanner.open(segment.file.handle(), 0, before);
  segment.size = 0;
  const interval = core.config['index.interval.bytes'];
  let nextOffset = segment.baseOffset;
  while (scanner.next() === 'batch') {
    const header = scanner.header;
    const lastOffset = header.lastOffset;
    if (!follows(segment, { lastOffset, nextOffset })) {
      throwOverflow(core, segment, { lastOffset, nextOffset }, aborted);
      break;
    }
    const { position, size } = scanner;
    segment.noteBatch({ lastOffset, maxTimestamp: header.maxTimestamp, position, size }, interval);
    if (header.magic >= 2) {
      const latest = core.epochs.latest?.epoch ?? -1;
      if (header.leaderEpoch >= 0 && header.leaderEpoch > latest) {
        core.epochs.assign(header.leaderEpoch, header.baseOffset);
      }
      replayBatch(core.producers, scanner, (entry) => segment.transactionIndex.append(entry));
    }
    nextOffset = lastOffset + 1;
  }
  core.producers.endOffset = nextOffset;
  const truncated = before - segment.size;
  if (truncated > 0) {
    beforeCut?.();
    segment.file.handle().truncateSync(segment.size);
  }
  segment.finishRebuild();
  core.snapshots.take(core.producers);
  return truncated;
}
