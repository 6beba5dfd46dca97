/**
 * Decides what a flush or compaction keeps of one family.
 *
 * Minor (and flush): markers stay; puts that a marker of the selection hides go, as do versions too
 * many and cells whose time is over. Major, over all files: markers go too, unless the family keeps
 * deleted cells or the marker is too young. Whatever a reader below `smallestReadPoint` may need
 * stays and masks nothing.
 * Upstream: apache/hbase: .../querymatcher/{Minor,Major,DropDeletes}CompactionScanQueryMatcher.java.
 */
import type { FamilyOptions } from '../family-options.ts';
import type { CellView } from '../format/cell-view.ts';
import { isOverByTag } from './cell-ttl.ts';
import { ColumnTracker } from './column-tracker.ts';
import { Deleted, DeleteTracker, isDeleteType } from './delete-tracker.ts';
import { Verdict } from './verdict.ts';

export interface CompactionRules {
  readonly family: FamilyOptions;
  readonly nowMs: number;
  /** Sequence ids above may be hidden from some reader. */
  readonly smallestReadPoint: number;
  /** All files of the store take part. */
  readonly isMajor: boolean;
  /** Markers younger than this stay. Milliseconds. */
  readonly purgeDeletesAfterMs: number;
  /** Smallest timestamp of a put in all files. */
  readonly earliestPut: number;
}

export class CompactionMatcher {
  readonly #rules: CompactionRules;
  readonly #deletes = new DeleteTracker();
  readonly #columns: ColumnTracker;
  readonly #oldestUnexpired: number;

  constructor(rules: CompactionRules) {
    this.#rules = rules;
    const { versions, minVersions, ttlMs } = rules.family;
    this.#oldestUnexpired = rules.nowMs - ttlMs;
    this.#columns = new ColumnTracker({
      maxVersions: versions,
      minVersions,
      oldestUnexpired: this.#oldestUnexpired,
    });
  }

  startRow(): void {
    this.#deletes.reset();
    this.#columns.reset();
  }

  match(cell: CellView): Verdict {
    const { smallestReadPoint, isMajor, nowMs } = this.#rules;
    if (this.#columns.isOver(cell.timestamp)) return Verdict.nextColumn;
    if (cell.tagsLength > 0 && isOverByTag(cell, nowMs)) return Verdict.skip;
    const isYoung = cell.sequenceId > smallestReadPoint;
    if (isDeleteType(cell.type)) {
      if (isYoung) return Verdict.include;
      this.#trackDelete(cell);
      if (!isMajor) return Verdict.include;
      const fate = this.#fateOfMarker(cell.timestamp);
      if (fate !== undefined) return fate;
    } else {
      const deleted = this.#deletes.isDeleted(cell);
      if (deleted === Deleted.family || deleted === Deleted.column) return Verdict.nextColumn;
      if (deleted !== Deleted.no) return Verdict.skip;
    }
    return this.#columns.checkVersions(cell, isYoung);
  }

  #trackDelete(cell: CellView): void {
    const { keepDeleted } = this.#rules.family;
    const isOver = cell.timestamp < this.#oldestUnexpired;
    if (keepDeleted === 'false' || (keepDeleted === 'ttl' && isOver)) this.#deletes.add(cell);
  }

  /** include, skip, or undefined: the versions decide. */
  #fateOfMarker(timestamp: number): Verdict | undefined {
    const { family, nowMs, purgeDeletesAfterMs, earliestPut } = this.#rules;
    if (purgeDeletesAfterMs > 0 && nowMs - timestamp <= purgeDeletesAfterMs) return Verdict.include;
    const { keepDeleted } = family;
    const stays =
      keepDeleted === 'true' || (keepDeleted === 'ttl' && timestamp >= this.#oldestUnexpired);
    if (!stays || timestamp < earliestPut) return Verdict.skip;
    return undefined;
  }
}
