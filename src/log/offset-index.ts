/**
 * Sparse index of one log segment: where to begin scanning for an offset.
 *
 * Layout: fixed 8-byte entries, big-endian, no header, no checksum.
 *
 *    0               4               8
 *    +---------------+---------------+
 *    | offset delta  | position      |   delta = last offset of the batch - base offset (i32 >= 0)
 *    +---------------+---------------+   position = first byte of that batch in .log (i32 >= 0)
 *
 * Invariants: I1 deltas strictly ascend; I2 positions strictly ascend; I3 entries may be missing,
 * never wrong.
 * Damage:     thrown away and rebuilt from the .log file (segment-recovery.ts).
 * Upstream:   apache/kafka: storage/.../log/OffsetIndex.java; format kept, code our own.
 * Format doc: docs/formats/log.md, "Offset index entry".
 */
import { invariant } from '../base/index.ts';
import { offsetIndexEntryBytes } from './format/layout.ts';
import type { IndexFile } from './index-file.ts';

const maxDelta = 0x7fffffff;

export class OffsetIndex {
  readonly file: IndexFile;
  readonly baseOffset: number;
  readonly maxEntries: number;

  constructor(file: IndexFile, baseOffset: number, maxIndexBytes: number) {
    this.file = file;
    this.baseOffset = baseOffset;
    this.maxEntries = Math.floor(maxIndexBytes / offsetIndexEntryBytes);
  }

  get count(): number {
    return this.file.count;
  }

  get isFull(): boolean {
    return this.file.count >= this.maxEntries;
  }

  /** Offset of the last entry, the base offset when there is none. */
  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1);
  }

  offsetAt(index: number): number {
    return this.baseOffset + this.file.view().getInt32(index * offsetIndexEntryBytes);
  }

  positionAt(index: number): number {
    return this.file.view().getInt32(index * offsetIndexEntryBytes + 4);
  }

  append(offset: number, position: number): void {
    const delta = offset - this.baseOffset;
    invariant(delta >= 0 && delta <= maxDelta, 'offset index: delta out of range');
    const last = this.count - 1;
    invariant(
      last < 0 || (offset > this.offsetAt(last) && position > this.positionAt(last)),
      'offset index: entries must ascend',
    );
    const at = this.file.appendEntry();
    const view = this.file.view();
    view.setInt32(at, delta);
    view.setInt32(at + 4, position);
  }

  /** Position of the greatest entry at or below `target`; 0 when there is none. */
  lookup(target: number): number {
    const index = this.floor(target);
    return index < 0 ? 0 : this.positionAt(index);
  }

  /** Index of the greatest entry with offset <= target, -1 when there is none. */
  floor(target: number): number {
    const count = this.count;
    if (count === 0) return -1;
    const delta = target - this.baseOffset;
    const view = this.file.view();
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.getInt32(middle * offsetIndexEntryBytes) <= delta) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Offset of the first entry whose position is at least `position`; undefined when none is. */
  offsetAtOrAfterPosition(position: number): number | undefined {
    const view = this.file.view();
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.getInt32(middle * offsetIndexEntryBytes + 4) >= position) high = middle;
      else low = middle + 1;
    }
    return low === this.count ? undefined : this.offsetAt(low);
  }

  /** Keeps the entries below `offset`. */
  truncateTo(offset: number): void {
    const index = this.floor(offset);
    if (index < 0) this.file.truncate(0);
    else this.file.truncate(this.offsetAt(index) === offset ? index : index + 1);
  }
}
