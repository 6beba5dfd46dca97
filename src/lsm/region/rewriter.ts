/**
 * Makes one store file out of a memstore or of other files, here or in a worker: the work of
 * flushes and compactions, asked for as plain data.
 */
import type { FamilyOptions } from '../family-options.ts';
import type { SortedCells } from '../memstore/segment.ts';

/** A store file, or a part of it: what a reference made by a split stands for. */
export interface SourceFile {
  readonly path: string;
  /** Keys from here on only; undefined: from the first. */
  readonly from: Uint8Array | undefined;
  /** Keys below this only; undefined: to the last. */
  readonly to: Uint8Array | undefined;
  /** Of a bulk-loaded file: the sequence id of all its cells. */
  readonly sequenceId: number | undefined;
}

export interface RewriteTask {
  /** Directory of the family; the new files lie in it. */
  readonly dir: string;
  /** A name per file that may come of it: one more than there are boundaries. */
  readonly names: readonly string[];
  readonly family: FamilyOptions;
  readonly memstore: SortedCells | undefined;
  /** Newest first. */
  readonly files: readonly SourceFile[];
  readonly isMajor: boolean;
  readonly smallestReadPoint: number;
  readonly nowMs: number;
  readonly purgeDeletesAfterMs: number;
  readonly earliestPut: number;
  readonly includesTags: boolean;
  /** False when every sequence id may be forgotten. */
  readonly includesSequenceIds: boolean;
  readonly maxSequenceId: number;
  /** Names of the files that the new one stands for. */
  readonly compacted: readonly string[];
  /** Bytes read per second at most. */
  readonly bytesPerSecond: number;
  /** Ascending timestamps: cells at or above one go to a file of their own (date-tiered). */
  readonly boundaries: readonly number[];
}

export interface RewrittenFile {
  readonly name: string;
  readonly cells: number;
  /** Bytes. */
  readonly size: number;
}

export interface RewriteResult {
  /** Files with at least one cell; none when nothing was left. */
  readonly files: readonly RewrittenFile[];
  readonly cellsKept: number;
}

export interface Rewriter extends AsyncDisposable {
  rewrite(task: RewriteTask, signal?: AbortSignal): Promise<RewriteResult>;
}
