/**
 * The answer that refuses a request, in the place and the code its clients know.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { AddPartitionsToTxnResponse } from '../protocol/generated/add-partitions-to-txn.ts';
import {
  TransactionInputKind,
  type AddPartitionsInput,
  type TransactionRequestInput,
  type TransactionResponse,
} from './messages.ts';

/** From here on clients know PRODUCER_FENCED; before, they take INVALID_PRODUCER_EPOCH for it. */
const fencedVersions: Readonly<Record<number, number>> = {
  [TransactionInputKind.init]: 4,
  [TransactionInputKind.addPartitions]: 2,
  [TransactionInputKind.addOffsets]: 2,
  [TransactionInputKind.end]: 2,
};

export function refusal(input: TransactionRequestInput, error: ErrorCode): TransactionResponse {
  const { kind, origin } = input;
  const isOld = origin.version < (fencedVersions[kind] ?? 0);
  const told = error === ErrorCode.producerFenced && isOld ? ErrorCode.invalidProducerEpoch : error;
  switch (input.kind) {
    case TransactionInputKind.init:
      return { throttleMs: 0, error: told, producerId: -1, producerEpoch: -1 };
    case TransactionInputKind.addPartitions:
      return partitionErrors(input, () => told);
    case TransactionInputKind.addOffsets:
      return { throttleMs: 0, error: told };
    case TransactionInputKind.end:
      return { throttleMs: 0, error: told, producerId: -1, producerEpoch: -1 };
    case TransactionInputKind.list:
      return { throttleMs: 0, error: told, unknownStates: [], transactions: [] };
    case TransactionInputKind.describe:
      return { throttleMs: 0, transactions: [] };
  }
}

export function partitionErrors(
  { request }: Pick<AddPartitionsInput, 'request'>,
  errorOf: (topic: string, index: number) => ErrorCode,
): AddPartitionsToTxnResponse {
  return {
    throttleMs: 0,
    error: ErrorCode.none,
    results: [],
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((index) => ({ index, error: errorOf(name, index) })),
    })),
  };
}
