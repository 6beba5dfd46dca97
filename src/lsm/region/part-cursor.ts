/**
 * A part of a file: the keys of a range. What a reference stands for between the split of a region
 * and the compaction that writes the halves out.
 */
import type { CellCursor } from '../format/cell-cursor.ts';
import { CellView } from '../format/cell-view.ts';
import { isBelow } from '../read/merge-cursor.ts';

export class PartCursor implements CellCursor {
  readonly cell: CellView;
  readonly #inner: CellCursor;
  readonly #from: CellView | undefined;
  readonly #to: CellView | undefined;

  /** Keys from `from` inclusive to `to` exclusive; undefined: no bound. */
  constructor(inner: CellCursor, from: Uint8Array | undefined, to: Uint8Array | undefined) {
    this.#inner = inner;
    this.cell = inner.cell;
    this.#from = from === undefined ? undefined : keyView(from);
    this.#to = to === undefined ? undefined : keyView(to);
  }

  first(): boolean {
    const from = this.#from;
    return this.#within(from === undefined ? this.#inner.first() : this.#inner.seek(from));
  }

  seek(target: CellView): boolean {
    const from = this.#from;
    const isBefore = from !== undefined && isBelow(target, from);
    return this.#within(this.#inner.seek(isBefore ? from : target));
  }

  reseek(target: CellView): boolean {
    return this.#within(this.#inner.reseek(target));
  }

  next(): boolean {
    return this.#within(this.#inner.next());
  }

  seekBefore(target: CellView): boolean {
    const to = this.#to;
    const isBeyond = to !== undefined && isBelow(to, target);
    if (!this.#inner.seekBefore(isBeyond ? to : target)) return false;
    return this.#from === undefined || !isBelow(this.cell, this.#from);
  }

  close(): void {
    this.#inner.close();
  }

  #within(stands: boolean): boolean {
    return stands && (this.#to === undefined || isBelow(this.cell, this.#to));
  }
}

export function keyView(key: Uint8Array): CellView {
  const view = new CellView();
  view.bytes = key;
  view.view = new DataView(key.buffer, key.byteOffset, key.length);
  view.keyLength = key.length;
  return view;
}
