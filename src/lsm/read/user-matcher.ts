/**
 * Decides for readers, cell by cell, what of one family they see.
 *
 * Order per cell: time to live, delete markers, time range, wanted column, versions, filter, final
 * count. Cells newer than the read point never come here.
 * Upstream: apache/hbase: .../querymatcher/{UserScanQueryMatcher,NormalUserScanQueryMatcher,
 * RawScanQueryMatcher}.java (Apache-2.0); code our own.
 */
import type { FamilyOptions } from '../family-options.ts';
import type { CellView } from '../format/cell-view.ts';
import { isOverByTag } from './cell-ttl.ts';
import { ColumnTracker } from './column-tracker.ts';
import { Deleted, DeleteTracker, isDeleteType } from './delete-tracker.ts';
import { FilterVerdict, type CellFilter } from './filter.ts';
import { Verdict } from './verdict.ts';

export interface UserRules {
  readonly family: FamilyOptions;
  readonly nowMs: number;
  /** Versions the reader asks for. */
  readonly maxVersions: number;
  /** From inclusive, to exclusive. */
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  /** Sorted qualifiers; undefined: all. */
  readonly columns: readonly Uint8Array[] | undefined;
  /** Gives out markers, what they hide, and what has outlived the family's time. */
  readonly raw: boolean;
  readonly filter: CellFilter | undefined;
}

export class UserMatcher {
  readonly #rules: UserRules;
  readonly #deletes = new DeleteTracker();
  readonly columns: ColumnTracker;
  /** Final count of what a filter let through; undefined without a filter. */
  readonly #afterFilter: ColumnTracker | undefined;
  readonly #keepsDeleted: boolean;

  constructor(rules: UserRules) {
    this.#rules = rules;
    const { family, raw, filter, nowMs } = rules;
    const asked = raw ? rules.maxVersions : Math.min(rules.maxVersions, family.versions);
    const oldestUnexpired = raw ? Number.NEGATIVE_INFINITY : nowMs - family.ttlMs;
    const counted = filter === undefined ? asked : raw ? Number.MAX_SAFE_INTEGER : family.versions;
    const { minVersions } = family;
    this.columns = new ColumnTracker(
      { maxVersions: counted, minVersions, oldestUnexpired },
      rules.columns,
    );
    this.#afterFilter =
      filter === undefined
        ? undefined
        : new ColumnTracker({
            maxVersions: asked,
            minVersions: 0,
            oldestUnexpired: Number.NEGATIVE_INFINITY,
            countsMarkers: true,
          });
    this.#keepsDeleted = family.keepDeleted !== 'false';
  }

  startRow(): void {
    this.#deletes.reset();
    this.columns.reset();
    this.#afterFilter?.reset();
  }

  match(cell: CellView): Verdict {
    const rules = this.#rules;
    if (rules.filter?.isDone() === true) return Verdict.done;
    const { timestamp } = cell;
    if (this.columns.isOver(timestamp)) return Verdict.nextColumn;
    if (cell.tagsLength > 0 && isOverByTag(cell, rules.nowMs)) return Verdict.skip;
    if (!rules.raw) {
      if (isDeleteType(cell.type)) {
        const isSeen = this.#keepsDeleted
          ? timestamp >= rules.minTimestamp && timestamp < rules.maxTimestamp
          : timestamp >= rules.minTimestamp;
        if (isSeen) this.#deletes.add(cell);
        return Verdict.skip;
      }
      const deleted = this.#deletes.isDeleted(cell);
      if (deleted === Deleted.family || deleted === Deleted.column) return Verdict.nextColumn;
      if (deleted !== Deleted.no) return Verdict.skip;
    }
    if (timestamp >= rules.maxTimestamp) return Verdict.skip;
    if (timestamp < rules.minTimestamp) return Verdict.nextColumn;
    const column = this.columns.checkColumn(cell);
    if (column !== Verdict.include) return column;
    const versions = this.columns.checkVersions(cell, false);
    if (versions !== Verdict.include) return versions;
    if (rules.filter !== undefined) return this.#askFilter(cell, rules.filter);
    if (!this.columns.isFull || rules.raw) return Verdict.include;
    return this.columns.isLastWanted ? Verdict.includeThenRow : Verdict.includeThenColumn;
  }

  #askFilter(cell: CellView, filter: CellFilter): Verdict {
    switch (filter.cell(cell)) {
      case FilterVerdict.include: {
        const counted = this.#afterFilter!.checkVersions(cell, false);
        return counted === Verdict.include ? Verdict.include : counted;
      }
      case FilterVerdict.includeThenColumn: {
        const counted = this.#afterFilter!.checkVersions(cell, false);
        return counted === Verdict.include ? Verdict.includeThenColumn : counted;
      }
      case FilterVerdict.skip:
        return Verdict.skip;
      case FilterVerdict.nextColumn:
        return Verdict.nextColumn;
      case FilterVerdict.nextRow:
        return Verdict.nextRow;
    }
  }
}
