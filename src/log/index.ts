/**
 * Door of `varve/log`: Apache Kafka's partition log as an embedded commit log.
 *
 * Reading order: partition-log (what users hold), log-core (shared state), log-loader and
 * segment-recovery (opening), record-appender and append (writing), read and log-reader (reading),
 * flush (durability), cursors and cursor (where consumers are), truncation and retention, segment
 * and the indexes, producer-state; format/ holds the bytes.
 */
export { PartitionLog } from './partition-log.ts';
export type { ActiveProducer } from './active-producers.ts';
export type { AppendBatchesOptions, AppendResult } from './append.ts';
export {
  BatchBuilder,
  type BatchPlan,
  type BuiltBatch,
  type RecordBytes,
  type RecordInput,
} from './format/batch-encoder.ts';
export {
  encodeEndTxnMarker,
  readEndTxnMarker,
  type EndTxnMarker,
} from './format/control-record.ts';
export { recodeBatch } from './recode.ts';
export { RecordCursor, type LogRecord, type RecordHeader } from './format/batch-decoder.ts';
export { BatchHeader } from './format/batch-header.ts';
export { codecNames, type CodecName } from './format/codec-number.ts';
export type { CompactionReport, CompactOptions } from './cleaning/compact.ts';
export type { AbortedTxn } from './format/index-entry.ts';
export { LogCursor } from './cursor.ts';
export type { CommitOptions, CursorDurability, CursorLog, CursorTarget } from './cursor-log.ts';
export type { CursorReadOptions } from './cursor-read.ts';
export { CursorStore, type CursorStoreOptions, type ScopedCursorInfo } from './cursor-store.ts';
export { LogCursors, type CursorInfo } from './cursors.ts';
export { dumpFile, type DumpOptions } from './dump.ts';
export {
  assertTopicName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  type TopicPartition,
} from './file-names.ts';
export type { Durability, DurabilityOptions } from './flush.ts';
export type { InspectedFile } from '../base/index.ts';
export { inspectFile, unknownFileKind, type InspectOptions } from './inspect-file.ts';
export type { EpochTable } from './leader-epochs.ts';
export type { LogBatch } from './log-batch.ts';
export type { Isolation } from './log-core.ts';
export type { LoadReport } from './log-loader.ts';
export type { ReadBatchesOptions } from './log-reader.ts';
export type { OpenOptions } from './options-open.ts';
export {
  logConfigNames,
  resolveLogConfig,
  type LogConfig,
  type LogConfigInput,
} from './options.ts';
export { ensurePartitionMetadata } from './partition-metadata-file.ts';
export type { LogRegion, ReadOptions } from './read.ts';
export type {
  AppendOptions,
  AppendRecordsOptions,
  ProducerIdentity,
  TransactionEnd,
} from './record-appender.ts';
export {
  LogDirectory,
  type LogDirectoryOptions,
  type PartitionOptions,
} from './directory/log-directory.ts';
export type { MaintenanceOptions } from './directory/maintenance.ts';
export {
  reindexPartition,
  repairPartition,
  type RepairOptions,
  type RepairReport,
} from './repair.ts';
export type { RetentionResult } from './retention.ts';
export { offsetOfMaxTimestamp, type TimestampedOffset } from './timestamp-lookup.ts';
export type { Problem, SegmentReport } from './verify.ts';
export { verifyPartition, type PartitionReport, type VerifyOptions } from './verify-partition.ts';
