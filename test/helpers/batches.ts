/** Version 2 batches as a client, a coordinator or another broker would send them. */
import type { LogBatch } from '../../src/log/index.ts';
import {
  BatchBuilder,
  type BatchPlan,
  type RecordInput,
} from '../../src/log/format/batch-encoder.ts';
import { RecordCursor } from '../../src/log/format/batch-decoder.ts';
import { BatchHeader, readBatchHeader, writeBatchCrc } from '../../src/log/format/batch-header.ts';
import { encodeEndTxnMarker } from '../../src/log/format/control-record.ts';
import { textOf, viewOf } from './hex.ts';

const builder = new BatchBuilder();
/** Time of records that bring none: where the standing clock begins, too. */
const defaultNow = 1_700_000_000_000;

/** One batch holding the records; the bytes are the caller's own. */
export function buildBatch(
  records: readonly RecordInput[],
  plan: Partial<BatchPlan> = {},
): Uint8Array {
  builder.reset({ baseOffset: 0, codec: 0, now: defaultNow, maxBytes: 2 ** 30, ...plan });
  builder.appendAll(records, 0);
  const built = builder.finish();
  return built.bytes.slice(built.start, built.start + built.length);
}

/** An idempotent producer's batch of `count` records. */
export function producerBatch(
  producer: { id: bigint; epoch?: number; sequence: number; count?: number },
  plan: Partial<BatchPlan> = {},
): Uint8Array {
  const count = producer.count ?? 1;
  const records = Array.from({ length: count }, (_, index) => ({
    key: `${producer.id}`,
    value: `${producer.sequence + index}`,
  }));
  return buildBatch(records, {
    producerId: producer.id,
    producerEpoch: producer.epoch ?? 0,
    baseSequence: producer.sequence,
    ...plan,
  });
}

/** The marker that ends a transaction. */
export function markerBatch(
  marker: { id: bigint; epoch?: number; aborted: boolean; coordinatorEpoch?: number },
  plan: Partial<BatchPlan> = {},
): Uint8Array {
  const { key, value } = encodeEndTxnMarker({
    aborted: marker.aborted,
    coordinatorEpoch: marker.coordinatorEpoch ?? 0,
  });
  return buildBatch([{ key, value }], {
    producerId: marker.id,
    producerEpoch: marker.epoch ?? 0,
    transactional: true,
    control: true,
    ...plan,
  });
}

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

export function headerOf(batch: Uint8Array, start = 0): BatchHeader {
  const header = new BatchHeader();
  readBatchHeader(batch, viewOf(batch), start, header);
  return header;
}

/** A record with its fields as text, easy to compare. */
export interface PlainRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

export function recordsOf(batch: Uint8Array): PlainRecord[] {
  return plainRecords(RecordCursor.open(batch));
}

export function plainRecords(cursor: RecordCursor): PlainRecord[] {
  const records: PlainRecord[] = [];
  while (cursor.next()) {
    const { offset, timestamp, key, value, headers } = cursor.record();
    records.push({
      offset,
      timestamp,
      key: textOf(key),
      value: textOf(value),
      headers: headers.map((header) => [header.key, textOf(header.value)] as const),
    });
  }
  return records;
}

/** All records of a reader, in the order it gives them. */
export async function collect(batches: AsyncIterable<LogBatch>): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  for await (const batch of batches) records.push(...plainRecords(batch.cursor()));
  return records;
}

/** A batch whose header and checksum are right, around record bytes that need not be. */
export function batchOfRecordBytes(
  records: Uint8Array,
  header: { count: number; lastOffsetDelta?: number; attributes?: number } = { count: 1 },
): Uint8Array {
  const empty = buildBatch([], {
    lastOffsetDelta: header.lastOffsetDelta ?? Math.max(0, header.count - 1),
    flags: header.attributes ?? 0,
  });
  const batch = concat(empty, records);
  const view = viewOf(batch);
  view.setInt32(8, batch.length - 12);
  view.setInt32(57, header.count);
  writeBatchCrc(batch, view, 0);
  return batch;
}
