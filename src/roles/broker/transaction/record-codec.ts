/**
 * Records of `__transaction_state` as bytes: Kafka's own formats.
 *
 * Values are written as version 0, which all brokers read, unless they hold what only version 1 has
 * a place for: a client that bumps epochs, or producer ids whose epochs were used up.
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
import { ClientVersion, TransactionStatus, type TransactionValue } from './values.ts';

const keyVersion = 0;

export function encodeTransaction({ transactionalId, value }: TransactionRecord): KeyedBytes {
  return {
    key: encodeTransactionLogKey({ transactionalId }, keyVersion),
    value: value === null ? null : encodeTransactionLogValue(valueOf(value), versionOf(value)),
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
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    clientTransactionVersion: value.clientVersion,
  };
}

function versionOf({ previousProducerId, nextProducerId, clientVersion }: TransactionValue): 0 | 1 {
  const isPlain =
    previousProducerId === -1 && nextProducerId === -1 && clientVersion === ClientVersion.old;
  return isPlain ? 0 : 1;
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
  const partitions = (decoded.partitions ?? []).flatMap(({ topic, ids }) =>
    ids.map((index) => ({ topic, index })),
  );
  return {
    transactionalId,
    value: {
      producerId: decoded.producerId,
      producerEpoch: decoded.producerEpoch,
      timeoutMs: decoded.timeoutMs,
      status: decoded.status as TransactionStatus,
      partitions,
      lastUpdateMs: decoded.lastUpdateMs,
      startMs: decoded.startMs,
      previousProducerId: decoded.previousProducerId,
      nextProducerId: decoded.nextProducerId,
      clientVersion:
        decoded.clientTransactionVersion >= ClientVersion.bumping
          ? ClientVersion.bumping
          : ClientVersion.old,
    },
  };
}
