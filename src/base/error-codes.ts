/**
 * Codes of the stores, each with its meaning. `docs/errors.md` is held against this table and the
 * one of the I/O floor, both ways.
 */
export const storeErrorCodes = {
  INTERNAL_INVARIANT: 'an assumption of the code does not hold: report it',
  OPTION_INVALID: 'an option is unknown, of the wrong type or out of range',
  CLI_USAGE: 'the command line is wrong',
  METADATA_CLOSED: 'the metadata store is closed',
  METADATA_CORRUPT: 'the file of a metadata store is damaged',
  METADATA_FULL: 'the metadata store holds as many entries as it may',
  METADATA_NEEDS_DISK: 'a metadata store was asked for on a file system that is not the disk',
  METADATA_UNAVAILABLE: 'the library below the metadata store cannot be loaded',
  LOG_BUSY: 'another piece of work of that kind is running on the log',
  LOG_CLOSED: 'the log is closed',
  LOG_CURSOR_BEHIND: 'the offset to commit lies below the position of the cursor',
  LOG_CURSOR_LOST: 'the position of the cursor lies outside of the log',
  LOG_POISONED: 'a write or sync failed: close, then open to recover',
  LOG_READ_ONLY: 'the log was opened read-only',
  LOG_NOT_FOUND: 'no partition in this directory',
  LOG_OFFSET_OUT_OF_RANGE: 'the offset lies outside log start offset .. log end offset',
  LOG_CORRUPT_BATCH: 'a record batch is damaged',
  LOG_CORRUPT_RECORD: 'a record inside a batch is malformed',
  LOG_CORRUPT_INDEX: 'an index file is damaged',
  LOG_CORRUPT_CHECKPOINT: 'a checkpoint or metadata file is malformed',
  LOG_CORRUPT_SNAPSHOT: 'a producer snapshot is damaged',
  LOG_INVALID_RECORD: 'a record or batch given to append breaks a rule',
  LOG_INVALID_TIMESTAMP: 'a timestamp lies outside the allowed range',
  LOG_RECORD_TOO_LARGE: 'a batch is larger than max.message.bytes',
  LOG_BATCH_SET_TOO_LARGE: 'one append is larger than segment.bytes',
  LOG_UNEXPECTED_OFFSET: 'a replicated batch does not continue the log',
  LOG_NAME_INVALID: 'a topic, partition directory or file name does not parse',
  LOG_PRODUCER_FENCED: 'the producer epoch is older than the current one',
  LOG_SEQUENCE_OUT_OF_ORDER: 'the sequence does not follow the last one of this producer',
  LOG_TRANSACTION_STATE: 'the batch does not fit the state of the transaction',
  LOG_COORDINATOR_FENCED: 'a transaction marker from an older coordinator',
  MAPREDUCE_WORKER_LOST: 'a worker ended during its task',
} as const;

export type StoreErrorCode = keyof typeof storeErrorCodes;
