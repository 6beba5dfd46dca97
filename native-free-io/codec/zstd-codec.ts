/**
 * Zstandard frames. Levels -131072 to 22, default 3.
 *
 * Frames need not state their size (Kafka's do not), so the limit is checked against the block
 * headers before anything is decoded: a compressed block gives at most 128 KiB.
 */
import type { Codec } from './codec.ts';
import { checkBound, checkLength, fromLibrary, malformed } from './codec-errors.ts';
import { decodeFrames, inPieces, joined } from './frame-stream.ts';
import { asBuffer, zstd } from './lazy-modules.ts';

const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const maxBlockBytes = 128 << 10;
const name = 'zstd';
const defaultLevel = 3;

export const zstdCodec: Codec = {
  name,
  compressSync(source, options) {
    const Encoder = zstd().Encoder;
    return new Encoder(options?.level ?? defaultLevel).encodeSync(asBuffer(source));
  },
  decompressSync(source, { maxLength }) {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let at = 0; at < source.length;) {
      const rest = source.subarray(at);
      const frame = scanFrame(rest);
      if (frame === undefined) throw malformed(name, 'the input ends inside a frame');
      const output = decodeFrame(rest.subarray(0, frame.length), frame, maxLength - length);
      parts.push(output);
      length += output.length;
      at += frame.length;
    }
    if (parts.length === 0) throw malformed(name, 'no frame');
    return parts.length === 1 ? parts[0]! : joined(parts, length);
  },
  async *compress(source, options) {
    let empty = true;
    for await (const piece of inPieces(source)) {
      empty = false;
      yield zstdCodec.compressSync(piece, options);
    }
    if (empty) yield zstdCodec.compressSync(new Uint8Array(0), options);
  },
  decompress: (source, options) =>
    decodeFrames(
      {
        name,
        frameLength: (bytes) => scanFrame(bytes)?.length ?? 0,
        decode: (frame, limits) => zstdCodec.decompressSync(frame, limits),
      },
      source,
      options,
    ),
};

interface ScannedFrame {
  readonly length: number;
  readonly boundBytes: number;
  readonly isSkippable: boolean;
}

function decodeFrame(bytes: Uint8Array, frame: ScannedFrame, maxLength: number): Uint8Array {
  if (frame.isSkippable) return new Uint8Array(0);
  checkBound(name, frame.boundBytes, maxLength);
  const Decoder = zstd().Decoder;
  const output = fromLibrary(name, () => new Decoder().decodeSync(asBuffer(bytes)));
  return checkLength(name, output, maxLength);
}

/** Walks block headers without decoding; undefined when the frame is not whole. */
function scanFrame(bytes: Uint8Array): ScannedFrame | undefined {
  if (bytes.length < 5) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0, true);
  if ((found & 0xffff_fff0) >>> 0 === skippableMagic) {
    if (bytes.length < 8) return undefined;
    const length = 8 + view.getUint32(4, true);
    return length > bytes.length ? undefined : { length, boundBytes: 0, isSkippable: true };
  }
  if (found !== magic) throw malformed(name, 'not a Zstandard frame');
  const descriptor = view.getUint8(4);
  if ((descriptor & 0x08) !== 0) throw malformed(name, 'a reserved bit is set');
  let at = 5 + headerRest(descriptor);
  let boundBytes = 0;
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) return undefined;
    const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (block & 1) === 1;
    const type = (block >>> 1) & 3;
    const size = block >>> 3;
    if (type === 3 || size > maxBlockBytes) throw malformed(name, 'a block of unknown kind');
    boundBytes += type === 2 ? maxBlockBytes : size;
    at += 3 + (type === 1 ? 1 : size);
  }
  if ((descriptor & 0x04) !== 0) at += 4;
  return at > bytes.length ? undefined : { length: at, boundBytes, isSkippable: false };
}

/** Bytes of the frame header after its descriptor: window, dictionary id, content size. */
function headerRest(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const window = isSingleSegment ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >>> 6;
  const size = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  return window + dictionary + size;
}
