/**
 * The header of an LZ4 frame.
 *
 *    magic 04 22 4d 18 | FLG | BD | content size u64? | dictionary id u32? | HC
 *
 * FLG: version 01 in bits 7-6, independent blocks 5, block checksums 4, content size 3, content
 * checksum 2, reserved 1, dictionary id 0. BD: code of the largest block in bits 6-4, 4 to 7 for
 * 64 KiB, 256 KiB, 1 MiB, 4 MiB. HC is the second byte of xxHash32 over FLG up to itself.
 * Sizes are little-endian.
 */
import { malformed } from './codec-errors.ts';
import type { DecodingPart } from './decoding.ts';
import { xxHash32 } from '../checksum/xxhash32.ts';

export const lz4FrameMagic = 0x184d2204;
/** 16 magics, the last digit free, begin frames that readers skip (zstd has the same ones). */
export const skippableMagic = 0x184d2a50;
export const magicBytes = 4;

const flag = {
  independentBlocks: 0x20,
  blockChecksum: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  reserved: 0x02,
  dictionary: 0x01,
} as const;
const version = 1;
const smallestBlockCode = 4;
const descriptorBytes = 2;
const contentSizeBytes = 8;
const dictionaryBytes = 4;

export interface Lz4FrameHeader {
  readonly areBlocksLinked: boolean;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  /** Most output bytes of a block. */
  readonly blockBytes: number;
  /** Output bytes of the frame, when it says so. */
  readonly contentBytes: number | undefined;
}

/** As Kafka's: independent blocks of 64 KiB, no checksum beside the header's, no content size. */
export function kafkaFrameHeader(): Uint8Array {
  const header = new Uint8Array(magicBytes + descriptorBytes + 1);
  new DataView(header.buffer).setUint32(0, lz4FrameMagic, true);
  header[magicBytes] = (version << 6) | flag.independentBlocks;
  header[magicBytes + 1] = smallestBlockCode << 4;
  header[magicBytes + 2] = headerChecksum(header.subarray(magicBytes, magicBytes + 2));
  return header;
}

/** Reads what follows the magic. */
export function* readFrameHeader(codec: string): DecodingPart<Lz4FrameHeader> {
  const descriptor = yield descriptorBytes;
  if (descriptor.length < descriptorBytes) throw malformed(codec, 'the input ends in a header');
  const flags = descriptor[0]!;
  const blockCode = descriptor[1]! >>> 4;
  if (flags >>> 6 !== version) throw malformed(codec, `frame version ${flags >>> 6}`);
  if ((flags & flag.reserved) !== 0 || (descriptor[1]! & 0x8f) !== 0) {
    throw malformed(codec, 'a reserved bit is set');
  }
  if (blockCode < smallestBlockCode) throw malformed(codec, `block size code ${blockCode}`);
  const restBytes = optionalBytes(flags);
  const rest = yield restBytes + 1;
  if (rest.length <= restBytes) throw malformed(codec, 'the input ends in a header');
  const checked = new Uint8Array(descriptorBytes + restBytes);
  checked.set(descriptor);
  checked.set(rest.subarray(0, restBytes), descriptorBytes);
  if (rest[restBytes] !== headerChecksum(checked)) {
    throw malformed(codec, 'the header checksum does not match');
  }
  if ((flags & flag.dictionary) !== 0) throw malformed(codec, 'a frame that needs a dictionary');
  return {
    areBlocksLinked: (flags & flag.independentBlocks) === 0,
    hasBlockChecksums: (flags & flag.blockChecksum) !== 0,
    hasContentChecksum: (flags & flag.contentChecksum) !== 0,
    blockBytes: 1 << (8 + 2 * blockCode),
    contentBytes: (flags & flag.contentSize) === 0 ? undefined : uint64At(rest),
  };
}

/**
 * Kafka's first message version (magic 0) computed the header checksum over one stretch too many,
 * and readers ignore it there: the frame with its checksum put right, everything else as it is.
 */
export function withHeaderChecksum(frame: Uint8Array): Uint8Array {
  const start = magicBytes;
  if (frame.length <= start) return frame;
  const end = start + descriptorBytes + optionalBytes(frame[start]!);
  if (frame.length <= end) return frame;
  const copy = new Uint8Array(frame);
  copy[end] = headerChecksum(frame.subarray(start, end));
  return copy;
}

function optionalBytes(flags: number): number {
  const size = (flags & flag.contentSize) === 0 ? 0 : contentSizeBytes;
  return size + ((flags & flag.dictionary) === 0 ? 0 : dictionaryBytes);
}

function headerChecksum(checked: Uint8Array): number {
  return (xxHash32(checked) >>> 8) & 0xff;
}

function uint64At(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, contentSizeBytes);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}
