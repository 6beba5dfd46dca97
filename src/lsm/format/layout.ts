/**
 * Where things stand in an HFile: positions, sizes, magics and numbers. On disk, never renumber.
 *
 * Format doc: docs/formats/lsm.md.
 */

/** Block header. Minor version 0 ends before the checksum fields. */
export const blockMagicPosition = 0;
export const blockMagicBytes = 8;
export const onDiskSizePosition: number = blockMagicPosition + blockMagicBytes;
export const uncompressedSizePosition: number = onDiskSizePosition + 4;
export const prevBlockPosition: number = uncompressedSizePosition + 4;
export const plainHeaderBytes: number = prevBlockPosition + 8;
export const checksumTypePosition: number = plainHeaderBytes;
export const bytesPerChecksumPosition: number = checksumTypePosition + 1;
export const onDiskDataSizePosition: number = bytesPerChecksumPosition + 4;
export const blockHeaderBytes: number = onDiskDataSizePosition + 4;
/** Each checksum. */
export const checksumBytes = 4;
export const defaultBytesPerChecksum = 16384;

export const ChecksumType = { none: 0, crc32: 1, crc32c: 2 } as const;

export const BlockMagic = {
  data: 'DATABLK*',
  encodedData: 'DATABLKE',
  leafIndex: 'IDXLEAF2',
  bloomChunk: 'BLMFBLK2',
  meta: 'METABLKc',
  intermediateIndex: 'IDXINTE2',
  rootIndex: 'IDXROOT2',
  fileInfo: 'FILEINF2',
  generalBloomMeta: 'BLMFMET2',
  deleteFamilyBloomMeta: 'DFBLMET2',
} as const;
export type BlockType = keyof typeof BlockMagic;

/** Trailer: a fixed size by major version, zero-padded; the version word is its end. */
export const trailerMagic = 'TRABLK"$';
export const trailerMagicBytes = 8;
export const trailerBytesV2 = 212;
export const trailerBytesV3 = 4096;
export const versionWordBytes = 4;
export const majorVersion = 3;
export const minorVersion = 3;
/** From these minor versions on: checksums; a protobuf trailer. */
export const minorWithChecksums = 1;
export const minorWithProtobuf = 2;
/** Fields of the trailer of earlier minor versions, after the magic. */
export const legacyTrailerFieldsBytes = 72;
export const legacyComparatorBytes = 128;

/** Starts FILE_INFO and other protobuf contents. */
export const protobufMagic = 'PBUF';
export const protobufMagicBytes = 4;

/** Index entry: position i64, size i32, then the key. */
export const indexEntryOverheadBytes = 12;
/** In a ROOT_INDEX of several levels: where the middle data block is found. */
export const midKeyBytes = 16;

/** Ordinals of the trailer's field 12, and of the log's value compression. */
export const CompressionId = {
  lzo: 0,
  gz: 1,
  none: 2,
  snappy: 3,
  lz4: 4,
  bzip2: 5,
  zstd: 6,
  lzma: 7,
  brotli: 8,
} as const;

/** First two bytes of an ENCODED_DATA body. */
export const EncodingId = {
  none: 0,
  prefix: 2,
  diff: 3,
  fastDiff: 4,
  prefixTree: 6,
  rowIndexV1: 7,
} as const;
export const encodingIdBytes = 2;

export const bloomVersion = 3;
export const HashType = { jenkins: 0, murmur: 1, murmur3: 2 } as const;

/** What every release from 0.98 on reads as the order of cells. */
export const cellComparatorName = 'org.apache.hadoop.hbase.KeyValue$KVComparator';
export const metaComparatorName = 'org.apache.hadoop.hbase.KeyValue$MetaComparator';
export const columnBloomComparatorName = 'org.apache.hadoop.hbase.CellComparatorImpl';

export const FileInfoKey = {
  lastKey: 'hfile.LASTKEY',
  averageKeyLength: 'hfile.AVG_KEY_LEN',
  averageValueLength: 'hfile.AVG_VALUE_LEN',
  createTime: 'hfile.CREATE_TIME_TS',
  maxTagsLength: 'hfile.MAX_TAGS_LEN',
  tagsCompressed: 'hfile.TAGS_COMPRESSED',
  biggestCellKey: 'hfile.KEY_OF_BIGGEST_CELL',
  biggestCellLength: 'hfile.LEN_OF_BIGGEST_CELL',
  maxSequenceIdOfCells: 'MAX_MEMSTORE_TS_KEY',
  keyValueVersion: 'KEY_VALUE_VERSION',
  dataBlockEncoding: 'DATA_BLOCK_ENCODING',
  indexBlockEncoding: 'INDEX_BLOCK_ENCODING',
  maxSequenceId: 'MAX_SEQ_ID_KEY',
  majorCompaction: 'MAJOR_COMPACTION_KEY',
  compactionEvent: 'COMPACTION_EVENT_KEY',
  timeRange: 'TIMERANGE',
  earliestPut: 'EARLIEST_PUT_TS',
  bloomType: 'BLOOM_FILTER_TYPE',
  bloomParameter: 'BLOOM_FILTER_PARAM',
  lastBloomKey: 'LAST_BLOOM_KEY',
  deleteFamilyCount: 'DELETE_FAMILY_COUNT',
  historical: 'HISTORICAL',
  excludeFromMinorCompaction: 'EXCLUDE_FROM_MINOR_COMPACTION',
  bulkLoadTime: 'BULKLOAD_TIMESTAMP',
  bulkLoadTask: 'BULKLOAD_SOURCE_TASK',
  skipResetSequenceId: 'SKIP_RESET_SEQ_ID',
} as const;
