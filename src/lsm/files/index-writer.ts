/**
 * Builds the index of data blocks: leaves between the data blocks, then levels above them.
 *
 *    root entry        block position i64 | size i32 | key length VInt | key
 *    leaf, in between  n i32 | n x i32 where entry i begins | i32 all their bytes |
 *                      n x { position i64 | size i32 | key }
 *    mid key           leaf position i64 | leaf size i32 | entry in it i32   if there are leaves
 *
 * A file with few blocks has no leaves: what gathered becomes the root. While a level is larger
 * than an index block may be, and has more entries than the least, it is cut into blocks of the
 * level below the new root.
 * Upstream: apache/hbase: hbase-server/.../HFileBlockIndex.java (Apache-2.0); code our own.
 * Format doc: docs/formats/lsm.md, "Index blocks".
 */
import { ByteSink, hadoopVIntSize } from '../../../native-free-io/index.ts';
import { indexEntryOverheadBytes, type BlockType } from '../format/layout.ts';
import type { BlockWriter, WrittenBlock } from './block-writer.ts';

export interface IndexWriterOptions {
  /** Size at which an index block ends. */
  readonly indexBlockBytes: number;
  /** Entries that a level must have more of to be cut. */
  readonly minIndexEntries: number;
}

interface Entry extends WrittenBlock {
  readonly key: Uint8Array;
  /** Data blocks below it. */
  readonly blocks: number;
}

const mostLevels = 16;

/** Entries of one index block to be, with both sizes kept. */
class Chunk {
  readonly entries: Entry[] = [];
  rootBytes = 0;
  /** Without the count and the table of beginnings. */
  entryBytes = 0;

  add(entry: Entry): void {
    this.entries.push(entry);
    this.entryBytes += indexEntryOverheadBytes + entry.key.length;
    this.rootBytes += rootEntryBytes(entry.key);
  }

  get nonRootBytes(): number {
    return 4 + 4 * (this.entries.length + 1) + this.entryBytes;
  }

  get blocks(): number {
    return this.entries.reduce((sum, { blocks }) => sum + blocks, 0);
  }
}

export interface IndexSummary {
  /** Position of the ROOT_INDEX. */
  readonly rootPosition: number;
  readonly rootEntries: number;
  readonly levels: number;
  /** Of all index blocks, without headers. */
  readonly uncompressedBytes: number;
}

export class IndexWriter {
  readonly #blocks: BlockWriter;
  readonly #options: IndexWriterOptions;
  #leaf = new Chunk();
  #root = new Chunk();
  readonly #leaves: Entry[] = [];
  #levels = 1;
  #uncompressedBytes = 0;

  constructor(blocks: BlockWriter, options: IndexWriterOptions) {
    this.#blocks = blocks;
    this.#options = options;
  }

  /** A data block was written; `key` is kept. */
  add(key: Uint8Array, block: WrittenBlock): void {
    this.#leaf.add({ ...block, key, blocks: 1 });
  }

  /**
   * Writes the leaf when it is full; at the end also one that is not, unless it is the only one.
   * Returns the uncompressed bytes of the block written, 0 for none.
   */
  writeLeaf(isEnd: boolean): number {
    const leaf = this.#leaf;
    if (leaf.entries.length === 0) return 0;
    if (isEnd && this.#root.entries.length === 0) {
      this.#root = leaf;
      this.#leaf = new Chunk();
      return 0;
    }
    if (!isEnd && leaf.nonRootBytes < this.#options.indexBlockBytes) return 0;
    this.#levels = 2;
    const length = leaf.nonRootBytes;
    const entry = this.#writeNonRoot('leafIndex', leaf);
    this.#leaves.push(entry);
    this.#root.add(entry);
    this.#leaf = new Chunk();
    return length;
  }

  /** Writes the levels above the leaves and the root; nothing may be added afterwards. */
  finish(): IndexSummary {
    if (this.#levels > 1) this.#cutLevels();
    const body = ByteSink.growing();
    for (const { position, totalBytes, key } of this.#root.entries) {
      writeRootEntry(body, position, totalBytes, key);
    }
    if (this.#levels > 1) this.#writeMidKey(body);
    this.#uncompressedBytes += body.length;
    const { position } = this.#blocks.write('rootIndex', body.written);
    return {
      rootPosition: position,
      rootEntries: this.#root.entries.length,
      levels: this.#levels,
      uncompressedBytes: this.#uncompressedBytes,
    };
  }

  #cutLevels(): void {
    const { indexBlockBytes, minIndexEntries } = this.#options;
    while (
      this.#root.rootBytes > indexBlockBytes &&
      this.#root.entries.length > minIndexEntries &&
      this.#levels < mostLevels
    ) {
      this.#root = this.#cut(this.#root);
      this.#levels++;
    }
  }

  #cut(level: Chunk): Chunk {
    const { indexBlockBytes, minIndexEntries } = this.#options;
    const parent = new Chunk();
    let chunk = new Chunk();
    for (const [i, entry] of level.entries.entries()) {
      chunk.add(entry);
      if (i >= minIndexEntries && chunk.rootBytes >= indexBlockBytes) {
        parent.add(this.#writeNonRoot('intermediateIndex', chunk));
        chunk = new Chunk();
      }
    }
    if (chunk.entries.length > 0) parent.add(this.#writeNonRoot('intermediateIndex', chunk));
    return parent;
  }

  #writeNonRoot(type: BlockType, chunk: Chunk): Entry {
    const body = ByteSink.growing({ initialBytes: chunk.nonRootBytes });
    body.writeInt32(chunk.entries.length);
    let begins = 0;
    for (const { key } of chunk.entries) {
      body.writeInt32(begins);
      begins += indexEntryOverheadBytes + key.length;
    }
    body.writeInt32(begins);
    for (const { position, totalBytes, key } of chunk.entries) {
      body.writeInt64(position);
      body.writeInt32(totalBytes);
      body.writeBytes(key);
    }
    this.#uncompressedBytes += body.length;
    const written = this.#blocks.write(type, body.written);
    return { ...written, key: chunk.entries[0]!.key, blocks: chunk.blocks };
  }

  /** Which leaf holds the middle data block, and as which of its entries. */
  #writeMidKey(body: ByteSink): void {
    const total = this.#leaves.reduce((sum, { blocks }) => sum + blocks, 0);
    const middle = Math.floor((total - 1) / 2);
    let before = 0;
    for (const leaf of this.#leaves) {
      if (middle < before + leaf.blocks) {
        body.writeInt64(leaf.position);
        body.writeInt32(leaf.totalBytes);
        body.writeInt32(middle - before);
        return;
      }
      before += leaf.blocks;
    }
  }
}

export function rootEntryBytes(key: Uint8Array): number {
  return indexEntryOverheadBytes + hadoopVIntSize(key.length) + key.length;
}

export function writeRootEntry(
  body: ByteSink,
  position: number,
  totalBytes: number,
  key: Uint8Array,
): void {
  body.writeInt64(position);
  body.writeInt32(totalBytes);
  body.writeHadoopVInt(key.length);
  body.writeBytes(key);
}
