/** From what a log throws to the error that Kafka's clients know. */
import { StoreError } from '../../../native-free-io/index.ts';
import { ErrorCode } from '../shared/error-code.ts';

const byCode: Readonly<Record<string, ErrorCode>> = {
  LOG_CORRUPT_BATCH: ErrorCode.corruptMessage,
  LOG_CORRUPT_RECORD: ErrorCode.invalidRecord,
  LOG_INVALID_RECORD: ErrorCode.invalidRecord,
  LOG_INVALID_TIMESTAMP: ErrorCode.invalidTimestamp,
  LOG_RECORD_TOO_LARGE: ErrorCode.messageTooLarge,
  LOG_BATCH_SET_TOO_LARGE: ErrorCode.recordListTooLarge,
  LOG_OFFSET_OUT_OF_RANGE: ErrorCode.offsetOutOfRange,
  LOG_PRODUCER_FENCED: ErrorCode.invalidProducerEpoch,
  LOG_SEQUENCE_OUT_OF_ORDER: ErrorCode.outOfOrderSequenceNumber,
  LOG_TRANSACTION_STATE: ErrorCode.invalidTxnState,
  LOG_COORDINATOR_FENCED: ErrorCode.transactionCoordinatorFenced,
  LOG_CLOSED: ErrorCode.notLeaderOrFollower,
  LOG_POISONED: ErrorCode.kafkaStorageError,
  LOG_READ_ONLY: ErrorCode.kafkaStorageError,
};

export function errorOf(thrown: unknown): ErrorCode {
  if (!(thrown instanceof StoreError)) return ErrorCode.unknownServerError;
  const known = byCode[thrown.code];
  if (known !== undefined) return known;
  return thrown.code.startsWith('IO_') ? ErrorCode.kafkaStorageError : ErrorCode.unknownServerError;
}
