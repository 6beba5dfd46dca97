/**
 * The append path: validate batches, give them offsets in place, roll if need be, write them in one
 * piece, then bring indexes and producer state up to date.
 *
 * Nothing is changed before every check of the set has passed; after that, a failing write poisons
 * the log, because memory and file may differ.
 *
 * Upstream:   apache/kafka: core/.../log/UnifiedLog.scala (append),
 *             storage/.../log/LogValidator.java; behaviour kept, code our own.
 * Format doc: docs/formats/log.md, "Record batch".
 */
import {
  CorruptionError,
  InvalidArgumentError,
  LimitError,
  type ErrorContext,
} from '../../native-free-io/index.ts';
import { BatchHeader, readBatchHeader, stampBatch } from './format/batch-header.ts';
import { BatchVerdict, verifyBatch, verifyRecords } from './format/batch-verifier.ts';
import { readEndTxnMarker } from './format/control-record.ts';
import type { LogCore } from './log-core.ts';
import { isCompacted } from './options.ts';
import type { AppendOrigin, EndTxnMarker } from './producer-state.ts';
import { rollIfNeeded } from './roll.ts';

export interface AppendBatchesOptions {
  /** Who speaks: decides which checks apply. Default 'client'. */
  readonly origin?: AppendOrigin;
  /** Epoch stamped into the batches (ignored for 'replica'). Default 0. */
  readonly leaderEpoch?: number;
  /**
   * How much of a client's batch is looked at: 'batch' checks framing, checksum and header;
   * 'records' also decompresses and walks every record, as a broker must for foreign clients;
   * 'none' is for bytes this process just encoded.
   * Default 'batch'; compacted logs always walk, because every record needs a key.
   */
  readonly validate?: 'batch' | 'records' | 'none';
}

export interface AppendResult {
  /** Offset of the first record; of the earlier append when `duplicate`. */
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Broker time stamped into the batches, -1 when the producer's times were kept. */
  readonly logAppendTime: number;
  readonly logStartOffset: number;
  /** True when the idempotent producer repeated an append; nothing was written. */
  readonly duplicate: boolean;
}

interface PlannedBatch {
  readonly start: number;
  readonly size: number;
  readonly header: BatchHeader;
  readonly marker: EndTxnMarker | undefined;
  /** Greatest record time; undefined where the records were not looked at. */
  readonly maxTimestamp: number | undefined;
}

/**
 * Appends the whole batches in `bytes[start, start + length)`. Offsets, epoch and, where the log
 * asks for it, timestamps are written INTO these bytes (except for 'replica').
 */
export function appendBatches(
  core: LogCore,
  bytes: Uint8Array,
  piece: { start: number; length: number },
  options: AppendBatchesOptions = {},
): AppendResult {
  core.assertWritable();
  const origin = options.origin ?? 'client';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plan = analyse(core, bytes, view, {
    start: piece.start,
    length: piece.length,
    origin,
    validate: options.validate,
  });
  if (plan.length === 0) return result(core, core.logEndOffset, core.logEndOffset - 1, -1);
  checkSet(core, plan, origin);
  const duplicate = checkProducers(core, plan, origin);
  if (duplicate !== undefined) return duplicate;
  const now = core.env.clock.now();
  const stamped = origin !== 'replica';
  const logAppendTime =
    stamped && core.config['message.timestamp.type'] === 'LogAppendTime' ? now : -1;
  if (stamped) {
    stamp(core, bytes, view, plan, { leaderEpoch: options.leaderEpoch ?? 0, logAppendTime });
  }
  const last = plan[plan.length - 1]!.header.lastOffset;
  const first = plan[0]!.header.baseOffset;
  core.guardWrite(() => {
    noteEpochs(core, plan);
    write(core, bytes, plan, now);
  });
  return result(core, first, last, logAppendTime);
}

function result(
  core: LogCore,
  baseOffset: number,
  lastOffset: number,
  logAppendTime: number,
): AppendResult {
  const { logStartOffset } = core;
  return { baseOffset, lastOffset, logAppendTime, logStartOffset, duplicate: false };
}

/** Checks every batch and collects their headers. A trailing incomplete batch is left out. */
function analyse(
  core: LogCore,
  bytes: Uint8Array,
  view: DataView,
  piece: {
    start: number;
    length: number;
    origin: AppendOrigin;
    validate: AppendBatchesOptions['validate'];
  },
): PlannedBatch[] {
  const plan: PlannedBatch[] = [];
  const end = piece.start + piece.length;
  let expected = core.logEndOffset;
  for (let start = piece.start; start < end;) {
    const verdict = new BatchVerdict();
    verifyBatch(bytes, view, start, end, { checksum: piece.validate !== 'none', verdict });
    if (verdict.status === 'incomplete') break;
    const context: ErrorContext = { path: core.dir, position: start - piece.start };
    if (verdict.status === 'corrupt') {
      throw new CorruptionError('LOG_CORRUPT_BATCH', verdict.reason, { context });
    }
    const header = new BatchHeader();
    readBatchHeader(bytes, view, start, header);
    checkHeader(core, header, { origin: piece.origin, size: verdict.size, context });
    let maxTimestamp: number | undefined;
    if (piece.origin !== 'replica') {
      maxTimestamp = checkRecords(core, bytes, view, { start, validate: piece.validate });
      if (maxTimestamp === undefined) checkTimestamp(core, header.maxTimestamp, context);
    } else {
      if (header.baseOffset < expected) {
        throw new InvalidArgumentError(
          'LOG_UNEXPECTED_OFFSET',
          `batch begins at ${header.baseOffset}, the log ends at ${expected}`,
          { context },
        );
      }
      expected = header.lastOffset + 1;
    }
    const marker =
      header.isControl && header.hasProducer
        ? readEndTxnMarker(bytes, start, verdict.size)
        : undefined;
    plan.push({ start, size: verdict.size, header, marker, maxTimestamp });
    start += verdict.size;
  }
  return plan;
}

/** What holds for the whole set: it fits a segment, and a producer sends one batch at a time. */
function checkSet(core: LogCore, plan: readonly PlannedBatch[], origin: AppendOrigin): void {
  if (plan.length === 1) return;
  const total = plan.reduce((sum, batch) => sum + batch.size, 0);
  if (total > core.config['segment.bytes']) {
    throw new LimitError(
      'LOG_BATCH_SET_TOO_LARGE',
      `${plan.length} batches of ${total} bytes do not fit a segment of ${core.config['segment.bytes']}`,
      { context: { path: core.dir } },
    );
  }
  if (origin !== 'client' || !plan.some(({ header }) => header.hasProducer)) return;
  throw new InvalidArgumentError(
    'LOG_INVALID_RECORD',
    'an idempotent producer appends one batch at a time',
    { context: { path: core.dir } },
  );
}

function checkHeader(
  core: LogCore,
  header: BatchHeader,
  batch: { origin: AppendOrigin; size: number; context: ErrorContext },
): void {
  const { context, origin } = batch;
  const refuse = (reason: string): never => {
    throw new InvalidArgumentError('LOG_INVALID_RECORD', reason, { context });
  };
  if (batch.size > core.config['segment.bytes']) {
    throw new LimitError(
      'LOG_BATCH_SET_TOO_LARGE',
      `a batch of ${batch.size} bytes does not fit a segment of ${core.config['segment.bytes']}`,
      { context },
    );
  }
  if (origin === 'replica') return;
  if (header.magic !== 2) refuse(`magic ${header.magic}: only version 2 batches can be appended`);
  if (batch.size > core.config['max.message.bytes']) {
    throw new LimitError(
      'LOG_RECORD_TOO_LARGE',
      `a batch of ${batch.size} bytes passes max.message.bytes ${core.config['max.message.bytes']}`,
      { context },
    );
  }
  if (origin !== 'client') return;
  if (header.baseOffset !== 0) refuse(`base offset ${header.baseOffset}: a client's is 0`);
  if (header.isControl) refuse('clients may not append control batches');
  if (header.recordCount <= 0) refuse('an empty batch');
  if (header.lastOffsetDelta + 1 !== header.recordCount) {
    refuse(`${header.recordCount} records, but a last offset delta of ${header.lastOffsetDelta}`);
  }
  if (header.hasProducer && header.baseSequence < 0) refuse('a producer id without a sequence');
  if (header.isTransactional && !header.hasProducer) refuse('transactional without a producer id');
  if (!header.isLogAppendTime) return;
  throw new InvalidArgumentError(
    'LOG_INVALID_TIMESTAMP',
    'the timestamp type is for the log to set',
    { context },
  );
}

/** Throws LOG_INVALID_TIMESTAMP unless the log's settings allow the time. */
export function checkTimestamp(core: LogCore, timestamp: number, context: ErrorContext): void {
  if (core.config['message.timestamp.type'] === 'LogAppendTime' || timestamp === -1) return;
  const now = core.env.clock.now();
  const oldest = now - core.config['message.timestamp.before.max.ms'];
  const newest = now + core.config['message.timestamp.after.max.ms'];
  if (timestamp >= 0 && timestamp >= oldest && timestamp <= newest) return;
  throw new InvalidArgumentError(
    'LOG_INVALID_TIMESTAMP',
    `timestamp ${timestamp} lies outside ${oldest}..${newest}`,
    { context },
  );
}

/** The record-level checks, where asked for or needed; then the greatest record time. */
function checkRecords(
  core: LogCore,
  bytes: Uint8Array,
  view: DataView,
  batch: {
    start: number;
    validate: AppendBatchesOptions['validate'];
  },
): number | undefined {
  const keysNeeded = isCompacted(core.config);
  if (batch.validate === 'none' || (batch.validate !== 'records' && !keysNeeded)) {
    return undefined;
  }
  const context: ErrorContext = { path: core.dir, position: batch.start };
  const verdict = verifyRecords(bytes, view, batch.start, {
    maxLength: Math.max(64 << 20, core.config['max.message.bytes'] * 64),
  });
  if (verdict.status !== 'ok') {
    throw new CorruptionError('LOG_CORRUPT_RECORD', verdict.reason, { context });
  }
  if (!verdict.consecutive) {
    throw new InvalidArgumentError('LOG_INVALID_RECORD', 'offset deltas are not 0, 1, 2, …', {
      context,
    });
  }
  if (keysNeeded && verdict.recordsWithoutKey > 0) {
    throw new InvalidArgumentError('LOG_INVALID_RECORD', 'a compacted log needs a key per record', {
      context,
    });
  }
  checkTimestamp(core, verdict.minTimestamp, context);
  checkTimestamp(core, verdict.maxTimestamp, context);
  return verdict.maxTimestamp;
}

/** Sequence, epoch and transaction checks; a repeated batch answers with its first result. */
function checkProducers(
  core: LogCore,
  plan: readonly PlannedBatch[],
  origin: AppendOrigin,
): AppendResult | undefined {
  for (const { header, marker } of plan) {
    if (!header.hasProducer) continue;
    if (origin === 'client') {
      const earlier = core.producers.findDuplicate(header);
      if (earlier !== undefined) {
        return {
          baseOffset: earlier.lastOffset - earlier.offsetDelta,
          lastOffset: earlier.lastOffset,
          logAppendTime:
            core.config['message.timestamp.type'] === 'LogAppendTime' ? earlier.timestamp : -1,
          logStartOffset: core.logStartOffset,
          duplicate: true,
        };
      }
    }
    if (marker !== undefined) core.producers.checkMarker(header, marker, origin);
    else if (!header.isControl) core.producers.checkBatch(header, origin);
  }
  return undefined;
}

function stamp(
  core: LogCore,
  bytes: Uint8Array,
  view: DataView,
  plan: readonly PlannedBatch[],
  values: { leaderEpoch: number; logAppendTime: number },
): void {
  let offset = core.logEndOffset;
  for (const { start, header, maxTimestamp } of plan) {
    stampBatch(bytes, view, start, {
      baseOffset: offset,
      leaderEpoch: values.leaderEpoch,
      logAppendTime: values.logAppendTime,
      maxTimestamp,
    });
    readBatchHeader(bytes, view, start, header);
    offset = header.lastOffset + 1;
  }
}

function noteEpochs(core: LogCore, plan: readonly PlannedBatch[]): void {
  for (const { header } of plan) {
    if (header.magic < 2) core.epochs.clear();
    else if (header.leaderEpoch >= 0) core.epochs.assign(header.leaderEpoch, header.baseOffset);
  }
}

function write(
  core: LogCore,
  bytes: Uint8Array,
  plan: readonly PlannedBatch[],
  nowMs: number,
): void {
  const first = plan[0]!;
  const last = plan[plan.length - 1]!;
  const length = last.start + last.size - first.start;
  let maxTimestamp = -1;
  for (const { header } of plan) maxTimestamp = Math.max(maxTimestamp, header.maxTimestamp);
  rollIfNeeded(core, {
    bytes: length,
    firstOffset: first.header.baseOffset,
    lastOffset: last.header.lastOffset,
    maxTimestamp,
    nowMs,
  });
  const segment = core.segments.active;
  const position = segment.size;
  segment.write(bytes, first.start, length);
  core.logEndOffset = last.header.lastOffset + 1;
  const interval = core.config['index.interval.bytes'];
  for (const { header, marker, start, size } of plan) {
    segment.noteBatch(
      {
        lastOffset: header.lastOffset,
        maxTimestamp: header.maxTimestamp,
        position: position + start - first.start,
        size,
      },
      interval,
    );
    if (header.hasProducer) noteProducer(core, header, marker);
  }
  core.producers.endOffset = core.logEndOffset;
  if (core.soleReplica) core.raiseHighWatermark(core.logEndOffset);
}

function noteProducer(core: LogCore, header: BatchHeader, marker: EndTxnMarker | undefined): void {
  if (!header.isControl) {
    core.producers.recordBatch(header);
    return;
  }
  if (marker === undefined) return;
  const completed = core.producers.recordMarker(header, marker);
  if (completed === undefined) return;
  if (completed.aborted) {
    core.segments.active.transactionIndex.append({
      producerId: completed.producerId,
      firstOffset: completed.firstOffset,
      lastOffset: completed.lastOffset,
      lastStableOffset: core.producers.stableOffsetAfter(completed),
    });
  }
  core.producers.complete(completed);
}
