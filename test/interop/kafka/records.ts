/** Batches, records and index entries as the Java program reports them. Byte strings are base64. */
import type { KafkaJvm } from './jvm.ts';

export interface JavaRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly sequence: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
  /** Only in control batches. */
  readonly control?: { readonly type: string; readonly coordinatorEpoch?: number };
}

export interface JavaBatch {
  readonly position: number;
  readonly size: number;
  readonly magic: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Null where the format does not say (compressed magic 0 and 1). */
  readonly count: number | null;
  readonly crc: number;
  readonly valid: boolean;
  readonly codec: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly timestampType: 'CreateTime' | 'LogAppendTime' | 'NoTimestampType';
  readonly maxTimestamp: number;
  readonly partitionLeaderEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly deleteHorizonMs: number | null;
  readonly records: readonly JavaRecord[];
}

/**
 * Entries per file name: `.index`, `.timeindex`, `.txnindex` and `.snapshot` that are not empty.
 */
export type JavaIndexes = Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;

export interface ConsumedRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
  readonly leaderEpoch: number;
}

/** A batch for Apache's MemoryRecordsBuilder; what is left out takes the builder's default. */
export interface BatchSpec {
  readonly magic?: 0 | 1 | 2;
  readonly codec?: JavaBatch['codec'];
  readonly level?: number;
  readonly timestampType?: 'CreateTime' | 'LogAppendTime';
  readonly logAppendTime?: number;
  readonly baseOffset?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly partitionLeaderEpoch?: number;
  readonly deleteHorizonMs?: number;
  readonly records?: readonly RecordSpec[];
  /** Instead of records: a transaction marker. */
  readonly marker?: {
    readonly type: 'commit' | 'abort';
    readonly timestamp: number;
    readonly coordinatorEpoch?: number;
  };
}

export interface RecordSpec {
  readonly offset?: number;
  readonly timestamp?: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** A record with text for key and value. */
export function textRecord(
  key: string | null,
  value: string | null,
  timestamp?: number,
  headers: readonly (readonly [string, string | null])[] = [],
): RecordSpec {
  return {
    ...(timestamp === undefined ? {} : { timestamp }),
    key: key === null ? null : base64(key),
    value: value === null ? null : base64(value),
    headers: headers.map(([name, text]) => [name, text === null ? null : base64(text)] as const),
  };
}

/** Every batch and record of a `.log` file, decoded by Apache's classes. */
export async function readLogFile(
  jvm: KafkaJvm,
  file: string,
): Promise<{
  readonly size: number;
  readonly batches: readonly JavaBatch[];
  /** What stopped the reader, if not the end of the file. */
  readonly damage?: string;
}> {
  return await jvm.request('records.file', { file });
}

export async function readIndexes(jvm: KafkaJvm, dir: string): Promise<JavaIndexes> {
  return await jvm.request('records.indexes', { dir });
}

/** Encoded batches, made by Apache's builder. */
export async function buildBatches(
  jvm: KafkaJvm,
  batches: readonly BatchSpec[],
): Promise<readonly string[]> {
  return await jvm.request('records.buildAll', { batches });
}
