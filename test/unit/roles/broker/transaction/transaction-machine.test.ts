/** The transaction coordinator, step by step: epochs, fencing, ends, timeouts, recovery. */
import { expect, test } from 'vitest';
import { EffectKind } from '../../../../../src/roles/shared/effect.ts';
import { ErrorCode } from '../../../../../src/roles/shared/error-code.ts';
import { Outbox } from '../../../../../src/roles/shared/outbox.ts';
import { verifyPartition } from '../../../../../src/roles/broker/transaction/add.ts';
import { TransactionMachine } from '../../../../../src/roles/broker/transaction/machine.ts';
import {
  TransactionInputKind,
  type SendMarkers,
  type TransactionEffect,
  type TransactionInput,
  type TransactionRecord,
} from '../../../../../src/roles/broker/transaction/messages.ts';
import {
  decodeTransaction,
  encodeTransaction,
} from '../../../../../src/roles/broker/transaction/record-codec.ts';
import { TransactionStatus } from '../../../../../src/roles/broker/transaction/values.ts';

class TransactionDriver {
  readonly machine = new TransactionMachine({ 'transaction.state.log.num.partitions': 1 });
  readonly log: TransactionRecord[] = [];
  readonly markers: SendMarkers[] = [];
  /** Markers are written at once; false keeps them under way. */
  marks = true;
  nowMs = 1_000_000;
  #timers = new Map<number, number>();
  #answers = new Map<number, unknown>();
  #next = 1;

  constructor(log: readonly TransactionRecord[] = []) {
    const partition = 0;
    this.feed({ kind: TransactionInputKind.loadBegin, partition, coordinatorEpoch: 1 });
    for (const record of log) {
      const { key, value } = encodeTransaction(record);
      const loaded = decodeTransaction(key, value)!;
      this.feed({ kind: TransactionInputKind.loadRecord, partition, record: loaded });
    }
    this.feed({ kind: TransactionInputKind.loadEnd, partition });
  }

  feed(input: TransactionInput): void {
    const out = new Outbox<TransactionEffect>();
    this.machine.step(input, this.nowMs, out);
    for (const effect of out.take()) this.#perform(effect);
  }

  wait(ms: number): void {
    this.nowMs += ms;
    for (const [timer, atMs] of this.#timers) {
      if (atMs > this.nowMs) continue;
      this.#timers.delete(timer);
      this.feed({ kind: TransactionInputKind.timer, timer });
    }
  }

  #perform(effect: TransactionEffect): void {
    if (effect.kind === EffectKind.persist) {
      this.log.push(effect.record);
      const { ticket } = effect;
      this.feed({ kind: TransactionInputKind.persisted, ticket, error: ErrorCode.none });
    } else if (effect.kind === EffectKind.reply) {
      this.#answers.set(effect.requestId, effect.response);
    } else if (effect.kind === EffectKind.setTimer) {
      this.#timers.set(effect.timer, effect.atMs);
    } else if (effect.kind === EffectKind.send) {
      this.markers.push(effect);
      if (this.marks) this.marked(effect);
    }
  }

  marked(effect: SendMarkers): void {
    const { transactionalId, producerEpoch } = effect;
    const results = effect.partitions.map((place) => ({ ...place, error: ErrorCode.none }));
    const kind = TransactionInputKind.markers;
    this.feed({ kind, transactionalId, producerEpoch, results });
  }

  init(producerId = -1, producerEpoch = -1, freshProducerId = 500) {
    return this.#ask((origin) => ({
      kind: TransactionInputKind.init,
      origin,
      request: { transactionalId: 't', timeoutMs: 60_000, producerId, producerEpoch },
      freshProducerId,
    }));
  }

  add(producerEpoch: number, version = 3): number {
    const topics = [{ name: 'out', partitions: [0] }];
    const answer = this.#ask((origin) => ({
      kind: TransactionInputKind.addPartitions,
      origin: { ...origin, version },
      request: { transactionalId: 't', producerId: 500, producerEpoch, topics },
      unknown: [],
    })) as { topics: { partitions: { error: number }[] }[] };
    return answer.topics[0]!.partitions[0]!.error;
  }

  end(producerEpoch: number, committed: boolean): number {
    const answer = this.#ask((origin) => ({
      kind: TransactionInputKind.end,
      origin,
      request: { transactionalId: 't', producerId: 500, producerEpoch, committed },
    })) as { error: number };
    return answer.error;
  }

  #ask(make: (origin: { requestId: number; version: number }) => TransactionInput): unknown {
    const requestId = this.#next++;
    this.feed(make({ requestId, version: 4 }));
    return this.#answers.get(requestId);
  }

  get status(): TransactionStatus {
    return this.machine.state.transaction('t')!.value.status;
  }
}

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
