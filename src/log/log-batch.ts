/**
 * One batch as a reader gets it.
 *
 * Lifetime: `bytes` and everything decoded from it are valid until the next pull of the iterator
 * that gave the batch; `copy` makes them the caller's own.
 */
import { RecordCursor, type LogRecord } from './format/batch-decoder.ts';
import { BatchHeader, readBatchHeader } from './format/batch-header.ts';

export class LogBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Records the header states; zero for a batch emptied by compaction. */
  readonly count: number;
  readonly maxTimestamp: number;
  readonly leaderEpoch: number;
  readonly isControl: boolean;
  readonly isTransactional: boolean;
  /** Undefined when no idempotent producer wrote it. */
  readonly producerId: bigint | undefined;
  /** The whole batch as it lies in the file. */
  readonly bytes: Uint8Array;

  constructor(header: BatchHeader, bytes: Uint8Array) {
    this.baseOffset = header.baseOffset;
    this.lastOffset = header.lastOffset;
    this.count = header.recordCount;
    this.maxTimestamp = header.maxTimestamp;
    this.leaderEpoch = header.leaderEpoch;
    this.isControl = header.isControl;
    this.isTransactional = header.isTransactional;
    this.producerId = header.hasProducer ? header.producerId : undefined;
    this.bytes = bytes;
  }

  /** Walks the records without making objects: the fast way. */
  cursor(): RecordCursor {
    return RecordCursor.open(this.bytes);
  }

  /** The records as objects; keys and values are views of the batch. */
  records(): LogRecord[] {
    const records: LogRecord[] = [];
    const cursor = this.cursor();
    while (cursor.next()) records.push(cursor.record());
    return records;
  }

  /** A batch whose bytes stay. */
  copy(): LogBatch {
    const bytes = new Uint8Array(this.bytes);
    const header = new BatchHeader();
    readBatchHeader(bytes, new DataView(bytes.buffer), 0, header);
    return new LogBatch(header, bytes);
  }
}
