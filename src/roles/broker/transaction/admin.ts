/**
 * ListTransactions and DescribeTransactions.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { DescribeTransactionsResponseTransaction } from '../protocol/generated/describe-transactions.ts';
import type { TransactionInputKind, TransactionRequestInput } from './messages.ts';
import { statusNames, TransactionStatus, type TopicIndex } from './values.ts';
import { reply, type Turn } from './turn.ts';

type Input<Kind> = Extract<TransactionRequestInput, { kind: Kind }>;

export function listTransactions(
  turn: Turn,
  { origin, request }: Input<typeof TransactionInputKind.list>,
): void {
  const partitions = [...turn.state.partitions.values()];
  const names = new Set(Object.values(statusNames));
  const unknownStates = request.states.filter((state) => !names.has(state));
  const states = new Set(request.states.filter((state) => names.has(state)));
  const producerIds = new Set(request.producerIds);
  const nothingMatches = request.states.length > 0 && states.size === 0;
  const transactions = partitions
    .flatMap((partition) => [...partition.transactions.values()])
    .filter(({ value }) => {
      if (nothingMatches) return false;
      if (states.size > 0 && !states.has(statusNames[value.status])) return false;
      if (producerIds.size > 0 && !producerIds.has(value.producerId)) return false;
      if (request.durationMs < 0) return true;
      return value.startMs >= 0 && turn.nowMs - value.startMs > request.durationMs;
    })
    .map(({ id, value }) => ({
      id,
      producerId: value.producerId,
      state: statusNames[value.status],
    }));
  const loading = partitions.some((partition) => partition.loading);
  const error = loading ? ErrorCode.coordinatorLoadInProgress : ErrorCode.none;
  reply(turn, origin, { throttleMs: 0, error, unknownStates, transactions });
}

export function describeTransactions(
  turn: Turn,
  { origin, request }: Input<typeof TransactionInputKind.describe>,
): void {
  const transactions = request.ids.map((id) => describe(turn, id));
  reply(turn, origin, { throttleMs: 0, transactions });
}

function describe(turn: Turn, id: string): DescribeTransactionsResponseTransaction {
  if (id === '') return undescribed(id, ErrorCode.invalidRequest);
  const partition = turn.state.partitionOf(id);
  if (partition === undefined) return undescribed(id, ErrorCode.notCoordinator);
  if (partition.loading) return undescribed(id, ErrorCode.coordinatorLoadInProgress);
  const value = partition.transactions.get(id)?.value;
  if (value === undefined) return undescribed(id, ErrorCode.transactionalIdNotFound);
  return {
    error: ErrorCode.none,
    id,
    state: statusNames[value.status],
    timeoutMs: value.timeoutMs,
    startMs: value.startMs,
    producerId: value.producerId,
    producerEpoch: value.producerEpoch,
    topics: value.status === TransactionStatus.ongoing ? byTopic(value.partitions) : [],
  };
}

/** What is told of a transaction that cannot be described. */
export function undescribed(id: string, error: ErrorCode): DescribeTransactionsResponseTransaction {
  return {
    error,
    id,
    state: '',
    timeoutMs: 0,
    startMs: 0,
    producerId: 0,
    producerEpoch: 0,
    topics: [],
  };
}

export function byTopic(
  partitions: readonly TopicIndex[],
): { name: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, index } of partitions) {
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [index]);
    else list.push(index);
  }
  return [...topics].map(([name, list]) => ({ name, partitions: list }));
}
