/**
 * Snappy: raw blocks, and the "xerial" stream of snappy-java that Kafka uses.
 *
 *    stream: 82 'SNAPPY' 00 | version i32 = 1 | compatible i32 = 1 | { length i32 | raw block }…
 *
 * Big-endian. Readers also take a bare raw block instead of a stream, and headers repeated between
 * blocks, as snappy-java does. Neither format has a checksum, and there are no levels.
 */
import type { Codec } from './codec.ts';
import { malformed, OutputLimit, tooLarge } from './codec-errors.ts';
import { decodePieces, decodeWhole, type Decoding, type DecodingPart } from './decoding.ts';
import { inPieces, joined, together, totalLength, type ByteSource } from './pieces.ts';
import { decodeSnappyBlock, encodeSnappyBlock } from './snappy-block.ts';

const magic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
const headerBytes = 16;
const versionPosition = 8;
const lengthBytes = 4;
const version = 1;
/** Uncompressed bytes per block, as snappy-java cuts them. */
const blockBytes = 32 << 10;
const name = 'snappy';
const rawName = 'snappy-raw';

/** One raw block. The streaming forms hold all of it, because the format cannot be cut. */
export const snappyRawCodec: Codec = {
  name: rawName,
  compressSync: (source) => encodeSnappyBlock(source),
  decompressSync: (source, options) =>
    decodeSnappyBlock(rawName, source, new OutputLimit(rawName, options).left),
  async *compress(source) {
    yield encodeSnappyBlock(await collected(source));
  },
  decompress: (source, options) =>
    decodePieces(rawBlock(new OutputLimit(rawName, options), []), source),
};

export const snappyXerialCodec: Codec = {
  name,
  compressSync(source) {
    const parts = [streamHeader()];
    for (let at = 0; at < source.length; at += blockBytes) {
      const block = encodeSnappyBlock(source.subarray(at, at + blockBytes));
      parts.push(lengthOf(block), block);
    }
    return joined(parts, totalLength(parts));
  },
  decompressSync: (source, options) => decodeWhole(stream(new OutputLimit(name, options)), source),
  async *compress(source) {
    yield streamHeader();
    for await (const piece of inPieces(source, blockBytes)) {
      const block = encodeSnappyBlock(piece);
      yield lengthOf(block);
      yield block;
    }
  },
  decompress: (source, options) => decodePieces(stream(new OutputLimit(name, options)), source),
};

function streamHeader(): Uint8Array {
  const header = new Uint8Array(headerBytes);
  header.set(magic);
  const view = new DataView(header.buffer);
  view.setInt32(versionPosition, version);
  view.setInt32(versionPosition + 4, version);
  return header;
}

function lengthOf(block: Uint8Array): Uint8Array {
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setInt32(0, block.length);
  return length;
}

function* stream(limit: OutputLimit): Decoding {
  const start = yield headerBytes;
  if (start.length < headerBytes || !startsWithMagic(start)) {
    yield* rawBlock(limit, [start]);
    return;
  }
  checkVersion(start);
  for (;;) {
    const length = yield lengthBytes;
    if (length.length === 0) return;
    if (length.length < lengthBytes) throw endsInside('the length of a block');
    if (length[0] === magic[0]) {
      yield* repeatedHeader(length);
      continue;
    }
    const block = yield* wholeBlock(length);
    const output = decodeSnappyBlock(name, block, limit.left);
    limit.spend(output.length);
    yield output;
  }
}

function* repeatedHeader(start: Uint8Array): Decoding {
  const rest = yield headerBytes - start.length;
  if (rest.length < headerBytes - start.length) throw endsInside('a header');
  const header = joined([start, rest], headerBytes);
  if (!startsWithMagic(header)) throw malformed(name, 'neither a header nor a block');
  checkVersion(header);
}

function* wholeBlock(lengthField: Uint8Array): DecodingPart<Uint8Array> {
  const length = int32At(lengthField, 0);
  if (length < 0) throw malformed(name, `a block of ${length} bytes`);
  const block = yield length;
  if (block.length < length) throw endsInside('a block');
  return block;
}

/** All that is left of the input as one raw block; `parts` are the bytes read of it before. */
function* rawBlock(limit: OutputLimit, parts: readonly Uint8Array[]): Decoding {
  // No encoder writes more than a sixth over its input; whoever sends twice as much sends a bomb.
  const mostBytes = limit.maxLength * 2 + 1024;
  const rest = yield mostBytes;
  if ((yield 1).length > 0) throw tooLarge(limit.codec, limit.maxLength);
  yield decodeSnappyBlock(limit.codec, together([...parts, rest]), limit.left);
}

function checkVersion(header: Uint8Array): void {
  const found = int32At(header, versionPosition);
  if (found < version) throw malformed(name, `stream version ${found}`);
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function endsInside(what: string): Error {
  return malformed(name, `the input ends inside ${what}`);
}

function int32At(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at);
}

async function collected(source: ByteSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of source) parts.push(new Uint8Array(piece));
  return together(parts);
}
