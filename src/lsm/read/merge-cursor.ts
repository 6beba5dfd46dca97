/**
 * Merges the cursors of memstores and files into one, and hides what is newer than the read point.
 *
 * Sources are given newest first: of cells equal in everything the newer source's comes first. With
 * one source nothing is compared. `cell` is that of the source on top: another object after a move.
 */
import type { CellCursor } from '../format/cell-cursor.ts';
import { CellView } from '../format/cell-view.ts';
import { compareCells, compareKeys } from '../format/comparator.ts';

const nowhere = new CellView();

export class MergeCursor implements CellCursor {
  readonly #sources: readonly CellCursor[];
  readonly #readPoint: number;
  /** Positions in `#sources` of those that stand on a cell, smallest on top. */
  readonly #heap: number[] = [];
  cell: CellView = nowhere;

  constructor(sources: readonly CellCursor[], readPoint: number) {
    this.#sources = sources;
    this.#readPoint = readPoint;
  }

  first(): boolean {
    return this.#position((source) => source.first());
  }

  seek(target: CellView): boolean {
    return this.#position((source) => source.seek(target));
  }

  reseek(target: CellView): boolean {
    const heap = this.#heap;
    while (heap.length > 0) {
      const source = this.#sources[heap[0]!]!;
      if (isBelow(source.cell, target)) this.#settle(source.reseek(target));
      else break;
    }
    return this.#visible();
  }

  next(): boolean {
    this.#settle(this.#sources[this.#heap[0]!]!.next());
    return this.#visible();
  }

  /** Stands on the first visible of the cells equal to the last visible one below the target. */
  seekBefore(target: CellView): boolean {
    let bound = target;
    for (;;) {
      const nearest = this.#lastBelow(bound);
      if (nearest === undefined) return false;
      // Hidden cells send the search forward again: then look further back.
      if (this.seek(nearest) && isBelow(this.cell, target)) return true;
      bound = nearest;
    }
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }

  /** Key of the largest cell below the target, hidden ones included. */
  #lastBelow(target: CellView): CellView | undefined {
    let nearest: CellView | undefined;
    for (const source of this.#sources) {
      if (!source.seekBefore(target)) continue;
      if (nearest !== undefined && !isBelow(nearest, source.cell)) continue;
      nearest ??= new CellView();
      nearest.bytes = source.cell.copyKey();
      nearest.view = new DataView(nearest.bytes.buffer);
      nearest.keyPosition = 0;
      nearest.keyLength = source.cell.keyLength;
    }
    return nearest;
  }

  #position(move: (source: CellCursor) => boolean): boolean {
    this.#heap.length = 0;
    for (const [index, source] of this.#sources.entries()) {
      if (!move(source)) continue;
      this.#heap.push(index);
      this.#rise(this.#heap.length - 1);
    }
    return this.#visible();
  }

  /** Passes over what the read point hides. */
  #visible(): boolean {
    const heap = this.#heap;
    while (heap.length > 0) {
      const source = this.#sources[heap[0]!]!;
      if (source.cell.sequenceId <= this.#readPoint) {
        this.cell = source.cell;
        return true;
      }
      this.#settle(source.next());
    }
    this.cell = nowhere;
    return false;
  }

  /** After the source on top has moved. */
  #settle(stands: boolean): void {
    const heap = this.#heap;
    if (!stands) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    if (heap.length > 1) this.#sink();
  }

  #sink(): void {
    const heap = this.#heap;
    const moved = heap[0]!;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isFirst(heap[child + 1]!, heap[child]!)) child++;
      if (this.#isFirst(moved, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const moved = heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#isFirst(heap[parent]!, moved)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = moved;
  }

  #isFirst(a: number, b: number): boolean {
    const order = compareCells(this.#sources[a]!.cell, this.#sources[b]!.cell);
    return order === 0 ? a < b : order < 0;
  }
}

export function isBelow(cell: CellView, target: CellView): boolean {
  return (
    compareKeys(
      cell.bytes,
      cell.keyPosition,
      cell.keyLength,
      target.bytes,
      target.keyPosition,
      target.keyLength,
    ) < 0
  );
}
