/** The transaction coordinator, step by step: epochs, fencing, ends, timeouts, recovery. */
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../../src/roles/shared/error-code.ts';
import { verifyPartition } from '../../../../../src/roles/broker/transaction/add.ts';
import { TransactionInputKind } from '../../../../../src/roles/broker/transaction/messages.ts';
import {
  ClientVersion,
  TransactionStatus,
} from '../../../../../src/roles/broker/transaction/values.ts';
import { TransactionDriver } from '../../../../helpers/transaction-driver.ts';

/** Brings a fresh driver into a state. */
function inState(state: string): TransactionDriver {
  const driver = new TransactionDriver();
  driver.init();
  driver.marks = state.startsWith('Complete');
  if (state === 'Empty') return driver;
  driver.add(0);
  if (state !== 'Ongoing') driver.end(0, state.endsWith('Commit'));
  return driver;
}

const { none, invalidTxnState, concurrentTransactions } = ErrorCode;

test.each([
  ['Empty', invalidTxnState, invalidTxnState],
  ['Ongoing', none, none],
  ['PrepareCommit', concurrentTransactions, invalidTxnState],
  ['PrepareAbort', invalidTxnState, concurrentTransactions],
  ['CompleteCommit', none, invalidTxnState],
  ['CompleteAbort', invalidTxnState, none],
])('an end in state %s is answered %d to a commit and %d to an abort', (state, commit, abort) => {
  expect(inState(state).end(0, true)).toBe(commit);
  expect(inState(state).end(0, false)).toBe(abort);
});

test('InitProducerId bumps the epoch and fences whoever had the one before', () => {
  const driver = new TransactionDriver();
  expect(driver.init()).toMatchObject({ error: 0, producerId: 500, producerEpoch: 0 });
  expect(driver.init()).toMatchObject({ error: 0, producerId: 500, producerEpoch: 1 });
  expect(driver.add(0)).toBe(ErrorCode.producerFenced);
  expect(driver.add(0, 1)).toBe(ErrorCode.invalidProducerEpoch);
  expect(driver.end(0, true)).toBe(ErrorCode.producerFenced);
  expect(driver.init(500, 1)).toMatchObject({ producerEpoch: 2 });
  expect(driver.init(500, 1)).toMatchObject({ producerEpoch: 2 });
  expect(driver.init(500, 0)).toMatchObject({ error: ErrorCode.producerFenced });
});

test('InitProducerId during a transaction aborts it and is asked again', () => {
  const driver = inState('Ongoing');
  expect(driver.init()).toMatchObject({ error: concurrentTransactions });
  expect(driver.markers).toMatchObject([{ producerEpoch: 1, committed: false }]);
  driver.marked(driver.markers[0]!);
  expect(driver.status).toBe(TransactionStatus.completeAbort);
  expect(driver.init()).toMatchObject({ error: 0, producerEpoch: 2 });
});

test('a producer whose epochs are used up gets a new identifier', () => {
  const value = {
    producerId: 500,
    producerEpoch: 32_766,
    timeoutMs: 1000,
    status: TransactionStatus.completeCommit,
    partitions: [],
    lastUpdateMs: 1,
    startMs: -1,
    previousProducerId: -1,
    nextProducerId: -1,
    clientVersion: ClientVersion.old,
  };
  const driver = new TransactionDriver([{ transactionalId: 't', value }]);
  expect(driver.init(-1, -1, 900)).toMatchObject({ producerId: 900, producerEpoch: 0 });
});

test('a transaction that takes too long is fenced and aborted', () => {
  const driver = inState('Ongoing');
  driver.marks = true;
  driver.wait(59_000);
  expect(driver.status).toBe(TransactionStatus.ongoing);
  driver.wait(1001);
  expect(driver.status).toBe(TransactionStatus.completeAbort);
  expect(driver.end(0, true)).toBe(ErrorCode.producerFenced);
});

test('a decision that was written is carried out after a restart, whichever it was', () => {
  for (const state of ['PrepareCommit', 'PrepareAbort']) {
    const { log } = inState(state);
    const again = new TransactionDriver(log);
    expect(again.markers).toMatchObject([
      { committed: state === 'PrepareCommit', partitions: [{ topic: 'out', index: 0 }] },
    ]);
    const wanted = state === 'PrepareCommit' ? 'completeCommit' : 'completeAbort';
    expect(again.status).toBe(TransactionStatus[wanted]);
  }
});

test('markers that could not be written are sent again, and only those', () => {
  const driver = inState('PrepareCommit');
  const results = [{ topic: 'out', index: 0, error: ErrorCode.notLeaderOrFollower }];
  const kind = TransactionInputKind.markers;
  driver.feed({ kind, transactionalId: 't', producerEpoch: 0, results });
  driver.wait(100);
  expect(driver.markers).toHaveLength(2);
  driver.marked(driver.markers[1]!);
  expect(driver.status).toBe(TransactionStatus.completeCommit);
});

test('only partitions of the transaction under way are verified (KIP-890)', () => {
  const driver = inState('Ongoing');
  const asked = { transactionalId: 't', producerId: 500, producerEpoch: 0, topic: 'out', index: 0 };
  const { state } = driver.machine;
  expect(verifyPartition(state, asked)).toBe(none);
  expect(verifyPartition(state, { ...asked, index: 1 })).toBe(invalidTxnState);
  expect(verifyPartition(state, { ...asked, producerEpoch: 1 })).toBe(ErrorCode.producerFenced);
  expect(verifyPartition(state, { ...asked, producerId: 1 })).toBe(
    ErrorCode.invalidProducerIdMapping,
  );
});

test('ids that nobody used for a week are removed', () => {
  const driver = inState('CompleteCommit');
  driver.wait(604_800_000 + 3_600_000);
  expect(driver.machine.state.transaction('t')).toBeUndefined();
  expect(driver.log.at(-1)).toEqual({ transactionalId: 't', value: null });
});
