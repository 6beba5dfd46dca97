/**
 * Opens a store file: the trailer, then everything from the data ROOT_INDEX on, in one read.
 *
 * Format doc: docs/formats/lsm.md, "HFile".
 */
import { CorruptionError, type FileHandle, type Slab } from '../../../native-free-io/index.ts';
import { compareKeys, type KeyComparator } from '../format/comparator.ts';
import { corruptFile, decoding, unsupported } from '../format/damage.ts';
import { FileInfo } from '../format/file-info.ts';
import {
  CompressionId,
  minorWithChecksums,
  versionWordBytes,
  type BlockType,
} from '../format/layout.ts';
import { compareMetaKeys } from '../format/meta-comparator.ts';
import { checkVersion, decodeTrailer, trailerBytesOf, type Trailer } from '../format/trailer.ts';
import { BlockReader, readPool, type BlockPlace, type Payload } from './block-reader.ts';
import { compressionName } from './compression.ts';
import { checkIndexKeys, decodeRootEntries, type IndexEntries } from './index-block.ts';

/** What was read at opening. */
export interface OpenedFile {
  readonly blocks: BlockReader;
  readonly fileBytes: number;
  readonly trailer: Trailer;
  readonly info: FileInfo;
  readonly compare: KeyComparator;
  readonly root: IndexEntries;
  /** Where the ROOT_INDEX goes on behind its entries: the mid key of files with index levels. */
  readonly midKey:
    { readonly position: number; readonly size: number; readonly entry: number } | undefined;
  readonly metaBlocks: ReadonlyMap<string, BlockPlace>;
  readonly generalBloom: Payload | undefined;
  readonly deleteFamilyBloom: Payload | undefined;
}

const openingTypes: readonly BlockType[] = [
  'rootIndex',
  'fileInfo',
  'generalBloomMeta',
  'deleteFamilyBloomMeta',
];

/** Reads it from an open file, which stays the caller's to close. */
export function readOpening(file: FileHandle, verifies: boolean): OpenedFile {
  const fileBytes = file.sizeSync();
  const { trailer, position: trailerPosition } = readTrailer(file, fileBytes);
  const { path } = file;
  const compression = compressionName(trailer.compression);
  const context = { path, position: trailerPosition };
  if (trailer.encryptionKey !== undefined) throw unsupported('an encrypted file', context);
  if (compression === undefined) {
    const known = Object.entries(CompressionId).find(([, id]) => id === trailer.compression);
    if (known !== undefined) throw unsupported(`compression ${known[0]}`, context);
    throw corruptFile(`compression ${trailer.compression}`, context);
  }
  const hasChecksums = trailer.minor >= minorWithChecksums;
  const blocks = new BlockReader(file, {
    compression,
    hasChecksums,
    verifies,
    endPosition: trailerPosition,
  });
  const compare = comparatorOf(trailer.comparatorName, context);
  return { fileBytes, trailer, compare, ...readBlocks(blocks, trailer, trailerPosition) };
}

function readTrailer(file: FileHandle, fileBytes: number): { trailer: Trailer; position: number } {
  const { path } = file;
  const word = new Uint8Array(versionWordBytes);
  if (fileBytes < versionWordBytes) {
    throw corruptFile(`a file of ${fileBytes} bytes is no HFile`, { path, position: 0 });
  }
  readFully(file, word, fileBytes - versionWordBytes);
  const version = new DataView(word.buffer).getUint32(0);
  checkVersion(version, path, fileBytes);
  const bytes = new Uint8Array(trailerBytesOf(version & 0xff_ffff)!);
  const position = fileBytes - bytes.length;
  if (position < 0)
    throw corruptFile('the file is shorter than its trailer', { path, position: 0 });
  readFully(file, bytes, position);
  return { trailer: decodeTrailer(bytes, path, position), position };
}

function readFully(file: FileHandle, bytes: Uint8Array, position: number): void {
  const count = file.readSync(bytes, 0, bytes.length, position);
  if (count === bytes.length) return;
  throw corruptFile('the file ends early', { path: file.path, position: position + count });
}

type OpenedBlocks = Omit<OpenedFile, 'fileBytes' | 'trailer' | 'compare'>;

function readBlocks(blocks: BlockReader, trailer: Trailer, end: number): OpenedBlocks {
  const begin = trailer.loadOnOpenPosition;
  using slab = readPool().lease(end - begin);
  blocks.fill(slab, begin, end - begin);
  const found = blocksWithin(blocks, slab, begin, end);
  const { path } = blocks;
  const [root, meta] = found.filter(({ payload }) => payload.header.type === 'rootIndex');
  const info = found.find(({ position }) => position === trailer.fileInfoPosition);
  if (root === undefined || meta === undefined || root.position !== begin) {
    throw corruptFile('no two root indexes where the trailer says', { path, position: begin });
  }
  if (info?.payload.header.type !== 'fileInfo') {
    const position = trailer.fileInfoPosition;
    throw corruptFile('no FILE_INFO where the trailer says', { path, position });
  }
  const bloom = (type: BlockType): Payload | undefined =>
    found.find(({ payload }) => payload.header.type === type)?.payload;
  const { payload } = info;
  return {
    blocks,
    info: decoding({ path, position: info.position }, 'FILE_INFO', () =>
      FileInfo.decode(payload.bytes.subarray(payload.start, payload.end)),
    ),
    ...decodeRoot(root, trailer, path),
    metaBlocks: decodeMetaIndex(meta, trailer.metaIndexCount, path),
    generalBloom: bloom('generalBloomMeta'),
    deleteFamilyBloom: bloom('deleteFamilyBloomMeta'),
  };
}

interface PlacedBlock {
  readonly position: number;
  readonly payload: Payload;
}

function blocksWithin(blocks: BlockReader, slab: Slab, begin: number, end: number): PlacedBlock[] {
  const found: PlacedBlock[] = [];
  const { path } = blocks;
  for (let position = begin; position < end;) {
    const at = position - begin;
    if (end - position < blocks.headerBytes) {
      throw corruptFile('half a block before the trailer', { path, position });
    }
    const { totalBytes } = blocks.headerAt(slab, at, position);
    if (totalBytes > end - position) {
      throw corruptFile('a block reaches into the trailer', { path, position });
    }
    const place = { position, totalBytes };
    const payload = blocks.payload(slab, at, place, { types: openingTypes, copies: true });
    found.push({ position, payload });
    position += totalBytes;
  }
  return found;
}

function decodeRoot(
  { position, payload }: PlacedBlock,
  trailer: Trailer,
  path: string,
): Pick<OpenedFile, 'root' | 'midKey'> {
  const context = { path, position };
  return decoding(context, 'root index', () => {
    const body = { ...payload, context };
    const { entries, end } = decodeRootEntries(body, trailer.dataIndexCount);
    checkIndexKeys(entries, context);
    if (trailer.indexLevels === 1 || payload.end - end < 16) {
      return { root: entries, midKey: undefined };
    }
    const { view } = payload;
    const midKey = {
      position: Number(view.getBigInt64(end)),
      size: view.getInt32(end + 8),
      entry: view.getInt32(end + 12),
    };
    return { root: entries, midKey };
  });
}

function decodeMetaIndex(
  { position, payload }: PlacedBlock,
  count: number,
  path: string,
): ReadonlyMap<string, BlockPlace> {
  const context = { path, position };
  const { entries } = decoding(context, 'meta index', () =>
    decodeRootEntries({ ...payload, context }, count),
  );
  const places = new Map<string, BlockPlace>();
  for (let i = 0; i < count; i++) {
    const name = entries.bytes.subarray(entries.keys[i * 2], entries.keys[i * 2 + 1]);
    places.set(new TextDecoder().decode(name), {
      position: entries.positions[i]!,
      totalBytes: entries.sizes[i]!,
    });
  }
  return places;
}

function comparatorOf(name: string, context: { path: string; position: number }): KeyComparator {
  const simple = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  if (
    /^(?:KVComparator|KeyComparator|CellComparator(?:Impl)?|InnerStoreCellComparator)$/.test(simple)
  ) {
    return compareKeys;
  }
  if (/^Meta(?:Comparator|KeyComparator|CellComparator)$/.test(simple)) return compareMetaKeys;
  if (name === '') throw new CorruptionError('LSM_CORRUPT_FILE', 'no comparator', { context });
  throw unsupported(`the order of ${name}`, context);
}
