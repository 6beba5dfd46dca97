/**
 * bzip2, to read: streams may follow one another, as parallel compressors write them, and every
 * block and stream is checked against its sum. Nothing is compressed: no library on board can.
 *
 *     stream   "BZh" | '1' to '9', block size in 100 000 bytes | blocks | end, filled to a byte
 *     block    31 41 59 26 53 59 | CRC-32 of its bytes | see bzip2-block.ts
 *     end      17 72 45 38 50 90 | sum of the blocks' sums, each time turned left by a bit
 *
 * Output has a length of up to 51 times that of a block: four equal bytes are followed by a count.
 *
 * Format: bzip2 1.0 by Julian Seward; described here from its behaviour, code our own.
 */
import { InvalidArgumentError } from '../errors.ts';
import { BitReader, Entries, readBlock, type Block } from './bzip2-block.ts';
import { Randomised } from './bzip2-randomised.ts';
import type { Codec, DecompressOptions } from './codec.ts';
import { malformed, OutputLimit } from './codec-errors.ts';
import { decodePieces, decodeWhole, type Decoding, type DecodingPart } from './decoding.ts';
import { joined } from './pieces.ts';

const name = 'bzip2';
const blockMagic = '314159265359';
const endMagic = '177245385090';
const bytesPerLevel = 100_000;
/** Symbols of 20 bits and all tables of the largest block: more a block cannot take. */
const mostStoredBytes = 2_400_000;
const pieceBytes = 256 << 10;

export const bzip2Codec: Codec = {
  name,
  compressSync() {
    throw notWritten();
  },
  decompressSync: (source, options) => decodeWhole(streams(options), source),
  compress() {
    throw notWritten();
  },
  decompress: (source, options) => decodePieces(streams(options), source),
};

function notWritten(): InvalidArgumentError {
  return new InvalidArgumentError('CODEC_UNKNOWN', 'bzip2 is read, not written');
}

/** What was read of the input and not used yet. */
class Stored {
  bytes: Uint8Array = new Uint8Array(0);
  readonly bits = new BitReader();
  #isEnded = false;

  /** Makes sure that `length` bytes are there, or all that are left; goes on at the same bit. */
  *require(length: number): DecodingPart<void> {
    const { position, spare } = this.bits;
    const from = position - (spare > 0 ? 1 : 0);
    let left = this.bytes.subarray(from);
    while (left.length < length && !this.#isEnded) {
      const wanted = Math.max(length - left.length, 1);
      const more = yield wanted;
      this.#isEnded = more.length < wanted;
      left = joined([left, more], left.length + more.length);
    }
    this.bytes = left;
    this.bits.reset(left, 0);
    if (spare > 0) this.bits.read(8 - spare);
  }
}

function* streams(options: DecompressOptions): Decoding {
  const limit = new OutputLimit(name, options);
  const stored = new Stored();
  for (let count = 0; ; count++) {
    yield* stored.require(mostStoredBytes);
    if (stored.bytes.length === 0 && count > 0) return;
    yield* readStream(stored, limit);
    stored.bits.align();
  }
}

function* readStream(stored: Stored, limit: OutputLimit): DecodingPart<void> {
  const { bits } = stored;
  const magic = String.fromCharCode(bits.read(8), bits.read(8), bits.read(8));
  const level = bits.read(8) - 0x30;
  if (magic !== 'BZh' || level < 1 || level > 9) throw malformed(name, 'no stream begins here');
  const entries = new Entries(level * bytesPerLevel);
  let sum = 0;
  for (;;) {
    yield* stored.require(mostStoredBytes);
    const kind = hex(bits.read(24)) + hex(bits.read(24));
    const expected = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
    if (bits.isOverrun) throw malformed(name, 'the input ends within a stream');
    if (kind === endMagic) {
      if (expected !== sum) throw malformed(name, 'the sum of a stream is another');
      return;
    }
    if (kind !== blockMagic) throw malformed(name, 'no block begins here');
    const block = readBlock(bits, entries);
    const actual = yield* originalBytes(entries.all, block, limit);
    if (actual !== expected) throw malformed(name, 'the sum of a block is another');
    sum = (((sum << 1) | (sum >>> 31)) ^ actual) >>> 0;
  }
}

function hex(bits: number): string {
  return bits.toString(16).padStart(6, '0');
}

/** Gives the bytes of a block in pieces; returns their sum. */
function* originalBytes(
  entries: Uint32Array,
  { count, origin, isRandomised }: Block,
  limit: OutputLimit,
): DecodingPart<number> {
  const randomised = isRandomised ? new Randomised() : undefined;
  let piece = new Uint8Array(pieceBytes);
  let used = 0;
  let crc = 0xffff_ffff;
  let at = entries[origin]! >>> 8;
  // A count follows four equal bytes; a byte that none equals comes before the first.
  let last = -1;
  let equal = 0;
  for (let left = count; left > 0; left--) {
    const entry = entries[at]!;
    const byte = (entry & 0xff) ^ (randomised === undefined ? 0 : randomised.turn());
    at = entry >>> 8;
    let copies = 1;
    if (equal === 4) {
      copies = byte;
      equal = 0;
    } else {
      equal = byte === last ? equal + 1 : 1;
      last = byte;
    }
    if (used + copies > pieceBytes) {
      limit.spend(used);
      yield piece.subarray(0, used);
      piece = new Uint8Array(pieceBytes);
      used = 0;
    }
    for (; copies > 0; copies--) {
      piece[used++] = last;
      crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ last]!;
    }
  }
  limit.spend(used);
  if (used > 0) yield piece.subarray(0, used);
  return ~crc >>> 0;
}

/** CRC-32 with the most significant bit first. */
const crcTable: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  return crc;
});
