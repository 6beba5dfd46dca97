/**
 * Sparse index of one log segment: from which offset on a timestamp may be found.
 *
 * Layout: fixed 12-byte entries, big-endian.
 *
 *    0               8               12
 *    +---------------+---------------+
 *    | timestamp     | offset delta  |   timestamp = greatest batch max timestamp so far (ms)
 *    +---------------+---------------+   delta = last offset of the earliest batch having it - base
 *
 * Invariants: I1 timestamps strictly ascend; I2 deltas never descend; I3 every record with a
 * greater timestamp lies after the entry's offset.
 * Damage:     rebuilt from the .log file (segment-recovery.ts).
 * Upstream:   apache/kafka: storage/.../log/TimeIndex.java; format kept, code our own.
 * Format doc: docs/formats/log.md, "Time index entry".
 */
import { invariant } from '../base/index.ts';
import { readInt64, writeInt64 } from '../../native-free-io/index.ts';
import { timeIndexEntryBytes } from './format/layout.ts';
import type { IndexFile } from './index-file.ts';

export class TimeIndex {
  readonly file: IndexFile;
  readonly baseOffset: number;
  readonly maxEntries: number;

  constructor(file: IndexFile, baseOffset: number, maxIndexBytes: number) {
    this.file = file;
    this.baseOffset = baseOffset;
    this.maxEntries = Math.floor(maxIndexBytes / timeIndexEntryBytes);
  }

  get count(): number {
    return this.file.count;
  }

  /** One slot stays reserved for the entry made when the segment becomes inactive. */
  get isFull(): boolean {
    return this.file.count >= this.maxEntries - 1;
  }

  /** Timestamp of the last entry, -1 when there is none. */
  get lastTimestamp(): number {
    return this.count === 0 ? -1 : this.timestampAt(this.count - 1);
  }

  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1);
  }

  timestampAt(index: number): number {
    return readInt64(this.file.view(), index * timeIndexEntryBytes);
  }

  offsetAt(index: number): number {
    return this.baseOffset + this.file.view().getInt32(index * timeIndexEntryBytes + 8);
  }

  /** Adds an entry when `timestamp` is greater than the last one; otherwise does nothing. */
  maybeAppend(timestamp: number, offset: number): void {
    if (timestamp <= this.lastTimestamp) return;
    invariant(offset >= this.lastOffset, 'time index: offsets must not descend');
    const at = this.file.appendEntry();
    const view = this.file.view();
    writeInt64(view, at, timestamp);
    view.setInt32(at + 8, offset - this.baseOffset);
  }

  /** Offset of the greatest entry with timestamp <= target; the base offset when there is none. */
  lookup(target: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestampAt(middle) <= target) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.baseOffset : this.offsetAt(low - 1);
  }

  /** Keeps the entries whose offset is below `offset`. */
  truncateTo(offset: number): void {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offsetAt(middle) < offset) low = middle + 1;
      else high = middle;
    }
    this.file.truncate(low);
  }
}
