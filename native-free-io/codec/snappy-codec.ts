/**
 * Snappy: raw blocks, and the "xerial" stream of snappy-java that Kafka uses.
 *
 *    stream: 82 'SNAPPY' 00 | version i32 = 1 | compatible i32 = 1 | { length i32 | raw block }…
 *
 * A raw block begins with its uncompressed length as varint, so limits are checked beforehand.
 * Readers also take a bare raw block, and headers repeated between blocks.
 */
import type { Codec } from './codec.ts';
import { checkBound, fromLibrary, malformed, tooLarge } from './codec-errors.ts';
import { decodeFrames, inPieces, joined } from './frame-stream.ts';
import { asBuffer, snappy } from './lazy-modules.ts';

const magic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
const headerBytes = 16;
/** Uncompressed bytes per block, as snappy-java cuts them. */
const blockBytes = 32 << 10;
const name = 'snappy';

/** One raw block; no level. */
export const snappyRawCodec: Codec = {
  name: 'snappy-raw',
  compressSync: (source) => snappy().compressSync(asBuffer(source)),
  decompressSync: (source, { maxLength }) => decodeBlock(source, maxLength),
  async *compress(source) {
    for await (const piece of whole(source)) yield snappyRawCodec.compressSync(piece);
  },
  async *decompress(source, options) {
    for await (const piece of whole(source)) yield snappyRawCodec.decompressSync(piece, options);
  },
};

export const snappyXerialCodec: Codec = {
  name,
  compressSync(source) {
    const parts = [streamHeader()];
    for (let at = 0; at < source.length; at += blockBytes) {
      parts.push(...encodeBlock(source.subarray(at, at + blockBytes)));
    }
    return joined(
      parts,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
  },
  decompressSync(source, { maxLength }) {
    if (!hasMagic(source, 0)) return decodeBlock(source, maxLength);
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let at = 0; at < source.length;) {
      const end = frameEnd(source, at);
      if (end === 0) throw malformed(name, 'the input ends inside a block');
      if (!hasMagic(source, at)) {
        const part = decodeBlock(source.subarray(at + 4, end), maxLength - length);
        parts.push(part);
        length += part.length;
      }
      at = end;
    }
    return joined(parts, length);
  },
  async *compress(source) {
    yield streamHeader();
    for await (const piece of inPieces(source)) {
      for (let at = 0; at < piece.length; at += blockBytes) {
        yield* encodeBlock(piece.subarray(at, at + blockBytes));
      }
    }
  },
  async *decompress(source, options) {
    const format = {
      name,
      frameLength: (bytes: Uint8Array) => frameEnd(bytes, 0),
      decode: (frame: Uint8Array, { maxLength }: { maxLength: number }) =>
        hasMagic(frame, 0) ? new Uint8Array(0) : decodeBlock(frame.subarray(4), maxLength),
    };
    for await (const piece of decodeFrames(format, source, options)) {
      if (piece.length > 0) yield piece;
    }
  },
};

function streamHeader(): Uint8Array {
  const header = new Uint8Array(headerBytes);
  header.set(magic);
  const view = new DataView(header.buffer);
  view.setInt32(8, 1);
  view.setInt32(12, 1);
  return header;
}

function encodeBlock(source: Uint8Array): [Uint8Array, Uint8Array] {
  const block = snappy().compressSync(asBuffer(source));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setInt32(0, block.length);
  return [length, block];
}

/** End of the stream header or block at `at`; 0 when it is not whole. */
function frameEnd(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 4) return 0;
  if (bytes[at] === magic[0]) {
    if (bytes.length - at < headerBytes) return 0;
    if (!hasMagic(bytes, at)) throw malformed(name, 'neither a header nor a block');
    return at + headerBytes;
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getInt32(0);
  if (length < 0) throw malformed(name, `a block of ${length} bytes`);
  const end = at + 4 + length;
  return end > bytes.length ? 0 : end;
}

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return (
    bytes.length - at >= headerBytes && magic.every((byte, index) => bytes[at + index] === byte)
  );
}

/** Decodes one raw block, refusing by its stated length. */
export function decodeBlock(block: Uint8Array, maxLength: number): Uint8Array {
  const stated = statedLength(block);
  if (stated > maxLength) throw tooLarge(name, maxLength);
  // A literal or copy element of 3 bytes gives at most 64: more is a lie, not worth the memory.
  if (stated > block.length * 64) throw malformed(name, `${stated} bytes from ${block.length}`);
  checkBound(name, stated, maxLength);
  const output = fromLibrary(name, () =>
    snappy().uncompressSync(asBuffer(block), { asBuffer: true }),
  );
  if (output.length !== stated) throw malformed(name, 'the length does not match');
  return output;
}

function statedLength(block: Uint8Array): number {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block[index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return value;
  }
  throw malformed(name, 'the length of a block is malformed');
}

async function* whole(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    parts.push(new Uint8Array(piece));
    length += piece.length;
  }
  yield joined(parts, length);
}
