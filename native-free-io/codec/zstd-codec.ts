/**
 * Zstandard. Levels -131072 to 22, default 3. Frames may follow one another, skippable frames among
 * them; the streaming form writes a frame for each mebibyte and decodes a frame when it is whole.
 *
 * Frames need not state their size (Kafka's do not) and the library decodes whole frames without a
 * limit. What block headers say bounds the output: a compressed block gives at most 128 KiB. Where
 * that bound passes the limit, ever longer beginnings of the frame are decoded to learn what they
 * really give, so that at most `spareBytes` (or a quarter of the limit) are ever held beyond it.
 */
import type { Codec } from './codec.ts';
import { checkedLevel, fromLibrary, malformed, OutputLimit, tooLarge } from './codec-errors.ts';
import { decodePieces, decodeWhole, type Decoding } from './decoding.ts';
import { zstd } from './libraries.ts';
import { skippableMagic } from './lz4-frame-header.ts';
import { asBuffer, asPlain, inPieces } from './pieces.ts';
import { readZstdFrame, zstdFramePrefix, zstdMagic, type ZstdFrame } from './zstd-frame.ts';

const name = 'zstd';
const levels = { least: -131072, most: 22 } as const;
const defaultLevel = 3;
const streamPieceBytes = 1 << 20;
const skipBytes = 64 << 10;
/** Output that may be held beyond the limit before it is noticed; or a quarter of the limit. */
const spareBytes = 16 << 20;
/**
 * Beginnings decoded per frame. Full blocks, as encoders write them, need two; a frame of more than
 * some 3000 tiny blocks that may or may not stay below a small limit is refused.
 */
const mostRounds = 24;

export const zstdCodec: Codec = {
  name,
  compressSync(source, options) {
    const Encoder = zstd().Encoder;
    const level = checkedLevel(name, options, levels) ?? defaultLevel;
    return asPlain(new Encoder(level).encodeSync(asBuffer(source)));
  },
  decompressSync: (source, options) => decodeWhole(frames(new OutputLimit(name, options)), source),
  async *compress(source, options) {
    let isEmpty = true;
    for await (const piece of inPieces(source, streamPieceBytes)) {
      isEmpty = false;
      yield zstdCodec.compressSync(piece, options);
    }
    if (isEmpty) yield zstdCodec.compressSync(new Uint8Array(0), options);
  },
  decompress: (source, options) => decodePieces(frames(new OutputLimit(name, options)), source),
};

function* frames(limit: OutputLimit): Decoding {
  for (let count = 0; ; count++) {
    const magic = yield 4;
    if (magic.length === 0 && count > 0) return;
    if (magic.length < 4) throw malformed(name, 'the input ends before a frame');
    const found = new DataView(magic.buffer, magic.byteOffset, 4).getUint32(0, true);
    if ((found & 0xffff_fff0) >>> 0 === skippableMagic) {
      yield* skippedFrame();
    } else if (found === zstdMagic) {
      const frame = yield* readZstdFrame(magic, limit);
      checkOutput(frame, limit);
      const output = decoded(frame.bytes);
      limit.spend(output.length);
      yield output;
    } else {
      throw malformed(name, count === 0 ? 'not a Zstandard frame' : 'bytes after the last frame');
    }
  }
}

/** CODEC_TOO_LARGE unless decoding the frame stays below the limit, or a little above it. */
function checkOutput(frame: ZstdFrame, limit: OutputLimit): void {
  const { blockBounds } = frame;
  const spare = Math.max(spareBytes, Math.floor(limit.left / 4));
  let given = 0;
  let next = 0;
  for (let round = 0; round < mostRounds; round++) {
    let room = limit.left - given + spare;
    while (next < blockBounds.length && blockBounds[next]! <= room) room -= blockBounds[next++]!;
    if (next === blockBounds.length) return;
    given = decoded(zstdFramePrefix(frame, next)).length;
    limit.check(given);
  }
  throw tooLarge(name, limit.maxLength);
}

function decoded(frame: Uint8Array): Uint8Array {
  const Decoder = zstd().Decoder;
  return asPlain(fromLibrary(name, () => new Decoder().decodeSync(asBuffer(frame))));
}

function* skippedFrame(): Decoding {
  const length = yield 4;
  if (length.length < 4) throw malformed(name, 'the input ends inside a frame');
  let left = new DataView(length.buffer, length.byteOffset, 4).getUint32(0, true);
  while (left > 0) {
    const skipped = yield Math.min(left, skipBytes);
    if (skipped.length === 0) throw malformed(name, 'the input ends inside a frame');
    left -= skipped.length;
  }
}
