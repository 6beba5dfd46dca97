/**
 * EndTxn: commit or abort, once. Repeated requests are told how it ended.
 *
 * Clients that follow KIP-890 (version 5) get a new epoch with every end: what is still under way
 * of the transaction that ended carries the old one, and is refused. A repeated request of theirs
 * has the epoch before the present one; with the present one they end the next transaction, which
 * need not have begun.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionCoordinator.scala (endTransaction).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { refusal } from './answers.ts';
import type { EndInput } from './messages.ts';
import type { StatePartition, Transaction } from './state.ts';
import { change, reply, type Known, type Turn } from './turn.ts';
import { ClientVersion, lastUsableEpoch, TransactionStatus } from './values.ts';

/** Of EndTxn, from which on the epoch is raised. */
const bumpingVersion = 5;

export function endTransaction(turn: Turn, partition: StatePartition, input: EndInput): void {
  const { request, origin } = input;
  const transaction = partition.transactions.get(request.transactionalId);
  const isBumping = origin.version >= bumpingVersion;
  const isRepeated = isBumping && transaction !== undefined && repeats(transaction, input);
  const error = refusalOf(transaction, input, isRepeated);
  if (transaction === undefined || error !== ErrorCode.none) {
    reply(turn, origin, refusal(input, error));
    return;
  }
  const { status, producerId, producerEpoch } = transaction.value;
  const known = { partition, transaction };
  if (isBumping && beginsAnEnd(status, request.committed, isRepeated)) {
    return bumpAndEnd(turn, known, input);
  }
  if (!isBumping && status === TransactionStatus.ongoing) return end(turn, known, input);
  const told =
    isBumping && !isRepeated ? ErrorCode.invalidTxnState : statusAnswer(status, request.committed);
  const response = told === ErrorCode.none ? { producerId, producerEpoch } : {};
  reply(turn, origin, { ...refusal(input, told), ...response });
}

function end(turn: Turn, known: Known, input: EndInput): void {
  const { value } = known.transaction;
  const { producerId, producerEpoch } = value;
  change(turn, known, {
    value: { ...value, status: preparing(input), clientVersion: ClientVersion.old },
    afterwards: { input, response: { ...fine, producerId, producerEpoch } },
  });
}

/** The epoch of the markers is the one that the client goes on with, or, with the last, fences. */
function bumpAndEnd(turn: Turn, known: Known, input: EndInput): void {
  const { value } = known.transaction;
  const isOngoing = value.status === TransactionStatus.ongoing;
  const isUsedUp = value.producerEpoch >= lastUsableEpoch;
  const producerEpoch = value.producerEpoch + 1;
  const next = isUsedUp
    ? { producerId: input.freshProducerId, producerEpoch: 0 }
    : { producerId: value.producerId, producerEpoch };
  change(turn, known, {
    value: {
      ...value,
      producerEpoch,
      status: preparing(input),
      partitions: isOngoing ? value.partitions : [],
      startMs: isOngoing ? value.startMs : turn.nowMs,
      nextProducerId: isUsedUp ? input.freshProducerId : -1,
      clientVersion: ClientVersion.bumping,
    },
    lastProducerEpoch: value.producerEpoch,
    afterwards: { input, response: { ...fine, ...next } },
  });
}

const fine = { throttleMs: 0, error: ErrorCode.none };

function preparing({ request }: EndInput): TransactionStatus {
  return request.committed ? TransactionStatus.prepareCommit : TransactionStatus.prepareAbort;
}

function refusalOf(
  transaction: Transaction | undefined,
  { request, origin }: EndInput,
  isRepeated: boolean,
): ErrorCode {
  const isKnown = transaction?.value.producerId === request.producerId;
  if (transaction === undefined || !(isKnown || isRepeated)) {
    return ErrorCode.invalidProducerIdMapping;
  }
  const { status, producerEpoch } = transaction.value;
  // While a bumping client's transaction ends, the present epoch is not out yet.
  const mustRepeat = origin.version >= bumpingVersion && isPreparing(status);
  const isCurrent = producerEpoch === request.producerEpoch && !mustRepeat;
  if (transaction.pending !== undefined) return ErrorCode.concurrentTransactions;
  return isCurrent || isRepeated ? ErrorCode.none : ErrorCode.producerFenced;
}

function isPreparing(status: TransactionStatus): boolean {
  return status === TransactionStatus.prepareCommit || status === TransactionStatus.prepareAbort;
}

/** Asked before: by the epoch that this end raised, or the producer id that it replaced. */
function repeats({ value }: Transaction, { request }: EndInput): boolean {
  const { status, producerId, producerEpoch, previousProducerId, clientVersion } = value;
  if (clientVersion !== ClientVersion.bumping) return false;
  if (status === TransactionStatus.empty || status === TransactionStatus.ongoing) return false;
  const isBumped = producerId === request.producerId && producerEpoch === request.producerEpoch + 1;
  const isReplaced =
    previousProducerId === request.producerId &&
    request.producerEpoch === lastUsableEpoch &&
    producerEpoch === 0;
  return isBumped || isReplaced;
}

/** Only aborts may end what has no partitions yet. */
function beginsAnEnd(status: TransactionStatus, committed: boolean, isRepeated: boolean): boolean {
  if (status === TransactionStatus.ongoing) return true;
  return !committed && !isRepeated && !isPreparing(status);
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
