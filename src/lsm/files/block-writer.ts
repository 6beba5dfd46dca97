/**
 * Writes blocks one after another: compresses, frames, sums, appends; remembers what comes before.
 *
 * Lifetime: the bytes given are copied out before the call ends.
 */
import {
  computeChunks,
  chunkCount,
  SlabPool,
  type AppendFile,
  type ChecksumKind,
  type Slab,
} from '../../../native-free-io/index.ts';
import { encodeBlockHeader } from '../format/block-header.ts';
import { blockHeaderBytes, checksumBytes, ChecksumType, type BlockType } from '../format/layout.ts';
import type { Compress } from './compression.ts';

export type ChecksumName = ChecksumKind | 'none';

export interface BlockWriterOptions {
  readonly compress: Compress | undefined;
  readonly checksum: ChecksumName;
  readonly bytesPerChecksum: number;
}

/** Where a block went; its size counts header and checksums. */
export interface WrittenBlock {
  readonly position: number;
  readonly totalBytes: number;
}

let pool: SlabPool | undefined;

export class BlockWriter {
  readonly #output: AppendFile;
  readonly #options: BlockWriterOptions;
  readonly #previous = new Map<BlockType, number>();
  #slab: Slab;

  constructor(output: AppendFile, options: BlockWriterOptions, firstBytes: number) {
    pool ??= new SlabPool({ name: 'blocks being written' });
    this.#output = output;
    this.#options = options;
    this.#slab = pool.lease(firstBytes);
  }

  get position(): number {
    return this.#output.position;
  }

  /** Appends a block whose payload is `body[start..end]` before compression. */
  write(type: BlockType, body: Uint8Array, start = 0, end: number = body.length): WrittenBlock {
    const { compress, bytesPerChecksum } = this.#options;
    const plain = body.subarray(start, end);
    const payload = compress === undefined ? plain : compress(plain);
    const dataBytes = blockHeaderBytes + payload.length;
    const count = chunkCount(dataBytes, bytesPerChecksum);
    const totalBytes = dataBytes + count * checksumBytes;
    const { bytes, view } = this.#roomFor(totalBytes);
    bytes.set(payload, blockHeaderBytes);
    // Encoded and plain data blocks are of one chain.
    const chain = type === 'encodedData' ? 'data' : type;
    encodeBlockHeader(bytes, view, 0, {
      type,
      totalBytes,
      dataBytes,
      uncompressedBytes: plain.length,
      previousPosition: this.#previous.get(chain) ?? -1,
      checksumType: ChecksumType[this.#options.checksum],
      bytesPerChecksum,
    });
    this.#sum(dataBytes, totalBytes);
    const position = this.#output.append(bytes, 0, totalBytes);
    this.#previous.set(chain, position);
    return { position, totalBytes };
  }

  /** Gives back what it holds. */
  release(): void {
    this.#slab.release();
  }

  #sum(dataBytes: number, totalBytes: number): void {
    const { bytes } = this.#slab;
    const { checksum, bytesPerChecksum } = this.#options;
    if (checksum === 'none') {
      bytes.fill(0, dataBytes, totalBytes);
      return;
    }
    computeChunks(checksum, {
      bytes,
      start: 0,
      end: dataBytes,
      chunkBytes: bytesPerChecksum,
      sums: bytes,
      sumsStart: dataBytes,
    });
  }

  #roomFor(length: number): Slab {
    if (length <= this.#slab.length) return this.#slab;
    this.#slab.release();
    this.#slab = pool!.lease(length);
    return this.#slab;
  }
}
