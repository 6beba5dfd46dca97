/**
 * Snappy, LZ4 and Zstandard as Hadoop's family stores them in files and block formats.
 *
 *    { uncompressed length i32 | { compressed length i32 | raw block }… }…
 *
 * Big-endian. An outer block has as many compressed chunks as it takes to reach its uncompressed
 * length. Empty input is one outer block of length 0, and upstream also ends with one where the
 * last block has several chunks. No checksum; levels for Zstandard only. One call (or one mebibyte
 * of a stream) becomes one outer block, as one `write` does upstream.
 * Upstream: apache/hadoop: io/compress/BlockCompressorStream.java, BlockDecompressorStream.java,
 * SnappyCodec.java, Lz4Codec.java (Apache-2.0); format kept, code our own.
 */
import type { Codec, CompressOptions } from './codec.ts';
import { malformed, OutputLimit } from './codec-errors.ts';
import { decodePieces, decodeWhole, type Decoding, type DecodingPart } from './decoding.ts';
import { decodeLz4Block, encodeLz4Block } from './lz4-block.ts';
import { inPieces, joined, totalLength } from './pieces.ts';
import { decodeSnappyBlock, encodeSnappyBlock, snappyBlockLength } from './snappy-block.ts';
import { zstdCodec } from './zstd-codec.ts';

const lengthBytes = 4;
/**
 * Hadoop's default buffer (io.compression.codec.*.buffersize); its readers refuse larger chunks.
 */
const bufferBytes = 256 << 10;
/** Most of an outer block: lengths are signed, and this is well below where they end. */
const outerBytes = 1 << 30;
const streamPieceBytes = 1 << 20;

interface ChunkForms {
  readonly name: string;
  /** Uncompressed bytes of a chunk, so that the worst case fits Hadoop's buffer. */
  readonly chunkBytes: number;
  /** Compressed chunk with 4 bytes for its length before it. */
  encode(source: Uint8Array, options?: CompressOptions): Uint8Array;
  /** Malformed when the chunk is empty or gives more than `mostBytes`. */
  decode(chunk: Uint8Array, mostBytes: number): Uint8Array;
}

export const hadoopSnappyCodec: Codec = hadoopCodec({
  name: 'hadoop-snappy',
  chunkBytes: bufferBytes - (Math.floor(bufferBytes / 6) + 32),
  encode(source) {
    const block = encodeSnappyBlock(source);
    return joined([new Uint8Array(lengthBytes), block], lengthBytes + block.length);
  },
  decode(chunk, mostBytes) {
    const stated = snappyBlockLength('hadoop-snappy', chunk);
    if (stated > mostBytes) throw malformed('hadoop-snappy', 'a chunk gives more than its block');
    return decodeSnappyBlock('hadoop-snappy', chunk, mostBytes);
  },
});

export const hadoopLz4Codec: Codec = hadoopCodec({
  name: 'hadoop-lz4',
  chunkBytes: bufferBytes - (Math.floor(bufferBytes / 255) + 16),
  encode: encodeLz4Block,
  decode: (chunk, mostBytes) => decodeLz4Block('hadoop-lz4', chunk, { mostBytes }),
});

/** Chunks are Zstandard frames, as HBase's own modules write them; Hadoop's codec has no blocks. */
export const hadoopZstdCodec: Codec = hadoopCodec({
  name: 'hadoop-zstd',
  chunkBytes: bufferBytes - (Math.floor(bufferBytes / 6) + 32),
  encode(source, options) {
    const frame = zstdCodec.compressSync(source, options);
    return joined([new Uint8Array(lengthBytes), frame], lengthBytes + frame.length);
  },
  decode: (chunk, mostBytes) => zstdCodec.decompressSync(chunk, { maxLength: mostBytes }),
});

function hadoopCodec(forms: ChunkForms): Codec {
  const { name } = forms;
  return {
    name,
    compressSync(source, options) {
      const parts: Uint8Array[] = [];
      let lastBytes = 0;
      for (let at = 0; at < source.length; at += lastBytes) {
        lastBytes = Math.min(outerBytes, source.length - at);
        parts.push(...outerBlock(forms, source.subarray(at, at + lastBytes), options));
      }
      parts.push(...ending(forms, lastBytes));
      return joined(parts, totalLength(parts));
    },
    decompressSync: (source, options) =>
      decodeWhole(blocks(forms, new OutputLimit(name, options)), source),
    async *compress(source, options) {
      let lastBytes = 0;
      for await (const piece of inPieces(source, streamPieceBytes)) {
        lastBytes = piece.length;
        yield* outerBlock(forms, piece, options);
      }
      yield* ending(forms, lastBytes);
    },
    decompress: (source, options) =>
      decodePieces(blocks(forms, new OutputLimit(name, options)), source),
  };
}

function outerBlock(
  forms: ChunkForms,
  source: Uint8Array,
  options: CompressOptions | undefined,
): Uint8Array[] {
  const parts = [lengthField(source.length)];
  for (let at = 0; at < source.length; at += forms.chunkBytes) {
    const chunk = forms.encode(source.subarray(at, at + forms.chunkBytes), options);
    const view = new DataView(chunk.buffer, chunk.byteOffset);
    view.setInt32(0, chunk.length - lengthBytes);
    parts.push(chunk);
  }
  return parts;
}

/** What follows an outer block of `lastBytes`, 0 when there was none. */
function ending(forms: ChunkForms, lastBytes: number): Uint8Array[] {
  return lastBytes === 0 || lastBytes > forms.chunkBytes ? [lengthField(0)] : [];
}

function* blocks(forms: ChunkForms, limit: OutputLimit): Decoding {
  for (let count = 0; ; count++) {
    const field = yield lengthBytes;
    // Upstream takes an input of no bytes for an empty one; here it is a truncated one.
    if (field.length === 0 && count > 0) return;
    let left = length(forms.name, field);
    limit.spend(left);
    while (left > 0) {
      const output = forms.decode(yield* readChunk(forms.name), left);
      left -= output.length;
      yield output;
    }
  }
}

function* readChunk(name: string): DecodingPart<Uint8Array> {
  const wanted = length(name, yield lengthBytes);
  const bytes = yield wanted;
  if (bytes.length < wanted) throw malformed(name, 'the input ends inside a chunk');
  return bytes;
}

function length(name: string, field: Uint8Array): number {
  if (field.length < lengthBytes) throw malformed(name, 'the input ends inside a length');
  const value = new DataView(field.buffer, field.byteOffset, lengthBytes).getInt32(0);
  if (value < 0) throw malformed(name, `a length of ${value}`);
  return value;
}

function lengthField(value: number): Uint8Array {
  const field = new Uint8Array(lengthBytes);
  new DataView(field.buffer).setInt32(0, value);
  return field;
}
