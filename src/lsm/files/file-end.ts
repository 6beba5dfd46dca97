/**
 * Writes what follows the data blocks of a store file: everything that is read when it is opened.
 *
 * Order: meta blocks by name, index levels, ROOT_INDEX of the data, ROOT_INDEX of the meta blocks,
 * FILE_INFO, the lists of Bloom chunks, the trailer.
 */
import { ByteSink, compareBytes } from '../../../native-free-io/index.ts';
import type { FileInfo } from '../format/file-info.ts';
import {
  blockHeaderBytes,
  cellComparatorName,
  CompressionId,
  trailerBytesV3,
  type BlockType,
} from '../format/layout.ts';
import { encodeTrailer } from '../format/trailer.ts';
import type { BlockWriter, WrittenBlock } from './block-writer.ts';
import type { CompressionName } from './compression.ts';
import { writeRootEntry, type IndexWriter } from './index-writer.ts';

export interface MetaBlock {
  readonly name: string;
  readonly body: Uint8Array;
}

export interface FileEnd {
  readonly blocks: BlockWriter;
  readonly index: IndexWriter;
  readonly metaBlocks: readonly MetaBlock[];
  readonly info: FileInfo;
  readonly generalBloom: Uint8Array | undefined;
  readonly deleteFamilyBloom: Uint8Array | undefined;
  readonly compression: CompressionName;
  readonly entryCount: number;
  readonly firstDataBlock: number;
  readonly lastDataBlock: number;
  /** Of the blocks written so far, headers included, without index levels above the leaves. */
  readonly uncompressedBytes: number;
}

/** Writes all of it but the trailer, whose bytes it returns. */
export function writeFileEnd(end: FileEnd): Uint8Array {
  const { blocks } = end;
  let total = end.uncompressedBytes;
  const write = (type: BlockType, body: Uint8Array): WrittenBlock => {
    total += blockHeaderBytes + body.length;
    return blocks.write(type, body);
  };
  const metaIndex = ByteSink.growing();
  for (const { name, body } of byName(end.metaBlocks)) {
    const written = write('meta', body);
    writeRootEntry(metaIndex, written.position, written.totalBytes, name);
  }
  const index = end.index.finish();
  write('rootIndex', metaIndex.written);
  const fileInfo = write('fileInfo', end.info.encode());
  if (end.generalBloom !== undefined) write('generalBloomMeta', end.generalBloom);
  if (end.deleteFamilyBloom !== undefined) write('deleteFamilyBloomMeta', end.deleteFamilyBloom);
  return encodeTrailer({
    fileInfoPosition: fileInfo.position,
    loadOnOpenPosition: index.rootPosition,
    uncompressedIndexBytes: index.uncompressedBytes,
    totalUncompressedBytes: total + trailerBytesV3,
    dataIndexCount: index.rootEntries,
    metaIndexCount: end.metaBlocks.length,
    entryCount: end.entryCount,
    indexLevels: index.levels,
    firstDataBlockPosition: end.firstDataBlock,
    lastDataBlockPosition: end.lastDataBlock,
    comparatorName: cellComparatorName,
    compression: CompressionId[end.compression],
    encryptionKey: undefined,
  });
}

function byName(metaBlocks: readonly MetaBlock[]): { name: Uint8Array; body: Uint8Array }[] {
  return metaBlocks
    .map(({ name, body }) => ({ name: new TextEncoder().encode(name), body }))
    .sort((a, b) => compareBytes(a.name, 0, a.name.length, b.name, 0, b.name.length));
}
