/**
 * Finding and handing out data: offset reads as file regions, nothing parsed beyond batch headers.
 *
 * A region starts at a batch boundary, possibly at a batch whose base offset lies below the offset
 * asked for, and may end inside a batch unless the reader asked for whole ones.
 *
 * Upstream: apache/kafka: storage/.../log/{LogSegment,LocalLog}.java (read, collectAbortedTxns);
 *           behaviour kept, code our own.
 */
import {
  InvalidArgumentError,
  readInt64,
  type FileHandle,
  type FileRegion,
} from '../../native-free-io/index.ts';
import type { AbortedTxn } from './format/index-entry.ts';
import {
  batchHeaderBytes,
  batchLengthPosition,
  lastOffsetDeltaPosition,
  logOverheadBytes,
  magicPosition,
} from './format/layout.ts';
import type { Isolation, LogCore } from './log-core.ts';
import type { Segment } from './segment.ts';

export interface ReadOptions {
  /** Most bytes to hand out. Default 1 MiB. */
  readonly maxBytes?: number;
  readonly isolation?: Isolation;
  /** Hand out the first batch whole even if it is larger than `maxBytes`. Default true. */
  readonly minOneBatch?: boolean;
}

/** A piece of a segment file, kept open until `release` is called. */
export interface LogRegion extends FileRegion, Disposable {
  /** Base offset of the segment the region lies in. */
  readonly segmentBaseOffset: number;
  /** Watermarks at the time of the read. */
  readonly logStartOffset: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
  readonly logEndOffset: number;
  /** For read_committed: transactions whose records in this region must be skipped. */
  readonly abortedTransactions: readonly AbortedTxn[];
  /** Idempotent. */
  release(): void;
}

/** Where a batch lies; filled by `locateBatch`. */
export interface BatchLocation {
  position: number;
  size: number;
  baseOffset: number;
  lastOffset: number;
}

const probeBytes = 16 << 10;
/** Scratch of this thread: every use is synchronous and over before the next begins. */
const probe = new Uint8Array(probeBytes);
const probeView = new DataView(probe.buffer);

/** The first batch of `segment` with last offset >= target; false when there is none. */
export function locateBatch(segment: Segment, target: number, out: BatchLocation): boolean {
  const { offsetIndex } = segment;
  const entry = offsetIndex.floor(target);
  // The next entry's batch ends beyond the target: nothing behind its header is of interest.
  const next =
    entry + 1 < offsetIndex.count
      ? offsetIndex.positionAt(entry + 1) + batchHeaderBytes
      : segment.size;
  const from = entry < 0 ? 0 : offsetIndex.positionAt(entry);
  return scanFrom(segment, { from, likelyEnd: next }, out, (at) => lastOffsetAt(at) >= target);
}

/** Byte position of the first batch with last offset >= target, undefined when there is none. */
export function findBatchPosition(segment: Segment, target: number): number | undefined {
  return locateBatch(segment, target, shared) ? shared.position : undefined;
}

const shared: BatchLocation = { position: 0, size: 0, baseOffset: 0, lastOffset: 0 };

function scanFrom(
  segment: Segment,
  { from, likelyEnd }: { readonly from: number; readonly likelyEnd: number },
  out: BatchLocation,
  matches: (at: number) => boolean,
): boolean {
  const file: FileHandle = segment.file.handle();
  let position = from;
  while (segment.size - position >= logOverheadBytes) {
    const ahead = likelyEnd - position;
    const wanted = ahead >= batchHeaderBytes ? ahead : probeBytes;
    const length = Math.min(probeBytes, wanted, segment.size - position);
    const got = file.readSync(probe, 0, length, position);
    let at = 0;
    while (at + batchHeaderBytes <= got || (at + 18 <= got && position + got === segment.size)) {
      const size = probeView.getInt32(at + batchLengthPosition) + logOverheadBytes;
      if (matches(at)) {
        out.position = position + at;
        out.size = size;
        out.baseOffset = readInt64(probeView, at);
        out.lastOffset = lastOffsetAt(at);
        return true;
      }
      at += size;
      if (size < logOverheadBytes) return false;
    }
    if (at === 0) return false;
    position += at;
  }
  return false;
}

function lastOffsetAt(at: number): number {
  const offset = readInt64(probeView, at);
  const magic = probeView.getInt8(at + magicPosition);
  return magic < 2 ? offset : offset + probeView.getInt32(at + lastOffsetDeltaPosition);
}

/** Throws LOG_OFFSET_OUT_OF_RANGE unless log start <= offset <= log end. */
export function checkReadOffset(core: LogCore, offset: number): void {
  if (
    Number.isSafeInteger(offset) &&
    offset >= core.logStartOffset &&
    offset <= core.logEndOffset
  ) {
    return;
  }
  throw new InvalidArgumentError(
    'LOG_OFFSET_OUT_OF_RANGE',
    `offset ${String(offset)} lies outside ${core.logStartOffset}..${core.logEndOffset}`,
    { context: { path: core.dir, offset } },
  );
}

/**
 * The region holding `offset` and what follows, bounded by options; undefined when nothing is
 * visible.
 */
export function readRegion(
  core: LogCore,
  offset: number,
  options: ReadOptions = {},
): LogRegion | undefined {
  checkReadOffset(core, offset);
  const isolation = options.isolation ?? 'read_uncommitted';
  const upper = core.upperBound(isolation);
  if (offset >= upper) return undefined;
  const found: BatchLocation = { position: 0, size: 0, baseOffset: 0, lastOffset: 0 };
  for (let index = core.segments.floorIndex(offset); ; index++) {
    const segment = core.segments.at(index);
    if (segment === undefined || segment.baseOffset >= upper) return undefined;
    if (!locateBatch(segment, offset, found)) continue;
    const limit = endOfVisible(core, segment, upper);
    const maxBytes = options.maxBytes ?? 1 << 20;
    const wanted = (options.minOneBatch ?? true) ? Math.max(maxBytes, found.size) : maxBytes;
    const length = Math.min(limit - found.position, wanted);
    if (length <= 0) return undefined;
    return makeRegion(core, segment, { start: found.position, length, offset, isolation });
  }
}

/** Byte position in `segment` up to which a reader bounded by offset `upper` may see. */
function endOfVisible(core: LogCore, segment: Segment, upper: number): number {
  if (upper >= core.logEndOffset) return segment.size;
  const next = core.segments.next(segment);
  if (next !== undefined && next.baseOffset <= upper) return segment.size;
  return findBatchPosition(segment, upper) ?? segment.size;
}

function makeRegion(
  core: LogCore,
  segment: Segment,
  piece: { start: number; length: number; offset: number; isolation: Isolation },
): LogRegion {
  const release = segment.file.pin();
  return {
    file: segment.file.handle(),
    position: piece.start,
    length: piece.length,
    segmentBaseOffset: segment.baseOffset,
    logStartOffset: core.logStartOffset,
    lastStableOffset: core.lastStableOffset,
    highWatermark: core.highWatermark,
    logEndOffset: core.logEndOffset,
    abortedTransactions:
      piece.isolation === 'read_committed'
        ? abortedTransactions(core, segment, piece.offset, piece.start + piece.length)
        : [],
    release,
    [Symbol.dispose]: release,
  };
}

/** Aborted transactions that overlap a fetch from `offset` ending at byte `end` of `segment`. */
function abortedTransactions(
  core: LogCore,
  segment: Segment,
  offset: number,
  end: number,
): AbortedTxn[] {
  const bound =
    segment.offsetIndex.offsetAtOrAfterPosition(end) ??
    core.segments.next(segment)?.baseOffset ??
    core.logEndOffset;
  const result: AbortedTxn[] = [];
  for (let current: Segment | undefined = segment; current !== undefined;) {
    for (const entry of current.transactionIndex.entries) {
      if (entry.lastOffset >= offset && entry.firstOffset < bound) result.push(entry);
      if (entry.lastStableOffset >= bound) return result;
    }
    current = core.segments.next(current);
  }
  return result;
}
