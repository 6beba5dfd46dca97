/**
 * Raw LZ4 blocks through the library, which puts 4 bytes before each: the uncompressed length.
 * Formats that hold raw blocks have 4 bytes of their own there, so the room is used twice.
 */
import { fromLibrary, malformed } from './codec-errors.ts';
import { lz4 } from './libraries.ts';
import { asBuffer, asPlain } from './pieces.ts';

/** Bytes before a block that belong to the caller. */
export const lz4PrefixBytes = 4;
/** A byte of a match length adds at most this to the output. */
const mostExpansion = 255;

/** A compressed block with 4 bytes before it for the caller to fill in. */
export function encodeLz4Block(source: Uint8Array): Uint8Array {
  return asPlain(lz4().compressSync(asBuffer(source)));
}

export interface Lz4BlockLimits {
  /** The output has at most this many bytes; more is malformed. */
  readonly mostBytes: number;
  /** Up to 64 KiB of output before the block, where blocks are linked. */
  readonly history?: Uint8Array | undefined;
}

export function decodeLz4Block(
  codec: string,
  block: Uint8Array,
  { mostBytes, history }: Lz4BlockLimits,
): Uint8Array {
  if (block.length === 0) throw malformed(codec, 'an empty block');
  // The library allocates what the prefix says, so it is never more than the block can give.
  const length = Math.min(mostBytes, block.length * mostExpansion);
  const prefixed = Buffer.allocUnsafe(lz4PrefixBytes + block.length);
  prefixed.writeUInt32LE(length, 0);
  prefixed.set(block, lz4PrefixBytes);
  const output = fromLibrary(codec, () =>
    history === undefined || history.length === 0
      ? lz4().uncompressSync(prefixed)
      : lz4().uncompressSync(prefixed, asBuffer(history)),
  );
  return asPlain(output);
}
