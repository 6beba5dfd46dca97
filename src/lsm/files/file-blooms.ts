/**
 * The Bloom filters of one file being written: the general one by its type, and one of the rows
 * with markers that delete a family.
 *
 *    ROW                     the row, when it changes
 *    ROWCOL                  row length i16 | row | 00 | qualifier | latest timestamp | ff
 *    ROWPREFIX_FIXED_LENGTH  the first bytes of the row, when they change
 *    delete family           the row, when it changes; not beside ROWCOL, which is asked for the
 *                            empty qualifier instead
 *
 * Upstream: apache/hbase: hbase-server/.../StoreFileWriter.java, util/*BloomContext.java
 * (Apache-2.0); code our own.
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import { columnErrorRate, sizeBloom } from '../format/bloom-sizing.ts';
import type { CellView } from '../format/cell-view.ts';
import type { FileInfo } from '../format/file-info.ts';
import { CellType, rowLengthBytes } from '../format/kv-layout.ts';
import { columnBloomComparatorName, FileInfoKey } from '../format/layout.ts';
import type { BlockWriter } from './block-writer.ts';
import { columnKeyBytes, writeColumnKey } from './bloom-key.ts';
import { BloomWriter } from './bloom-writer.ts';
import type { ResolvedWriterOptions } from './writer-options.ts';

export class FileBlooms {
  readonly #options: ResolvedWriterOptions;
  readonly #general: BloomWriter | undefined;
  readonly #deleteFamily: BloomWriter | undefined;
  /** Key of the general filter added last, of types other than ROW. */
  #last = new Uint8Array(64);
  #lastLength = -1;
  #column = new Uint8Array(64);
  #lastMarkedRow: Uint8Array | undefined;

  constructor(blocks: BlockWriter, options: ResolvedWriterOptions) {
    this.#options = options;
    const { bloom, bloomErrorRate, bloomChunkBytes, bloomHash: hashType } = options;
    const rowSizing = sizeBloom(bloomChunkBytes, bloomErrorRate);
    const byRow = { sizing: rowSizing, hashType, comparatorName: '' };
    if (bloom === 'ROWCOL') {
      const sizing = sizeBloom(bloomChunkBytes, columnErrorRate(bloomErrorRate));
      const byColumn = { sizing, hashType, comparatorName: columnBloomComparatorName };
      this.#general = new BloomWriter(blocks, byColumn);
    } else {
      if (bloom !== 'NONE') this.#general = new BloomWriter(blocks, byRow);
      this.#deleteFamily = new BloomWriter(blocks, byRow);
    }
  }

  /** `isNewRow` tells whether the row differs from that of the cell before. */
  add(cell: CellView, isNewRow: boolean): void {
    const { bloom, bloomPrefixBytes } = this.#options;
    const start = cell.rowPosition;
    const end = start + cell.rowLength;
    if (bloom === 'ROWCOL') this.#addColumn(cell);
    else if (isNewRow && bloom === 'ROW') this.#general!.add(cell.bytes, start, end);
    else if (isNewRow && bloom !== 'NONE') {
      this.#add(cell.bytes, start, Math.min(end, start + bloomPrefixBytes));
    }
    const { type } = cell;
    if (type === CellType.deleteFamily || type === CellType.deleteFamilyVersion) this.#mark(cell);
  }

  /** Writes chunks between data blocks; returns their uncompressed bytes and how many. */
  writeChunks(isEnd: boolean): { bytes: number; count: number } {
    const general = this.#general?.writeChunks(isEnd) ?? { bytes: 0, count: 0 };
    const marked = this.#deleteFamily?.writeChunks(isEnd) ?? { bytes: 0, count: 0 };
    return { bytes: general.bytes + marked.bytes, count: general.count + marked.count };
  }

  /** After the last chunk: what FILE_INFO says of the general filter. */
  writeTo(info: FileInfo, lastKey: Uint8Array | undefined): void {
    if ((this.#general?.keys ?? 0) === 0 || lastKey === undefined) return;
    const { bloom, bloomPrefixBytes } = this.#options;
    info.setText(FileInfoKey.bloomType, bloom);
    if (bloom === 'ROWPREFIX_FIXED_LENGTH') {
      info.setInt32(FileInfoKey.bloomParameter, bloomPrefixBytes);
    }
    const rowEnd = rowLengthBytes + ((lastKey[0]! << 8) | lastKey[1]!);
    const last =
      bloom === 'ROW'
        ? lastKey.subarray(rowLengthBytes, rowEnd)
        : this.#last.subarray(0, this.#lastLength);
    info.set(FileInfoKey.lastBloomKey, new Uint8Array(last));
  }

  /** Bodies of the blocks that list the chunks; undefined without keys. */
  generalMeta(): Uint8Array | undefined {
    return (this.#general?.keys ?? 0) > 0 ? this.#general!.meta() : undefined;
  }
  deleteFamilyMeta(): Uint8Array | undefined {
    return (this.#deleteFamily?.keys ?? 0) > 0 ? this.#deleteFamily!.meta() : undefined;
  }

  #addColumn(cell: CellView): void {
    const needed = columnKeyBytes(cell.rowLength, cell.qualifierLength);
    if (needed > this.#column.length) this.#column = new Uint8Array(needed * 2);
    writeColumnKey(this.#column, {
      bytes: cell.bytes,
      rowPosition: cell.rowPosition,
      rowLength: cell.rowLength,
      qualifierPosition: cell.qualifierPosition,
      qualifierLength: cell.qualifierLength,
    });
    this.#add(this.#column, 0, needed);
  }

  #add(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const isSame =
      length === this.#lastLength && compareBytes(bytes, start, end, this.#last, 0, length) === 0;
    if (isSame) return;
    if (length > this.#last.length) this.#last = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.#last[i] = bytes[start + i]!;
    this.#lastLength = length;
    this.#general!.add(bytes, start, end);
  }

  #mark(cell: CellView): void {
    if (this.#deleteFamily === undefined) return;
    const row = cell.copyRow();
    const last = this.#lastMarkedRow;
    if (last !== undefined && compareBytes(row, 0, row.length, last, 0, last.length) === 0) return;
    this.#lastMarkedRow = row;
    this.#deleteFamily.add(row, 0, row.length);
  }
}
