/**
 * Brings entries of the log back into memstores: each family takes what its files do not have yet.
 */
import { CellBuffer } from '../cell-buffer.ts';
import { CellView } from '../format/cell-view.ts';
import { insertReplayed } from '../region/write.ts';
import type { LogEntry } from '../region/region-log.ts';
import type { Region } from '../region/region.ts';

/** Cells taken in. */
export function replayEntry(region: Region, entry: LogEntry): number {
  const { stores, clock, mvcc } = region.core;
  const buffer = new CellBuffer(entry.end - entry.start);
  const cell = new CellView();
  const view = new DataView(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.length);
  for (let at = entry.start; at < entry.end;) {
    const length = view.getInt32(at);
    cell.bytes = entry.bytes;
    cell.view = view;
    cell.keyPosition = at + 12;
    cell.keyLength = view.getInt32(at + 4);
    const family = Buffer.from(cell.copyFamily()).toString('latin1');
    const store = stores.find((one) => one.name === family);
    const isNew = store !== undefined && entry.sequenceId > store.flushedSequenceId;
    if (isNew) {
      buffer.addEncoded(entry.bytes, at, store.index);
      // New times lie above: so no new put falls into the millisecond of a delete.
      clock.passOver(cell.timestamp);
    }
    at += 4 + length;
  }
  mvcc.raiseTo(entry.sequenceId);
  if (buffer.count > 0) insertReplayed(region.core, buffer, entry.sequenceId);
  return buffer.count;
}
