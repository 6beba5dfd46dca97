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
export {
  readBigInt64,
  readInt64,
  readInt64OrNaN,
  writeBigInt64,
  writeInt64,
} from './buffer/int64.ts';
export { poisonByte, SlabPool, type SlabPoolOptions } from './buffer/pool.ts';
export type { Slab } from './buffer/slab.ts';
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
export { crc32 } from './checksum/crc32.ts';
export { crc32c } from './checksum/crc32c.ts';

// Codecs
export type { Codec, CompressOptions, DecompressOptions } from './codec/codec.ts';
export { kafkaCodec } from './codec/kafka-codec.ts';

// Files
export { atomicReplace, atomicReplaceSync, temporarySuffix } from './file/atomic-replace.ts';
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
export { GroupCommit } from './file/group-commit.ts';
export { nodeFileSystem, NodeFileSystem } from './file/node-fs.ts';
export { OverlayFileSystem } from './file/overlay-fs.ts';
export { baseName, joinPath, parentPath } from './file/path.ts';

// Kernel memory
export { KernelMemory, kernelMemory, pageBytes } from './kernel/memory.ts';
