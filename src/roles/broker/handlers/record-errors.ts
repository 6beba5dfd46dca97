/**
 * Which records of a refused batch are at fault: told to producers from version 8 of Produce on.
 *
 * Upstream: apache/kafka: storage/.../log/LogValidator.java (RecordError, processRecordErrors).
 */
import { StoreError } from '../../../../native-free-io/index.ts';
import { RecordCursor, type LogRecord } from '../../../log/index.ts';
import type { ProduceResponseTopicPartition } from '../protocol/generated/produce.ts';
import type { Partition } from '../topics/partition.ts';

type RecordError = ProduceResponseTopicPartition['recordErrors'][0];

/** Errors of single records, in their order; none when the batch as a whole is at fault. */
export function recordErrors(
  partition: Partition,
  bytes: Uint8Array,
  error: unknown,
): RecordError[] {
  if (!(error instanceof StoreError)) return [];
  const judge =
    error.code === 'LOG_INVALID_TIMESTAMP'
      ? timestampJudge(partition)
      : error.code === 'LOG_INVALID_RECORD'
        ? keyJudge(partition)
        : undefined;
  return judge === undefined ? [] : faultsOf(bytes, judge);
}

/** As Kafka puts it when some records are at fault. */
export function recordErrorsText(errors: readonly RecordError[]): string {
  const shown = errors.slice(0, 3).map(({ batchIndex, message }) => `${batchIndex}: ${message}`);
  return (
    `One or more records have been rejected due to ${errors.length} record errors in total, ` +
    `and only showing the first three errors at most: ${shown.join('; ')}`
  );
}

type Judge = (record: LogRecord) => string | undefined;

function timestampJudge({ log }: Partition): Judge {
  const { config, env } = log.core;
  const nowMs = env.clock.now();
  const oldest = nowMs - config['message.timestamp.before.max.ms'];
  const newest = nowMs + config['message.timestamp.after.max.ms'];
  return ({ timestamp, offset }) =>
    timestamp === -1 || (timestamp >= oldest && timestamp <= newest)
      ? undefined
      : `Timestamp ${timestamp} of message with offset ${offset} is out of range. ` +
        `The timestamp should be within [${oldest}, ${newest}]`;
}

function keyJudge({ topic, index, log }: Partition): Judge {
  const isCompacted = log.core.config['cleanup.policy'].includes('compact');
  const message = `Compacted topic cannot accept message without key in topic partition ${topic}-${index}.`;
  return ({ key }) => (isCompacted && key === null ? message : undefined);
}

function faultsOf(bytes: Uint8Array, judge: Judge): RecordError[] {
  const errors: RecordError[] = [];
  try {
    const cursor = RecordCursor.open(bytes);
    for (let batchIndex = 0; cursor.next(); batchIndex++) {
      const message = judge(cursor.record());
      if (message !== undefined) errors.push({ batchIndex, message });
    }
  } catch (error) {
    // What cannot be read has no records to tell of.
    if (!(error instanceof StoreError)) throw error;
  }
  return errors;
}
