/**
 * Checksums of blocks and of files of several blocks, as `hadoop fs -checksum` gives them: made of
 * the sidecars alone, so that they cost a hundredth of reading the bytes.
 *
 *    block, MD5CRC          MD5 of the sums of its chunks
 *    file, MD5-of-MD5       MD5 of the blocks' MD5s, padded with zeros to a power of two from 32
 *    file, COMPOSITE-CRC    CRC of the bytes, put together from the chunks' CRCs
 *
 * The padding is upstream's: it hashes the buffer's capacity, not its length.
 * Upstream: apache/hadoop: FileChecksumHelper.java, BlockChecksumHelper.java, CrcComposer.java.
 */
import {
  combineSums,
  crc32cCombine,
  crc32Combine,
  CorruptionError,
  InvalidArgumentError,
  md5,
  type ChecksumKind,
} from '../../native-free-io/index.ts';
import { sumPosition } from './block-files.ts';
import { readSum } from './format/sums.ts';
import { damagedFile } from './damage.ts';
import { sumBytes } from './format/layout.ts';
import type { OpenBlock } from './open-blocks.ts';

export interface FileChecksum {
  /** As Hadoop names it: `MD5-of-262144MD5-of-512CRC32C`, `COMPOSITE-CRC32C`. */
  readonly algorithm: string;
  /** Without the four bytes of zero that Hadoop's tool prints behind an MD5. */
  readonly bytes: Uint8Array;
}

/** What the sidecar of one block says. */
export interface BlockSums {
  readonly kind: ChecksumKind;
  readonly chunkBytes: number;
  readonly length: number;
  readonly chunks: number;
  readonly md5: Uint8Array;
  /** CRC of the whole block. */
  readonly crc: number;
}

const sumsPerPiece = 16 << 10;

/** BLOCKS_INVALID_WRITE of a block without sums; BLOCKS_CORRUPT_META where they end early. */
export function sumsOfBlock({ replica, meta, header }: OpenBlock): BlockSums {
  const { checksum, chunkBytes } = header;
  if (checksum === 'none') {
    const message = `block ${replica.id} keeps no sums to make a checksum of`;
    throw new InvalidArgumentError('BLOCKS_INVALID_WRITE', message);
  }
  const { length, partialSum } = replica;
  const whole = Math.floor(length / chunkBytes);
  const rest = length % chunkBytes;
  const chunks = whole + (rest > 0 ? 1 : 0);
  const sums = new Uint8Array(chunks * sumBytes);
  for (let at = 0; at < sums.length; at += sumsPerPiece * sumBytes) {
    const wanted = Math.min(sumsPerPiece * sumBytes, sums.length - at);
    const got = meta.readSync(sums, at, wanted, sumPosition(0) + at);
    if (got < wanted && !(partialSum !== undefined && got >= wanted - sumBytes)) {
      const place = { path: meta.path, position: sumPosition(0) + at + got };
      throw damagedFile(replica, { ...place, reason: 'the sidecar ends before its last sum' });
    }
  }
  if (rest > 0 && partialSum !== undefined) {
    new DataView(sums.buffer).setUint32(whole * sumBytes, partialSum);
  }
  const combine = checksum === 'crc32' ? crc32Combine : crc32cCombine;
  let crc = combineSums(checksum, sums, { start: 0, count: whole, chunkBytes });
  if (rest > 0) crc = combine(crc, readSum(sums, whole * sumBytes), rest);
  return { kind: checksum, chunkBytes, length, chunks, md5: md5([sums]), crc };
}

/** Of the blocks of a file, in order. */
export function md5OfFile(blocks: readonly BlockSums[]): FileChecksum {
  const first = blocks[0];
  const digests = new Uint8Array(paddedLength(blocks.length * 16));
  for (const [index, block] of blocks.entries()) {
    if (block.chunkBytes !== first!.chunkBytes || block.kind !== first!.kind) throw mixed();
    digests.set(block.md5, index * 16);
  }
  const chunkBytes = first?.chunkBytes ?? 0;
  const chunksPerBlock = first !== undefined && blocks.length > 1 ? first.chunks : 0;
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, chunkBytes);
  view.setUint32(8, chunksPerBlock);
  bytes.set(md5([digests]), 12);
  const kind = (first?.kind ?? 'crc32').toUpperCase();
  return { algorithm: `MD5-of-${chunksPerBlock}MD5-of-${chunkBytes}${kind}`, bytes };
}

/** The same; of a file without blocks it is the MD5, as upstream answers whatever was asked. */
export function compositeOfFile(blocks: readonly BlockSums[]): FileChecksum {
  const [first] = blocks;
  if (first === undefined) return md5OfFile(blocks);
  const { kind } = first;
  const combine = kind === 'crc32' ? crc32Combine : crc32cCombine;
  let crc = 0;
  for (const block of blocks) {
    if (block.kind !== kind) throw mixed();
    crc = combine(crc, block.crc, block.length);
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, crc);
  return { algorithm: `COMPOSITE-${kind.toUpperCase()}`, bytes };
}

/** The capacity of upstream's growing buffer. */
function paddedLength(length: number): number {
  let padded = 32;
  while (padded < length) padded *= 2;
  return padded;
}

function mixed(): CorruptionError {
  const message = 'the blocks of the file have checksums of different kinds';
  return new CorruptionError('BLOCKS_CORRUPT_META', message);
}
