/**
 * LZ4 frames: written as Kafka writes them, any valid frame read.
 *
 *    header | { size u32 (high bit: stored) | block | checksum u32? }… | 0 u32 | checksum u32?
 *
 * Sizes and checksums (xxHash32) are little-endian. Frames may follow one another, skippable frames
 * among them. A level is taken and ignored: the library has only the fast compressor.
 * Source: "LZ4 Frame Format Description", version 1.6.4.
 */
import type { Codec } from './codec.ts';
import { malformed, OutputLimit } from './codec-errors.ts';
import { decodePieces, decodeWhole, type Decoding, type DecodingPart } from './decoding.ts';
import { decodeLz4Block, encodeLz4Block, lz4PrefixBytes } from './lz4-block.ts';
import {
  kafkaFrameHeader,
  lz4FrameMagic,
  magicBytes,
  readFrameHeader,
  skippableMagic,
  type Lz4FrameHeader,
} from './lz4-frame-header.ts';
import { inPieces, joined, totalLength } from './pieces.ts';
import { XxHash32, xxHash32 } from '../checksum/xxhash32.ts';

const name = 'lz4';
/** Of the frames written. */
const blockBytes = 64 << 10;
const storedBit = 0x8000_0000;
const checksumBytes = 4;
/** How far back matches reach. */
const historyBytes = 64 << 10;

export const lz4FrameCodec: Codec = {
  name,
  compressSync(source) {
    const parts = [kafkaFrameHeader()];
    for (let at = 0; at < source.length; at += blockBytes) {
      parts.push(encodeBlock(source.subarray(at, at + blockBytes)));
    }
    parts.push(endMark());
    return joined(parts, totalLength(parts));
  },
  decompressSync: (source, options) => decodeWhole(frames(new OutputLimit(name, options)), source),
  async *compress(source) {
    yield kafkaFrameHeader();
    for await (const piece of inPieces(source, blockBytes)) yield encodeBlock(piece);
    yield endMark();
  },
  decompress: (source, options) => decodePieces(frames(new OutputLimit(name, options)), source),
};

/** A block with its size. */
function encodeBlock(source: Uint8Array): Uint8Array {
  const block = encodeLz4Block(source);
  const length = block.length - lz4PrefixBytes;
  if (length < source.length) {
    new DataView(block.buffer, block.byteOffset).setUint32(0, length, true);
    return block;
  }
  const stored = new Uint8Array(lz4PrefixBytes + source.length);
  new DataView(stored.buffer).setUint32(0, source.length + storedBit, true);
  stored.set(source, lz4PrefixBytes);
  return stored;
}

function endMark(): Uint8Array {
  return new Uint8Array(4);
}

function* frames(limit: OutputLimit): Decoding {
  for (let count = 0; ; count++) {
    const magic = yield magicBytes;
    if (magic.length === 0 && count > 0) return;
    if (magic.length < magicBytes) throw malformed(name, 'the input ends before a frame');
    const found = uint32At(magic, 0);
    if (found === lz4FrameMagic) yield* frame(limit);
    else if ((found & 0xffff_fff0) >>> 0 === skippableMagic) yield* skippedFrame();
    else throw malformed(name, count === 0 ? 'not an LZ4 frame' : 'bytes after the last frame');
  }
}

function* frame(limit: OutputLimit): Decoding {
  const header = yield* readFrameHeader(name);
  if (header.contentBytes !== undefined) limit.check(header.contentBytes);
  const content = header.hasContentChecksum ? new XxHash32() : undefined;
  let history: Uint8Array | undefined = header.areBlocksLinked ? new Uint8Array(0) : undefined;
  let length = 0;
  for (;;) {
    const size = uint32At(yield* exactly(4), 0);
    if (size === 0) break;
    const output = yield* readBlock(size, header, history);
    limit.spend(output.length);
    length += output.length;
    content?.update(output);
    if (history !== undefined) history = latest(history, output);
    yield output;
  }
  if (content !== undefined && uint32At(yield* exactly(checksumBytes), 0) !== content.digest()) {
    throw malformed(name, 'the content checksum does not match');
  }
  if (header.contentBytes !== undefined && header.contentBytes !== length) {
    throw malformed(name, `${length} bytes where the header says ${header.contentBytes}`);
  }
}

function* readBlock(
  size: number,
  header: Lz4FrameHeader,
  history: Uint8Array | undefined,
): DecodingPart<Uint8Array> {
  const isStored = size >= storedBit;
  const length = isStored ? size - storedBit : size;
  if (length > header.blockBytes) throw malformed(name, `a block of ${length} bytes`);
  const block = yield* exactly(length);
  if (header.hasBlockChecksums && uint32At(yield* exactly(checksumBytes), 0) !== xxHash32(block)) {
    throw malformed(name, 'a block checksum does not match');
  }
  return isStored ? block : decodeLz4Block(name, block, { mostBytes: header.blockBytes, history });
}

/** The last 64 KiB of the output so far. */
function latest(history: Uint8Array, output: Uint8Array): Uint8Array {
  if (output.length >= historyBytes) return output.subarray(output.length - historyBytes);
  const kept = history.subarray(Math.max(0, history.length + output.length - historyBytes));
  return joined([kept, output], kept.length + output.length);
}

function* skippedFrame(): Decoding {
  for (let left = uint32At(yield* exactly(4), 0); left > 0;) {
    left -= (yield* exactly(Math.min(left, blockBytes))).length;
  }
}

function* exactly(length: number): DecodingPart<Uint8Array> {
  const bytes = yield length;
  if (bytes.length < length) throw malformed(name, 'the input ends inside a frame');
  return bytes;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
