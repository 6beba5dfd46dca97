/**
 * The log of a coordinator: a partition of an internal topic, as records instead of bytes.
 *
 * Upstream: apache/kafka: coordinator-common/.../CoordinatorLoaderImpl.java,
 * CoordinatorPartitionWriter.java.
 */
import {
  BatchBuilder,
  encodeEndTxnMarker,
  readEndTxnMarker,
  type LogBatch,
} from '../../../log/index.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { errorOf } from '../log-errors.ts';
import type { Partition } from '../topics/partition.ts';

export interface KeyedBytes {
  readonly key: Uint8Array;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
}

export interface BatchProducer {
  readonly producerId: number;
  readonly epoch: number;
}

/** An append fills the builder and writes without a pause in between: one serves all. */
const builder = new BatchBuilder();
/** Batches of coordinators and markers carry no sequence. */
const noSequence = -1;

/** All in one batch, so that a loader takes all or none; 0 or what it failed with. */
export function appendRecords(
  partition: Partition | undefined,
  records: readonly KeyedBytes[],
  options: { readonly nowMs: number; readonly producer?: BatchProducer | undefined },
): ErrorCode {
  if (partition === undefined) return ErrorCode.notLeaderOrFollower;
  const { producer, nowMs } = options;
  const maxBytes = partition.log.config['max.message.bytes'];
  builder.reset({
    baseOffset: 0,
    codec: 0,
    now: nowMs,
    maxBytes,
    ...(producer === undefined ? {} : transactional(producer)),
  });
  try {
    if (builder.appendAll(records, 0) < records.length) return ErrorCode.messageTooLarge;
    return append(partition);
  } catch (error) {
    return errorOf(error);
  }
}

/** The end of a transaction in one partition. */
export function appendMarker(
  partition: Partition,
  marker: BatchProducer & {
    readonly committed: boolean;
    readonly coordinatorEpoch: number;
    readonly nowMs: number;
  },
): ErrorCode {
  const { committed, coordinatorEpoch, nowMs } = marker;
  builder.reset({
    baseOffset: 0,
    codec: 0,
    now: nowMs,
    maxBytes: markerBytes,
    control: true,
    ...transactional(marker),
  });
  try {
    builder.appendAll([encodeEndTxnMarker({ aborted: !committed, coordinatorEpoch })], 0);
    return append(partition);
  } catch (error) {
    return errorOf(error);
  }
}

/** More than a marker ever takes. */
const markerBytes = 1024;

function transactional({ producerId, epoch }: BatchProducer) {
  return {
    producerId: BigInt(producerId),
    producerEpoch: epoch,
    baseSequence: noSequence,
    transactional: true,
  };
}

function append(partition: Partition): ErrorCode {
  const { bytes, start, length } = builder.finish();
  const batch = bytes.subarray(start, start + length);
  partition.append(batch, { origin: 'coordinator', validate: 'none' });
  return ErrorCode.none;
}

/** Everything from the start to the end of the log, markers included. */
export async function* readLog(partition: Partition): AsyncGenerator<LogBatch> {
  const { log } = partition;
  const end = log.logEndOffset;
  for await (const batch of log.read({ controls: true, to: end })) yield batch;
}

/** How a control batch ended its producer's transaction; undefined for one of another kind. */
export function endOf(batch: LogBatch): 'commit' | 'abort' | undefined {
  const marker = readEndTxnMarker(batch.bytes, 0, batch.bytes.length);
  if (marker === undefined) return undefined;
  return marker.aborted ? 'abort' : 'commit';
}
