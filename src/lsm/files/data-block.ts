/**
 * One data block in memory, its cells laid out plainly, with a table of where each begins.
 *
 * Lifetime: as long as somebody has it, unless its bytes are a scan's own, which the scan reuses.
 */
import type { CellView } from '../format/cell-view.ts';
import { compareKeys, type KeyComparator } from '../format/comparator.ts';
import { kvKeyPosition } from '../format/kv-layout.ts';
import { indexCells, readPlainCell, type PlainCells } from '../format/plain-cells.ts';
import { CachedBlock } from './block-cache.ts';
import { headHigh, headLow, KeyHeads } from './key-heads.ts';

/** Fewer cells are searched without heads. */
const linearCells = 8;

export class DataBlock extends CachedBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly starts: Int32Array;
  /** Cells. */
  readonly count: number;
  /** Made by the first search. */
  #heads: KeyHeads | undefined;
  readonly #includesTags: boolean;
  readonly #includesSequenceIds: boolean;

  constructor(cells: PlainCells) {
    super();
    this.bytes = cells.bytes;
    this.view = cells.view;
    this.starts = indexCells(cells);
    this.count = this.starts.length;
    this.#includesTags = cells.parts.includesTags;
    this.#includesSequenceIds = cells.parts.includesSequenceIds;
  }

  /** Bytes it holds in memory, heads among it. */
  get memoryBytes(): number {
    return this.bytes.length + 2 * this.starts.byteLength;
  }

  /** Moves `cell`, which must be in this block already, to the cell of that index. */
  read(cell: CellView, index: number): void {
    readPlainCell(cell, this.starts[index]!, this.#includesTags, this.#includesSequenceIds);
  }

  /** Index of the first cell from `from` on whose key is not below the target's, or `count`. */
  lowerBound(target: CellView, from: number, compare: KeyComparator): number {
    const { bytes, view, starts } = this;
    let low = from;
    let high = this.count;
    if (compare === compareKeys && high - low > linearCells) {
      this.#heads ??= new KeyHeads(bytes, starts, { stride: 1, offset: kvKeyPosition });
      this.#heads.narrow(target.bytes, target.keyPosition);
      if (headLow > low) low = headLow;
      high = headHigh > low ? headHigh : low;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = starts[middle]!;
      const order = compare(
        bytes,
        start + kvKeyPosition,
        view.getInt32(start),
        target.bytes,
        target.keyPosition,
        target.keyLength,
      );
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
