/**
 * Reads the store files of a region whole: checksums by the reader; order, family and borders here.
 */
import { StoreError, throwIfAborted } from '../../../native-free-io/index.ts';
import { CellView } from '../format/cell-view.ts';
import type { FamilyStore } from '../region/family-store.ts';
import type { Region } from '../region/region.ts';
import type { StoreFile } from '../region/store-file.ts';
import { isBelow } from '../read/merge-cursor.ts';

export interface FileFigures {
  readonly path: string;
  /** Bytes. */
  readonly bytes: number;
  /** Cells that could be read. */
  readonly cells: number;
  readonly problem: string | undefined;
}

/** Cells between two turns of the event loop. */
const cellsPerTurn = 20_000;

export async function* verifyRegion(
  region: Region,
  signal?: AbortSignal,
): AsyncIterableIterator<FileFigures> {
  for (const store of region.core.stores) {
    for (const file of store.files) {
      file.acquire();
      try {
        yield await verifyFile(region, store, file, signal);
      } finally {
        file.release();
      }
    }
  }
}

async function verifyFile(
  region: Region,
  store: FamilyStore,
  file: StoreFile,
  signal: AbortSignal | undefined,
): Promise<FileFigures> {
  const { timers } = region.core.world.env;
  const cursor = file.cursor({ scan: true });
  const last = new CellView();
  let cells = 0;
  let problem: string | undefined;
  try {
    for (let stands = cursor.first(); stands && problem === undefined; stands = cursor.next()) {
      const { cell } = cursor;
      problem = problemOf(region, store, cell, cells === 0 ? undefined : last);
      last.bytes = cell.copyKey();
      last.keyLength = cell.keyLength;
      if (++cells % cellsPerTurn === 0) {
        throwIfAborted(signal);
        await timers.turn();
      }
    }
    if (problem === undefined && !file.isReference && cells !== file.reader.entryCount) {
      problem = `${cells} cells, its trailer says ${file.reader.entryCount}`;
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'IO_ABORTED') throw error;
    problem = error.message;
  } finally {
    cursor.close();
  }
  return { path: file.path, bytes: file.bytes, cells, problem };
}

function problemOf(
  region: Region,
  store: FamilyStore,
  cell: CellView,
  last: CellView | undefined,
): string | undefined {
  if (last !== undefined && isBelow(cell, last)) return 'cells out of order';
  if (Buffer.compare(cell.copyFamily(), store.nameBytes) !== 0) return 'a cell of another family';
  return region.contains(cell.copyRow()) ? undefined : 'a row outside of its region';
}
