import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LogBatch, PartitionLog } from '../../../src/log/index.ts';
import {
  buildBatch,
  collect,
  markerBatch,
  producerBatch,
  recordsOf,
} from '../../helpers/batches.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { textOf, toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';

const seed = seedFor('partition-log.read');
const asReplica = { origin: 'replica' } as const;

const offsetsOf = async (batches: AsyncIterable<LogBatch>): Promise<number[]> =>
  (await collect(batches)).map(({ offset }) => offset);

/** Appends batches of one record with these offsets, as a follower would get them. */
function appendAt(log: PartitionLog, ...offsets: readonly number[]): void {
  for (const baseOffset of offsets) {
    const batch = buildBatch([{ value: `${baseOffset}`, timestamp: 0 }], { baseOffset });
    log.appendBatchesSync(batch, asReplica);
  }
}

describe('read', () => {
  test('from and to are bounds on offsets; the batch that holds the first comes whole', async () => {
    const log = await new LogWorld().open();
    for (let count = 0; count < 5; count++) log.appendSync(numbered(3));
    expect(await offsetsOf(log.read({ from: 6, to: 9 }))).toEqual([6, 7, 8]);
    expect(await offsetsOf(log.read({ from: 7, to: 8 }))).toEqual([6, 7, 8]);
    expect(await offsetsOf(log.read({ from: 7, to: 10 }))).toEqual([6, 7, 8, 9, 10, 11]);
    expect(await offsetsOf(log.read({ from: 7, to: 7 }))).toEqual([]);
    expect(await offsetsOf(log.read({ from: 15 }))).toEqual([]);
    expect(await offsetsOf(log.read({ to: 0 }))).toEqual([]);
  });

  test('an offset before the log start or after its end is out of range', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(10));
    await log.deleteRecordsBefore(4);
    const outcome = (from: number) => codeOfPromise(collect(log.read({ from })));
    expect(await outcome(3)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await outcome(11)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await outcome(-1)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await outcome(4.5)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await outcome(Number.NaN)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(await outcome(4)).toBe('nothing thrown');
    expect(await outcome(10)).toBe('nothing thrown');
  });

  test('offsets inside gaps lead to the next record, across segments too', async () => {
    const log = await new LogWorld().open({ 'index.interval.bytes': 0 });
    appendAt(log, 0, 10);
    await log.roll();
    appendAt(log, 100, 110);
    await log.roll();
    appendAt(log, 1000);
    for (const [from, expected] of [
      [0, [0, 10, 100, 110, 1000]],
      [1, [10, 100, 110, 1000]],
      [11, [100, 110, 1000]],
      [50, [100, 110, 1000]],
      [111, [1000]],
      [1000, [1000]],
    ] as const) {
      expect(await offsetsOf(log.read({ from }))).toEqual(expected);
    }
  });

  test('a batch is valid until the next pull, a copy for ever', async () => {
    const log = await new LogWorld().open();
    for (let count = 0; count < 50; count++) log.appendSync(numbered(5, count * 5));
    const kept: LogBatch[] = [];
    for await (const batch of log.read({ bufferBytes: 1024 })) {
      kept.push(batch.copy());
    }
    const values = kept.flatMap((batch) => batch.records().map(({ value }) => textOf(value)));
    expect(values).toEqual(numbered(250).map(({ value }) => value));
  });

  test('a buffer smaller than a batch grows to hold it', async () => {
    const log = await new LogWorld().open();
    log.appendSync([{ value: 'small' }]);
    log.appendSync([{ value: new Uint8Array(700_000) }]);
    log.appendSync([{ value: 'after' }]);
    expect(await offsetsOf(log.read({ bufferBytes: 256 }))).toEqual([0, 1, 2]);
  });

  test('batches of many segments come in order', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 2000, 'index.interval.bytes': 200 });
    for (let count = 0; count < 300; count++) log.appendSync(numbered(1 + (count % 3)));
    expect(log.segmentCount).toBeGreaterThan(5);
    const offsets = await offsetsOf(log.read());
    expect(offsets).toEqual(Array.from({ length: log.logEndOffset }, (_, at) => at));
  });

  test('damage inside a batch ends the read with an error, not with wrong records', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let count = 0; count < 3; count++) log.appendSync(numbered(2));
    const size = world.bytesOf(segmentFile(0, 'log')).length;
    const bytes = readFileSync(world.path(segmentFile(0, 'log')));
    bytes[size / 3 + 70]! ^= 1;
    writeFileSync(world.path(segmentFile(0, 'log')), bytes);
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of log.read()) seen.push(batch.baseOffset);
    };
    expect(await codeOfPromise(read)).toBe('LOG_CORRUPT_BATCH');
    expect(seen).toEqual([0]);
  });

  test('leaving the loop early lets the log close', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(3));
    log.appendSync(numbered(3));
    for await (const batch of log.read()) {
      expect(batch.baseOffset).toBe(0);
      break;
    }
    await log.close();
  });

  test('a signal that fires ends the read at the next batch', async () => {
    const log = await new LogWorld().open();
    for (let count = 0; count < 5; count++) log.appendSync(numbered(1));
    const controller = new AbortController();
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of log.read({ signal: controller.signal })) {
        seen.push(batch.baseOffset);
        if (seen.length === 2) controller.abort();
      }
    };
    expect(await codeOfPromise(read)).toBe('IO_ABORTED');
    expect(seen).toEqual([0, 1]);
    const late = collect(log.read({ signal: AbortSignal.abort() }));
    expect(await codeOfPromise(late)).toBe('IO_ABORTED');
  });

  test('what is appended while a read is under way is read too, if it is in time', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(1));
    const seen: number[] = [];
    for await (const batch of log.read()) {
      seen.push(batch.baseOffset);
      if (seen.length < 5) log.appendSync(numbered(1));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test('a truncation under a reader ends at the new log end', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 200 });
    for (let count = 0; count < 20; count++) log.appendSync(numbered(1));
    const seen: number[] = [];
    for await (const batch of log.read()) {
      seen.push(batch.baseOffset);
      if (seen.length === 3) await log.truncateTo(5);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test('retention under a reader does not tear its segment away', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 200, 'retention.ms': 1000 });
    for (let count = 0; count < 20; count++) log.appendSync([{ value: 'x'.repeat(50) }]);
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of log.read()) {
        seen.push(batch.baseOffset);
        if (seen.length !== 1) continue;
        await log.roll();
        world.env.time.advance(10_000);
        log.appendSync([{ value: 'fresh' }]);
        await log.applyRetention();
        world.env.time.advance(100_000);
      }
    };
    // The reader was inside deleted data: it is told, and may begin again at the log start.
    expect(await codeOfPromise(read)).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(log.logStartOffset).toBeGreaterThan(0);
    expect(await offsetsOf(log.read())).toEqual([20]);
  });
});

describe('following', () => {
  test('a reader at the end waits for the next append', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(1));
    const reader = log.read({ follow: true });
    expect((await reader.next()).value?.baseOffset).toBe(0);
    const waiting = reader.next();
    log.appendSync(numbered(2));
    expect((await waiting).value?.baseOffset).toBe(1);
    await reader.return?.();
  });

  test('a signal ends the waiting', async () => {
    const log = await new LogWorld().open();
    const controller = new AbortController();
    const waiting = log.read({ follow: true, signal: controller.signal }).next();
    await log.core.env.timers.turn();
    controller.abort();
    expect(await codeOfPromise(waiting)).toBe('IO_ABORTED');
  });

  test('closing the log ends the waiting', async () => {
    const log = await new LogWorld().open();
    const waiting = log.read({ follow: true }).next();
    await log.core.env.timers.turn();
    await log.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('a follower up to an offset ends there', async () => {
    const log = await new LogWorld().open();
    const reading = offsetsOf(log.read({ follow: true, to: 3 }));
    for (let count = 0; count < 5; count++) {
      log.appendSync(numbered(1));
      await log.core.env.timers.turn();
    }
    expect(await reading).toEqual([0, 1, 2]);
  });

  test('many followers see every record, through rolls', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 300 });
    const readers = Array.from({ length: 10 }, () =>
      offsetsOf(log.read({ follow: true, to: 100 })),
    );
    for (let count = 0; count < 100; count++) {
      log.appendSync(numbered(1));
      if (count % 10 === 0) await log.core.env.timers.turn();
    }
    const expected = Array.from({ length: 100 }, (_, at) => at);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(expected);
  });

  test('a follower below the high watermark waits for it, not for the log end', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    log.appendSync(numbered(1));
    let seen: number | undefined;
    const waiting = log
      .read({ follow: true })
      .next()
      .then(({ value }: IteratorResult<LogBatch, undefined>) => (seen = value?.baseOffset));
    await log.core.env.timers.turn();
    expect(seen).toBeUndefined();
    log.raiseHighWatermark(1);
    await waiting;
    expect(seen).toBe(0);
  });
});

describe('watermarks and isolation', () => {
  test('readers stop at the high watermark, followers at the log end', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    for (let count = 0; count < 10; count++) log.appendSync(numbered(1));
    expect([log.highWatermark, log.logEndOffset]).toEqual([0, 10]);
    expect(await offsetsOf(log.read())).toEqual([]);
    log.raiseHighWatermark(7);
    expect(await offsetsOf(log.read())).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await offsetsOf(log.read({ isolation: 'log_end' }))).toHaveLength(10);
    log.raiseHighWatermark(5);
    expect(log.highWatermark).toBe(7);
    log.raiseHighWatermark(1000);
    expect(log.highWatermark).toBe(10);
  });

  test('a high watermark at a segment boundary shows all before and nothing after', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 4; count++) log.appendSync(numbered(1));
      await log.roll();
    }
    for (let mark = 1; mark <= 12; mark++) {
      log.raiseHighWatermark(mark);
      expect(await offsetsOf(log.read())).toEqual(Array.from({ length: mark }, (_, at) => at));
    }
  });

  test('read_committed stops before an open transaction and goes on when it ends', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(5));
    const plan = { transactional: true };
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0, count: 3 }, plan));
    log.appendSync(numbered(1));
    expect([log.lastStableOffset, log.highWatermark]).toEqual([5, 9]);
    expect(await offsetsOf(log.read({ isolation: 'read_committed' }))).toEqual([0, 1, 2, 3, 4]);
    expect(await offsetsOf(log.read())).toHaveLength(9);
    log.appendBatchesSync(markerBatch({ id: 1n, aborted: false }), { origin: 'coordinator' });
    expect(log.lastStableOffset).toBe(10);
    expect(await offsetsOf(log.read({ isolation: 'read_committed' }))).toHaveLength(9);
  });

  test('read_committed leaves out aborted transactions, and only those', async () => {
    const log = await new LogWorld().open();
    const data = (id: bigint, sequence: number, transactional = true) =>
      log.appendBatchesSync(producerBatch({ id, sequence }, { transactional }));
    const end = (id: bigint, aborted: boolean) =>
      log.appendBatchesSync(markerBatch({ id, aborted }), { origin: 'coordinator' });
    data(1n, 0); // 0 aborted
    data(2n, 0); // 1 committed
    log.appendSync(numbered(1)); // 2 plain
    data(1n, 1); // 3 aborted
    data(3n, 0, false); // 4 idempotent, no transaction
    end(1n, true); // 5
    data(1n, 2); // 6 committed later
    end(2n, false); // 7
    data(2n, 1); // 8 aborted
    end(1n, false); // 9
    end(2n, true); // 10
    const committed = { isolation: 'read_committed' } as const;
    expect(await offsetsOf(log.read(committed))).toEqual([1, 2, 4, 6]);
    expect(await offsetsOf(log.read({ ...committed, from: 3 }))).toEqual([4, 6]);
    expect(await offsetsOf(log.read({ ...committed, from: 6 }))).toEqual([6]);
    expect(await offsetsOf(log.read())).toEqual([0, 1, 2, 3, 4, 6, 8]);
    const controls = await offsetsOf(log.read({ ...committed, controls: true }));
    expect(controls).toEqual([1, 2, 4, 5, 6, 7, 9, 10]);
  });

  test('an aborted transaction across many segments is left out from any start', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 300, 'index.interval.bytes': 0 });
    const plain: number[] = [];
    for (let sequence = 0; sequence < 20; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }, { transactional: true }));
      plain.push(log.appendSync(numbered(1)).baseOffset);
    }
    log.appendBatchesSync(markerBatch({ id: 1n, aborted: true }), { origin: 'coordinator' });
    plain.push(log.appendSync(numbered(1)).baseOffset);
    expect(log.segmentCount).toBeGreaterThan(5);
    for (let from = 0; from <= log.logEndOffset; from++) {
      const read = await offsetsOf(log.read({ from, isolation: 'read_committed' }));
      expect(read).toEqual(plain.filter((offset) => offset >= from));
    }
  });
});

describe('readRegion', () => {
  test('KF-42: the bytes are those on disk, nothing decoded, nothing changed', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let count = 0; count < 10; count++) log.appendSync(numbered(3));
    using region = log.readRegion(0)!;
    const bytes = new Uint8Array(region.length);
    region.file.readSync(bytes, 0, bytes.length, region.position);
    expect(toHex(bytes)).toBe(toHex(world.bytesOf(segmentFile(0, 'log'))));
  });

  test('KF-42: a batch whose records nobody could decompress is handed out all the same', async () => {
    const log = await new LogWorld().open();
    // Codec 4, zstd, over bytes that are none.
    const broken = buildBatch(numbered(2), { flags: 4 });
    log.appendBatchesSync(broken);
    using region = log.readRegion(0)!;
    expect(region.length).toBe(broken.length);
  });

  test('begins at the batch that holds the offset and is cut at maxBytes', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let count = 0; count < 10; count++) log.appendSync(numbered(3));
    const size = world.bytesOf(segmentFile(0, 'log')).length / 10;
    const at = (offset: number, maxBytes: number) => {
      using region = log.readRegion(offset, maxBytes)!;
      return [region.position / size, region.length];
    };
    expect(at(0, 1 << 20)).toEqual([0, size * 10]);
    expect(at(4, 1 << 20)).toEqual([1, size * 9]);
    expect(at(5, size + 7)).toEqual([1, size + 7]);
    expect(at(29, 1 << 20)).toEqual([9, size]);
  });

  test('the first batch is handed out whole, unless the reader minds', async () => {
    const log = await new LogWorld().open();
    log.appendSync([{ value: 'x'.repeat(5000) }]);
    log.appendSync([{ value: 'y' }]);
    const length = (options: { maxBytes: number; minOneBatch?: boolean }) => {
      const region = log.readRegion(0, options);
      region?.release();
      return region?.length;
    };
    expect(length({ maxBytes: 10 })).toBeGreaterThan(5000);
    expect(length({ maxBytes: 0 })).toBeGreaterThan(5000);
    expect(length({ maxBytes: 10, minOneBatch: false })).toBe(10);
    expect(length({ maxBytes: 0, minOneBatch: false })).toBeUndefined();
  });

  test('nothing is visible at the end; outside the log is an error', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(3));
    expect(log.readRegion(3)).toBeUndefined();
    expect(codeOf(() => log.readRegion(4))).toBe('LOG_OFFSET_OUT_OF_RANGE');
    expect(codeOf(() => log.readRegion(-1))).toBe('LOG_OFFSET_OUT_OF_RANGE');
  });

  test('ends before the watermark of its isolation and tells all of them', async () => {
    const log = await new LogWorld().open({}, { soleReplica: false });
    const size = buildBatch(numbered(1)).length;
    for (let count = 0; count < 6; count++) log.appendSync(numbered(1));
    log.raiseHighWatermark(4);
    using region = log.readRegion(1)!;
    expect(region).toMatchObject({
      length: 3 * size,
      segmentBaseOffset: 0,
      logStartOffset: 0,
      lastStableOffset: 4,
      highWatermark: 4,
      logEndOffset: 6,
      abortedTransactions: [],
    });
    using whole = log.readRegion(1, { isolation: 'log_end' })!;
    expect(whole.length).toBe(5 * size);
    expect(log.readRegion(4)).toBeUndefined();
  });

  test('lists the aborted transactions that overlap it, for read_committed', async () => {
    const log = await new LogWorld().open({ 'index.interval.bytes': 0 });
    const abort = (id: bigint, sequence: number): void => {
      log.appendBatchesSync(producerBatch({ id, sequence }, { transactional: true }));
      log.appendBatchesSync(markerBatch({ id, aborted: true }), { origin: 'coordinator' });
    };
    abort(1n, 0); // 0, 1
    abort(2n, 0); // 2, 3
    log.appendSync(numbered(1)); // 4
    abort(1n, 1); // 5, 6
    const listed = (offset: number, maxBytes: number) => {
      using region = log.readRegion(offset, { maxBytes, isolation: 'read_committed' })!;
      return region.abortedTransactions.map(({ firstOffset, lastOffset }) => [
        firstOffset,
        lastOffset,
      ]);
    };
    expect(listed(0, 1 << 20)).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
    ]);
    expect(listed(2, 1 << 20)).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(listed(4, 1)).toEqual([]);
    using plain = log.readRegion(0)!;
    expect(plain.abortedTransactions).toEqual([]);
  });

  test('stays readable after its segment was deleted, until it is released', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    const before = toHex(world.bytesOf(segmentFile(0, 'log')));
    const region = log.readRegion(0)!;
    await log.truncateFullyAndStartAt(100);
    world.env.time.advance(100_000);
    expect(world.names()).not.toContain(`${segmentFile(0, 'log')}.deleted`);
    const bytes = new Uint8Array(region.length);
    region.file.readSync(bytes, 0, bytes.length, region.position);
    expect(toHex(bytes)).toBe(before);
    region.release();
    region.release();
  });
});

describe('lookup', () => {
  test('KF-31, KF-32: random offsets over twenty segments give what a linear scan gives', async () => {
    const random = new Seeded(seed);
    const world = new LogWorld();
    const log = await world.open({ 'index.interval.bytes': 1000 });
    const wanted: { offset: number; text: string }[] = [];
    for (let segment = 0; segment < 20; segment++) {
      for (let batch = 0; batch < 30; batch++) {
        const base = log.logEndOffset + (random.chance(0.2) ? random.between(0, 50) : 0);
        const count = random.between(1, 8);
        const records = Array.from({ length: count }, (_, index) => ({
          value: `${base + index}`.padEnd(random.between(1, 100), '.'),
        }));
        log.appendBatchesSync(buildBatch(records, { baseOffset: base }), asReplica);
        records.forEach(({ value }, index) => wanted.push({ offset: base + index, text: value }));
      }
      await log.roll();
    }
    expect(log.segmentCount).toBe(21);
    for (let round = 0; round < 10_000; round++) {
      const { offset, text } = random.pick(wanted);
      using region = log.readRegion(offset, { maxBytes: 1 })!;
      const bytes = new Uint8Array(region.length);
      region.file.readSync(bytes, 0, bytes.length, region.position);
      const found = recordsOf(bytes).find((record) => record.offset === offset);
      expect(found?.value, `offset ${offset}`).toBe(text);
    }
  });

  test('KF-31: a lookup reads no more of the log than an index interval and a batch', async () => {
    const interval = 20_000;
    const world = new LogWorld();
    const log = await world.open({ 'index.interval.bytes': interval, 'segment.bytes': 1 << 20 });
    for (let count = 0; count < 3000; count++) log.appendSync([{ value: 'x'.repeat(1000) }]);
    // Indexes are in memory after the first use.
    for (const segment of log.core.segments.toArray()) segment.offsetIndex.lookup(0);
    const random = new Seeded(seed);
    for (let round = 0; round < 200; round++) {
      const offset = random.between(0, 2999);
      world.observed.reset();
      log.readRegion(offset, 1)!.release();
      expect(world.observed.count('read', '.index')).toBe(0);
      // Reads come in pieces of 16 KiB.
      expect(world.observed.bytesRead('.log')).toBeLessThanOrEqual(interval + 2 * (16 << 10));
    }
  });

  test('KF-29: a deleted index is rebuilt on open and reads are the same', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': 3000, 'index.interval.bytes': 300 });
    for (let count = 0; count < 100; count++) log.appendSync(numbered(1 + (count % 4)));
    const before = await collect(log.read());
    await log.close();
    const indexes = new Map(
      world.namesEnding('.index').map((name) => [name, toHex(world.bytesOf(name))] as const),
    );
    for (const name of indexes.keys()) rmSync(world.path(name));
    const again = await world.open({ 'segment.bytes': 3000, 'index.interval.bytes': 300 });
    expect(again.loadReport.recoveredSegments).toBe(indexes.size);
    expect(await collect(again.read())).toEqual(before);
    await again.close();
    for (const [name, bytes] of indexes) expect(toHex(world.bytesOf(name)), name).toBe(bytes);
  });
});
