/** Idempotent producers and transactions through the log itself. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeAbortedTxn } from '../../../src/log/format/index-entry.ts';
import type { PartitionLog } from '../../../src/log/index.ts';
import { buildBatch, collect, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOf } from '../../helpers/codes.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';

const maxSequence = 0x7fffffff;
const coordinator = { origin: 'coordinator' } as const;

const send = (log: PartitionLog, sequence: number, count = 1, epoch = 0) =>
  log.appendBatchesSync(producerBatch({ id: 1n, sequence, count, epoch }));

const sendTransactional = (log: PartitionLog, id: bigint, sequence: number, epoch = 0) =>
  log.appendBatchesSync(producerBatch({ id, sequence, epoch }, { transactional: true }));

const end = (log: PartitionLog, id: bigint, aborted: boolean, epoch = 0, coordinatorEpoch = 0) =>
  log.appendBatchesSync(markerBatch({ id, aborted, epoch, coordinatorEpoch }), coordinator);

describe('idempotent producers', () => {
  test('a repeated batch answers with its first result and writes nothing', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(10));
    const first = send(log, 0, 3);
    send(log, 3);
    const size = log.sizeBytes;
    expect(send(log, 0, 3)).toEqual({ ...first, duplicate: true });
    expect([log.sizeBytes, log.logEndOffset]).toEqual([size, 14]);
    expect(world.bytesOf(segmentFile(0, 'log'))).toHaveLength(size);
  });

  test('five batches back are recognised, six are out of order', async () => {
    const log = await new LogWorld().open();
    for (let sequence = 0; sequence < 6; sequence++) send(log, sequence);
    for (let sequence = 1; sequence < 6; sequence++) {
      expect(send(log, sequence)).toMatchObject({ baseOffset: sequence, duplicate: true });
    }
    expect(codeOf(() => send(log, 0))).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
  });

  test('a refused batch changes nothing: the right one is still taken', async () => {
    const log = await new LogWorld().open();
    send(log, 0);
    expect(codeOf(() => send(log, 2))).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(codeOf(() => send(log, 5))).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    expect(log.logEndOffset).toBe(1);
    expect(send(log, 1)).toMatchObject({ baseOffset: 1, duplicate: false });
  });

  test('sequences wrap from 2^31 - 1 to 0', async () => {
    const log = await new LogWorld().open();
    send(log, maxSequence - 1, 2);
    send(log, 0, 2);
    expect(send(log, maxSequence - 1, 2).duplicate).toBe(true);
    expect(codeOf(() => send(log, 1))).toBe('LOG_SEQUENCE_OUT_OF_ORDER');
    send(log, 2);
    expect(log.logEndOffset).toBe(5);
  });

  test('a newer epoch fences the older one', async () => {
    const log = await new LogWorld().open();
    send(log, 0, 1, 3);
    send(log, 0, 1, 4);
    expect(codeOf(() => send(log, 1, 1, 3))).toBe('LOG_PRODUCER_FENCED');
    expect(codeOf(() => send(log, 0, 1, 3))).toBe('LOG_PRODUCER_FENCED');
    send(log, 1, 1, 4);
    expect(log.logEndOffset).toBe(3);
  });

  test('records appended as objects take part, over several batches too', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 200 });
    const producer = { producerId: 9n, producerEpoch: 0, baseSequence: maxSequence - 4 };
    const result = log.appendSync(numbered(20), { producer });
    expect([result.baseOffset, result.lastOffset]).toEqual([0, 19]);
    expect(log.core.producers.producer(9n)!.batches.at(-1)!.lastSequence).toBe(14);
    const next = { ...producer, baseSequence: 15 };
    log.appendSync(numbered(1), { producer: next });
    expect(log.appendSync(numbered(1), { producer: next })).toMatchObject({ duplicate: true });
    expect(codeOf(() => log.appendSync(numbered(1), { producer }))).toBe(
      'LOG_SEQUENCE_OUT_OF_ORDER',
    );
  });

  test('a repeated append of several batches is recognised as a whole', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 200 });
    const producer = { producerId: 9n, producerEpoch: 0, baseSequence: 0 };
    const first = log.appendSync(numbered(20), { producer });
    expect(log.core.producers.producer(9n)!.batches.length).toBeGreaterThan(1);
    expect(log.appendSync(numbered(20), { producer })).toEqual({ ...first, duplicate: true });
    expect(log.logEndOffset).toBe(20);
  });

  test('a duplicate in a log that stamps times tells the time it was stamped with', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'message.timestamp.type': 'LogAppendTime' });
    const first = send(log, 0);
    world.env.time.advance(5000);
    expect(send(log, 0)).toMatchObject({ duplicate: true, logAppendTime: first.logAppendTime });
  });

  test('a replica takes gaps and repeats as facts', async () => {
    const log = await new LogWorld().open();
    for (const [baseOffset, sequence] of [
      [0, 5],
      [1, 9],
      [2, 9],
    ] as const) {
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }, { baseOffset }), {
        origin: 'replica',
      });
    }
    expect(log.logEndOffset).toBe(3);
    send(log, 10);
  });
});

describe('transactions', () => {
  test('the last stable offset follows the earliest open transaction of several producers', async () => {
    const log = await new LogWorld().open();
    const steps: [() => unknown, number][] = [
      [() => log.appendSync(numbered(2)), 2],
      [() => sendTransactional(log, 1n, 0), 2], // 2
      [() => sendTransactional(log, 2n, 0), 2], // 3
      [() => end(log, 2n, false), 2], // 4
      [() => sendTransactional(log, 3n, 0), 2], // 5
      [() => end(log, 1n, true), 5], // 6
      [() => end(log, 3n, false), 8], // 7
    ];
    for (const [step, stable] of steps) {
      step();
      expect(log.lastStableOffset).toBe(stable);
    }
    log.core.checkInvariants();
  });

  test('an abort is entered into the index of the segment that holds its marker', async () => {
    const world = new LogWorld();
    const log = await world.open();
    sendTransactional(log, 4000n, 0); // 0
    sendTransactional(log, 5000n, 0); // 1
    await log.roll();
    end(log, 4000n, true); // 2
    end(log, 5000n, false); // 3
    sendTransactional(log, 4000n, 1); // 4
    end(log, 4000n, true); // 5
    expect(world.namesEnding('.txnindex')).toEqual([segmentFile(2, 'txnindex')]);
    const bytes = readFileSync(world.path(segmentFile(2, 'txnindex')));
    expect(bytes).toHaveLength(68);
    expect([0, 34].map((at) => decodeAbortedTxn(bytes, at, ''))).toEqual([
      { producerId: 4000n, firstOffset: 0, lastOffset: 2, lastStableOffset: 1 },
      { producerId: 4000n, firstOffset: 4, lastOffset: 5, lastStableOffset: 6 },
    ]);
  });

  test('commits and empty transactions leave no entry', async () => {
    const world = new LogWorld();
    const log = await world.open();
    sendTransactional(log, 1n, 0);
    end(log, 1n, false);
    end(log, 1n, true);
    end(log, 2n, true);
    expect(world.namesEnding('.txnindex')).toEqual([]);
    expect(log.lastStableOffset).toBe(4);
  });

  test('a marker fences: an older epoch, an older coordinator', async () => {
    const log = await new LogWorld().open();
    sendTransactional(log, 1n, 0, 5);
    expect(codeOf(() => end(log, 1n, false, 4))).toBe('LOG_PRODUCER_FENCED');
    end(log, 1n, false, 5, 7);
    expect(codeOf(() => end(log, 1n, false, 5, 6))).toBe('LOG_COORDINATOR_FENCED');
    expect(log.logEndOffset).toBe(2);
  });

  test('a coordinator that bumps the epoch with its abort fences the zombie', async () => {
    const log = await new LogWorld().open();
    sendTransactional(log, 1n, 0, 0);
    end(log, 1n, true, 1);
    expect(codeOf(() => sendTransactional(log, 1n, 1, 0))).toBe('LOG_PRODUCER_FENCED');
    sendTransactional(log, 1n, 0, 1);
    expect(log.lastStableOffset).toBe(2);
  });

  test('a plain batch of a producer whose transaction is open is refused', async () => {
    const log = await new LogWorld().open();
    sendTransactional(log, 1n, 0);
    expect(codeOf(() => send(log, 1))).toBe('LOG_TRANSACTION_STATE');
    end(log, 1n, true);
    send(log, 1);
  });

  test('while the high watermark lags a completed transaction stays unstable', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    sendTransactional(log, 1n, 0); // 0
    end(log, 1n, false); // 1
    log.appendSync(numbered(1)); // 2
    log.raiseHighWatermark(1);
    expect(log.lastStableOffset).toBe(0);
    log.raiseHighWatermark(2);
    expect(log.lastStableOffset).toBe(2);
    log.raiseHighWatermark(3);
    expect(log.lastStableOffset).toBe(3);
  });

  test('a transaction of a hundred segments aborts as one', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 200 });
    for (let sequence = 0; sequence < 100; sequence++) sendTransactional(log, 1n, sequence);
    end(log, 1n, true);
    expect(log.segmentCount).toBeGreaterThan(50);
    expect(world.namesEnding('.txnindex')).toHaveLength(1);
    expect(await collect(log.read({ isolation: 'read_committed' }))).toEqual([]);
    await log.close();
    const again = await world.open();
    expect(await collect(again.read({ isolation: 'read_committed' }))).toEqual([]);
    expect(await collect(again.read())).toHaveLength(100);
  });

  test('after a failing transaction index the log is poisoned and recovery completes it', async () => {
    const world = new LogWorld();
    const log = await world.open();
    sendTransactional(log, 1n, 0);
    world.observed.failOnce('write', '.txnindex');
    expect(codeOf(() => end(log, 1n, true))).toBe('IO_NO_SPACE');
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('LOG_POISONED');
    expect(log.lastStableOffset).toBe(0);
    await log.close();
    const again = await world.open();
    expect([again.logEndOffset, again.lastStableOffset]).toEqual([2, 2]);
    expect(await collect(again.read({ isolation: 'read_committed' }))).toEqual([]);
  });

  test('control records that are no markers are stored and skipped', async () => {
    const log = await new LogWorld().open();
    const leaderChange = buildBatch([{ key: new Uint8Array([0, 0, 0, 2]), value: '' }], {
      flags: 0x20,
    });
    log.appendBatchesSync(leaderChange, coordinator);
    log.appendSync(numbered(1));
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual([1]);
    expect(await collect(log.read({ controls: true }))).toHaveLength(2);
  });
});
