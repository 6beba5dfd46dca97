/**
 * The delete markers met in the current row of one family, and what they hide.
 *
 * Relies on the order of cells: markers of the family come before everything of the row, a marker
 * of a column before the puts it hides.
 * Upstream: apache/hbase: hbase-server/.../querymatcher/ScanDeleteTracker.java; code our own.
 */
import { equalBytes } from '../../../native-free-io/index.ts';
import type { CellView } from '../format/cell-view.ts';
import { CellType } from '../format/kv-layout.ts';

export const Deleted = { no: 0, family: 1, familyVersion: 2, column: 3, version: 4 } as const;
export type Deleted = (typeof Deleted)[keyof typeof Deleted];

export function isDeleteType(type: number): boolean {
  return type !== CellType.put && type >= CellType.delete && type <= CellType.deleteFamily;
}

const noBytes = new Uint8Array(0);
/** Room for a qualifier, made with the first. */
const leastKept = 64;

export class DeleteTracker {
  isEmpty = true;
  #familyTimestamp = Number.NEGATIVE_INFINITY;
  /** Made by the first. */
  #familyVersions: Set<number> | undefined;
  #hasColumn = false;
  #qualifier = noBytes;
  #qualifierLength = 0;
  #type = 0;
  #timestamp = 0;

  /** For the next row. */
  reset(): void {
    if (this.isEmpty) return;
    this.isEmpty = true;
    this.#familyTimestamp = Number.NEGATIVE_INFINITY;
    this.#familyVersions?.clear();
    this.#hasColumn = false;
  }

  add(cell: CellView): void {
    const { type, timestamp } = cell;
    this.isEmpty = false;
    if (type === CellType.deleteFamily) {
      if (timestamp > this.#familyTimestamp) this.#familyTimestamp = timestamp;
      return;
    }
    if (type === CellType.deleteFamilyVersion) {
      this.#familyVersions ??= new Set();
      this.#familyVersions.add(timestamp);
      return;
    }
    // A column marker already hides what this one could.
    if (this.#hasColumn && type < this.#type && this.#isColumnOf(cell)) return;
    const length = cell.qualifierLength;
    if (length > this.#qualifier.length) {
      this.#qualifier = new Uint8Array(Math.max(leastKept, length * 2));
    }
    const start = cell.qualifierPosition;
    for (let i = 0; i < length; i++) this.#qualifier[i] = cell.bytes[start + i]!;
    this.#qualifierLength = length;
    this.#hasColumn = true;
    this.#type = type;
    this.#timestamp = timestamp;
  }

  isDeleted(cell: CellView): Deleted {
    if (this.isEmpty) return Deleted.no;
    const { timestamp } = cell;
    if (timestamp <= this.#familyTimestamp) return Deleted.family;
    if (this.#familyVersions?.has(timestamp) === true) return Deleted.familyVersion;
    if (!this.#hasColumn) return Deleted.no;
    if (!this.#isColumnOf(cell)) {
      this.#hasColumn = false;
      return Deleted.no;
    }
    if (this.#type === CellType.deleteColumn) return Deleted.column;
    if (timestamp === this.#timestamp) return Deleted.version;
    this.#hasColumn = false;
    return Deleted.no;
  }

  #isColumnOf(cell: CellView): boolean {
    const start = cell.qualifierPosition;
    const end = start + cell.qualifierLength;
    return equalBytes(this.#qualifier, 0, this.#qualifierLength, cell.bytes, start, end);
  }
}
