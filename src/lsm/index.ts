/**
 * Door of `varve/lsm`: Apache HBase's storage engine as an embedded wide-column store.
 *
 * Reading order: format/ holds the bytes: kv-layout, cell-view (where a cell lies), comparator,
 * cell-cursor (what everything in order has in common), seek-key, kv-encoder; files/ the store
 * files: hfile-writer and what it is made of, hfile-reader, hfile-cursor, block-cache; wal/ the
 * log: wal (what a server holds), wal-file-writer, wal-reader, wal-split.
 */
export {
  CellType,
  latestTimestamp,
  maxFamilyBytes,
  maxRowBytes,
  maxTagsBytes,
  oldestTimestamp,
  TagType,
} from './format/kv-layout.ts';
export type { CellCursor } from './format/cell-cursor.ts';
export { CellView } from './format/cell-view.ts';
export { compareCells, compareKeys, type KeyComparator } from './format/comparator.ts';
export { keyValueBytes, writeKeyValue, type CellInput } from './format/kv-encoder.ts';
export { SeekKey } from './format/seek-key.ts';
export { BlockCache, type BlockCacheFigures } from './files/block-cache.ts';
export type { CursorOptions } from './files/hfile-cursor.ts';
export { HFileReader, type HFileReaderOptions } from './files/hfile-reader.ts';
export { HFileWriter, type WrittenFile } from './files/hfile-writer.ts';
export type { BloomType, HFileWriterOptions } from './files/writer-options.ts';
export type { CompressionName } from './files/compression.ts';
export type { EncodingName } from './format/block-encoding.ts';
export { listRecoveredEdits, type RecoveredEdits } from './wal/recovered-edits.ts';
export {
  Wal,
  walDurabilities,
  type WalDurability,
  type WalEdit,
  type WalOptions,
} from './wal/wal.ts';
export { listWalFiles, type WalFileName } from './wal/wal-names.ts';
export { WalCells } from './wal/wal-cells.ts';
export { WalReader, type WalEnding, type WalReaderOptions } from './wal/wal-reader.ts';
export { splitWal, type WalSplitOptions, type WalSplitReport } from './wal/wal-split.ts';
export {
  inspectLsmFile,
  inspectParts,
  type InspectedLsmFile,
  type InspectPart,
  type LsmInspectOptions,
} from './inspect/inspect-file.ts';

// The engine: tables over regions over memstores and store files. Reading order: table/database,
// table/table, table/table-writer, region/region, region/write, memstore/cell-tree, region/flush,
// compaction/rewrite, read/store-scanner, read/user-matcher, region/compact, table/region-changes.
export { Database, type CreateTableOptions, type DatabaseOptions } from './table/database.ts';
export {
  Table,
  type Mutation,
  type PutOptions,
  type RowMutation,
  type WriteOptions,
} from './table/table.ts';
export { TableAdmin, type RegionFigures } from './table/table-admin.ts';
export { TableScan } from './table/table-scan.ts';
export type { Durability } from './table/table-writer.ts';
export { WriteBatch, type Columns, type DeleteOptions } from './table/write-batch.ts';
export type { FamilyChoice, ReadOptions, ScanOptions } from './table/scan-options.ts';
export { Snapshot } from './table/snapshot.ts';
export type { Condition } from './table/mutations.ts';
export type { Bytes } from './cell-buffer.ts';
export type { Comparison, Filter } from './read/filters.ts';
export { Row, RowBatch, type Cell } from './read/row-batch.ts';
export type { FamilyInput, FamilyOptions } from './family-options.ts';
export type { EngineInput, EngineOptions } from './options.ts';
export type { TableSchema } from './table/schema.ts';
