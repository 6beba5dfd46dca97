/**
 * AddPartitionsToTxn and AddOffsetsToTxn: which partitions must see the end of the transaction, and
 * whether a partition is among them (KIP-890).
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionCoordinator.scala
 * (handleAddPartitionsToTransaction, handleVerifyPartitionsInTransaction).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { partitionOfKey } from '../../shared/key-partition.ts';
import { partitionErrors, refusal } from './answers.ts';
import type { AddPartitionsInput, TransactionRequestInput } from './messages.ts';
import { TransactionInputKind } from './messages.ts';
import {
  hasPartition,
  type StatePartition,
  type Transaction,
  type TransactionState,
} from './state.ts';
import { ClientVersion, TransactionStatus, type TopicIndex } from './values.ts';
import { change, reply, type Turn } from './turn.ts';

export const offsetsTopic = '__consumer_offsets';

export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

type AddOffsetsInput = Extract<
  TransactionRequestInput,
  { kind: typeof TransactionInputKind.addOffsets }
>;

export function addPartitions(
  turn: Turn,
  partition: StatePartition,
  input: AddPartitionsInput,
): void {
  if (input.unknown.length > 0) {
    const response = partitionErrors(input, (topic, index) =>
      hasPartition(input.unknown, { topic, index })
        ? ErrorCode.unknownTopicOrPartition
        : ErrorCode.operationNotAttempted,
    );
    reply(turn, input.origin, response);
    return;
  }
  const added = input.request.topics.flatMap(({ name, partitions }) =>
    partitions.map((index) => ({ topic: name, index })),
  );
  add(turn, partition, input, { added, clientVersion: input.clientVersion });
}

export function addOffsets(turn: Turn, partition: StatePartition, input: AddOffsetsInput): void {
  const count = turn.state.config['offsets.topic.num.partitions'];
  const index = partitionOfKey(input.request.groupId, count);
  const added = [{ topic: offsetsTopic, index }];
  add(turn, partition, input, { added, clientVersion: ClientVersion.old });
}

interface Addition {
  readonly added: readonly TopicIndex[];
  readonly clientVersion: ClientVersion;
}

function add(
  turn: Turn,
  partition: StatePartition,
  input: AddPartitionsInput | AddOffsetsInput,
  { added, clientVersion }: Addition,
): void {
  const transaction = partition.transactions.get(input.request.transactionalId);
  const error = refusalOf(transaction, input.request);
  if (transaction === undefined || error !== ErrorCode.none) {
    reply(turn, input.origin, refusal(input, error));
    return;
  }
  const { value } = transaction;
  const isOngoing = value.status === TransactionStatus.ongoing;
  const known = isOngoing ? value.partitions : [];
  const fresh = added.filter((one) => !hasPartition(known, one));
  const response = refusal(input, ErrorCode.none);
  if (isOngoing && fresh.length === 0) {
    reply(turn, input.origin, response);
    return;
  }
  change(
    turn,
    { partition, transaction },
    {
      value: {
        ...value,
        status: TransactionStatus.ongoing,
        partitions: [...known, ...fresh],
        startMs: isOngoing ? value.startMs : turn.nowMs,
        clientVersion,
      },
      afterwards: { input, response },
    },
  );
}

/** Whether the producer may go on with the transaction of this id. */
export function refusalOf(transaction: Transaction | undefined, producer: Producer): ErrorCode {
  if (transaction === undefined || transaction.value.producerId !== producer.producerId) {
    return ErrorCode.invalidProducerIdMapping;
  }
  const { status, producerEpoch } = transaction.value;
  if (producerEpoch !== producer.producerEpoch) return ErrorCode.producerFenced;
  const isEnding =
    status === TransactionStatus.prepareCommit || status === TransactionStatus.prepareAbort;
  if (transaction.pending !== undefined || isEnding) return ErrorCode.concurrentTransactions;
  return ErrorCode.none;
}

/** 0 when the partition is part of the producer's transaction under way. */
export function verifyPartition(
  state: TransactionState,
  asked: Producer & TopicIndex & { readonly transactionalId: string },
): ErrorCode {
  const partition = state.partitionOf(asked.transactionalId);
  if (partition === undefined) return ErrorCode.notCoordinator;
  if (partition.loading) return ErrorCode.coordinatorLoadInProgress;
  const transaction = partition.transactions.get(asked.transactionalId);
  const error = refusalOf(transaction, asked);
  if (transaction === undefined || error !== ErrorCode.none) return error;
  const { status, partitions } = transaction.value;
  const isPart = status === TransactionStatus.ongoing && hasPartition(partitions, asked);
  return isPart ? ErrorCode.none : ErrorCode.invalidTxnState;
}
