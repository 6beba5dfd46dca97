/**
 * Records of `__transaction_state` as bytes: Kafka's own formats.
 *
 * Values are written as version 0; version 1, which newer brokers write, is read too.
 * Format doc: docs/formats/coordinators.md.
 */
import type { KeyedBytes } from '../coordinator/coordinator-log.ts';
import {
  decodeTransactionLogKey,
  encodeTransactionLogKey,
} from '../protocol/generated/transaction-log-key.ts';
import {
  decodeTransactionLogValue,
  encodeTransactionLogValue,
} from '../protocol/generated/transaction-log-value.ts';
import { byTopic } from './admin.ts';
import type { TransactionRecord } from './messages.ts';
import { TransactionStatus, type TransactionValue } from './values.ts';

const keyVersion = 0;
const valueVersion = 0;

export function encodeTransaction({ transactionalId, value }: TransactionRecord): KeyedBytes {
  return {
    key: encodeTransactionLogKey({ transactionalId }, keyVersion),
    value: value === null ? null : encodeTransactionLogValue(valueOf(value), valueVersion),
  };
}

function valueOf(value: TransactionValue) {
  return {
    producerId: value.producerId,
    producerEpoch: value.producerEpoch,
    timeoutMs: value.timeoutMs,
    status: value.status,
    // As upstream: null where there cannot be any.
    partitions:
      value.status === TransactionStatus.empty
        ? null
        : byTopic(value.partitions).map(({ name, partitions }) => ({
            topic: name,
            ids: partitions,
          })),
    lastUpdateMs: value.lastUpdateMs,
    startMs: value.startMs,
    previousProducerId: -1,
    nextProducerId: -1,
    clientTransactionVersion: 0,
  };
}

/** Undefined for kinds of records that are not ours to know. */
export function decodeTransaction(
  key: Uint8Array,
  value: Uint8Array | null,
): TransactionRecord | undefined {
  if (key.length < 2 || key[0] !== 0 || key[1] !== keyVersion) return undefined;
  const { transactionalId } = decodeTransactionLogKey(key);
  if (value === null) return { transactionalId, value: null };
  const decoded = decodeTransactionLogValue(value);
  const { producerId, producerEpoch, timeoutMs, status, lastUpdateMs, startMs } = decoded;
  const partitions = (decoded.partitions ?? []).flatMap(({ topic, ids }) =>
    ids.map((index) => ({ topic, index })),
  );
  return {
    transactionalId,
    value: {
      producerId,
      producerEpoch,
      timeoutMs,
      status: status as TransactionStatus,
      partitions,
      lastUpdateMs,
      startMs,
    },
  };
}
