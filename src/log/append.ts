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
import { CorruptionError, InvalidArgumentError } from '../../native-free-io/index.ts';
import {
  checkHeader,
  checkRecords,
  checkSet,
  checkTimestamp,
  type Validation,
} from './append-checks.ts';
import { BatchHeader, readBatchHeader, stampBatch } from './format/batch-header.ts';
import { BatchVerdict, verifyBatch } from './format/batch-verifier.ts';
import { readEndTxnMarker } from './format/control-record.ts';
import type { LogCore } from './log-core.ts';
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
  readonly validate?: Validation;
  /** Refuse more than one batch, as a broker does with what a client sends. Default false. */
  readonly oneBatch?: boolean;
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

class PlannedBatch {
  start = 0;
  size = 0;
  readonly header: BatchHeader = new BatchHeader();
  marker: EndTxnMarker | undefined = undefined;
  /** Greatest record time; undefined where the records were not looked at. */
  maxTimestamp: number | undefined = undefined;
}

/**
 * The plan of the append under way, its objects used again by the next: an append takes a few
 * microseconds and never waits, and new objects would cost it as much as its checksum.
 */
const plan: PlannedBatch[] = [];
const spare: PlannedBatch[] = [];
const verdict: BatchVerdict = new BatchVerdict();
const keptSpares = 64;

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
  const nowMs = core.env.clock.now();
  const validate = options.validate ?? 'batch';
  analyse(core, bytes, view, {
    start: piece.start,
    length: piece.length,
    origin,
    validate,
    nowMs,
  });
  if (plan.length === 0) return result(core, core.logEndOffset, core.logEndOffset - 1, -1);
  checkSet(core, plan, { origin, oneBatch: options.oneBatch ?? false });
  const duplicate = checkProducers(core, origin);
  if (duplicate !== undefined) return duplicate;
  const stamped = origin !== 'replica';
  const logAppendTime =
    stamped && core.config['message.timestamp.type'] === 'LogAppendTime' ? nowMs : -1;
  if (stamped) {
    stamp(core, bytes, view, { leaderEpoch: options.leaderEpoch ?? 0, logAppendTime });
  }
  const last = plan[plan.length - 1]!.header.lastOffset;
  const first = plan[0]!.header.baseOffset;
  core.guardWrite(() => {
    noteEpochs(core);
    write(core, bytes, nowMs);
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

/** Checks every batch and plans it. A trailing incomplete batch is left out. */
function analyse(
  core: LogCore,
  bytes: Uint8Array,
  view: DataView,
  piece: {
    readonly start: number;
    readonly length: number;
    readonly origin: AppendOrigin;
    readonly validate: Validation;
    readonly nowMs: number;
  },
): void {
  const { origin, validate, nowMs } = piece;
  const end = piece.start + piece.length;
  let expected = core.logEndOffset;
  clearPlan();
  for (let start = piece.start; start < end;) {
    verifyBatch(bytes, view, start, end, { checksum: validate !== 'none', verdict });
    if (verdict.status === 'incomplete') break;
    const position = start - piece.start;
    if (verdict.status === 'corrupt') {
      const context = { path: core.dir, position };
      throw new CorruptionError('LOG_CORRUPT_BATCH', verdict.reason, { context });
    }
    const { size } = verdict;
    const planned = spare.pop() ?? new PlannedBatch();
    plan.push(planned);
    const { header } = planned;
    readBatchHeader(bytes, view, start, header);
    checkHeader(core, header, { origin, size, position });
    planned.start = start;
    planned.size = size;
    planned.maxTimestamp = undefined;
    if (origin !== 'replica') {
      planned.maxTimestamp = checkRecords(core, bytes, view, { start, validate, nowMs });
      if (planned.maxTimestamp === undefined) {
        checkTimestamp(core, header.maxTimestamp, { nowMs, position });
      }
    } else {
      if (header.baseOffset < expected) {
        throw new InvalidArgumentError(
          'LOG_UNEXPECTED_OFFSET',
          `batch begins at ${header.baseOffset}, the log ends at ${expected}`,
          { context: { path: core.dir, position } },
        );
      }
      expected = header.lastOffset + 1;
    }
    planned.marker =
      header.isControl && header.hasProducer ? readEndTxnMarker(bytes, start, size) : undefined;
    start += size;
  }
}

function clearPlan(): void {
  for (const planned of plan) if (spare.length < keptSpares) spare.push(planned);
  plan.length = 0;
}

/** Sequence, epoch and transaction checks; a repeated batch answers with its first result. */
function checkProducers(core: LogCore, origin: AppendOrigin): AppendResult | undefined {
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
  values: { leaderEpoch: number; logAppendTime: number },
): void {
  let offset = core.logEndOffset;
  for (const { start, header, maxTimestamp } of plan) {
    const { leaderEpoch, logAppendTime } = values;
    const place = { baseOffset: offset, leaderEpoch, logAppendTime, maxTimestamp };
    if (stampBatch(bytes, view, start, place)) {
      readBatchHeader(bytes, view, start, header);
    } else {
      header.baseOffset = offset;
      header.leaderEpoch = leaderEpoch;
    }
    offset = header.lastOffset + 1;
  }
}

function noteEpochs(core: LogCore): void {
  for (const { header } of plan) {
    if (header.magic < 2) core.epochs.clear();
    else if (header.leaderEpoch >= 0) core.epochs.assign(header.leaderEpoch, header.baseOffset);
  }
}

function write(core: LogCore, bytes: Uint8Array, nowMs: number): void {
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
