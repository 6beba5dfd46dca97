/** Clients of KIP-890: writes enrol partitions, each end of a transaction raises the epoch. */
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../../src/roles/shared/error-code.ts';
import {
  decodeTransaction,
  encodeTransaction,
} from '../../../../../src/roles/broker/transaction/record-codec.ts';
import {
  ClientVersion,
  TransactionStatus,
  type TransactionValue,
} from '../../../../../src/roles/broker/transaction/values.ts';
import { TransactionDriver } from '../../../../helpers/transaction-driver.ts';

const { none, invalidTxnState, concurrentTransactions, producerFenced } = ErrorCode;

function begun(): TransactionDriver {
  const driver = new TransactionDriver();
  driver.init();
  return driver;
}

/** With the epoch that the client had when it asked. */
function inState(state: string): TransactionDriver {
  const driver = begun();
  driver.marks = state.startsWith('Complete');
  if (state === 'Empty') return driver;
  driver.enrol(0);
  if (state !== 'Ongoing') driver.endAndBump(0, state.endsWith('Commit'));
  return driver;
}

test('every end gives the next epoch, and its markers carry it', () => {
  const driver = begun();
  expect(driver.enrol(0)).toBe(none);
  expect(driver.endAndBump(0, true)).toEqual([none, 500, 1]);
  expect(driver.enrol(0)).toBe(producerFenced);
  expect(driver.enrol(1)).toBe(none);
  expect(driver.endAndBump(1, false)).toEqual([none, 500, 2]);
  expect(driver.markers).toMatchObject([
    { producerEpoch: 1, committed: true },
    { producerEpoch: 2, committed: false },
  ]);
});

test.each([
  ['PrepareCommit', concurrentTransactions, invalidTxnState],
  ['PrepareAbort', invalidTxnState, concurrentTransactions],
  ['CompleteCommit', none, invalidTxnState],
  ['CompleteAbort', invalidTxnState, none],
])(
  'an end asked again in state %s is answered %d to commits, %d to aborts',
  (state, commit, abort) => {
    const next = (error: ErrorCode) => (error === none ? [none, 500, 1] : [error, -1, -1]);
    expect(inState(state).endAndBump(0, true)).toEqual(next(commit));
    expect(inState(state).endAndBump(0, false)).toEqual(next(abort));
  },
);

test.each([
  ['Empty', 0],
  ['CompleteCommit', 1],
  ['CompleteAbort', 1],
])('in state %s the present epoch %d may abort what has no partitions, not commit', (state, at) => {
  expect(inState(state).endAndBump(at, true)).toEqual([invalidTxnState, -1, -1]);
  const driver = inState(state);
  expect(driver.endAndBump(at, false)).toEqual([none, 500, at + 1]);
  expect(driver.status).toBe(TransactionStatus.completeAbort);
  expect(driver.markers).toHaveLength(state === 'Empty' ? 0 : 1);
});

test('while an end is under way its new epoch cannot end anything, and nothing is enrolled', () => {
  const driver = inState('PrepareCommit');
  expect(driver.endAndBump(1, true)[0]).toBe(producerFenced);
  expect(driver.enrol(1)).toBe(concurrentTransactions);
  driver.marked(driver.markers[0]!);
  expect(driver.enrol(1)).toBe(none);
});

const usedUp: TransactionValue = {
  producerId: 500,
  producerEpoch: 32_766,
  timeoutMs: 60_000,
  status: TransactionStatus.ongoing,
  partitions: [{ topic: 'out', index: 0 }],
  lastUpdateMs: 1,
  startMs: 1_000_000,
  previousProducerId: -1,
  nextProducerId: -1,
  clientVersion: ClientVersion.bumping,
};

test('the last epoch ends in another producer id, also when asked again and after a restart', () => {
  const driver = new TransactionDriver([{ transactionalId: 't', value: usedUp }]);
  driver.marks = false;
  expect(driver.endAndBump(32_766, true)).toEqual([none, 900, 0]);
  expect(driver.markers).toMatchObject([{ producerId: 500, producerEpoch: 32_767 }]);
  const again = new TransactionDriver(driver.log);
  expect(again.status).toBe(TransactionStatus.completeCommit);
  expect(again.endAndBump(32_766, true)).toEqual([none, 900, 0]);
  expect(again.enrol(0, 900)).toBe(none);
});

test('one that takes too long is aborted; its client may still abort, but not commit', () => {
  const driver = inState('Ongoing');
  driver.marks = true;
  driver.wait(61_000);
  expect(driver.endAndBump(0, true)[0]).toBe(invalidTxnState);
  expect(driver.endAndBump(0, false)).toEqual([none, 500, 1]);
});

test('records are of version 1 where they must be, and of version 0 else', () => {
  const versionOf = (value: TransactionValue) => {
    const { key, value: bytes } = encodeTransaction({ transactionalId: 't', value });
    expect(decodeTransaction(key, bytes)).toEqual({ transactionalId: 't', value });
    return bytes![1];
  };
  const plain = { ...usedUp, clientVersion: ClientVersion.old };
  expect(versionOf(plain)).toBe(0);
  expect(versionOf(usedUp)).toBe(1);
  expect(versionOf({ ...plain, previousProducerId: 5 })).toBe(1);
  expect(versionOf({ ...plain, nextProducerId: 5 })).toBe(1);
});
