/**
 * From records to batches: encodes what a caller of `append` gives, in one batch or, where
 * max.message.bytes asks for it, several, and sends them down the append path.
 *
 * The encoder works in one reused slab; records are copied into it exactly once.
 */
import { InvalidArgumentError, LimitError } from '../../native-free-io/index.ts';
import { checkTimestamp } from './append-checks.ts';
import { appendBatches, type AppendResult } from './append.ts';
import { codecOf, levelsOf } from './compression-settings.ts';
import type { DurabilityOptions } from './flush.ts';
import { BatchBuilder, type RecordInput } from './format/batch-encoder.ts';
import { encodeEndTxnMarker } from './format/control-record.ts';
import type { CodecName } from './format/codec-number.ts';
import type { LogCore } from './log-core.ts';
import { isCompacted, unlimited } from './options.ts';

export type { RecordInput } from './format/batch-encoder.ts';

/** An idempotent producer's identity, for callers that number their batches. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Sequence of the first record of this append. */
  readonly baseSequence: number;
  readonly transactional?: boolean;
}

export interface AppendRecordsOptions {
  /** Compression, unless the log's `compression.type` names one. Default 'none'. */
  readonly codec?: CodecName;
  readonly producer?: ProducerIdentity;
  readonly signal?: AbortSignal;
}

export interface AppendOptions extends AppendRecordsOptions, DurabilityOptions {}

/** A coordinator's decision about a producer's open transaction. */
export interface TransactionEnd {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly aborted: boolean;
  /** Default 0. */
  readonly coordinatorEpoch?: number;
  /** Default: that of the log. */
  readonly leaderEpoch?: number;
}

/**
 * One builder for all logs of this thread: an append encodes and writes without a pause in between.
 */
const builder = new BatchBuilder();

export class RecordAppender {
  readonly #core: LogCore;
  readonly #leaderEpoch: number;

  constructor(core: LogCore, leaderEpoch: number) {
    this.#core = core;
    this.#leaderEpoch = leaderEpoch;
  }

  append(records: readonly RecordInput[], options: AppendRecordsOptions): AppendResult {
    if (records.length === 0) {
      throw new InvalidArgumentError('LOG_INVALID_RECORD', 'nothing to append: no records');
    }
    if (isCompacted(this.#core.config)) checkKeys(records);
    checkTimes(this.#core, records);
    let first: AppendResult | undefined;
    let last: AppendResult | undefined;
    for (let begin = 0; begin < records.length;) {
      let taken = this.#fill(records, begin, options);
      if (begin === 0 && taken < records.length) {
        this.#tryRest(records, taken, options);
        taken = this.#fill(records, 0, options);
      }
      const batch = builder.finish();
      last = appendBatches(this.#core, batch.bytes, batch, {
        leaderEpoch: this.#leaderEpoch,
        validate: 'none',
      });
      first ??= last;
      begin += taken;
    }
    return { ...last!, baseOffset: first!.baseOffset };
  }

  /** Appends the marker. */
  endTransaction(end: TransactionEnd): AppendResult {
    const core = this.#core;
    const { producerId, producerEpoch, aborted, coordinatorEpoch = 0 } = end;
    builder.reset({
      baseOffset: 0,
      codec: 0,
      now: core.env.clock.now(),
      maxBytes: core.config['segment.bytes'],
      producerId,
      producerEpoch,
      transactional: true,
      control: true,
    });
    builder.appendAll([encodeEndTxnMarker({ aborted, coordinatorEpoch })], 0);
    const batch = builder.finish();
    return appendBatches(core, batch.bytes, batch, {
      origin: 'coordinator',
      leaderEpoch: end.leaderEpoch ?? this.#leaderEpoch,
      validate: 'none',
    });
  }

  /**
   * All records or none: where one batch cannot hold them, the others are tried before the first is
   * written, so that a record that does not fit, or cannot be encoded, refuses the whole append.
   */
  #tryRest(records: readonly RecordInput[], from: number, options: AppendRecordsOptions): void {
    for (let begin = from; begin < records.length;) begin += this.#fill(records, begin, options);
  }

  /** Encodes records from `begin` on until the batch is full; how many it took. */
  #fill(records: readonly RecordInput[], begin: number, options: AppendRecordsOptions): number {
    const core = this.#core;
    const { producer } = options;
    const maxBytes = Math.min(core.config['max.message.bytes'], core.config['segment.bytes']);
    builder.reset({
      baseOffset: 0,
      codec: codecOf(core, options.codec),
      level: levelsOf(core),
      now: core.env.clock.now(),
      maxBytes,
      ...(producer === undefined
        ? {}
        : {
            producerId: producer.producerId,
            producerEpoch: producer.producerEpoch,
            baseSequence: sequenceFrom(producer.baseSequence, begin),
            transactional: producer.transactional ?? false,
          }),
    });
    const taken = builder.appendAll(records, begin);
    if (taken > 0) return taken;
    throw new LimitError(
      'LOG_RECORD_TOO_LARGE',
      `record ${begin} does not fit a batch of ${maxBytes} bytes (max.message.bytes)`,
      { context: { path: core.dir, record: begin } },
    );
  }
}

function sequenceFrom(base: number, index: number): number {
  const sequence = base + index;
  return sequence > 0x7fffffff ? sequence - 0x80000000 : sequence;
}

function checkKeys(records: readonly RecordInput[]): void {
  const index = records.findIndex((record) => record.key === undefined || record.key === null);
  if (index < 0) return;
  throw new InvalidArgumentError(
    'LOG_INVALID_RECORD',
    `record ${index} has no key, and a compacted log needs one per record`,
    { context: { record: index } },
  );
}

/** Each record's time, where the log sets bounds: a batch is asked only for its greatest one. */
function checkTimes(core: LogCore, records: readonly RecordInput[]): void {
  const { config } = core;
  const oldest = config['message.timestamp.before.max.ms'];
  const newest = config['message.timestamp.after.max.ms'];
  if (oldest === unlimited && newest === unlimited) return;
  const place = { nowMs: core.env.clock.now() };
  for (const { timestamp } of records) {
    if (timestamp !== undefined) checkTimestamp(core, timestamp, place);
  }
}
