/**
 * LZ4 frames: written as Kafka writes them (independent blocks of 64 KiB, no checksums beside the
 * header's, no sizes), any valid frame read.
 *
 *    magic 04 22 4d 18 | FLG | BD | content size u64? | dictionary id u32? | HC |
 *    { size u32 (high bit: stored) | block | block checksum u32? }… | 0 u32 | content checksum u32?
 *
 * Sizes are little-endian. HC is the second byte of xxHash32 over FLG up to itself.
 */
import type { Codec } from './codec.ts';
import { checkBound, checkLength, fromLibrary, malformed, tooLarge } from './codec-errors.ts';
import { decodeFrames, inPieces } from './frame-stream.ts';
import { asBuffer, lz4 } from './lazy-modules.ts';

const magic = 0x184d2204;
const name = 'lz4';
const flag = {
  contentSize: 0x08,
  contentChecksum: 0x04,
  blockChecksum: 0x10,
  dictionary: 0x01,
} as const;

export const lz4FrameCodec: Codec = {
  name,
  compressSync: (source) => lz4().compressFrameSync(asBuffer(source)),
  decompressSync(source, { maxLength }) {
    const frame = scanFrame(source);
    if (frame === undefined) throw malformed(name, 'the input ends inside a frame');
    checkBound(name, frame.boundBytes, maxLength);
    if (frame.contentBytes !== undefined && frame.contentBytes > maxLength) {
      throw tooLarge(name, maxLength);
    }
    // What follows the end mark is not part of the frame and is not read, as in Kafka.
    const bytes = asBuffer(source.subarray(0, frame.length));
    const output = fromLibrary(name, () => lz4().decompressFrameSync(bytes));
    return checkLength(name, output, maxLength);
  },
  async *compress(source) {
    let empty = true;
    for await (const piece of inPieces(source)) {
      empty = false;
      yield lz4FrameCodec.compressSync(piece);
    }
    if (empty) yield lz4FrameCodec.compressSync(new Uint8Array(0));
  },
  decompress: (source, options) =>
    decodeFrames(
      {
        name,
        frameLength: (bytes) => scanFrame(bytes)?.length ?? 0,
        decode: (frame, limits) => lz4FrameCodec.decompressSync(frame, limits),
      },
      source,
      options,
    ),
};

interface ScannedFrame {
  readonly length: number;
  /** Most bytes the blocks can give. */
  readonly boundBytes: number;
  readonly contentBytes: number | undefined;
}

/** Walks block headers without decoding; undefined when the frame is not whole. */
function scanFrame(bytes: Uint8Array): ScannedFrame | undefined {
  if (bytes.length < 7) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== magic) throw malformed(name, 'not an LZ4 frame');
  const flags = view.getUint8(4);
  if (flags >>> 6 !== 1 || (flags & 0x02) !== 0) throw malformed(name, 'an unknown frame version');
  if ((flags & flag.dictionary) !== 0) throw malformed(name, 'a frame that needs a dictionary');
  const sizeCode = (view.getUint8(5) >>> 4) & 0x07;
  if (sizeCode < 4) throw malformed(name, `block size code ${sizeCode}`);
  const maxBlock = 1 << (8 + 2 * sizeCode);
  let at = 6;
  let contentBytes: number | undefined;
  if ((flags & flag.contentSize) !== 0) {
    if (bytes.length < at + 9) return undefined;
    contentBytes = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    at += 8;
  }
  at += 1;
  let boundBytes = 0;
  for (;;) {
    if (at + 4 > bytes.length) return undefined;
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const stored = size & 0x7fff_ffff;
    if (stored > maxBlock) throw malformed(name, `a block of ${stored} bytes`);
    at += stored + ((flags & flag.blockChecksum) !== 0 ? 4 : 0);
    boundBytes += size >= 0x8000_0000 ? stored : Math.min(maxBlock, stored * 255);
  }
  if ((flags & flag.contentChecksum) !== 0) at += 4;
  return at > bytes.length ? undefined : { length: at, boundBytes, contentBytes };
}

/**
 * Kafka's first message version (magic 0) computed the header checksum over one stretch too many,
 * and readers ignore it there: the frame with its checksum put right, everything else as it is.
 */
export function withHeaderChecksum(frame: Uint8Array): Uint8Array {
  if (frame.length < 7) return frame;
  const end = (frame[4]! & flag.contentSize) !== 0 ? 14 : 6;
  if (frame.length <= end) return frame;
  const copy = new Uint8Array(frame);
  copy[end] = (xxHash32Short(frame, 4, end) >>> 8) & 0xff;
  return copy;
}

/** xxHash32 with seed 0 of fewer than 16 bytes, which is all a frame header has. */
function xxHash32Short(bytes: Uint8Array, start: number, end: number): number {
  let hash = (0x165667b1 + (end - start)) | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = (hash + Math.imul(word, 0xc2b2ae3d)) | 0;
    hash = Math.imul((hash << 17) | (hash >>> 15), 0x27d4eb2f);
  }
  for (; at < end; at++) {
    hash = (hash + Math.imul(bytes[at]!, 0x165667b1)) | 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), 0x9e3779b1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}
