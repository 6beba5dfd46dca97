/**
 * A memstore of one region: the arena that its cells lie in, and a tree over it per family.
 *
 * Cells of a write over several families lie together, as the log has them. What it knows of every
 * family spares point reads the look into other sources: the range of timestamps, and whether there
 * are markers of the whole family.
 */
import { CellType, latestTimestamp, oldestTimestamp } from '../format/kv-layout.ts';
import { CellArena } from './cell-arena.ts';
import { CellTree } from './cell-tree.ts';
import { CellTreeCursor } from './cell-tree-cursor.ts';

export class FamilyCells {
  readonly tree: CellTree;
  minTimestamp: number = latestTimestamp;
  maxTimestamp: number = oldestTimestamp;
  /** Markers of the whole family, of either kind. */
  familyMarkers = 0;
  /** Put cells with tags; readers then look for a time to live. */
  taggedCells = 0;
  /** Its cells are in a listed file, though the snapshot is still read. */
  isFlushed = false;

  constructor(arena: CellArena) {
    this.tree = new CellTree(arena);
  }

  note(timestamp: number, type: number): void {
    if (timestamp < this.minTimestamp) this.minTimestamp = timestamp;
    if (timestamp > this.maxTimestamp) this.maxTimestamp = timestamp;
    if (type === CellType.deleteFamily || type === CellType.deleteFamilyVersion) {
      this.familyMarkers++;
    }
  }
}

export class Segment {
  readonly arena: CellArena;
  readonly families: readonly FamilyCells[];
  /** Sequence ids of its cells are this plus a distance. */
  readonly firstSequenceId: number;
  maxSequenceId: number;
  cellCount = 0;
  readonly createdMs: number;

  constructor(options: {
    readonly families: number;
    readonly firstSequenceId: number;
    /** Of the arena, see there. Bytes. */
    readonly reserve: number;
    readonly expected: number;
    readonly nowMs: number;
  }) {
    const arena = new CellArena(options.reserve, options.expected);
    this.arena = arena;
    this.families = Array.from({ length: options.families }, () => new FamilyCells(arena));
    this.firstSequenceId = options.firstSequenceId;
    this.maxSequenceId = options.firstSequenceId;
    this.createdMs = options.nowMs;
  }

  get isEmpty(): boolean {
    return this.cellCount === 0;
  }
  /** Bytes of cells and of the index over them. */
  get usedBytes(): number {
    let bytes = this.arena.used;
    for (const { tree } of this.families) bytes += tree.size * 16;
    return bytes;
  }

  cursor(family: number): CellTreeCursor {
    return new CellTreeCursor(this.families[family]!.tree, this.firstSequenceId);
  }
}

/**
 * What a thread needs to walk the cells of one family in order: the leaves of a tree that no longer
 * changes, in shared memory.
 */
export interface SortedCells {
  readonly arena: SharedArrayBuffer;
  /** By slot: positions in the arena, and distances to `firstSequenceId`. */
  readonly places: Uint32Array;
  readonly distances: Uint32Array;
  /** By leaf: cells in it, and the leaf behind it. */
  readonly counts: Uint32Array;
  readonly next: Uint32Array;
  readonly size: number;
  readonly firstSequenceId: number;
}

/** Of a segment that takes no more writes. */
export function sortedCells(segment: Segment, family: number): SortedCells {
  const { size, leaves } = segment.families[family]!.tree;
  const { places, distances, counts, next } = leaves;
  const { firstSequenceId } = segment;
  return {
    arena: segment.arena.buffer,
    places,
    distances,
    counts,
    next,
    size,
    firstSequenceId,
  };
}
