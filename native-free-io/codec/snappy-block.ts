/**
 * Raw Snappy blocks. Each begins with its uncompressed length as a varint, so limits are checked
 * before anything is allocated.
 */
import { fromLibrary, malformed, tooLarge } from './codec-errors.ts';
import { snappy } from './libraries.ts';
import { asBuffer, asPlain } from './pieces.ts';

/** The densest element, a copy, is 3 bytes for 64 of output; one more for what rounding takes. */
const mostPerCopy = 64;
const copyBytes = 3;
const lengthBytes = 5;

export function encodeSnappyBlock(source: Uint8Array): Uint8Array {
  return asPlain(snappy().compressSync(asBuffer(source)));
}

/** CODEC_TOO_LARGE by what the block says of itself. */
export function decodeSnappyBlock(codec: string, block: Uint8Array, maxLength: number): Uint8Array {
  const stated = snappyBlockLength(codec, block);
  // Saying more than the elements can give is a lie, not worth the memory.
  if (stated > (block.length / copyBytes + 1) * mostPerCopy) {
    throw malformed(codec, `${stated} bytes from a block of ${block.length}`);
  }
  if (stated > maxLength) throw tooLarge(codec, maxLength);
  const output = fromLibrary(codec, () =>
    snappy().uncompressSync(asBuffer(block), { asBuffer: true }),
  );
  if (output.length !== stated) throw malformed(codec, 'the length of a block does not match');
  return asPlain(output);
}

/** Uncompressed bytes, as the block says. */
export function snappyBlockLength(codec: string, block: Uint8Array): number {
  let value = 0;
  for (let index = 0; index < lengthBytes; index++) {
    const byte = block[index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return value;
  }
  throw malformed(codec, 'the length of a block is malformed');
}
