/** What cursors need of a log, and what they are asked for. */
import type { LogBatch } from './log-batch.ts';
import type { LogCore } from './log-core.ts';
import type { ReadBatchesOptions } from './log-reader.ts';

/** A log as cursors use it; a `PartitionLog` is one. */
export interface CursorLog {
  readonly core: LogCore;
  readonly readOnly: boolean;
  read(options: ReadBatchesOptions): AsyncIterableIterator<LogBatch>;
  /** Makes all that was appended durable. */
  sync(): Promise<void>;
}

/** When a commit resolves: at once, or on stable storage. */
export type CursorDurability = 'buffered' | 'synced';

export interface CommitOptions {
  /**
   * Default 'synced'. 'buffered' resolves at once and is made durable in the background, at the
   * latest by closing the log; a crash of the process may lose it, and records are given again.
   */
  readonly durability?: CursorDurability;
}

/** Where a cursor can be put: the log's start, its end, or an offset. */
export type CursorTarget = 'earliest' | 'latest' | number;
