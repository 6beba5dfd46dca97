/**
 * Reads a store file (HFile versions 2 and 3): what it says of itself, filters, cells in order.
 *
 * Blocks of point reads come from the cache and go there; blocks of scans are looked for there and
 * read into a buffer of the scan. All reads are synchronous.
 *
 * Invariants: R1 a file is immutable; several readers and cursors may share it; R2 every block is
 * verified before a byte of it is believed; R3 damage throws LSM_CORRUPT_FILE with path and
 * position, what is merely unknown LSM_UNSUPPORTED.
 * Upstream: apache/hbase: hbase-server/.../HFileReaderImpl.java, StoreFileReader.java (Apache-2.0);
 * format kept, code our own.
 */
import { compareBytes, StateError, type FileSystem } from '../../../native-free-io/index.ts';
import { compareKeys, type KeyComparator } from '../format/comparator.ts';
import { corruptFile, decoding } from '../format/damage.ts';
import type { FileInfo } from '../format/file-info.ts';
import { FileInfoKey } from '../format/layout.ts';
import { decodeDataBlock } from '../format/block-encoding.ts';
import type { CellParts, PlainCells } from '../format/plain-cells.ts';
import { readTimestamp } from '../format/timestamp.ts';
import type { Trailer } from '../format/trailer.ts';
import { BlockCache, mostUses } from './block-cache.ts';
import type { BlockReader, Payload } from './block-reader.ts';
import { columnKeyBytes, writeColumnKey, type ColumnParts } from './bloom-key.ts';
import { BloomFilter } from './bloom-filter.ts';
import type { CursorSource } from './cursor-source.ts';
import { DataBlock } from './data-block.ts';
import { readOpening, type OpenedFile } from './file-opening.ts';
import { HFileCursor, type CursorOptions } from './hfile-cursor.ts';
import { checkIndexKeys, decodeNonRootEntries, IndexBlock } from './index-block.ts';
import { decodeTimeRange, type TimeRange } from './time-range.ts';

export interface HFileReaderOptions {
  /** Where blocks are kept. Default: a cache of this file alone, of 8 MiB. */
  readonly cache?: BlockCache;
  /** Whether checksums are verified. Default yes. */
  readonly verifiesChecksums?: boolean;
  /** What every cell's sequence id is taken for: that of the bulk load. Default: its own. */
  readonly sequenceId?: number;
}

const ownCacheBytes = 8 << 20;
const dataTypes = ['data', 'encodedData'] as const;

export class HFileReader implements CursorSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly trailer: Trailer;
  readonly fileInfo: FileInfo;
  readonly compare: KeyComparator;
  readonly root: IndexBlock;
  readonly parts: CellParts;
  /** What every cell's sequence id is taken for; -1 for its own. */
  readonly sequenceId: number;
  readonly generalBloom: BloomFilter | undefined;
  readonly deleteFamilyBloom: BloomFilter | undefined;
  readonly blocks: BlockReader;
  readonly #opened: OpenedFile;
  readonly #cache: BlockCache;
  readonly #bloomType: string | undefined;
  readonly #prefixBytes: number;
  readonly #lastBloomKey: Uint8Array | undefined;
  readonly #tagsCompressed: boolean;
  #column = new Uint8Array(64);
  #isClosed = false;

  private constructor(opened: OpenedFile, options: HFileReaderOptions) {
    const { blocks, info, trailer, compare } = opened;
    this.#opened = opened;
    this.#cache = options.cache ?? new BlockCache(ownCacheBytes);
    this.blocks = blocks;
    this.path = blocks.path;
    this.size = opened.fileBytes;
    this.trailer = trailer;
    this.fileInfo = info;
    this.compare = compare;
    this.root = new IndexBlock(opened.root, trailer.indexLevels);
    this.sequenceId = options.sequenceId ?? -1;
    this.parts = {
      includesTags: info.get(FileInfoKey.maxTagsLength) !== undefined,
      includesSequenceIds: info.getInt32(FileInfoKey.keyValueVersion) === 1,
    };
    this.#bloomType = info.getText(FileInfoKey.bloomType);
    this.#tagsCompressed = info.getBoolean(FileInfoKey.tagsCompressed) ?? false;
    this.#prefixBytes = info.getInt32(FileInfoKey.bloomParameter) ?? 0;
    this.#lastBloomKey = info.get(FileInfoKey.lastBloomKey);
    const byColumn = this.#bloomType === 'ROWCOL' ? compareKeys : compareRows;
    this.generalBloom = this.#bloom(opened.generalBloom, byColumn);
    this.deleteFamilyBloom = this.#bloom(opened.deleteFamilyBloom, compareRows);
  }

  /** Opens the file and reads what it needs to be read. */
  static openSync(fs: FileSystem, path: string, options: HFileReaderOptions = {}): HFileReader {
    const file = fs.openSync(path, 'read');
    try {
      return new HFileReader(readOpening(file, options.verifiesChecksums ?? true), options);
    } catch (error) {
      file.closeSync();
      throw error;
    }
  }

  get entryCount(): number {
    return this.trailer.entryCount;
  }

  /** Key of the first cell; undefined without cells. */
  get firstKey(): Uint8Array | undefined {
    return this.root.count === 0 ? undefined : this.root.copyKey(0);
  }
  /** Key of the last cell; undefined without cells. */
  get lastKey(): Uint8Array | undefined {
    return this.fileInfo.get(FileInfoKey.lastKey);
  }

  /** Undefined when the file does not say. */
  get timeRange(): TimeRange | undefined {
    const bytes = this.fileInfo.get(FileInfoKey.timeRange);
    if (bytes === undefined) return undefined;
    return decoding({ path: this.path }, 'TIMERANGE', () => decodeTimeRange(bytes));
  }
  /** Milliseconds; `latestTimestamp` without puts, undefined when the file does not say. */
  get earliestPut(): number | undefined {
    const bytes = this.fileInfo.get(FileInfoKey.earliestPut);
    if (bytes?.length !== 8) return undefined;
    return readTimestamp(new DataView(bytes.buffer, bytes.byteOffset, 8), 0);
  }
  /** Every cell of the table up to this sequence id is in this file or an older one. */
  get maxSequenceId(): number | undefined {
    return this.fileInfo.getInt64(FileInfoKey.maxSequenceId);
  }
  get isMajorCompaction(): boolean {
    return this.fileInfo.getBoolean(FileInfoKey.majorCompaction) ?? false;
  }
  /** Cells that delete a family; undefined when the file does not say. */
  get deleteFamilyCount(): number | undefined {
    return this.fileInfo.getInt64(FileInfoKey.deleteFamilyCount);
  }
  get bloomType(): string {
    return this.#bloomType ?? 'NONE';
  }

  /** Names of the meta blocks. */
  get metaBlockNames(): readonly string[] {
    return [...this.#opened.metaBlocks.keys()];
  }

  /** The contents of a meta block; undefined when there is none of that name. */
  metaBlock(name: string): Uint8Array | undefined {
    this.#assertOpen();
    const place = this.#opened.metaBlocks.get(name);
    if (place === undefined) return undefined;
    const { bytes, start, end } = this.blocks.read(place, ['meta']);
    return bytes.subarray(start, end);
  }

  /** A cursor that stands nowhere yet. */
  cursor(options: CursorOptions = {}): HFileCursor {
    this.#assertOpen();
    return new HFileCursor(this, options);
  }

  /** A key near the middle of the file, by data blocks; undefined without cells. */
  midKey(): Uint8Array | undefined {
    this.#assertOpen();
    const { root } = this;
    if (root.count === 0) return undefined;
    const { midKey } = this.#opened;
    if (root.level === 1 || midKey === undefined) return root.copyKey(root.count >> 1);
    const place = { position: midKey.position, totalBytes: midKey.size };
    const leaf = this.#readIndex(place, 1, undefined, 0);
    if (!(midKey.entry >= 0 && midKey.entry < leaf.count)) {
      throw corruptFile(`mid key: entry ${midKey.entry} of ${leaf.count}`, {
        path: this.path,
        position: midKey.position,
      });
    }
    return leaf.copyKey(midKey.entry);
  }

  /** False when no cell has the row bytes[start..end]. */
  mayContainRow(bytes: Uint8Array, start: number, end: number): boolean {
    const bloom = this.generalBloom;
    if (bloom === undefined || this.#bloomType === 'ROWCOL') return true;
    const isPrefix = this.#bloomType !== 'ROW';
    const keyEnd = isPrefix ? Math.min(end, start + this.#prefixBytes) : end;
    const last = this.#lastBloomKey;
    if (last !== undefined && compareBytes(bytes, start, keyEnd, last, 0, last.length) > 0) {
      return false;
    }
    return bloom.mayContain(bytes, start, keyEnd);
  }

  /** False when no cell has that row and qualifier, nor deletes the family of that row. */
  mayContainColumn(parts: ColumnParts): boolean {
    const { bytes, rowPosition, rowLength } = parts;
    if (this.#bloomType !== 'ROWCOL') {
      return this.mayContainRow(bytes, rowPosition, rowPosition + rowLength);
    }
    if (this.generalBloom === undefined || this.#mayContainKey(parts)) return true;
    return this.#mayContainKey({ ...parts, qualifierLength: 0 });
  }

  /** False when no cell of the row bytes[start..end] deletes its family. */
  mayDeleteFamily(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.deleteFamilyCount === 0) return false;
    if (this.deleteFamilyBloom !== undefined) {
      return this.deleteFamilyBloom.mayContain(bytes, start, end);
    }
    if (this.#bloomType !== 'ROWCOL' || this.generalBloom === undefined) return true;
    const row = { bytes, rowPosition: start, rowLength: end - start };
    return this.#mayContainKey({ ...row, qualifierPosition: end, qualifierLength: 0 });
  }

  /** Closes the file and lets the cache go of its blocks. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.generalBloom?.close();
    this.deleteFamilyBloom?.close();
    this.#dropIndex(this.root);
    this.blocks.file.closeSync();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  dataBlock(leaf: IndexBlock, entry: number): DataBlock {
    const cached = leaf.data.blocks[entry];
    if (cached !== undefined) {
      if (cached.uses < mostUses) cached.uses++;
      return cached;
    }
    this.#assertOpen();
    const payload = this.blocks.read(leaf.place(entry), dataTypes);
    const block = this.decode(payload, leaf.positions[entry]!);
    this.#cache.add(block, leaf.data, entry, block.memoryBytes);
    return block;
  }

  decode(payload: Payload, position: number): DataBlock {
    const { bytes, view, start, end, header } = payload;
    const context = { path: this.path, position };
    const stored: PlainCells = { bytes, view, start, end, parts: this.parts, context };
    const block = new DataBlock(
      header.type === 'data' ? stored : decodeDataBlock(stored, this.#tagsCompressed),
    );
    if (block.count === 0) throw corruptFile('a data block without cells', context);
    return block;
  }

  childIndex(parent: IndexBlock, entry: number): IndexBlock {
    const cached = parent.children.blocks[entry];
    if (cached !== undefined) {
      if (cached.uses < mostUses) cached.uses++;
      return cached;
    }
    this.#assertOpen();
    const child = this.#readIndex(parent.place(entry), parent.level - 1, parent, entry);
    this.#cache.add(child, parent.children, entry, child.memoryBytes);
    return child;
  }

  #readIndex(
    place: { readonly position: number; readonly totalBytes: number },
    level: number,
    parent: IndexBlock | undefined,
    entry: number,
  ): IndexBlock {
    const payload = this.blocks.read(place, [level === 1 ? 'leafIndex' : 'intermediateIndex']);
    const context = { path: this.path, position: place.position };
    const entries = decodeNonRootEntries({ ...payload, context });
    checkIndexKeys(entries, context);
    return new IndexBlock(entries, level, parent, entry);
  }

  #dropIndex(index: IndexBlock): void {
    this.#cache.drop(index.data);
    this.#cache.drop(index.children, (child) => this.#dropIndex(child));
  }

  #bloom(meta: Payload | undefined, compare: KeyComparator): BloomFilter | undefined {
    if (meta === undefined) return undefined;
    return new BloomFilter(meta, compare, this.blocks, this.#cache);
  }

  #mayContainKey(parts: ColumnParts): boolean {
    const length = columnKeyBytes(parts.rowLength, parts.qualifierLength);
    if (length > this.#column.length) this.#column = new Uint8Array(length * 2);
    writeColumnKey(this.#column, parts);
    const last = this.#lastBloomKey;
    if (last !== undefined && compareKeys(this.#column, 0, length, last, 0, last.length) > 0) {
      return false;
    }
    return this.generalBloom!.mayContain(this.#column, 0, length);
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw new StateError('LSM_CLOSED', 'the file is closed', { context: { path: this.path } });
  }
}

const compareRows: KeyComparator = (a, aPosition, aLength, b, bPosition, bLength) =>
  compareBytes(a, aPosition, aPosition + aLength, b, bPosition, bPosition + bLength);
