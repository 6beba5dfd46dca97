import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeBatchCrc } from '../../../src/log/format/batch-header.ts';
import type { AppendResult, PartitionLog } from '../../../src/log/index.ts';
import { buildBatch, collect, concat, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { toHex, utf8, viewOf } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';
import { afterStamp, beforeStamp, messageV1, t0 } from './format/vectors.ts';

const firstLog = segmentFile(0, 'log');

describe('appending records', () => {
  test('records come back as they were given, after a reopen too', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const result = await log.append([
      { key: 'k', value: 'text', headers: [{ key: 'h', value: null }], timestamp: 5 },
      { key: utf8('bytes'), value: utf8('bytes') },
      { key: null, value: null, timestamp: -1 },
      {},
    ]);
    expect(result).toEqual({
      baseOffset: 0,
      lastOffset: 3,
      logAppendTime: -1,
      logStartOffset: 0,
      duplicate: false,
    } satisfies AppendResult);
    const now = world.env.time.now();
    const expected = [
      { offset: 0, timestamp: 5, key: 'k', value: 'text', headers: [['h', null]] },
      { offset: 1, timestamp: now, key: 'bytes', value: 'bytes', headers: [] },
      { offset: 2, timestamp: -1, key: null, value: null, headers: [] },
      { offset: 3, timestamp: now, key: null, value: null, headers: [] },
    ];
    expect(await collect(log.read())).toEqual(expected);
    await log.close();
    expect(await collect((await world.open()).read())).toEqual(expected);
  });

  test('offsets go on where the last append ended', async () => {
    const log = await new LogWorld().open();
    const results = [3, 1, 2].map((count) => log.appendSync(numbered(count)));
    expect(results.map(({ baseOffset, lastOffset }) => [baseOffset, lastOffset])).toEqual([
      [0, 2],
      [3, 3],
      [4, 5],
    ]);
    expect([log.logEndOffset, log.highWatermark, log.lastStableOffset]).toEqual([6, 6, 6]);
  });

  test('no records are refused and nothing is written', async () => {
    const world = new LogWorld();
    const log = await world.open();
    expect(codeOf(() => log.appendSync([]))).toBe('LOG_INVALID_RECORD');
    expect(world.bytesOf(firstLog)).toHaveLength(0);
  });

  test('more than max.message.bytes become several batches, none of them larger', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'max.message.bytes': 200 });
    const result = await log.append(numbered(50));
    expect([result.baseOffset, result.lastOffset]).toEqual([0, 49]);
    const sizes: number[] = [];
    for await (const batch of log.read()) sizes.push(batch.bytes.length);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect((await collect(log.read())).map(({ value }) => value)).toEqual(
      numbered(50).map(({ value }) => value),
    );
  });

  test('a record larger than max.message.bytes is refused, one of exactly that size taken', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 200 });
    const overhead = buildBatch([{ value: 'x'.repeat(120) }]).length - 120;
    expect(codeOf(() => log.appendSync([{ value: 'x'.repeat(201 - overhead) }]))).toBe(
      'LOG_RECORD_TOO_LARGE',
    );
    expect(log.logEndOffset).toBe(0);
    log.appendSync([{ value: 'x'.repeat(200 - overhead) }]);
    expect(log.logEndOffset).toBe(1);
  });

  test('an append whose last record is too large leaves nothing of the others behind', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'max.message.bytes': 200 });
    const records = [...numbered(20), { value: 'x'.repeat(300) }];
    expect(codeOf(() => log.appendSync(records))).toBe('LOG_RECORD_TOO_LARGE');
    expect(log.logEndOffset).toBe(0);
    expect(world.bytesOf(firstLog)).toHaveLength(0);
  });

  test('a malformed record leaves nothing of the others behind', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 200 });
    const records = [...numbered(20), { value: 5 as unknown as string }];
    expect(codeOf(() => log.appendSync(records))).toBe('LOG_INVALID_RECORD');
    expect(log.logEndOffset).toBe(0);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(0);
  });

  test('an aborted signal keeps an append from beginning', async () => {
    const log = await new LogWorld().open();
    const aborted = log.append(numbered(1), { signal: AbortSignal.abort() });
    expect(await codeOfPromise(aborted)).toBe('IO_ABORTED');
    expect(log.logEndOffset).toBe(0);
  });

  test('a compacted log refuses a record without a key', async () => {
    const log = await new LogWorld().open({ 'cleanup.policy': 'compact' });
    expect(codeOf(() => log.appendSync([{ value: 'x' }]))).toBe('LOG_INVALID_RECORD');
    expect(codeOf(() => log.appendSync([{ key: null, value: 'x' }]))).toBe('LOG_INVALID_RECORD');
    log.appendSync([{ key: '', value: null }]);
    expect(log.logEndOffset).toBe(1);
  });
});

describe('timestamps', () => {
  test('a log that stamps them gives its time to every record', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'message.timestamp.type': 'LogAppendTime' });
    const result = log.appendSync([{ timestamp: 5 }, { timestamp: 99 }]);
    expect(result.logAppendTime).toBe(world.env.time.now());
    const times = (await collect(log.read())).map(({ timestamp }) => timestamp);
    expect(times).toEqual([world.env.time.now(), world.env.time.now()]);
  });

  test('times too far in the past or the future are refused, at the bounds taken', async () => {
    const world = new LogWorld();
    const log = await world.open({
      'message.timestamp.before.max.ms': 1000,
      'message.timestamp.after.max.ms': 500,
    });
    const now = world.env.time.now();
    const outcome = (timestamp: number) =>
      codeOf(() => log.appendBatchesSync(buildBatch([{ timestamp }]), { validate: 'records' }));
    expect([now - 1001, now + 501].map(outcome)).toEqual([
      'LOG_INVALID_TIMESTAMP',
      'LOG_INVALID_TIMESTAMP',
    ]);
    expect([now - 1000, now + 500, -1].map(outcome)).toEqual([
      'nothing thrown',
      'nothing thrown',
      'nothing thrown',
    ]);
  });

  test('with record validation the oldest record counts, not only the newest', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'message.timestamp.before.max.ms': 1000 });
    const now = world.env.time.now();
    const batch = buildBatch([{ timestamp: now }, { timestamp: now - 5000 }]);
    expect(codeOf(() => log.appendBatchesSync(batch, { validate: 'records' }))).toBe(
      'LOG_INVALID_TIMESTAMP',
    );
    expect(log.logEndOffset).toBe(0);
  });

  test('records appended as objects obey the bounds as well', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'message.timestamp.before.max.ms': 1000 });
    const now = world.env.time.now();
    const outcome = (timestamps: readonly number[]) =>
      codeOf(() => log.appendSync(timestamps.map((timestamp) => ({ timestamp }))));
    expect(outcome([now - 5000])).toBe('LOG_INVALID_TIMESTAMP');
    expect(outcome([now - 5000, now])).toBe('LOG_INVALID_TIMESTAMP');
    expect(log.logEndOffset).toBe(0);
  });
});

describe('appending batches', () => {
  test('a batch gets its place in its own bytes, as Apache Kafka gives it', async () => {
    const world = new LogWorld();
    world.env.time.set(t0 + 9999);
    const log = await world.open({ 'message.timestamp.type': 'LogAppendTime' }, { leaderEpoch: 9 });
    await log.truncateFullyAndStartAt(500);
    const bytes = beforeStamp.slice();
    const result = await log.appendBatches(bytes);
    expect(result).toMatchObject({ baseOffset: 500, lastOffset: 501, logAppendTime: t0 + 9999 });
    expect(toHex(bytes)).toBe(toHex(afterStamp));
    expect(toHex(world.bytesOf(segmentFile(500, 'log')))).toBe(toHex(afterStamp));
  });

  test('several batches in one buffer follow one another', async () => {
    const log = await new LogWorld().open();
    const bytes = concat(buildBatch(numbered(2)), buildBatch(numbered(3)), buildBatch(numbered(1)));
    expect(log.appendBatchesSync(bytes)).toMatchObject({ baseOffset: 0, lastOffset: 5 });
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('an incomplete batch at the end is left out', async () => {
    const log = await new LogWorld().open();
    const torn = buildBatch(numbered(3)).slice(0, -1);
    expect(log.appendBatchesSync(concat(buildBatch(numbered(2)), torn))).toMatchObject({
      lastOffset: 1,
    });
    expect(log.appendBatchesSync(torn)).toMatchObject({ baseOffset: 2, lastOffset: 1 });
    expect(log.appendBatchesSync(new Uint8Array(0))).toMatchObject({
      baseOffset: 2,
      lastOffset: 1,
    });
    expect(log.logEndOffset).toBe(2);
  });

  test('one damaged batch refuses the set and leaves bytes and log untouched', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const good = buildBatch(numbered(2));
    const bad = buildBatch(numbered(2));
    bad[bad.length - 1]! ^= 1;
    const set = concat(good, bad);
    expect(codeOf(() => log.appendBatchesSync(set))).toBe('LOG_CORRUPT_BATCH');
    expect(toHex(set)).toBe(toHex(concat(good, bad)));
    expect(world.bytesOf(firstLog)).toHaveLength(0);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(0);
  });

  const refused: [string, () => Uint8Array, string][] = [
    ['a control batch', () => markerBatch({ id: 1n, aborted: true }), 'LOG_INVALID_RECORD'],
    ['an empty batch', () => buildBatch([], { lastOffsetDelta: 0 }), 'LOG_INVALID_RECORD'],
    [
      'a count that does not match the last offset delta',
      () => buildBatch(numbered(2), { lastOffsetDelta: 5 }),
      'LOG_INVALID_RECORD',
    ],
    [
      'a producer without a sequence',
      () => buildBatch(numbered(1), { producerId: 5n, producerEpoch: 0 }),
      'LOG_INVALID_RECORD',
    ],
    [
      'a transaction without a producer',
      () => buildBatch(numbered(1), { transactional: true }),
      'LOG_INVALID_RECORD',
    ],
    [
      'a batch that claims to be stamped by the log',
      () => buildBatch(numbered(1), { flags: 0x08 }),
      'LOG_INVALID_TIMESTAMP',
    ],
    [
      'a batch with an offset of its own',
      () => buildBatch(numbered(1), { baseOffset: 5 }),
      'LOG_INVALID_RECORD',
    ],
    ['a message of magic 1', () => messageV1.slice(), 'LOG_INVALID_RECORD'],
    ['a timestamp below -1', () => buildBatch([{}], { maxTimestamp: -2 }), 'LOG_INVALID_TIMESTAMP'],
    [
      'a batch above max.message.bytes',
      () => buildBatch([{ value: 'x'.repeat(3000) }]),
      'LOG_RECORD_TOO_LARGE',
    ],
    [
      'two batches of idempotent producers in one set',
      () => concat(producerBatch({ id: 1n, sequence: 0 }), producerBatch({ id: 2n, sequence: 0 })),
      'LOG_INVALID_RECORD',
    ],
  ];
  test.each(refused)('a client may not append %s', async (_name, make, code) => {
    const log = await new LogWorld().open({ 'max.message.bytes': 2000 });
    expect(codeOf(() => log.appendBatchesSync(make()))).toBe(code);
    expect(log.logEndOffset).toBe(0);
  });

  test('a set larger than segment.bytes is refused, a single batch too', async () => {
    const log = await new LogWorld().open({ 'segment.bytes': 1000 });
    const set = concat(
      ...Array.from({ length: 9 }, () => buildBatch([{ value: 'x'.repeat(100) }])),
    );
    expect(codeOf(() => log.appendBatchesSync(set))).toBe('LOG_BATCH_SET_TOO_LARGE');
    const large = buildBatch([{ value: 'x'.repeat(1000) }]);
    expect(codeOf(() => log.appendBatchesSync(large))).toBe('LOG_BATCH_SET_TOO_LARGE');
    expect(codeOf(() => log.appendBatchesSync(large, { origin: 'replica' }))).toBe(
      'LOG_BATCH_SET_TOO_LARGE',
    );
  });

  test('records are walked where validation asks for it', async () => {
    const log = await new LogWorld().open();
    const batch = buildBatch(numbered(2));
    // The first record claims to be longer than it is; the checksum is made right again.
    const view = viewOf(batch);
    view.setUint8(61, view.getUint8(61) + 2);
    writeBatchCrc(batch, view, 0);
    expect(codeOf(() => log.appendBatchesSync(batch.slice(), { validate: 'records' }))).toBe(
      'LOG_CORRUPT_RECORD',
    );
    expect(codeOf(() => log.appendBatchesSync(batch.slice()))).toBe('nothing thrown');
  });

  test('a max timestamp that is not the greatest record time is put right by validation', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const batch = buildBatch([{ timestamp: 5 }], { maxTimestamp: 6 });
    log.appendBatchesSync(batch, { validate: 'records' });
    const right = buildBatch([{ timestamp: 5 }], { leaderEpoch: 0 });
    expect(toHex(world.bytesOf(firstLog))).toBe(toHex(right));
  });

  test('a compacted log looks for keys whatever the validation asked for', async () => {
    const log = await new LogWorld().open({ 'cleanup.policy': 'compact' });
    const batch = buildBatch([{ key: 'k' }, { value: 'no key' }]);
    expect(codeOf(() => log.appendBatchesSync(batch))).toBe('LOG_INVALID_RECORD');
  });
});

describe('appending as a replica', () => {
  const asReplica = { origin: 'replica' } as const;

  test('offsets, epochs and times are taken as they are', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'message.timestamp.type': 'LogAppendTime' });
    const bytes = concat(
      buildBatch(numbered(2), { baseOffset: 10, leaderEpoch: 3, now: 5 }),
      buildBatch(numbered(1), { baseOffset: 50, leaderEpoch: 4, now: 6 }),
    );
    const before = toHex(bytes);
    expect(log.appendBatchesSync(bytes, asReplica)).toMatchObject({
      baseOffset: 10,
      lastOffset: 50,
    });
    expect(toHex(bytes)).toBe(before);
    expect(toHex(world.bytesOf(firstLog))).toBe(before);
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual([10, 11, 50]);
    expect(log.core.epochs.entries).toEqual([
      { epoch: 3, startOffset: 10 },
      { epoch: 4, startOffset: 50 },
    ]);
  });

  test('an offset below the log end is refused, between the batches of a set too', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(5));
    const at = (baseOffset: number) => buildBatch(numbered(2), { baseOffset });
    expect(codeOf(() => log.appendBatchesSync(at(4), asReplica))).toBe('LOG_UNEXPECTED_OFFSET');
    expect(codeOf(() => log.appendBatchesSync(concat(at(5), at(6)), asReplica))).toBe(
      'LOG_UNEXPECTED_OFFSET',
    );
    expect(log.logEndOffset).toBe(5);
    expect(codeOf(() => log.appendBatchesSync(concat(at(5), at(7)), asReplica))).toBe(
      'nothing thrown',
    );
  });

  test('batches above max.message.bytes and emptied ones are taken', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 100 });
    const large = buildBatch([{ value: 'x'.repeat(500) }]);
    const emptied = buildBatch([], { baseOffset: 1, lastOffsetDelta: 9 });
    expect(log.appendBatchesSync(concat(large, emptied), asReplica).lastOffset).toBe(10);
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual([0]);
  });

  test('old messages are taken and end the leader epochs', async () => {
    const log = await new LogWorld().open({}, { leaderEpoch: 2 });
    log.appendSync(numbered(1));
    log.appendBatchesSync(messageV1.slice(), asReplica);
    expect(log.core.epochs.entries).toEqual([]);
    expect((await collect(log.read())).map(({ offset }) => offset)).toEqual([0, 100]);
  });
});

describe('durability', () => {
  async function syncsOf(use: (log: PartitionLog) => Promise<unknown>): Promise<number> {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(1));
    world.observed.reset();
    await use(log);
    return world.observed.count('sync', '.log');
  }

  test('KF-33: a thousand appends sync nothing by default', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(1));
    world.observed.reset();
    for (let count = 0; count < 1000; count++) await log.append(numbered(1));
    expect(world.observed.count('sync')).toBe(0);
    expect(world.observed.count('syncDirectory')).toBe(0);
    expect(log.recoveryPoint).toBe(0);
  });

  test('an append that asks for it is durable when it resolves', async () => {
    expect(await syncsOf((log) => log.append(numbered(1)))).toBe(0);
    expect(
      await syncsOf(async (log) => {
        await log.append(numbered(1), { durability: 'synced' });
        expect(log.recoveryPoint).toBe(2);
      }),
    ).toBe(1);
    expect(
      await syncsOf((log) => log.appendBatches(buildBatch(numbered(1)), { durability: 'synced' })),
    ).toBe(1);
  });

  test('a hundred waiting appends share a few syncs', async () => {
    const syncs = await syncsOf((log) =>
      Promise.all(
        Array.from({ length: 100 }, () => log.append(numbered(1), { durability: 'synced' })),
      ),
    );
    expect(syncs).toBeGreaterThanOrEqual(1);
    expect(syncs).toBeLessThan(5);
  });

  test('KF-33: flush.messages bounds what a crash of the machine can take', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'flush.messages': 10 });
    for (let count = 0; count < 9; count++) log.appendSync(numbered(1));
    await world.env.time.turn();
    expect(world.observed.count('sync', '.log')).toBe(0);
    log.appendSync(numbered(1));
    await log.sync();
    expect(world.observed.count('sync', '.log')).toBe(1);
    expect(log.recoveryPoint).toBe(10);
  });

  test('KF-34, KF-36: what reaches the log file is appended at its end, by plain writes', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(1));
    let end = world.bytesOf(firstLog).length;
    world.observed.reset();
    for (let count = 1; count <= 200; count++) log.appendSync(numbered((count % 7) + 1));
    for (const write of world.observed.of('write')) {
      expect([write.file, write.position]).toEqual([firstLog, end]);
      end += write.length;
    }
    expect(world.bytesOf(firstLog)).toHaveLength(end);
    expect(world.observed.count('write')).toBe(200);
    expect(world.observed.operations.filter(({ kind }) => kind === 'read')).toEqual([]);
  });

  test('the topic id is on disk before the first append', async () => {
    const world = new LogWorld();
    await world.open();
    expect(existsSync(world.path('partition.metadata'))).toBe(true);
  });
});
