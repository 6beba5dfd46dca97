/**
 * Builds one compound Bloom filter: chunks between the data blocks, and the block that lists them.
 *
 * A chunk is closed when it has its keys; the last one is folded to half its size while twice its
 * keys would fit, which loses nothing. Bit p of a chunk is bit p & 7 of byte p >> 3.
 * Upstream: apache/hbase: hbase-server/.../CompoundBloomFilterWriter.java (Apache-2.0); code our
 * own.
 * Format doc: docs/formats/lsm.md, "Bloom filters".
 */
import { ByteSink } from '../../../native-free-io/index.ts';
import { bitMask, bloomHashOf, type BloomHash } from '../format/bloom-hash.ts';
import type { BloomSizing } from '../format/bloom-sizing.ts';
import { bloomVersion } from '../format/layout.ts';
import type { BlockWriter, WrittenBlock } from './block-writer.ts';
import { writeRootEntry } from './index-writer.ts';

export interface BloomWriterOptions {
  readonly sizing: BloomSizing;
  readonly hashType: number;
  /** Empty when keys compare as bytes. */
  readonly comparatorName: string;
}

interface Chunk {
  readonly firstKey: Uint8Array;
  bits: Uint8Array;
  maxKeys: number;
  keys: number;
}

export class BloomWriter {
  readonly #blocks: BlockWriter;
  readonly #options: BloomWriterOptions;
  readonly #hash: BloomHash;
  #open: Chunk | undefined;
  readonly #ready: Chunk[] = [];
  readonly #written: (WrittenBlock & { readonly key: Uint8Array })[] = [];
  #keys = 0;
  #maxKeys = 0;
  #bytes = 0;

  constructor(blocks: BlockWriter, options: BloomWriterOptions) {
    this.#blocks = blocks;
    this.#options = options;
    this.#hash = bloomHashOf(options.hashType)!;
  }

  /** Distinct keys added. */
  get keys(): number {
    return this.#keys;
  }

  /** Adds the key bytes[start..end], which differs from the one before. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#open !== undefined && this.#open.keys >= this.#open.maxKeys) this.#close();
    const chunk = (this.#open ??= {
      firstKey: new Uint8Array(bytes.subarray(start, end)),
      bits: new Uint8Array(this.#options.sizing.bytes),
      maxKeys: this.#options.sizing.maxKeys,
      keys: 0,
    });
    const { bits } = chunk;
    const bitCount = bits.length * 8;
    const first = this.#hash(bytes, start, end, 0);
    const second = this.#hash(bytes, start, end, first);
    const mask = bitMask(bitCount);
    let combined = first;
    for (let i = this.#options.sizing.hashCount; i > 0; i--) {
      const bit = mask === 0 ? Math.abs(combined % bitCount) : Math.abs(combined) & mask;
      bits[bit >> 3]! |= 1 << (bit & 7);
      combined = (combined + second) | 0;
    }
    chunk.keys++;
    this.#keys++;
  }

  /** Writes the chunks that are closed, at the end all; returns their uncompressed bytes in all. */
  writeChunks(isEnd: boolean): { bytes: number; count: number } {
    const open = this.#open;
    if (open !== undefined && (isEnd || open.keys >= open.maxKeys)) this.#close();
    let bytes = 0;
    const count = this.#ready.length;
    for (const { bits, firstKey } of this.#ready) {
      this.#written.push({ ...this.#blocks.write('bloomChunk', bits), key: firstKey });
      bytes += bits.length;
    }
    this.#ready.length = 0;
    return { bytes, count };
  }

  /** The body of the block that lists the chunks, after the last one was written. */
  meta(): Uint8Array {
    const { sizing, hashType, comparatorName } = this.#options;
    const body = ByteSink.growing();
    body.writeInt32(bloomVersion);
    body.writeInt64(this.#bytes);
    body.writeInt32(sizing.hashCount);
    body.writeInt32(hashType);
    body.writeInt64(this.#keys);
    body.writeInt64(this.#maxKeys);
    body.writeInt32(this.#written.length);
    body.writeHadoopVInt(comparatorName.length);
    body.writeBytes(new TextEncoder().encode(comparatorName));
    for (const { position, totalBytes, key } of this.#written) {
      writeRootEntry(body, position, totalBytes, key);
    }
    return body.copyWritten();
  }

  #close(): void {
    const chunk = this.#open!;
    this.#open = undefined;
    fold(chunk);
    this.#maxKeys += chunk.maxKeys;
    this.#bytes += chunk.bits.length;
    this.#ready.push(chunk);
  }
}

function fold(chunk: Chunk): void {
  let size = chunk.bits.length;
  let pieces = 1;
  while ((size & 1) === 0 && chunk.maxKeys > chunk.keys * 2) {
    size >>= 1;
    chunk.maxKeys >>= 1;
    pieces *= 2;
  }
  if (pieces === 1) return;
  const folded = new Uint8Array(size);
  for (let at = 0; at < chunk.bits.length; at++) folded[at % size]! |= chunk.bits[at]!;
  chunk.bits = folded;
}
