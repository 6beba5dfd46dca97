/**
 * The outside of Zstandard frames: where blocks are and how much they can give.
 *
 *    magic 28 b5 2f fd | descriptor u8 | window u8? | dictionary id? | content size? |
 *    { block header u24: last 1 bit, kind 2, size 21 | block }… | checksum u32?
 *
 * Little-endian. Kinds: 0 stored, 1 one repeated byte (size is what it gives), 2 compressed.
 * Source: RFC 8878, section 3.1.
 */
import { malformed, type OutputLimit } from './codec-errors.ts';
import type { DecodingPart } from './decoding.ts';
import { together, totalLength } from './pieces.ts';

export const zstdMagic = 0xfd2fb528;
const magicBytes = 4;
const blockHeaderBytes = 3;
const checksumBytes = 4;
const lastBit = 0x01;
const mostBlockBytes = 128 << 10;
const leastWindowBytes = 1 << 10;
const codec = 'zstd';

interface ZstdHeader {
  readonly bytes: Uint8Array;
  readonly hasChecksum: boolean;
  readonly windowBytes: number;
  /** Output of the frame, when it says so. */
  readonly contentBytes: number | undefined;
}

export interface ZstdFrame {
  /** All of it. */
  readonly bytes: Uint8Array;
  readonly windowBytes: number;
  /** First byte of the first block. */
  readonly blocksStart: number;
  /** For each block, where it ends and the most output it can give. */
  readonly blockEnds: readonly number[];
  readonly blockBounds: readonly number[];
}

/** Reads what follows the magic; stops early at what passes the limit by its headers. */
export function* readZstdFrame(magic: Uint8Array, limit: OutputLimit): DecodingPart<ZstdFrame> {
  const header = yield* readHeader();
  if (header.contentBytes !== undefined) limit.check(header.contentBytes);
  const parts = [magic, header.bytes];
  const blocksStart = totalLength(parts);
  const blockEnds: number[] = [];
  const blockBounds: number[] = [];
  let end = blocksStart;
  let storedBytes = 0;
  let compressedBytes = 0;
  for (let isLast = false; !isLast;) {
    const field = yield* exactly(blockHeaderBytes);
    const value = field[0]! | (field[1]! << 8) | (field[2]! << 16);
    isLast = (value & lastBit) !== 0;
    const kind = (value >>> 1) & 3;
    const size = value >>> 3;
    if (kind === 3 || size > mostBlockBytes) throw malformed(codec, 'a block of unknown kind');
    const block = yield* exactly(kind === 1 ? 1 : size);
    parts.push(field, block);
    end += field.length + block.length;
    blockEnds.push(end);
    blockBounds.push(kind === 2 ? Math.min(mostBlockBytes, header.windowBytes) : size);
    if (kind === 2) compressedBytes += size;
    else storedBytes += size;
    limit.check(storedBytes);
    // Encoders store a block that would not shrink: twice the output is no honest frame, and the
    // streaming form would hold all of it.
    limit.check(Math.floor(compressedBytes / 2));
  }
  if (header.hasChecksum) parts.push(yield* exactly(checksumBytes));
  return {
    bytes: together(parts),
    windowBytes: header.windowBytes,
    blocksStart,
    blockEnds,
    blockBounds,
  };
}

/** A frame of its own with the first `count` blocks, without content size and checksum. */
export function zstdFramePrefix(frame: ZstdFrame, count: number): Uint8Array {
  const end = frame.blockEnds[count - 1]!;
  const lastStart = count === 1 ? frame.blocksStart : frame.blockEnds[count - 2]!;
  const headerEnd = magicBytes + 2;
  const bytes = new Uint8Array(headerEnd + end - frame.blocksStart);
  bytes.set(frame.bytes.subarray(0, magicBytes));
  bytes[magicBytes + 1] = windowDescriptor(frame.windowBytes);
  bytes.set(frame.bytes.subarray(frame.blocksStart, end), headerEnd);
  const last = headerEnd + lastStart - frame.blocksStart;
  bytes[last] = bytes[last]! | lastBit;
  return bytes;
}

function* readHeader(): DecodingPart<ZstdHeader> {
  const first = yield* exactly(1);
  const descriptor = first[0]!;
  if ((descriptor & 0x08) !== 0) throw malformed(codec, 'a reserved bit is set');
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const windowLength = isSingleSegment ? 0 : 1;
  const rest = yield* exactly(windowLength + dictionaryBytes + sizeBytes);
  const dictionaryEnd = windowLength + dictionaryBytes;
  if (rest.subarray(windowLength, dictionaryEnd).some((byte) => byte !== 0)) {
    throw malformed(codec, 'a frame that needs a dictionary');
  }
  const content = littleEndian(rest.subarray(dictionaryEnd)) + (sizeBytes === 2 ? 256 : 0);
  const contentBytes = sizeBytes === 0 ? undefined : content;
  return {
    bytes: together([first, rest]),
    hasChecksum: (descriptor & 0x04) !== 0,
    windowBytes: isSingleSegment ? Math.max(leastWindowBytes, content) : windowBytes(rest[0]!),
    contentBytes,
  };
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Of the smallest power of two that is no less. */
function windowDescriptor(bytes: number): number {
  return (Math.ceil(Math.log2(bytes)) - 10) << 3;
}

function littleEndian(bytes: Uint8Array): number {
  let value = 0;
  for (let index = bytes.length - 1; index >= 0; index--) value = value * 256 + bytes[index]!;
  return value;
}

function* exactly(length: number): DecodingPart<Uint8Array> {
  const bytes = yield length;
  if (bytes.length < length) throw malformed(codec, 'the input ends inside a frame');
  return bytes;
}
