/**
 * Writes a store file (HFile version 3): cells in, in order; a file of Apache HBase out.
 *
 *    data blocks, with index leaves and Bloom chunks between them | meta blocks |
 *    index levels | ROOT_INDEX data | ROOT_INDEX meta | FILE_INFO | Bloom lists | trailer
 *
 * A data block ends with the cell that reaches the block size, never between cells of equal keys.
 * Time range, earliest put, counts and filters are kept here; what else a store file says (greatest
 * sequence id, kind of compaction) comes through `setFileInfo`.
 *
 * Invariants: W1 keys never descend (LSM_KEY_ORDER); W2 the name exists from `create` on and its
 * contents mean nothing before `finish` resolved; W3 after an error only `abort` works.
 * The caller makes the name durable.
 * Upstream: apache/hbase: hbase-server/.../HFileWriterImpl.java, StoreFileWriter.java (Apache-2.0);
 * format kept, code our own.
 * Format doc: docs/formats/lsm.md, "HFile".
 */
import {
  AppendFile,
  compareBytes,
  InvalidArgumentError,
  StateError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { encodeDataBlock } from '../format/block-encoding.ts';
import type { CellView } from '../format/cell-view.ts';
import { compareAfterRow } from '../format/comparator.ts';
import { FileInfo } from '../format/file-info.ts';
import { indexKeyBetween } from '../format/index-key.ts';
import { keyOverheadBytes, maxTagsBytes, rowLengthBytes } from '../format/kv-layout.ts';
import { blockHeaderBytes, FileInfoKey } from '../format/layout.ts';
import { BlockWriter } from './block-writer.ts';
import { CellStatistics } from './cell-statistics.ts';
import { compressorOf } from './compression.ts';
import { DataBlockBuilder } from './data-block-builder.ts';
import { FileBlooms } from './file-blooms.ts';
import { writeFileEnd, type MetaBlock } from './file-end.ts';
import { IndexWriter } from './index-writer.ts';
import {
  resolveWriterOptions,
  type HFileWriterOptions,
  type ResolvedWriterOptions,
} from './writer-options.ts';

export interface WrittenFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly entryCount: number;
  /** Keys of the first and last cell; undefined without cells. */
  readonly firstKey: Uint8Array | undefined;
  readonly lastKey: Uint8Array | undefined;
}

/** ROW_INDEX_V1 adds this for every row of a block. */
const rowIndexEntryBytes = 4;
const noBytes = new Uint8Array(0);

export class HFileWriter {
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #output: AppendFile;
  readonly #options: ResolvedWriterOptions;
  readonly #blocks: BlockWriter;
  readonly #index: IndexWriter;
  readonly #blooms: FileBlooms;
  readonly #statistics = new CellStatistics();
  readonly #data: DataBlockBuilder;
  readonly #info = new FileInfo();
  readonly #metaBlocks: MetaBlock[] = [];
  readonly #rowCostBytes: number;
  #firstKey: Uint8Array | undefined;
  /** Key of the first cell of the block that is being filled. */
  #firstOfBlock: Uint8Array = noBytes;
  /** Key of the last cell of the block that ended last. */
  #lastOfBlock: Uint8Array | undefined;
  #rowsInBlock = 0;
  /** How the cell in hand compares with the one before: its row, and its whole key. */
  #rowOrder = 1;
  #keyOrder = 1;
  #firstDataBlock = -1;
  #lastDataBlock = -1;
  #uncompressedBytes = 0;
  #state: 'open' | 'failed' | 'finished' | 'aborted' = 'open';

  private constructor(fs: FileSystem, output: AppendFile, options: ResolvedWriterOptions) {
    this.path = output.file.path;
    this.#fs = fs;
    this.#output = output;
    this.#options = options;
    const { compression, zstdFraming, compressionLevel, checksum, bytesPerChecksum } = options;
    const compress = compressorOf(compression, zstdFraming, compressionLevel);
    const room = options.blockBytes + (options.blockBytes >> 2) + 4096;
    this.#blocks = new BlockWriter(output, { compress, checksum, bytesPerChecksum }, room);
    this.#index = new IndexWriter(this.#blocks, options);
    this.#blooms = new FileBlooms(this.#blocks, options);
    this.#data = new DataBlockBuilder(options, room);
    this.#rowCostBytes = options.encoding === 'ROW_INDEX_V1' ? rowIndexEntryBytes : 0;
  }

  /** Makes the file, which must not exist. */
  static create(fs: FileSystem, path: string, options: HFileWriterOptions = {}): HFileWriter {
    const resolved = resolveWriterOptions(options);
    return new HFileWriter(fs, new AppendFile(fs.openSync(path, 'createNew'), 0), resolved);
  }

  /** Cells so far. */
  get entryCount(): number {
    return this.#statistics.cells;
  }

  /** Bytes so far, of the cells that wait for their block to end as they are without encoding. */
  get size(): number {
    return this.#output.position + this.#data.length;
  }

  /** Appends a cell whose key is not below that of the one before; copied before the call ends. */
  append(cell: CellView): void {
    this.#assertOpen();
    this.#judge(cell);
    this.#compareWithLast(cell);
    if (this.#keyOrder < 0) {
      const message = `cell ${this.entryCount} sorts before the one given before it`;
      throw new InvalidArgumentError('LSM_KEY_ORDER', message, { context: { path: this.path } });
    }
    try {
      if (this.#isBlockFull() && this.#keyOrder > 0) this.#endBlock();
      const isNewRow = this.#rowOrder !== 0;
      if (this.#data.cells === 0) this.#firstOfBlock = cell.copyKey();
      if (isNewRow || this.#data.cells === 0) this.#rowsInBlock++;
      this.#data.add(cell);
      this.#statistics.include(cell);
      this.#blooms.add(cell, isNewRow);
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  /** A name and bytes for FILE_INFO; names that begin with `hfile.` are the writer's own. */
  setFileInfo(name: string, value: Uint8Array): void {
    this.#assertOpen();
    this.#info.set(name, new Uint8Array(value));
  }

  /** A block of the caller's own, found by its name. */
  addMetaBlock(name: string, body: Uint8Array): void {
    this.#assertOpen();
    this.#metaBlocks.push({ name, body: new Uint8Array(body) });
  }

  /** Writes the rest, syncs, closes. After an error the file is there and means nothing. */
  async finish(): Promise<WrittenFile> {
    this.#assertOpen();
    this.#state = 'failed';
    const lastKey = this.#writeEnd();
    const size = this.#output.position;
    await this.#output.sync();
    await this.#output.close();
    this.#blocks.release();
    this.#state = 'finished';
    const { path, entryCount } = this;
    return { path, size, entryCount, firstKey: this.#firstKey, lastKey };
  }

  /** Closes and removes the file. Does nothing after `finish` succeeded. Idempotent. */
  async abort(): Promise<void> {
    if (this.#state === 'finished' || this.#state === 'aborted') return;
    this.#state = 'aborted';
    this.#blocks.release();
    try {
      await this.#output.close();
    } catch {
      // The file goes away; what could not be flushed to it does not matter.
    }
    await this.#fs.removeFile(this.path);
  }

  /** Returns the key of the last cell. */
  #writeEnd(): Uint8Array | undefined {
    const lastKey = this.#data.cells > 0 ? this.#data.copyLastKey() : this.#lastOfBlock;
    if (this.#data.cells > 0) this.#endBlock();
    this.#writeInline(true);
    const { compression, createTimeMs, encoding, includesTags } = this.#options;
    this.#info.setInt64(FileInfoKey.createTime, createTimeMs);
    if (includesTags) this.#info.setBoolean(FileInfoKey.tagsCompressed, false);
    if (encoding !== 'NONE') this.#info.setText(FileInfoKey.dataBlockEncoding, encoding);
    this.#statistics.writeTo(this.#info, this.#options, lastKey);
    this.#blooms.writeTo(this.#info, lastKey);
    const trailer = writeFileEnd({
      blocks: this.#blocks,
      index: this.#index,
      metaBlocks: this.#metaBlocks,
      info: this.#info,
      generalBloom: this.#blooms.generalMeta(),
      deleteFamilyBloom: this.#blooms.deleteFamilyMeta(),
      compression,
      entryCount: this.entryCount,
      firstDataBlock: this.#firstDataBlock,
      lastDataBlock: this.#lastDataBlock,
      uncompressedBytes: this.#uncompressedBytes,
    });
    this.#output.append(trailer);
    return lastKey;
  }

  #isBlockFull(): boolean {
    const bytes = this.#data.length + this.#rowsInBlock * this.#rowCostBytes;
    return bytes >= this.#options.blockBytes;
  }

  #endBlock(): void {
    const { bytes, length } = this.#data;
    const { encoding } = this.#options;
    const isPlain = encoding === 'NONE';
    const body = isPlain ? bytes : encodeDataBlock(encoding, bytes, length, this.#options);
    const bodyBytes = isPlain ? length : body.length;
    const written = this.#blocks.write(isPlain ? 'data' : 'encodedData', body, 0, bodyBytes);
    this.#uncompressedBytes += blockHeaderBytes + bodyBytes;
    const left = this.#lastOfBlock;
    const right = this.#firstOfBlock;
    this.#index.add(left === undefined ? right : indexKeyBetween(left, right), written);
    if (left === undefined) {
      this.#firstKey = right;
      this.#firstDataBlock = written.position;
    }
    this.#lastDataBlock = written.position;
    this.#lastOfBlock = this.#data.copyLastKey();
    this.#data.clear();
    this.#rowsInBlock = 0;
    this.#writeInline(false);
  }

  #writeInline(isEnd: boolean): void {
    const leaf = this.#index.writeLeaf(isEnd);
    if (leaf > 0) this.#uncompressedBytes += blockHeaderBytes + leaf;
    const { bytes, count } = this.#blooms.writeChunks(isEnd);
    this.#uncompressedBytes += bytes + count * blockHeaderBytes;
  }

  /** Sets `#rowOrder` and `#keyOrder`, positive for the first cell. */
  #compareWithLast(cell: CellView): void {
    const isInBlock = this.#data.cells > 0;
    const last = isInBlock ? this.#data.bytes : this.#lastOfBlock;
    if (last === undefined) return;
    const position = isInBlock ? this.#data.lastKeyPosition : 0;
    const end = position + (isInBlock ? this.#data.lastKeyLength : last.length);
    const { bytes, rowPosition } = cell;
    const rowEnd = rowPosition + cell.rowLength;
    const lastRow = position + rowLengthBytes;
    const lastRowEnd = lastRow + ((last[position]! << 8) | last[position + 1]!);
    this.#rowOrder = compareBytes(bytes, rowPosition, rowEnd, last, lastRow, lastRowEnd);
    this.#keyOrder = this.#rowOrder;
    if (this.#rowOrder !== 0) return;
    const keyEnd = cell.keyPosition + cell.keyLength;
    this.#keyOrder = compareAfterRow(bytes, rowEnd, keyEnd, last, lastRowEnd, end);
  }

  #judge(cell: CellView): void {
    const { keyLength, tagsLength } = cell;
    const isWhole = keyLength >= keyOverheadBytes && cell.qualifierLength >= 0;
    if (isWhole && tagsLength === 0) return;
    let what = 'its key is malformed';
    if (isWhole) {
      if (this.#options.includesTags && tagsLength <= maxTagsBytes) return;
      what = `it has ${tagsLength} bytes of tags`;
    }
    const message = `cell ${this.entryCount} cannot be written: ${what}`;
    throw new InvalidArgumentError('LSM_CELL_INVALID', message, { context: { path: this.path } });
  }

  #assertOpen(): void {
    if (this.#state === 'open') return;
    const message = `the file being written is ${this.#state}`;
    throw new StateError('LSM_CLOSED', message, { context: { path: this.path } });
  }
}
