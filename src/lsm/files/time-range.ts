/**
 * What a store file says of its timestamps: the range of all, the earliest of a put.
 *
 *    TIMERANGE        least i64 | greatest i64, 16 raw bytes; (2^63 - 1, -1) when there is no cell
 *    EARLIEST_PUT_TS  i64; 2^63 - 1 when there is no put
 *
 * A marker that deletes a column or family also reaches down to timestamp 0, so it counts as one of
 * that time. Timestamps are kept as halves: all 64 bits count.
 * Upstream: apache/hbase: hbase-server/.../TimeRangeTracker.java (Apache-2.0); code our own.
 */
import { readTimestamp } from '../format/timestamp.ts';
import type { CellView } from '../format/cell-view.ts';
import { CellType } from '../format/kv-layout.ts';
import { ProtobufReader } from '../../base/index.ts';
import { protobufMagicBytes } from '../format/layout.ts';

const latestHigh = 0x7fff_ffff;

export class TimeRangeTracker {
  #leastHigh = latestHigh;
  #leastLow = 0xffff_ffff;
  #mostHigh = -1;
  #mostLow = 0xffff_ffff;
  #putHigh = latestHigh;
  #putLow = 0xffff_ffff;

  include(cell: CellView, type: number): void {
    const at = cell.timestampPosition;
    const high = cell.view.getInt32(at);
    const low = cell.view.getUint32(at + 4);
    this.#widen(high, low);
    if (type === CellType.put) {
      if (isLess(high, low, this.#putHigh, this.#putLow)) {
        this.#putHigh = high;
        this.#putLow = low;
      }
    } else if (type === CellType.deleteColumn || type === CellType.deleteFamily) {
      this.#widen(0, 0);
    }
  }

  /** Value of TIMERANGE. */
  rangeBytes(): Uint8Array {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, this.#leastHigh);
    view.setUint32(4, this.#leastLow);
    view.setInt32(8, this.#mostHigh);
    view.setUint32(12, this.#mostLow);
    return bytes;
  }

  /** Value of EARLIEST_PUT_TS. */
  earliestPutBytes(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, this.#putHigh);
    view.setUint32(4, this.#putLow);
    return bytes;
  }

  #widen(high: number, low: number): void {
    if (isLess(high, low, this.#leastHigh, this.#leastLow)) {
      this.#leastHigh = high;
      this.#leastLow = low;
    }
    if (isLess(this.#mostHigh, this.#mostLow, high, low)) {
      this.#mostHigh = high;
      this.#mostLow = low;
    }
  }
}

export interface TimeRange {
  /** Milliseconds, both inclusive. */
  readonly least: number;
  readonly most: number;
}

/** From the value of TIMERANGE, also as a release of 2.0 wrote it: 'PBUF' and a message. */
export function decodeTimeRange(bytes: Uint8Array): TimeRange | undefined {
  if (bytes.length === 16) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return { least: readTimestamp(view, 0), most: readTimestamp(view, 8) };
  }
  if (bytes.length < protobufMagicBytes) return undefined;
  let least = 0;
  let most = 0;
  const message = new ProtobufReader(bytes, protobufMagicBytes);
  while (message.next()) {
    if (message.field === 1) least = Number(BigInt.asIntN(64, message.readBigUint64()));
    else if (message.field === 2) most = Number(BigInt.asIntN(64, message.readBigUint64()));
    else message.skip();
  }
  return { least, most };
}

function isLess(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow);
}
