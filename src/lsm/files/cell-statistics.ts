/**
 * What is counted over the cells of a store file, and said in its FILE_INFO.
 *
 * Upstream: apache/hbase: hbase-server/.../HFileWriterImpl.java, StoreFileWriter.java (Apache-2.0).
 */
import type { CellView } from '../format/cell-view.ts';
import type { FileInfo } from '../format/file-info.ts';
import { CellType, kvKeyPosition, tagsLengthBytes } from '../format/kv-layout.ts';
import { FileInfoKey } from '../format/layout.ts';
import type { CellParts } from '../format/plain-cells.ts';
import { TimeRangeTracker } from './time-range.ts';

/** Besides the key, value and tags: the two lengths and one of the whole. */
const serializedOverheadBytes = kvKeyPosition + 4;

export class CellStatistics {
  cells = 0;
  #keyBytes = 0;
  #valueBytes = 0;
  #longestTags = 0;
  #mostSequenceId = 0;
  #deleteFamilies = 0;
  #biggestBytes = 0;
  #biggestKey: Uint8Array | undefined;
  readonly #times = new TimeRangeTracker();

  include(cell: CellView): void {
    const { keyLength, valueLength, tagsLength } = cell;
    this.cells++;
    this.#keyBytes += keyLength;
    this.#valueBytes += valueLength;
    if (tagsLength > this.#longestTags) this.#longestTags = tagsLength;
    if (cell.sequenceId > this.#mostSequenceId) this.#mostSequenceId = cell.sequenceId;
    const { type } = cell;
    this.#times.include(cell, type);
    if (type === CellType.deleteFamily || type === CellType.deleteFamilyVersion) {
      this.#deleteFamilies++;
    }
    const tags = tagsLength === 0 ? 0 : tagsLengthBytes + tagsLength;
    const bytes = serializedOverheadBytes + keyLength + valueLength + tags;
    if (bytes > this.#biggestBytes) {
      this.#biggestBytes = bytes;
      this.#biggestKey = cell.copyKey();
    }
  }

  writeTo(info: FileInfo, parts: CellParts, lastKey: Uint8Array | undefined): void {
    const average = (sum: number): number => (this.cells === 0 ? 0 : Math.floor(sum / this.cells));
    if (lastKey !== undefined) info.set(FileInfoKey.lastKey, lastKey);
    info.setInt32(FileInfoKey.averageKeyLength, average(this.#keyBytes));
    info.setInt32(FileInfoKey.averageValueLength, average(this.#valueBytes));
    if (parts.includesTags) info.setInt32(FileInfoKey.maxTagsLength, this.#longestTags);
    if (this.#biggestKey !== undefined) {
      info.set(FileInfoKey.biggestCellKey, this.#biggestKey);
      info.setInt64(FileInfoKey.biggestCellLength, this.#biggestBytes);
    }
    if (parts.includesSequenceIds) {
      info.setInt64(FileInfoKey.maxSequenceIdOfCells, this.#mostSequenceId);
      info.setInt32(FileInfoKey.keyValueVersion, 1);
    }
    info.set(FileInfoKey.timeRange, this.#times.rangeBytes());
    info.set(FileInfoKey.earliestPut, this.#times.earliestPutBytes());
    info.setInt64(FileInfoKey.deleteFamilyCount, this.#deleteFamilies);
  }
}
