/** When the answers of Apache's log and of ours count as the same. */
import { expect } from 'vitest';
import type { ApacheLogState, ApacheProducer, AppendAnswer } from './log-tool.ts';

/** What both sides say about an append: a place in the log, or a kind of refusal. */
export type TwinAnswer =
  | { readonly firstOffset: number; readonly lastOffset: number; readonly logAppendTime?: number }
  | { readonly refused: string };

export interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ApacheAnswer {
  readonly place: object;
  readonly aborted: readonly Aborted[];
  /** Of the last whole batch read. */
  readonly lastOffset: number;
}

/** Apache's exceptions and the codes under which we refuse the same thing. */
export const refusals: Readonly<Record<string, readonly string[]>> = {
  OutOfOrderSequenceException: ['LOG_SEQUENCE_OUT_OF_ORDER'],
  InvalidProducerEpochException: ['LOG_PRODUCER_FENCED'],
  InvalidTxnStateException: ['LOG_TRANSACTION_STATE'],
  TransactionCoordinatorFencedException: ['LOG_COORDINATOR_FENCED'],
  CorruptRecordException: ['LOG_CORRUPT_BATCH'],
  RecordTooLargeException: ['LOG_RECORD_TOO_LARGE'],
  RecordBatchTooLargeException: ['LOG_BATCH_SET_TOO_LARGE'],
  InvalidRecordException: ['LOG_INVALID_RECORD', 'LOG_CORRUPT_RECORD', 'LOG_CORRUPT_BATCH'],
  InvalidTimestampException: ['LOG_INVALID_TIMESTAMP'],
  UnexpectedAppendOffsetException: ['LOG_UNEXPECTED_OFFSET'],
  OffsetOutOfRangeException: ['LOG_OFFSET_OUT_OF_RANGE'],
};

export function comparable(state: ApacheLogState): Omit<ApacheLogState, 'recoveryPoint'> {
  const { logStartOffset, logEndOffset, lastStableOffset, highWatermark } = state;
  const { segments, producers, epochs } = state;
  return {
    logStartOffset,
    logEndOffset,
    lastStableOffset,
    highWatermark,
    segments,
    producers,
    epochs,
  };
}

/**
 * The transactions to leave out. Apache finds the end of a read in its index by a search that,
 * where an entry lies exactly there, sometimes takes the next one; it then lists transactions that
 * only begin behind what was read. Such a surplus is harmless, and none but that is let pass.
 */
export function expectSameAborted(
  ours: readonly Aborted[],
  theirs: ApacheAnswer,
  asked: string,
): void {
  const isOurs = (one: Aborted): boolean =>
    ours.some((txn) => txn.producerId === one.producerId && txn.firstOffset === one.firstOffset);
  const needed = theirs.aborted.filter(
    (txn) => isOurs(txn) || txn.firstOffset <= theirs.lastOffset,
  );
  expect(ours, asked).toEqual(needed);
}

/**
 * Our producers without those that Apache forgot although they have not expired: after truncation
 * and opening it drops the snapshots at or below the log start, and with them the producers whose
 * last batch lies below. We keep such producers, so that a repeat of their last batch is
 * recognised.
 */
export function withoutSurplus(
  ours: readonly ApacheProducer[],
  theirs: readonly ApacheProducer[],
  logStartOffset: number,
): ApacheProducer[] {
  const known = new Set(theirs.map(({ producerId }) => producerId));
  return ours.filter((one) => {
    const gone = one.lastOffset < logStartOffset && one.currentTxnFirstOffset < 0;
    return known.has(one.producerId) || !gone;
  });
}

export function expectSameAnswer(ours: TwinAnswer, theirs: AppendAnswer): void {
  if (theirs.refused === undefined) {
    const { firstOffset, lastOffset, logAppendTime } = theirs;
    expect({ firstOffset, lastOffset, logAppendTime }).toMatchObject(ours);
    return;
  }
  const codes = refusals[theirs.refused];
  const asked = `refused with ${theirs.refused}: ${theirs.message}`;
  expect(codes, asked).toBeDefined();
  expect(ours, asked).toEqual({ refused: expect.toBeOneOf([...codes!]) as string });
}
