/**
 * What an append refuses before anything is changed: framing and size, what only the log may set,
 * times outside the settings, keyless records of a compacted log.
 *
 * Upstream: apache/kafka: storage/.../log/LogValidator.java, core/.../log/UnifiedLog.scala
 *           (analyzeAndValidateRecords); behaviour kept, code our own.
 */
import {
  CorruptionError,
  InvalidArgumentError,
  LimitError,
  type ErrorContext,
} from '../../native-free-io/index.ts';
import type { BatchHeader } from './format/batch-header.ts';
import { verifyRecords } from './format/batch-verifier.ts';
import type { LogCore } from './log-core.ts';
import { isCompacted } from './options.ts';
import type { AppendOrigin } from './producer-state.ts';

/** How much of a batch is looked at; see AppendBatchesOptions. */
export type Validation = 'batch' | 'records' | 'none';

/** What holds for the whole set: it fits a segment, and a producer sends one batch at a time. */
export function checkSet(
  core: LogCore,
  plan: readonly { readonly size: number; readonly header: BatchHeader }[],
  { origin, oneBatch }: { readonly origin: AppendOrigin; readonly oneBatch: boolean },
): void {
  if (plan.length === 1) return;
  const context: ErrorContext = { path: core.dir };
  if (oneBatch) {
    const reason = `${plan.length} batches where one is allowed`;
    throw new InvalidArgumentError('LOG_INVALID_RECORD', reason, { context });
  }
  const total = plan.reduce((sum, batch) => sum + batch.size, 0);
  if (total > core.config['segment.bytes']) {
    throw new LimitError(
      'LOG_BATCH_SET_TOO_LARGE',
      `${plan.length} batches of ${total} bytes do not fit a segment of ${core.config['segment.bytes']}`,
      { context },
    );
  }
  if (origin !== 'client' || !plan.some(({ header }) => header.hasProducer)) return;
  throw new InvalidArgumentError(
    'LOG_INVALID_RECORD',
    'an idempotent producer appends one batch at a time',
    { context },
  );
}

/** `position` of the batch is counted in the bytes given. */
export function checkHeader(
  core: LogCore,
  header: BatchHeader,
  batch: { readonly origin: AppendOrigin; readonly size: number; readonly position: number },
): void {
  const { origin } = batch;
  // Made when needed: a sound batch should cost no objects.
  const context = (): ErrorContext => ({ path: core.dir, position: batch.position });
  const refuse = (reason: string): never => {
    throw new InvalidArgumentError('LOG_INVALID_RECORD', reason, { context: context() });
  };
  if (batch.size > core.config['segment.bytes']) {
    throw new LimitError(
      'LOG_BATCH_SET_TOO_LARGE',
      `a batch of ${batch.size} bytes does not fit a segment of ${core.config['segment.bytes']}`,
      { context: context() },
    );
  }
  if (origin === 'replica') return;
  if (header.magic !== 2) refuse(`magic ${header.magic}: only version 2 batches can be appended`);
  if (batch.size > core.config['max.message.bytes']) {
    throw new LimitError(
      'LOG_RECORD_TOO_LARGE',
      `a batch of ${batch.size} bytes passes max.message.bytes ${core.config['max.message.bytes']}`,
      { context: context() },
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
    { context: context() },
  );
}

/** Throws LOG_INVALID_TIMESTAMP unless the log's settings allow the time. */
export function checkTimestamp(
  core: LogCore,
  timestamp: number,
  place: { readonly nowMs: number; readonly position?: number },
): void {
  if (core.config['message.timestamp.type'] === 'LogAppendTime' || timestamp === -1) return;
  const now = place.nowMs;
  const oldest = now - core.config['message.timestamp.before.max.ms'];
  const newest = now + core.config['message.timestamp.after.max.ms'];
  if (timestamp >= 0 && timestamp >= oldest && timestamp <= newest) return;
  const { position } = place;
  const context = position === undefined ? { path: core.dir } : { path: core.dir, position };
  throw new InvalidArgumentError(
    'LOG_INVALID_TIMESTAMP',
    `timestamp ${timestamp} lies outside ${oldest}..${newest}`,
    { context },
  );
}

/** The record-level checks, where asked for or needed; then the greatest record time. */
export function checkRecords(
  core: LogCore,
  bytes: Uint8Array,
  view: DataView,
  batch: { readonly start: number; readonly validate: Validation; readonly nowMs: number },
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
  const place = { nowMs: batch.nowMs, position: batch.start };
  checkTimestamp(core, verdict.minTimestamp, place);
  checkTimestamp(core, verdict.maxTimestamp, place);
  return verdict.maxTimestamp;
}
