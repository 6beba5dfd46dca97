/**
 * Timestamps of cells: int64 on disk, numbers here.
 *
 * Exact up to ±2^53; the two ends of the range (`latestTimestamp`, `oldestTimestamp`) are read as
 * the nearest number and written back exactly. Comparing is done on the bytes, never on these.
 */
import { LimitError } from '../../../native-free-io/index.ts';
import { latestTimestamp, oldestTimestamp } from './kv-layout.ts';

const twoTo32 = 0x1_0000_0000;

export function readTimestamp(view: DataView, position: number): number {
  return view.getInt32(position) * twoTo32 + view.getUint32(position + 4);
}

/** BUFFER_NUMBER_RANGE for what is neither a safe integer nor an end of the range. */
export function writeTimestamp(view: DataView, position: number, timestamp: number): void {
  if (Number.isSafeInteger(timestamp)) {
    view.setInt32(position, Math.floor(timestamp / twoTo32));
    view.setInt32(position + 4, timestamp | 0);
  } else if (timestamp === latestTimestamp) {
    view.setInt32(position, 0x7fff_ffff);
    view.setInt32(position + 4, -1);
  } else if (timestamp === oldestTimestamp) {
    view.setInt32(position, -0x8000_0000);
    view.setInt32(position + 4, 0);
  } else {
    throw new LimitError('BUFFER_NUMBER_RANGE', `${timestamp} is no timestamp`);
  }
}
