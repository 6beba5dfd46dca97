/** Door of `varve/io`: bytes and files, nothing about stores. */
export {
  AbortedError,
  CorruptionError,
  FencedError,
  InternalError,
  InvalidArgumentError,
  IoError,
  LimitError,
  NotFoundError,
  StateError,
  StoreError,
  TimeoutError,
  throwIfAborted,
  type ErrorContext,
  type StoreErrorOptions,
} from './errors.ts';
export { ioErrorCodes, type IoErrorCode } from './error-codes.ts';

// Buffers
export { Arena, type ArenaOptions } from './buffer/arena.ts';
export { compareBytes, equalBytes } from './buffer/compare.ts';
export { ByteReader, type BytesAndView } from './buffer/cursor.ts';
export {
  GatherList,
  vectorsPerWrite,
  type GatherListOptions,
  type VectorTarget,
} from './buffer/gather.ts';
export {
  hadoopVIntEnd,
  hadoopVIntSize,
  hadoopVIntSizeOf,
  readHadoopVInt,
  readHadoopVLong,
  writeHadoopVInt,
} from './buffer/hadoop-vint.ts';
export {
  readBigInt64,
  readInt64,
  readInt64OrNaN,
  writeBigInt64,
  writeInt64,
} from './buffer/int64.ts';
export { poisonByte, SlabPool, type SlabPoolOptions } from './buffer/pool.ts';
export { ByteSink, type GrowingSinkOptions } from './buffer/sink.ts';
export type { Slab } from './buffer/slab.ts';
export { giveBackBehind, takeBytes, type SmallBytes } from './buffer/small-bytes.ts';
export { SortArena, type RecordRanges, type SortArenaOptions } from './buffer/sort-arena.ts';
export {
  readUvarint,
  readVarint,
  readVarlong,
  uvarintSize,
  varintEnd,
  varintSize,
  varlongSize,
  writeUvarint,
  writeVarint,
  writeVarlong,
} from './buffer/varint.ts';

// Checksums
export {
  chunkCount,
  computeChunks,
  verifyChunks,
  type ChecksumKind,
  type ChunkedBytes,
} from './checksum/chunked.ts';
export { combineSums, crc32cCombine, crc32Combine } from './checksum/combine.ts';
export { crc32 } from './checksum/crc32.ts';
export { crc32c } from './checksum/crc32c.ts';
export { md5 } from './checksum/md5.ts';
export { RunningChecksum } from './checksum/running-checksum.ts';
export { loadXxhash, type RunningXxhash, type Xxhash } from './checksum/xxhash.ts';
export { XxHash32, xxHash32 } from './checksum/xxhash32.ts';

// Codecs
export { bzip2Codec } from './codec/bzip2-codec.ts';
export type { Codec, CompressOptions, DecompressOptions } from './codec/codec.ts';
export { codecByName, codecNames } from './codec/codec-registry.ts';
export { hadoopLz4Codec, hadoopSnappyCodec, hadoopZstdCodec } from './codec/hadoop-block-codec.ts';
export { kafkaCodec } from './codec/kafka-codec.ts';
export { lz4FrameCodec } from './codec/lz4-frame-codec.ts';
export { withHeaderChecksum } from './codec/lz4-frame-header.ts';
export { noneCodec } from './codec/none-codec.ts';
export { snappyRawCodec, snappyXerialCodec } from './codec/snappy-codec.ts';
export { deflateCodec, gzipCodec } from './codec/zlib-codecs.ts';
export { zstdCodec } from './codec/zstd-codec.ts';

// Files
export { AppendFile, type AppendFileOptions } from './file/append-file.ts';
export { atomicReplace, atomicReplaceSync, temporarySuffix } from './file/atomic-replace.ts';
export { makeDirectoryDurably } from './file/durable-directory.ts';
export type {
  DirectoryEntry,
  FileHandle,
  FileLock,
  FileRegion,
  FileStat,
  FileSystem,
  OpenMode,
  SyncOptions,
  VolumeSpace,
} from './file/file-system.ts';
export { FileWindow, type FileWindowOptions } from './file/file-window.ts';
export { GroupCommit } from './file/group-commit.ts';
export {
  CrashFileSystem,
  SimulatedCrash,
  type CrashFileSystemOptions,
  type CrashMoment,
  type CrashOperation,
  type CrashPolicy,
} from './file/crash-fs.ts';
export {
  FaultFileSystem,
  type Fault,
  type FaultFileSystemOptions,
  type FaultHit,
  type FaultOperation,
  type FaultRule,
  type FaultTimers,
} from './file/fault-fs.ts';
export { MemoryFileSystem, type MemoryFileSystemOptions } from './file/memory-fs.ts';
export { nodeFileSystem, NodeFileSystem } from './file/node-fs.ts';
export { OverlayFileSystem } from './file/overlay-fs.ts';
export { baseName, joinPath, parentPath } from './file/path.ts';
export { ReadAhead, type ReadPiece } from './file/read-ahead.ts';
export type { RegionOptions } from './file/region-pieces.ts';
export {
  copyRegion,
  regionChunks,
  sendRegion,
  type SendRegionOptions,
} from './file/region-stream.ts';

// Kernels and their memory
export {
  entryBytes,
  frameHeaderBytes,
  mostInputs,
  RecordForm,
  type SortKernel,
} from './kernel/sort-contract.ts';
export {
  sortMemory,
  sortScratchBytes,
  sortSlackBytes,
  type SortMemory,
  type SortMemoryOptions,
} from './kernel/sort-kernel.ts';
export { KernelMemory, kernelMemory, pageBytes } from './kernel/memory.ts';
