/**
 * InitProducerId of a transactional id: a new epoch, which fences whoever had the one before.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionCoordinator.scala
 * (prepareInitProducerIdTransit), TransactionMetadata.scala.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { refusal } from './answers.ts';
import { fenceAndAbort } from './end.ts';
import type { InitInput } from './messages.ts';
import { Transaction, type StatePartition } from './state.ts';
import { ClientVersion, lastUsableEpoch, TransactionStatus } from './values.ts';
import { change, reply, type Known, type Turn } from './turn.ts';

const none = -1;

export function initProducerId(turn: Turn, partition: StatePartition, input: InitInput): void {
  const id = input.request.transactionalId!;
  let transaction = partition.transactions.get(id);
  if (transaction === undefined) {
    transaction = newTransaction(turn, id, input);
    partition.transactions.set(id, transaction);
  }
  const error = initKnown(turn, { partition, transaction }, input);
  if (error !== ErrorCode.none) reply(turn, input.origin, refusal(input, error));
}

function newTransaction(turn: Turn, id: string, input: InitInput): Transaction {
  return new Transaction(id, {
    producerId: input.freshProducerId,
    producerEpoch: none,
    timeoutMs: input.request.timeoutMs,
    status: TransactionStatus.empty,
    partitions: [],
    lastUpdateMs: turn.nowMs,
    startMs: none,
    previousProducerId: none,
    nextProducerId: none,
    clientVersion: ClientVersion.old,
  });
}

function initKnown(turn: Turn, known: Known, input: InitInput): ErrorCode {
  const { transaction } = known;
  if (transaction.pending !== undefined) return ErrorCode.concurrentTransactions;
  if (!isExpected(transaction, input)) return ErrorCode.producerFenced;
  const { status } = transaction.value;
  if (status === TransactionStatus.prepareCommit || status === TransactionStatus.prepareAbort) {
    return ErrorCode.concurrentTransactions;
  }
  if (status === TransactionStatus.ongoing) {
    // The client asks again, and finds the transaction ended.
    const response = refusal(input, ErrorCode.concurrentTransactions);
    fenceAndAbort(turn, known, { input, response });
    return ErrorCode.none;
  }
  return nextEpoch(turn, known, input);
}

/** A request that names its producer must name the present one, or repeat what was answered. */
function isExpected({ value }: Transaction, { request }: InitInput): boolean {
  if (request.producerId === none || value.producerEpoch === none) return true;
  if (request.producerId === value.producerId) return true;
  const isPrevious = request.producerId === value.previousProducerId;
  return isPrevious && request.producerEpoch >= lastUsableEpoch;
}

function nextEpoch(turn: Turn, known: Known, input: InitInput): ErrorCode {
  const { transaction } = known;
  const { value } = transaction;
  const { request } = input;
  const expected = request.producerId === none ? undefined : request.producerEpoch;
  let { producerId, previousProducerId } = value;
  let producerEpoch = value.producerEpoch + 1;
  let lastProducerEpoch = none;
  const isUsedUp = value.producerEpoch >= lastUsableEpoch;
  if (isUsedUp && (expected === undefined || expected === value.producerEpoch)) {
    if (expected !== undefined) {
      previousProducerId = producerId;
      lastProducerEpoch = value.producerEpoch;
    }
    producerId = input.freshProducerId;
    producerEpoch = 0;
  } else if (expected !== undefined) {
    if (value.producerEpoch === none || expected === value.producerEpoch) {
      lastProducerEpoch = value.producerEpoch;
    } else if (expected === transaction.lastProducerEpoch) {
      producerEpoch = value.producerEpoch;
      lastProducerEpoch = transaction.lastProducerEpoch;
    } else {
      return ErrorCode.producerFenced;
    }
  }
  change(turn, known, {
    value: {
      ...value,
      producerId,
      producerEpoch,
      timeoutMs: request.timeoutMs,
      status: TransactionStatus.empty,
      partitions: [],
      startMs: none,
      previousProducerId,
      nextProducerId: none,
    },
    lastProducerEpoch,
    afterwards: {
      input,
      response: { throttleMs: 0, error: ErrorCode.none, producerId, producerEpoch },
    },
  });
  return ErrorCode.none;
}
