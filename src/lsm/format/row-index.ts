/**
 * Encoding ROW_INDEX_V1: plain cells, and behind them where each row begins.
 *
 *    cells | row count i32 | row count x i32 where its first cell begins | cell bytes i32
 *
 * Readers here make a table of all cells of any block, so the row table is checked, not used.
 * Upstream: apache/hbase: hbase-common/.../encoding/RowIndexEncoderV1.java (Apache-2.0).
 */
import { compareBytes } from '../../../native-free-io/index.ts';
import { corruptFile } from './damage.ts';
import { kvKeyPosition, rowLengthBytes } from './kv-layout.ts';
import { EncodingId, encodingIdBytes } from './layout.ts';
import { indexCells, type PlainCells } from './plain-cells.ts';

export function encodeRowIndex(plain: PlainCells): Uint8Array {
  const { bytes: cells, end: length } = plain;
  const rows = rowStarts(plain, indexCells(plain));
  const body = new Uint8Array(encodingIdBytes + length + 4 * (rows.length + 2));
  const bodyView = new DataView(body.buffer);
  bodyView.setInt16(0, EncodingId.rowIndexV1);
  body.set(cells.subarray(0, length), encodingIdBytes);
  let at = encodingIdBytes + length;
  bodyView.setInt32(at, rows.length);
  for (const row of rows) bodyView.setInt32((at += 4), row);
  bodyView.setInt32(at + 4, length);
  return body;
}

export function decodeRowIndex(content: PlainCells): PlainCells {
  const { view, start, end, context } = content;
  const wrong = (what: string): Error => corruptFile(`row index: ${what}`, context);
  if (end - start < 8) throw wrong('cut short');
  const cellBytes = view.getInt32(end - 4);
  if (cellBytes < 0 || cellBytes > end - start - 8) throw wrong(`${cellBytes} bytes of cells`);
  const rows = view.getInt32(start + cellBytes);
  if (rows < 0 || start + cellBytes + 4 * (rows + 2) !== end) throw wrong(`${rows} rows`);
  return { ...content, end: start + cellBytes };
}

function rowStarts(plain: PlainCells, starts: Int32Array): number[] {
  const { bytes } = plain;
  const rows: number[] = [];
  let row = 0;
  let rowEnd = -1;
  for (const start of starts) {
    const key = start + kvKeyPosition;
    const nextRow = key + rowLengthBytes;
    const nextEnd = nextRow + ((bytes[key]! << 8) | bytes[key + 1]!);
    if (rowEnd >= 0 && compareBytes(bytes, row, rowEnd, bytes, nextRow, nextEnd) === 0) continue;
    rows.push(start);
    row = nextRow;
    rowEnd = nextEnd;
  }
  return rows;
}
