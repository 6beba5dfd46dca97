/**
 * Cells of a data block without encoding: finding where each begins, judging them on the way.
 *
 *    { KeyValue | [ tags length u16 | tags ] | [ sequence id VLong ] }…
 *
 * Whether tags and sequence ids are there holds for a whole file. What passed `indexCells` may be
 * read without further checks.
 * Format doc: docs/formats/lsm.md, "Data block".
 */
import {
  hadoopVIntEnd,
  hadoopVIntSize,
  readHadoopVLong,
  type ErrorContext,
} from '../../../native-free-io/index.ts';
import type { CellView } from './cell-view.ts';
import { corruptFile, decoding } from './damage.ts';
import {
  keyOverheadBytes,
  kvKeyPosition,
  rowLengthBytes,
  tagsLengthBytes,
  valueLengthPosition,
} from './kv-layout.ts';

/** Which optional parts the cells of a file have. */
export interface CellParts {
  readonly includesTags: boolean;
  readonly includesSequenceIds: boolean;
}

/** Bytes of one cell in this layout. */
export function plainCellBytes(cell: CellView, parts: CellParts): number {
  let size = kvKeyPosition + cell.keyLength + cell.valueLength;
  if (parts.includesTags) size += tagsLengthBytes + cell.tagsLength;
  if (parts.includesSequenceIds) size += hadoopVIntSize(cell.sequenceId);
  return size;
}

/** A region of cells, and what to name in errors. */
export interface PlainCells {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly parts: CellParts;
  readonly context: ErrorContext;
}

/** Fewest bytes of a cell: a key of one byte of row, nothing else. */
const leastCellBytes: number = kvKeyPosition + keyOverheadBytes;
let scratch = new Int32Array(4096);

/** Where each cell begins; LSM_CORRUPT_FILE when they do not fill the region. */
export function indexCells(cells: PlainCells): Int32Array {
  const { start, end } = cells;
  const most = Math.ceil((end - start) / leastCellBytes);
  if (most > scratch.length) scratch = new Int32Array(most * 2);
  const count = decoding(cells.context, 'a cell', () => fillStarts(cells, scratch));
  return new Int32Array(scratch.subarray(0, count));
}

function fillStarts(cells: PlainCells, starts: Int32Array): number {
  const { bytes, view, end } = cells;
  const { includesTags, includesSequenceIds } = cells.parts;
  let count = 0;
  let at = cells.start;
  while (at < end) {
    if (end - at < leastCellBytes) throw damaged(cells, at, 'is cut short');
    const keyLength = view.getInt32(at);
    const valueLength = view.getInt32(at + valueLengthPosition);
    const key = at + kvKeyPosition;
    if (keyLength < keyOverheadBytes || keyLength > end - key) {
      throw damaged(cells, at, `has a key of ${keyLength} bytes`);
    }
    if (!isKey(bytes, key, keyLength)) throw damaged(cells, at, 'has a malformed key');
    let after = key + keyLength;
    if (valueLength < 0 || valueLength > end - after) {
      throw damaged(cells, at, `has a value of ${valueLength} bytes`);
    }
    after += valueLength;
    if (includesTags) {
      if (end - after < tagsLengthBytes) throw damaged(cells, at, 'is cut short');
      after += tagsLengthBytes + view.getUint16(after);
      if (after > end) throw damaged(cells, at, 'has tags past the end');
    }
    if (includesSequenceIds) {
      const first = after < end ? bytes[after]! : 0x80;
      if (first < 0x80) after++;
      else {
        if (readHadoopVLong(bytes, after, end) < 0) throw damaged(cells, at, 'has no sequence id');
        after = hadoopVIntEnd;
      }
    }
    starts[count++] = at;
    at = after;
  }
  return count;
}

/** Whether row and family lie within the key; what is left is the qualifier. */
export function isKey(bytes: Uint8Array, position: number, length: number): boolean {
  if (length < keyOverheadBytes) return false;
  const rowLength = (bytes[position]! << 8) | bytes[position + 1]!;
  const left = length - keyOverheadBytes - rowLength;
  if (left < 0 || rowLength > 0x7fff) return false;
  return bytes[position + rowLengthBytes + rowLength]! <= left;
}

/** Moves `cell` to the cell that begins at `at`, which `indexCells` has judged. */
export function readPlainCell(
  cell: CellView,
  at: number,
  includesTags: boolean,
  includesSequenceIds: boolean,
): void {
  const { view } = cell;
  const keyLength = view.getInt32(at);
  const valueLength = view.getInt32(at + valueLengthPosition);
  const key = at + kvKeyPosition;
  let after = key + keyLength;
  cell.keyPosition = key;
  cell.keyLength = keyLength;
  cell.valuePosition = after;
  cell.valueLength = valueLength;
  after += valueLength;
  if (includesTags) {
    cell.tagsLength = view.getUint16(after);
    after += tagsLengthBytes;
    cell.tagsPosition = after;
    after += cell.tagsLength;
  } else {
    cell.tagsLength = 0;
    cell.tagsPosition = after;
  }
  if (!includesSequenceIds) cell.sequenceId = 0;
  else {
    const first = cell.bytes[after]!;
    cell.sequenceId = first < 0x80 ? first : readHadoopVLong(cell.bytes, after, cell.bytes.length);
  }
}

function damaged(cells: PlainCells, at: number, what: string): Error {
  const message = `the cell at byte ${at - cells.start} of the block ${what}`;
  return corruptFile(message, cells.context);
}
