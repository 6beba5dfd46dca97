/**
 * The end of a transaction: the decision is written, then markers go to its partitions, then its
 * completion is written. After the first of these it cannot end otherwise, whatever crashes.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionMarkerChannelManager.scala.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { EffectKind } from '../../shared/effect.ts';
import type { MarkerResult } from './messages.ts';
import { hasPartition, type Continuation } from './state.ts';
import { TransactionStatus, type TransactionValue } from './values.ts';
import { change, type Known, type Turn } from './turn.ts';

/** Markers that could not be written are tried again after this. Ms. */
const markerRetryMs = 100;

/** The coordinator ends it: a greater epoch keeps its producer from going on. */
export function fenceAndAbort(turn: Turn, known: Known, then?: Continuation): void {
  const { value } = known.transaction;
  change(turn, known, {
    value: {
      ...value,
      producerEpoch: Math.min(value.producerEpoch + 1, 0x7fff),
      status: TransactionStatus.prepareAbort,
    },
    lastProducerEpoch: -1,
    ...(then === undefined ? {} : { afterwards: then }),
  });
}

/** The decision is durable: every partition of the transaction must learn of it. */
export function sendMarkers(turn: Turn, known: Known): void {
  known.transaction.unmarked = [...known.transaction.value.partitions];
  sendUnmarked(turn, known);
}

/** Also sends again what is not known to be written. */
export function sendUnmarked(turn: Turn, known: Known): void {
  const { partition, transaction } = known;
  const { value } = transaction;
  if (transaction.unmarked.length === 0) {
    complete(turn, known);
    return;
  }
  turn.out.push({
    kind: EffectKind.send,
    transactionalId: transaction.id,
    producerId: value.producerId,
    producerEpoch: value.producerEpoch,
    committed: value.status === TransactionStatus.prepareCommit,
    coordinatorEpoch: partition.coordinatorEpoch,
    partitions: transaction.unmarked,
  });
}

export function markersWritten(turn: Turn, known: Known, results: readonly MarkerResult[]): void {
  const { transaction } = known;
  const done = results.filter(({ error }) => isDone(error));
  transaction.unmarked = transaction.unmarked.filter((one) => !hasPartition(done, one));
  if (transaction.unmarked.length === 0) {
    complete(turn, known);
    return;
  }
  const timer = { of: 'markers', id: transaction.id } as const;
  const dueMs = turn.nowMs + markerRetryMs;
  turn.state.timers.schedule(`markers\0${transaction.id}`, dueMs, timer, turn.out);
}

/**
 * Written, or never to be: the partition is gone, or a newer epoch has closed its transaction.
 */
function isDone(error: ErrorCode): boolean {
  return (
    error === ErrorCode.none ||
    error === ErrorCode.unknownTopicOrPartition ||
    error === ErrorCode.invalidProducerEpoch ||
    error === ErrorCode.transactionCoordinatorFenced
  );
}

function complete(turn: Turn, known: Known): void {
  const { value, pending } = known.transaction;
  if (pending !== undefined) return;
  change(turn, known, {
    value: {
      ...value,
      status:
        value.status === TransactionStatus.prepareCommit
          ? TransactionStatus.completeCommit
          : TransactionStatus.completeAbort,
      partitions: [],
      ...replacement(value),
    },
  });
}

/** Another producer id where the epochs are used up; the fencing one has left with the markers. */
function replacement({ producerId, nextProducerId }: TransactionValue): Partial<TransactionValue> {
  if (nextProducerId === -1) return {};
  return {
    producerId: nextProducerId,
    producerEpoch: 0,
    previousProducerId: producerId,
    nextProducerId: -1,
  };
}
