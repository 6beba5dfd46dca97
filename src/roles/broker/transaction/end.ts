/**
 * The end of a transaction: the decision is written, then markers go to its partitions, then its
 * completion is written. After the first of these it cannot end otherwise, whatever crashes.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionCoordinator.scala (endTransaction),
 * TransactionMarkerChannelManager.scala.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { EffectKind } from '../../shared/effect.ts';
import { refusal } from './answers.ts';
import type { MarkerResult, TransactionRequestInput } from './messages.ts';
import { TransactionInputKind } from './messages.ts';
import { hasPartition, type Continuation, type StatePartition, type Transaction } from './state.ts';
import { TransactionStatus } from './values.ts';
import { change, reply, type Known, type Turn } from './turn.ts';

/** Markers that could not be written are tried again after this. Ms. */
const markerRetryMs = 100;

type EndInput = Extract<TransactionRequestInput, { kind: typeof TransactionInputKind.end }>;

export function endTransaction(turn: Turn, partition: StatePartition, input: EndInput): void {
  const { request, origin } = input;
  const transaction = partition.transactions.get(request.transactionalId);
  const error = refusalOf(transaction, input);
  if (transaction === undefined || error !== ErrorCode.none) {
    reply(turn, origin, refusal(input, error));
    return;
  }
  const { value } = transaction;
  if (value.status !== TransactionStatus.ongoing) {
    reply(turn, origin, refusal(input, statusAnswer(value.status, request.committed)));
    return;
  }
  change(
    turn,
    { partition, transaction },
    {
      value: {
        ...value,
        status: request.committed
          ? TransactionStatus.prepareCommit
          : TransactionStatus.prepareAbort,
      },
      afterwards: { input, response: refusal(input, ErrorCode.none) },
    },
  );
}

function refusalOf(transaction: Transaction | undefined, { request }: EndInput): ErrorCode {
  if (transaction === undefined || transaction.value.producerId !== request.producerId) {
    return ErrorCode.invalidProducerIdMapping;
  }
  if (transaction.value.producerEpoch !== request.producerEpoch) return ErrorCode.producerFenced;
  return transaction.pending === undefined ? ErrorCode.none : ErrorCode.concurrentTransactions;
}

/** To a repeated request: 0 when it ended that way, try again while it is ending that way. */
function statusAnswer(status: TransactionStatus, committed: boolean): ErrorCode {
  switch (status) {
    case TransactionStatus.completeCommit:
      return committed ? ErrorCode.none : ErrorCode.invalidTxnState;
    case TransactionStatus.completeAbort:
      return committed ? ErrorCode.invalidTxnState : ErrorCode.none;
    case TransactionStatus.prepareCommit:
      return committed ? ErrorCode.concurrentTransactions : ErrorCode.invalidTxnState;
    case TransactionStatus.prepareAbort:
      return committed ? ErrorCode.invalidTxnState : ErrorCode.concurrentTransactions;
    default:
      return ErrorCode.invalidTxnState;
  }
}

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
    },
  });
}
