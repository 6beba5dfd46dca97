import { describe, expect, test } from 'vitest';
import type { BatchHeader } from '../../../src/log/format/batch-header.ts';
import {
  batchesKeptPerProducer,
  ProducerState,
  sequenceMinus,
  sequencePlus,
} from '../../../src/log/producer-state.ts';
import { headerOf, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOf } from '../../helpers/codes.ts';

const maxSequence = 0x7fffffff;

interface Data {
  readonly id?: bigint;
  readonly epoch?: number;
  readonly sequence: number;
  readonly count?: number;
  readonly offset?: number;
  readonly transactional?: boolean;
  readonly now?: number;
}

function data(input: Data): BatchHeader {
  return headerOf(
    producerBatch(
      { id: input.id ?? 1n, ...input },
      {
        baseOffset: input.offset ?? 0,
        transactional: input.transactional ?? false,
        now: input.now ?? 0,
      },
    ),
  );
}

function marker(input: { id?: bigint; epoch?: number; offset: number; now?: number }): BatchHeader {
  return headerOf(
    markerBatch(
      { id: input.id ?? 1n, epoch: input.epoch ?? 0, aborted: false },
      { baseOffset: input.offset, now: input.now ?? 0 },
    ),
  );
}

/** Checks as the append of a client does, then records. */
function append(state: ProducerState, input: Data): void {
  const header = data(input);
  state.checkBatch(header, 'client');
  state.recordBatch(header);
}

const outcome = (state: ProducerState, input: Data, origin: 'client' | 'replica' = 'client') =>
  codeOf(() => state.checkBatch(data(input), origin));

describe('sequence arithmetic', () => {
  test('wraps at 2^31 in both directions', () => {
    expect(sequencePlus(maxSequence, 0)).toBe(maxSequence);
    expect(sequencePlus(maxSequence, 1)).toBe(0);
    expect(sequencePlus(maxSequence - 1, 3)).toBe(1);
    expect(sequencePlus(0, maxSequence)).toBe(maxSequence);
    expect(sequencePlus(1, maxSequence)).toBe(0);
    expect(sequenceMinus(0, 0)).toBe(0);
    expect(sequenceMinus(0, 1)).toBe(maxSequence);
    expect(sequenceMinus(1, 3)).toBe(maxSequence - 1);
  });
});

describe('sequences', () => {
  test('an unknown producer may begin anywhere', () => {
    expect(outcome(new ProducerState(), { sequence: 4711 })).toBe('nothing thrown');
  });

  test('the next sequence follows the last one of the batch before', () => {
    const state = new ProducerState();
    append(state, { sequence: 0, count: 5 });
    expect(outcome(state, { sequence: 4 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(outcome(state, { sequence: 6 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(outcome(state, { sequence: 0 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(outcome(state, { sequence: 5 })).toBe('nothing thrown');
  });

  test('0 follows 2147483647, between batches and inside one', () => {
    const state = new ProducerState();
    append(state, { sequence: maxSequence - 1, count: 2 });
    expect(outcome(state, { sequence: 1 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    append(state, { sequence: 0 });
    const wrapping = new ProducerState();
    append(wrapping, { sequence: maxSequence - 1, count: 4 });
    expect(wrapping.producer(1n)!.batches[0]!.lastSequence).toBe(1);
    expect(outcome(wrapping, { sequence: 2 })).toBe('nothing thrown');
    expect(outcome(wrapping, { sequence: maxSequence })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
  });

  test('a replica records gaps as they are', () => {
    const state = new ProducerState();
    append(state, { sequence: 0 });
    expect(outcome(state, { sequence: 50 }, 'replica')).toBe('nothing thrown');
    state.recordBatch(data({ sequence: 50 }));
    expect(outcome(state, { sequence: 51 })).toBe('nothing thrown');
  });

  test('producers do not disturb each other', () => {
    const state = new ProducerState();
    append(state, { id: 1n, sequence: 0 });
    append(state, { id: 2n, sequence: 7 });
    append(state, { id: 1n, sequence: 1 });
    expect(outcome(state, { id: 2n, sequence: 8 })).toBe('nothing thrown');
  });
});

describe('epochs', () => {
  test('an older epoch is fenced', () => {
    const state = new ProducerState();
    append(state, { epoch: 3, sequence: 0 });
    expect(outcome(state, { epoch: 2, sequence: 1 })).toBe('LOG_PRODUCER_FENCED');
    expect(outcome(state, { epoch: 2, sequence: 1 }, 'replica')).toBe('nothing thrown');
  });

  test('a new epoch begins at sequence 0 and forgets the batches of the old one', () => {
    const state = new ProducerState();
    append(state, { epoch: 3, sequence: 0 });
    append(state, { epoch: 3, sequence: 1 });
    expect(outcome(state, { epoch: 4, sequence: 2 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    append(state, { epoch: 4, sequence: 0 });
    expect(state.producer(1n)).toMatchObject({ epoch: 4, batches: [{ lastSequence: 0 }] });
    expect(state.findDuplicate(data({ epoch: 3, sequence: 1 }))).toBeUndefined();
  });

  test('after a marker of a new epoch the first batch must have sequence 0', () => {
    const state = new ProducerState();
    append(state, { epoch: 0, sequence: 0, transactional: true });
    state.recordMarker(marker({ epoch: 1, offset: 1 }), { aborted: true, coordinatorEpoch: 0 });
    expect(state.producer(1n)).toMatchObject({ epoch: 1, batches: [] });
    expect(outcome(state, { epoch: 1, sequence: 1 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(outcome(state, { epoch: 1, sequence: 0 })).toBe('nothing thrown');
  });

  test('a marker of the same epoch leaves the sequence where it was', () => {
    const state = new ProducerState();
    append(state, { sequence: 0, count: 3, transactional: true });
    state.recordMarker(marker({ offset: 3 }), { aborted: false, coordinatorEpoch: 0 });
    expect(outcome(state, { sequence: 3 })).toBe('nothing thrown');
    expect(outcome(state, { sequence: 0 })).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
  });

  test('markers of an older producer epoch or coordinator epoch are fenced', () => {
    const state = new ProducerState();
    append(state, { epoch: 2, sequence: 0, transactional: true });
    const check = (epoch: number, coordinatorEpoch: number, origin: 'coordinator' | 'replica') =>
      codeOf(() =>
        state.checkMarker(
          marker({ epoch, offset: 1 }),
          { aborted: false, coordinatorEpoch },
          origin,
        ),
      );
    state.recordMarker(marker({ epoch: 2, offset: 1 }), { aborted: false, coordinatorEpoch: 5 });
    expect(check(1, 5, 'coordinator')).toBe('LOG_PRODUCER_FENCED');
    expect(check(2, 4, 'coordinator')).toBe('LOG_COORDINATOR_FENCED');
    expect(check(2, 5, 'coordinator')).toBe('nothing thrown');
    expect(check(1, 4, 'replica')).toBe('nothing thrown');
  });
});

describe('duplicates', () => {
  test('the last five batches are recognised, the sixth is not', () => {
    const state = new ProducerState();
    for (let sequence = 0; sequence < 6; sequence++) append(state, { sequence, offset: sequence });
    expect(state.findDuplicate(data({ sequence: 0 }))).toBeUndefined();
    for (let sequence = 1; sequence < 6; sequence++) {
      expect(state.findDuplicate(data({ sequence }))).toMatchObject({ lastOffset: sequence });
    }
    expect(state.producer(1n)!.batches).toHaveLength(batchesKeptPerProducer);
  });

  test('only a batch with the same first and last sequence repeats another', () => {
    const state = new ProducerState();
    append(state, { sequence: 10, count: 3, offset: 100 });
    expect(state.findDuplicate(data({ sequence: 10, count: 3 }))).toMatchObject({
      lastOffset: 102,
      offsetDelta: 2,
    });
    expect(state.findDuplicate(data({ sequence: 10, count: 2 }))).toBeUndefined();
    expect(state.findDuplicate(data({ sequence: 11, count: 2 }))).toBeUndefined();
    expect(state.findDuplicate(data({ sequence: 12, count: 1 }))).toBeUndefined();
    expect(state.findDuplicate(data({ sequence: 10, count: 3, epoch: 1 }))).toBeUndefined();
    expect(state.findDuplicate(data({ id: 2n, sequence: 10, count: 3 }))).toBeUndefined();
  });

  test('a batch across the wrap is recognised', () => {
    const state = new ProducerState();
    append(state, { sequence: maxSequence, count: 3, offset: 7 });
    expect(state.findDuplicate(data({ sequence: maxSequence, count: 3 }))).toMatchObject({
      lastOffset: 9,
    });
  });
});

describe('transactions', () => {
  const commit = { aborted: false, coordinatorEpoch: 0 };

  test('the first unstable offset is that of the earliest open transaction', () => {
    const state = new ProducerState();
    expect(state.firstUnstableOffset).toBeUndefined();
    append(state, { id: 1n, sequence: 0, offset: 10, transactional: true });
    append(state, { id: 2n, sequence: 0, offset: 11, transactional: true });
    append(state, { id: 1n, sequence: 1, offset: 12, transactional: true });
    expect(state.firstUnstableOffset).toBe(10);
    const first = state.recordMarker(marker({ id: 1n, offset: 13 }), commit)!;
    expect(state.firstUnstableOffset).toBe(10);
    expect(state.stableOffsetAfter(first)).toBe(11);
    state.complete(first);
    state.onHighWatermark(14);
    expect(state.firstUnstableOffset).toBe(11);
    const second = state.recordMarker(marker({ id: 2n, offset: 14 }), commit)!;
    expect(state.stableOffsetAfter(second)).toBe(15);
  });

  test('a completed transaction counts until the high watermark passes its marker', () => {
    const state = new ProducerState();
    append(state, { sequence: 0, offset: 10, transactional: true });
    state.complete(state.recordMarker(marker({ offset: 11 }), commit)!);
    state.onHighWatermark(11);
    expect(state.firstUnstableOffset).toBe(10);
    state.onHighWatermark(12);
    expect(state.firstUnstableOffset).toBeUndefined();
  });

  test('a later transaction that completes first does not move the unstable offset', () => {
    const state = new ProducerState();
    append(state, { id: 1n, sequence: 0, offset: 10, transactional: true });
    append(state, { id: 2n, sequence: 0, offset: 11, transactional: true });
    const second = state.recordMarker(marker({ id: 2n, offset: 12 }), commit)!;
    expect(state.stableOffsetAfter(second)).toBe(10);
    state.complete(second);
    state.onHighWatermark(13);
    expect(state.firstUnstableOffset).toBe(10);
  });

  test('a marker without an open transaction completes nothing', () => {
    const state = new ProducerState();
    expect(state.recordMarker(marker({ offset: 3, now: 55 }), commit)).toBeUndefined();
    expect(state.producer(1n)).toMatchObject({ lastTimestamp: 55, batches: [] });
    expect(state.firstUnstableOffset).toBeUndefined();
  });

  test('a plain batch inside an open transaction is refused', () => {
    const state = new ProducerState();
    append(state, { sequence: 0, transactional: true });
    expect(outcome(state, { sequence: 1 })).toBe('LOG_TRANSACTION_STATE');
    state.complete(state.recordMarker(marker({ offset: 1 }), commit)!);
    expect(outcome(state, { sequence: 1 })).toBe('nothing thrown');
  });
});

describe('expiry', () => {
  test('silent producers go, those with an open transaction stay', () => {
    const state = new ProducerState();
    append(state, { id: 1n, sequence: 0, now: 1000 });
    append(state, { id: 2n, sequence: 0, now: 1001 });
    append(state, { id: 3n, sequence: 0, now: 0, transactional: true });
    expect(state.removeExpired(1100, 100)).toBe(1);
    expect([...state.producers()].map((entry) => entry.producerId)).toEqual([2n, 3n]);
    expect(state.removeExpired(10_000_000, 100)).toBe(1);
    expect(state.size).toBe(1);
  });
});

describe('snapshots', () => {
  test('hold the last batch of each producer and its open transaction', () => {
    const state = new ProducerState();
    append(state, { id: 1n, sequence: 0, offset: 10, count: 2, transactional: true, now: 50 });
    append(state, { id: 1n, sequence: 2, offset: 12, count: 3, transactional: true, now: 60 });
    state.recordMarker(marker({ id: 2n, epoch: 4, offset: 15, now: 70 }), {
      aborted: true,
      coordinatorEpoch: 8,
    });
    const entries = state.toSnapshot();
    expect(entries).toEqual([
      {
        producerId: 1n,
        producerEpoch: 0,
        lastSequence: 4,
        lastOffset: 14,
        offsetDelta: 2,
        timestamp: 60,
        coordinatorEpoch: -1,
        currentTxnFirstOffset: 10,
      },
      {
        producerId: 2n,
        producerEpoch: 4,
        lastSequence: -1,
        lastOffset: -1,
        offsetDelta: 0,
        timestamp: 70,
        coordinatorEpoch: 8,
        currentTxnFirstOffset: -1,
      },
    ]);
    const loaded = new ProducerState();
    loaded.loadSnapshot(entries, 16);
    expect(loaded.toSnapshot()).toEqual(entries);
    expect([loaded.endOffset, loaded.firstUnstableOffset]).toEqual([16, 10]);
    expect(loaded.findDuplicate(data({ sequence: 2, count: 3 }))).toMatchObject({ lastOffset: 14 });
    expect(loaded.findDuplicate(data({ sequence: 0, count: 2 }))).toBeUndefined();
  });

  test('open transactions are ordered by their first offset, not by their place in the file', () => {
    const loaded = new ProducerState();
    const entry = (id: bigint, first: number) => ({
      producerId: id,
      producerEpoch: 0,
      lastSequence: 0,
      lastOffset: first,
      offsetDelta: 0,
      timestamp: 0,
      coordinatorEpoch: -1,
      currentTxnFirstOffset: first,
    });
    loaded.loadSnapshot([entry(1n, 30), entry(2n, 10), entry(3n, 20)], 40);
    expect(loaded.firstUnstableOffset).toBe(10);
    const done = loaded.recordMarker(marker({ id: 2n, offset: 40 }), {
      aborted: true,
      coordinatorEpoch: 0,
    })!;
    expect(loaded.stableOffsetAfter(done)).toBe(20);
  });

  test('loading replaces everything that was there', () => {
    const state = new ProducerState();
    append(state, { id: 9n, sequence: 0, transactional: true });
    state.loadSnapshot([], 5);
    expect([state.size, state.firstUnstableOffset, state.endOffset]).toEqual([0, undefined, 5]);
  });
});

test('a batch emptied by cleaning still moves sequence and offset', () => {
  const state = new ProducerState();
  const header = data({ sequence: 4, count: 3, offset: 50 });
  header.recordCount = 0;
  state.recordBatch(header);
  expect(state.producer(1n)!.batches).toEqual([
    { lastSequence: 6, lastOffset: 52, offsetDelta: 2, timestamp: 0 },
  ]);
});
