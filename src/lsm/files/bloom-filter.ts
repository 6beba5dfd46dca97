/**
 * A compound Bloom filter of a file: tells that a key is certainly not there.
 *
 * Chunks are read when asked and hang in the cache. A filter that cannot be read says "maybe" from
 * then on: a wrong "no" would lose cells.
 * Format doc: docs/formats/lsm.md, "Bloom filters".
 */
import { ByteReader, CorruptionError } from '../../../native-free-io/index.ts';
import { bitMask, bloomHashOf, type BloomHash } from '../format/bloom-hash.ts';
import type { KeyComparator } from '../format/comparator.ts';
import { corruptFile, decoding } from '../format/damage.ts';
import { bloomVersion } from '../format/layout.ts';
import { BlockSlots, CachedBlock, mostUses, type BlockCache } from './block-cache.ts';
import type { BlockReader, Payload } from './block-reader.ts';
import { checkIndexKeys, decodeRootEntries, type IndexEntries } from './index-block.ts';

class BloomChunk extends CachedBlock {
  readonly bytes: Uint8Array;
  readonly bits: number;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
    this.bits = bytes.length * 8;
  }
}

/** What the block that lists the chunks says. */
export interface BloomFigures {
  /** Of all chunks. */
  readonly bytes: number;
  readonly hashCount: number;
  readonly hashType: number;
  readonly keys: number;
  readonly maxKeys: number;
  readonly chunks: number;
  readonly comparatorName: string;
}

const mostHashes = 64;

export class BloomFilter {
  readonly figures: BloomFigures;
  readonly #entries: IndexEntries;
  readonly #slots: BlockSlots<BloomChunk>;
  readonly #hash: BloomHash;
  readonly #compare: KeyComparator;
  readonly #blocks: BlockReader;
  readonly #cache: BlockCache;
  #failure: Error | undefined;

  /** Reads the list of chunks; keys compare by `compare`. */
  constructor(meta: Payload, compare: KeyComparator, blocks: BlockReader, cache: BlockCache) {
    this.#compare = compare;
    this.#blocks = blocks;
    this.#cache = cache;
    const context = { path: blocks.path };
    const { figures, entries } = decoding(context, 'Bloom filter', () => decodeMeta(meta, context));
    const hash = bloomHashOf(figures.hashType);
    if (hash === undefined) throw corruptFile(`Bloom hash ${figures.hashType}`, context);
    if (figures.comparatorName !== '') checkIndexKeys(entries, context);
    this.figures = figures;
    this.#entries = entries;
    this.#hash = hash;
    this.#slots = new BlockSlots(figures.chunks);
  }

  /** Why it answers "maybe" to everything; undefined while it works. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** False when the key bytes[start..end] was certainly not added. */
  mayContain(bytes: Uint8Array, start: number, end: number): boolean {
    const chunk = this.#chunkOf(bytes, start, end - start);
    if (chunk === undefined) return this.#failure !== undefined;
    const { bytes: bits, bits: bitCount } = chunk;
    const first = this.#hash(bytes, start, end, 0);
    const second = this.#hash(bytes, start, end, first);
    const mask = bitMask(bitCount);
    let combined = first;
    for (let i = this.figures.hashCount; i > 0; i--) {
      const bit = mask === 0 ? Math.abs(combined % bitCount) : Math.abs(combined) & mask;
      if ((bits[bit >> 3]! & (1 << (bit & 7))) === 0) return false;
      combined = (combined + second) | 0;
    }
    return true;
  }

  /** Lets the cache go of its chunks. */
  close(): void {
    this.#cache.drop(this.#slots);
  }

  /** Undefined when the key lies before all chunks, or the filter cannot be read. */
  #chunkOf(bytes: Uint8Array, start: number, length: number): BloomChunk | undefined {
    const { keys, bytes: keyBytes, sizes } = this.#entries;
    let low = 0;
    let high = sizes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const from = keys[middle * 2]!;
      const to = keys[middle * 2 + 1]!;
      const order = this.#compare(keyBytes, from, to - from, bytes, start, length);
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || this.#failure !== undefined) return undefined;
    const chunk = this.#slots.blocks[low - 1];
    if (chunk === undefined) return this.#load(low - 1);
    if (chunk.uses < mostUses) chunk.uses++;
    return chunk;
  }

  #load(entry: number): BloomChunk | undefined {
    const place = {
      position: this.#entries.positions[entry]!,
      totalBytes: this.#entries.sizes[entry]!,
    };
    try {
      const { bytes, start, end } = this.#blocks.read(place, ['bloomChunk']);
      if (start === end) throw corruptFile('an empty Bloom chunk', { path: this.#blocks.path });
      const chunk = new BloomChunk(bytes.subarray(start, end));
      this.#cache.add(chunk, this.#slots, entry, chunk.bytes.length);
      return chunk;
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      this.#failure = error;
      return undefined;
    }
  }
}

function decodeMeta(
  { bytes, view, start, end }: Payload,
  context: { readonly path: string },
): { figures: BloomFigures; entries: IndexEntries } {
  const reader = new ByteReader(bytes, start, end);
  const version = reader.readInt32();
  if (version !== bloomVersion) throw corruptFile(`Bloom filter version ${version}`, context);
  const size = reader.readInt64();
  const hashCount = reader.readInt32();
  const hashType = reader.readInt32();
  const keys = reader.readInt64();
  const maxKeys = reader.readInt64();
  const chunks = reader.readInt32();
  if (hashCount < 1 || hashCount > mostHashes || chunks < 0) {
    throw corruptFile(`a Bloom filter of ${hashCount} hashes, ${chunks} chunks`, context);
  }
  const name = reader.readView(reader.readHadoopVInt());
  const body = { bytes, view, start: reader.position, end, context };
  const comparatorName = new TextDecoder().decode(name);
  const { entries } = decodeRootEntries(body, chunks);
  return {
    figures: { bytes: size, hashCount, hashType, keys, maxKeys, chunks, comparatorName },
    entries,
  };
}
