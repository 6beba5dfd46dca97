/** What one round of cleaning is asked to do and what it answers: plain data, fit for a worker. */
import type { AbortedTxn } from '../format/index-entry.ts';
import type { LogConfig } from '../options.ts';
import type { SegmentFiles } from '../segment.ts';
import type { ActiveProducer } from './batch-filter.ts';

export interface CleanTask {
  readonly dir: string;
  readonly config: LogConfig;
  /** All segments below `firstUncleanable`, ascending. */
  readonly sources: readonly SegmentFiles[];
  /** Keys are collected from here on. */
  readonly firstDirty: number;
  /** Base offset of the first segment that must not be touched. */
  readonly firstUncleanable: number;
  readonly aborted: readonly AbortedTxn[];
  readonly producers: readonly ActiveProducer[];
  readonly nowMs: number;
  /** Memory for the offset map. Bytes. */
  readonly mapBytes: number;
  /** Bytes read and written per second at most. */
  readonly maxBytesPerSecond: number;
}

/** One new segment, written under `.cleaned` names, and the segments it stands for. */
export interface CleanedGroup {
  readonly baseOffset: number;
  readonly replaces: readonly number[];
  /** Bytes of the new segment. */
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly hasTransactionIndex: boolean;
}

export interface CleanResult {
  readonly groups: readonly CleanedGroup[];
  /** Everything below is clean now. */
  readonly firstDirty: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly recordsRead: number;
  readonly recordsKept: number;
  /** Distinct keys of the stretch that was dirty. */
  readonly keys: number;
}
