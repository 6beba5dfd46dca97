/** Edits of a write-ahead log for tests. */
import type { FileSystem } from '../../native-free-io/index.ts';
import type { WalEdit } from '../../src/lsm/wal/wal.ts';
import { WalReader, type WalEnding } from '../../src/lsm/wal/wal-reader.ts';
import { cellAt, testCell, viewOf, type TestCell } from './lsm-cells.ts';

/** Cells in log form, each with its length before it. */
export function logBytes(cells: readonly TestCell[]): Uint8Array {
  const pieces = cells.map((cell) => viewOf(cell).bytes);
  const total = pieces.reduce((sum, piece) => sum + 4 + piece.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const piece of pieces) {
    view.setInt32(at, piece.length);
    bytes.set(piece, at + 4);
    at += 4 + piece.length;
  }
  return bytes;
}

export function editOf(
  region: string,
  sequenceId: number,
  cells: readonly TestCell[] = [testCell({ row: `row-${sequenceId}` })],
): WalEdit {
  const bytes = logBytes(cells);
  return {
    region,
    table: 'ns:t',
    sequenceId,
    writeTimeMs: 1_700_000_000_000 + sequenceId,
    cellCount: cells.length,
    bytes,
    start: 0,
    end: bytes.length,
  };
}

export interface ReadEntry {
  readonly region: string;
  readonly table: string;
  readonly sequenceId: number;
  readonly writeTimeMs: number;
  readonly cells: readonly TestCell[];
}

export interface ReadLog {
  readonly entries: readonly ReadEntry[];
  readonly ending: WalEnding;
  readonly endPosition: number;
}

/** Everything that is whole in a log. */
export function readLog(fs: FileSystem, path: string): ReadLog {
  using reader = WalReader.openSync(fs, path);
  const entries: ReadEntry[] = [];
  while (reader.next()) {
    const { region, table, sequenceId, writeTimeMs } = reader;
    const cells: TestCell[] = [];
    while (reader.cells.next()) cells.push(cellAt(reader.cells.cell));
    entries.push({ region, table, sequenceId, writeTimeMs, cells });
  }
  return { entries, ending: reader.ending!, endPosition: reader.endPosition };
}
