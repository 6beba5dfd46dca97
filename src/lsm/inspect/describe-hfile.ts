/** Describes a store file: trailer, FILE_INFO, filters; its cells; its blocks; sizes. */
import { compareBytes, throwIfAborted } from '../../../native-free-io/index.ts';
import { HFileReader } from '../files/hfile-reader.ts';
import { CellView } from '../format/cell-view.ts';
import { rowLengthBytes } from '../format/kv-layout.ts';
import { CompressionId, FileInfoKey } from '../format/layout.ts';
import { blockPlaces } from './block-walk.ts';
import { bytesText, cellText, keyText } from './cell-text.ts';
import { Histogram } from './histogram.ts';
import type { DescribeOptions, Description } from './description.ts';

export function describeHFile(path: string, options: DescribeOptions, into: Description): void {
  using file = HFileReader.openSync(options.fs, path);
  const { parts } = options;
  if (parts.includes('meta')) describeMeta(file, into);
  if (parts.includes('blocks')) describeBlocks(file, options, into);
  if (parts.includes('keys') || parts.includes('histogram')) describeCells(file, options, into);
}

/** Values of FILE_INFO that are not bytes. */
const texts = new Set<string>([
  FileInfoKey.dataBlockEncoding,
  FileInfoKey.indexBlockEncoding,
  FileInfoKey.bloomType,
]);
const keys = new Set<string>([FileInfoKey.lastKey, FileInfoKey.biggestCellKey]);
const integers = new Set<string>([
  FileInfoKey.averageKeyLength,
  FileInfoKey.averageValueLength,
  FileInfoKey.maxTagsLength,
  FileInfoKey.keyValueVersion,
  FileInfoKey.bloomParameter,
]);
const longs = new Set<string>([
  FileInfoKey.createTime,
  FileInfoKey.biggestCellLength,
  FileInfoKey.maxSequenceIdOfCells,
  FileInfoKey.maxSequenceId,
  FileInfoKey.earliestPut,
  FileInfoKey.deleteFamilyCount,
  FileInfoKey.bulkLoadTime,
]);

function describeMeta(file: HFileReader, into: Description): void {
  const { trailer, fileInfo } = file;
  const { meta } = into;
  const codec = Object.entries(CompressionId).find(([, id]) => id === trailer.compression)?.[0];
  meta['version'] = `${trailer.major}.${trailer.minor}`;
  meta['entryCount'] = trailer.entryCount;
  meta['compression'] = codec ?? trailer.compression;
  meta['comparator'] = trailer.comparatorName;
  meta['indexLevels'] = trailer.indexLevels;
  meta['dataIndexCount'] = trailer.dataIndexCount;
  meta['totalUncompressedBytes'] = trailer.totalUncompressedBytes;
  meta['firstDataBlockPosition'] = trailer.firstDataBlockPosition;
  meta['lastDataBlockPosition'] = trailer.lastDataBlockPosition;
  meta['loadOnOpenPosition'] = trailer.loadOnOpenPosition;
  meta['fileInfoPosition'] = trailer.fileInfoPosition;
  const cell = new CellView();
  const { firstKey } = file;
  if (firstKey !== undefined) meta['firstKey'] = keyText(firstKey, cell);
  const midKey = file.midKey();
  if (midKey !== undefined) meta['midKey'] = keyText(midKey, cell);
  for (const [name, value] of fileInfo.entries) meta[name] = infoText(file, name, value);
  const bloom = file.generalBloom?.figures;
  if (bloom !== undefined) {
    meta['bloom'] =
      `${bloom.keys} keys of at most ${bloom.maxKeys}, ${bloom.chunks} chunks, ` +
      `${bloom.bytes} bytes, ${bloom.hashCount} hashes of type ${bloom.hashType}`;
  }
  const names = file.metaBlockNames;
  if (names.length > 0) meta['metaBlocks'] = names.join(', ');
  into.showMeta();
}

function infoText(file: HFileReader, name: string, value: Uint8Array): string {
  const { fileInfo } = file;
  if (name === FileInfoKey.timeRange) {
    const range = file.timeRange;
    return range === undefined ? bytesText(value) : `${range.least} to ${range.most}`;
  }
  if (texts.has(name)) return fileInfo.getText(name)!;
  if (keys.has(name)) return keyText(value, new CellView());
  if (integers.has(name) && value.length === 4) return String(fileInfo.getInt32(name));
  if (longs.has(name) && value.length === 8) {
    return String(new DataView(value.buffer, value.byteOffset, 8).getBigInt64(0));
  }
  if (value.length === 1) return String(value[0] !== 0);
  return bytesText(value);
}

function describeBlocks(file: HFileReader, options: DescribeOptions, into: Description): void {
  let shown = 0;
  for (const { position, header } of blockPlaces(file)) {
    throwIfAborted(options.signal);
    if (shown++ === options.limit) {
      into.truncated = true;
      return;
    }
    const { type, totalBytes, uncompressedBytes, previousPosition } = header;
    into.lines.push(
      `block ${position}: ${type}, ${totalBytes} bytes, ${uncompressedBytes} uncompressed, ` +
        `previous ${previousPosition}`,
    );
  }
}

function describeCells(file: HFileReader, options: DescribeOptions, into: Description): void {
  const showsKeys = options.parts.includes('keys');
  const sizes = new CellSizes();
  const cursor = file.cursor({ scan: true });
  const { cell } = cursor;
  try {
    for (let is = cursor.first(); is; is = cursor.next()) {
      if ((sizes.cells & 0xfff) === 0) throwIfAborted(options.signal);
      if (showsKeys && sizes.cells < options.limit) into.lines.push(cellText(cell));
      if (!sizes.add(cell, file)) {
        const reason = `cell ${sizes.cells} sorts before the one before it: ${cellText(cell)}`;
        into.problems.push({ path: file.path, position: 0, reason });
      }
    }
  } finally {
    cursor.close();
  }
  if (showsKeys && sizes.cells > options.limit) into.truncated = true;
  if (sizes.cells !== file.entryCount) {
    const reason = `${sizes.cells} cells, the trailer says ${file.entryCount}`;
    into.problems.push({ path: file.path, position: file.size, reason });
  }
  if (options.parts.includes('histogram')) into.lines.push(...sizes.lines());
}

/** Sizes of the cells of a file, which come in order. */
class CellSizes {
  cells = 0;
  readonly #keys = new Histogram('key bytes');
  readonly #values = new Histogram('value bytes');
  readonly #rows = new Histogram('row bytes');
  readonly #columns = new Histogram('cells of a row');
  #before: Uint8Array = new Uint8Array(0);
  #inRow = 0;

  /** False when the cell sorts before the one before it. */
  add(cell: CellView, file: HFileReader): boolean {
    const key = cell.copyKey();
    const before = this.#before;
    const isFirst = this.cells === 0;
    const isNewRow = isFirst || !isSameRow(before, key);
    if (isNewRow) {
      if (!isFirst) this.#columns.add(this.#inRow);
      this.#rows.add(cell.rowLength);
      this.#inRow = 0;
    }
    this.#inRow++;
    this.cells++;
    this.#keys.add(cell.keyLength);
    this.#values.add(cell.valueLength);
    this.#before = key;
    return isFirst || file.compare(before, 0, before.length, key, 0, key.length) <= 0;
  }

  lines(): string[] {
    if (this.#inRow > 0) this.#columns.add(this.#inRow);
    const all = [this.#keys, this.#values, this.#rows, this.#columns];
    return all.flatMap((histogram) => histogram.lines());
  }
}

function isSameRow(a: Uint8Array, b: Uint8Array): boolean {
  const end = (key: Uint8Array): number => rowLengthBytes + ((key[0]! << 8) | key[1]!);
  return compareBytes(a, 0, end(a), b, 0, end(b)) === 0;
}
