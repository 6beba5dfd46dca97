/**
 * Reads the newest cell of one column without merging anything, where that is provably enough.
 *
 * Sources are asked newest first: active memstore, snapshot, files. A cell found decides when no
 * later source can hold a timestamp as high (HB-20: a newer one may sit in an older file) and there
 * is no marker of the whole family. Otherwise the answer is "undecided", and a merge reads the row.
 */
import type { CellView } from '../format/cell-view.ts';
import { CellType } from '../format/kv-layout.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import type { Segment } from '../memstore/segment.ts';
import { CellTreeCursor } from '../memstore/cell-tree-cursor.ts';
import type { FamilyStore } from './family-store.ts';
import { PointKey } from './point-key.ts';
import type { RegionCore } from './region-core.ts';

export const Point = { absent: 0, found: 1, undecided: 2 } as const;
export type Point = (typeof Point)[keyof typeof Point];

/** Not here, look further. */
const elsewhere = 3;

export class PointReader {
  readonly #core: RegionCore;
  readonly #key = new PointKey();
  /** What was found; good until the next read or write. */
  cell: CellView | undefined = undefined;
  /** Cursors over the trees of the segment that was active last. */
  #activeSegment: Segment | undefined;
  #active: CellTreeCursor[] = [];
  #snapshotSegment: Segment | undefined;
  #snapshot: CellTreeCursor[] = [];

  constructor(core: RegionCore) {
    this.#core = core;
  }

  read(store: FamilyStore, row: Uint8Array, qualifier: Uint8Array, readPoint: number): Point {
    const { active, snapshot } = this.#core;
    const cells = active.families[store.index]!;
    const frozen = snapshot?.families[store.index];
    if (store.hasFamilyMarkers || cells.familyMarkers > 0 || (frozen?.familyMarkers ?? 0) > 0) {
      return Point.undecided;
    }
    this.#key.set(row, store.nameBytes, qualifier);
    const maxInFiles = store.maxTimestampFrom(0);
    // Also when there is nothing to read: else a flushed memstore would be kept alive from here.
    if (this.#activeSegment !== active) this.#takeActive(active);
    if (this.#snapshotSegment !== snapshot) this.#takeSnapshot(snapshot);
    if (cells.tree.size > 0) {
      const rest = frozen === undefined ? maxInFiles : Math.max(maxInFiles, frozen.maxTimestamp);
      const answer = this.#ask(this.#active[store.index]!, { store, rest, readPoint });
      if (answer !== elsewhere) return answer;
    }
    if (frozen !== undefined && frozen.tree.size > 0) {
      const cursor = this.#snapshot[store.index]!;
      const answer = this.#ask(cursor, { store, rest: maxInFiles, readPoint });
      if (answer !== elsewhere) return answer;
    }
    return this.#readFiles(store, row, readPoint);
  }

  #readFiles(store: FamilyStore, row: Uint8Array, readPoint: number): Point {
    const { files } = store;
    for (let index = 0; index < files.length; index++) {
      const file = files[index]!;
      if (!file.mayContainRow(row)) continue;
      const rest = store.maxTimestampFrom(index + 1);
      const answer = this.#ask(file.pointCursor, { store, rest, readPoint });
      if (answer !== elsewhere) return answer;
    }
    return Point.absent;
  }

  #ask(
    cursor: CellCursor,
    question: { readonly store: FamilyStore; readonly rest: number; readonly readPoint: number },
  ): Point | typeof elsewhere {
    const key = this.#key;
    if (!cursor.seek(key.cell)) return elsewhere;
    const { cell } = cursor;
    while (cell.sequenceId > question.readPoint) {
      if (!key.isColumnOf(cell) || !cursor.next()) return elsewhere;
    }
    if (!key.isColumnOf(cell)) return elsewhere;
    const { timestamp } = cell;
    if (timestamp <= question.rest) return Point.undecided;
    const { type } = cell;
    if (type === CellType.deleteColumn) return Point.absent;
    const { ttlMs } = question.store.options;
    const mayBeOver = ttlMs !== Number.POSITIVE_INFINITY || cell.tagsLength > 0;
    if (type !== CellType.put || mayBeOver) return Point.undecided;
    this.cell = cell;
    return Point.found;
  }

  #takeActive(segment: Segment): void {
    this.#activeSegment = segment;
    this.#active = segment.families.map((_, family) => segment.cursor(family));
  }

  #takeSnapshot(segment: Segment | undefined): void {
    this.#snapshotSegment = segment;
    this.#snapshot = segment?.families.map((_, family) => segment.cursor(family)) ?? [];
  }
}
