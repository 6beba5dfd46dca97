/** Door of Hadoop's own formats that several cores share: Writables and SequenceFiles. */

// Types of values
export { hashBytes, hashPartition, javaStringHash } from './hash.ts';
export { compareAfter, compareAsBytes, reversed, type RawComparator } from './raw-comparator.ts';
export type { WritableType } from './writable.ts';
export {
  nameOfClass,
  writableNamed,
  writableOfClass,
  writables,
  type WritableName,
  type WritableTypes,
} from './writable-types.ts';
export { bytesContentStart, textStart } from './writables/text.ts';
export { typeCodes, typedBytesEnd, typedBytesText } from './writables/typed-bytes.ts';

// Codecs by their Java classes
export {
  codecOfClass,
  codecOfName,
  hadoopCodecs,
  writingCodec,
  type HadoopCodec,
  type HadoopCodecName,
} from './codec-classes.ts';

// SequenceFile
export type { SequenceCompression, SequenceFileHeader } from './sequence-file/header.ts';
export type { InspectedFile } from '../base/index.ts';
export { inspectSequenceFile } from './sequence-file/inspect.ts';
export { SequenceFileReader, type SequenceFileReaderOptions } from './sequence-file/reader.ts';
export { SequenceFileWriter, type SequenceFileOptions } from './sequence-file/writer.ts';
