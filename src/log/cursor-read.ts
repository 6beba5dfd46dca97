/**
 * Reading on from a cursor: where to begin, what to do when that place is gone, and committing
 * behind the reader if it wants that.
 *
 * A batch is committed when the next one is pulled, never earlier: who breaks off or throws while
 * working on a batch is given it again. At least once, then, never at most once.
 */
import { InvalidArgumentError, StateError, StoreError } from '../../native-free-io/index.ts';
import type { CommitOptions, CursorDurability, CursorLog, CursorTarget } from './cursor-log.ts';
import type { LogBatch } from './log-batch.ts';
import type { ReadBatchesOptions } from './log-reader.ts';

export interface CursorReadOptions extends Omit<ReadBatchesOptions, 'from'> {
  /** Where a cursor begins that has no position. Default 'earliest'. */
  readonly from?: CursorTarget;
  /**
   * When the position is no longer in the log, because retention removed the records or a
   * truncation cut them: LOG_CURSOR_LOST, or a `reset` to the log's start or end. Default 'error'.
   */
  readonly whenLost?: 'error' | 'earliest' | 'latest';
  /** Commits each batch, so durably, when the next one is pulled. Default: only `commit` does. */
  readonly commit?: CursorDurability;
}

/** What reading needs of a cursor. */
interface Cursor {
  readonly name: string;
  readonly position: number | undefined;
  reset(to: CursorTarget): Promise<void>;
  commit(offset: number, options: CommitOptions): Promise<void>;
}

export async function* readFromCursor(
  cursor: Cursor,
  log: CursorLog,
  options: CursorReadOptions,
): AsyncIterableIterator<LogBatch> {
  const { from: begin = 'earliest', whenLost = 'error', commit, ...rest } = options;
  if (!['error', 'earliest', 'latest'].includes(whenLost)) {
    throw new InvalidArgumentError('OPTION_INVALID', 'whenLost: not error, earliest or latest');
  }
  // A start at the end is remembered: else what comes before the first commit would be skipped if
  // the process ended meanwhile.
  if (cursor.position === undefined && begin !== 'earliest') await cursor.reset(begin);
  let from = cursor.position ?? log.core.logStartOffset;
  for (;;) {
    if (isLost(log, from)) {
      if (whenLost === 'error') throw lost(cursor, log, from);
      await cursor.reset(whenLost);
      from = cursor.position ?? log.core.logStartOffset;
    }
    try {
      for await (const batch of log.read({ ...rest, from })) {
        yield batch;
        from = batch.lastOffset + 1;
        if (commit !== undefined) await cursor.commit(from, { durability: commit });
      }
      return;
    } catch (error) {
      // Retention overtook the reader, or a truncation cut what it had read.
      const isRange = error instanceof StoreError && error.code === 'LOG_OFFSET_OUT_OF_RANGE';
      if (!isRange || !isLost(log, from)) throw error;
    }
  }
}

function isLost({ core }: CursorLog, offset: number): boolean {
  return offset < core.logStartOffset || offset > core.logEndOffset;
}

function lost(cursor: Cursor, { core }: CursorLog, position: number): StateError {
  const { dir, logStartOffset, logEndOffset } = core;
  const reason = position < logStartOffset ? 'removed' : 'truncated';
  return new StateError(
    'LOG_CURSOR_LOST',
    `cursor '${cursor.name}' stands at ${position}, the log is ${logStartOffset}..${logEndOffset}`,
    {
      context: {
        path: dir,
        cursor: cursor.name,
        offset: position,
        reason,
        logStartOffset,
        logEndOffset,
      },
    },
  );
}
