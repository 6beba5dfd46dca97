/** What varve reads from a log, in the form in which the Java consumer reports records. */
import type { Isolation, LogBatch, PartitionLog } from '../../../src/log/index.ts';
import type { ConsumedRecord } from './records.ts';

/** Every record a consumer may see; transaction markers are left out. */
export async function storedRecords(
  log: PartitionLog,
  isolation: Isolation = 'read_uncommitted',
): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  for await (const batch of log.read({ isolation })) {
    for (const record of consumedRecords(batch)) {
      if (record.offset >= log.logStartOffset) records.push(record);
    }
  }
  return records;
}

function consumedRecords(batch: LogBatch): ConsumedRecord[] {
  const { header } = batch.cursor();
  const timestampType = header.isLogAppendTime ? 'LogAppendTime' : 'CreateTime';
  return batch.records().map(({ offset, timestamp, key, value, headers }) => ({
    offset,
    timestamp,
    timestampType,
    key: base64(key),
    value: base64(value),
    headers: headers.map((one) => [one.key, base64(one.value)] as const),
    leaderEpoch: batch.leaderEpoch,
  }));
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}

/** The records without what the log, not their writer, decides. */
export function withoutEpoch(
  records: readonly ConsumedRecord[],
): Omit<ConsumedRecord, 'leaderEpoch' | 'timestampType'>[] {
  return records.map(({ offset, timestamp, key, value, headers }) => ({
    offset,
    timestamp,
    key,
    value,
    headers,
  }));
}
