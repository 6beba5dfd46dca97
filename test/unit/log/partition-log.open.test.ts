import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PartitionLog, type LogConfigInput } from '../../../src/log/index.ts';
import { buildBatch, collect, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { fromHex, toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';

const firstLog = segmentFile(0, 'log');
const batchBytes = buildBatch(numbered(1)).length;
/** Small segments with an index entry per batch. */
const small: LogConfigInput = { 'segment.bytes': 4 * batchBytes, 'index.interval.bytes': 0 };

/** A closed log of this many one-record batches. */
async function closedLog(count: number, config: LogConfigInput = small): Promise<LogWorld> {
  const world = new LogWorld();
  const log = await world.open(config);
  for (let index = 0; index < count; index++) log.appendSync(numbered(1, index % 10));
  await log.close();
  return world;
}

/** As `closedLog`, after the process died instead. */
async function crashedLog(count: number, config: LogConfigInput = small): Promise<LogWorld> {
  const world = new LogWorld();
  const log = await world.open(config);
  for (let index = 0; index < count; index++) log.appendSync(numbered(1, index % 10));
  await log.sync();
  const crashed = world.crashed();
  await log.close();
  return crashed;
}

const offsetsOf = async (log: PartitionLog): Promise<number[]> =>
  (await collect(log.read())).map(({ offset }) => offset);

const upTo = (end: number): number[] => Array.from({ length: end }, (_, at) => at);

describe('opening', () => {
  test('a new directory is made with everything Kafka expects', async () => {
    const world = new LogWorld();
    const topicId = fromHex('00112233445566778899aabbccddeeff');
    const log = await world.open({}, { topicId });
    expect(world.names()).toEqual([
      segmentFile(0, 'index'),
      firstLog,
      segmentFile(0, 'timeindex'),
      'leader-epoch-checkpoint',
      'partition.metadata',
    ]);
    expect(readFileSync(world.path('partition.metadata'), 'utf8')).toBe(
      'version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_w',
    );
    expect(log.loadReport).toEqual({
      segments: 1,
      recoveredSegments: 0,
      truncatedBytes: 0,
      deletedSegments: 0,
    });
    expect([log.logStartOffset, log.logEndOffset, log.segmentCount]).toEqual([0, 0, 1]);
  });

  test('the topic id is kept, whatever a later open asks for', async () => {
    const world = await closedLog(1);
    const before = readFileSync(world.path('partition.metadata'), 'utf8');
    await world.open({}, { topicId: new Uint8Array(16).fill(7) });
    expect(readFileSync(world.path('partition.metadata'), 'utf8')).toBe(before);
  });

  test('a second opener is refused while the first lives, and taken afterwards', async () => {
    const world = new LogWorld();
    const log = await world.open();
    expect(await codeOfPromise(world.open())).toBe('IO_LOCKED');
    log.appendSync(numbered(1));
    await log.close();
    expect((await world.open()).logEndOffset).toBe(1);
  });

  test('an open that fails gives the lock back', async () => {
    const world = await closedLog(1);
    writeFileSync(world.path('leader-epoch-checkpoint'), 'nonsense');
    expect(await codeOfPromise(world.open())).toBe('LOG_CORRUPT_CHECKPOINT');
    rmSync(world.path('leader-epoch-checkpoint'));
    expect((await world.open()).logEndOffset).toBe(1);
  });

  test.each([
    ['an unknown setting', { 'segment.byte': 5 }],
    ['a setting out of range', { 'segment.bytes': 1 }],
  ])('%s is refused before anything is touched', async (_name, config) => {
    const world = new LogWorld();
    expect(await codeOfPromise(world.open(config as LogConfigInput))).toBe('OPTION_INVALID');
    expect(world.observed.operations).toEqual([]);
  });

  test('a damaged partition.metadata is an error, not overwritten', async () => {
    const world = await closedLog(1);
    writeFileSync(world.path('partition.metadata'), 'version: 0\n');
    expect(await codeOfPromise(world.open())).toBe('LOG_CORRUPT_CHECKPOINT');
    expect(readFileSync(world.path('partition.metadata'), 'utf8')).toBe('version: 0\n');
  });

  test('foreign files and directories are left alone', async () => {
    const world = await closedLog(3);
    writeFileSync(world.path('notes.txt'), 'mine');
    mkdirSync(world.path('00000000000000000099.log'));
    await (await world.open(small)).close();
    expect(readFileSync(world.path('notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('closing', () => {
  test('is idempotent and shared by those who ask at once', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(1));
    await Promise.all([log.close(), log.close()]);
    await log.close();
    await log[Symbol.asyncDispose]();
  });

  test('a closed log refuses everything but closing', async () => {
    const log = await new LogWorld().open();
    log.appendSync(numbered(1));
    await log.close();
    const codes = [
      codeOf(() => log.appendSync(numbered(1))),
      codeOf(() => log.appendBatchesSync(buildBatch(numbered(1)))),
      codeOf(() => log.readRegion(0)),
      codeOf(() => log.read()),
      codeOf(() => log.raiseHighWatermark(1)),
      await codeOfPromise(log.append(numbered(1))),
      await codeOfPromise(log.sync()),
      await codeOfPromise(log.offsetForTimestamp(0)),
      await codeOfPromise(log.truncateTo(0)),
      await codeOfPromise(log.truncateFullyAndStartAt(5)),
      await codeOfPromise(log.deleteRecordsBefore(1)),
      await codeOfPromise(log.applyRetention()),
      await codeOfPromise(log.roll()),
    ];
    expect(new Set(codes)).toEqual(new Set(['LOG_CLOSED']));
  });

  test('leaves a directory that needs no repair: whole files, final entries, a snapshot', async () => {
    const world = await closedLog(10, { 'index.interval.bytes': 2 * batchBytes });
    expect(world.names()).toEqual([
      segmentFile(0, 'index'),
      firstLog,
      segmentFile(0, 'timeindex'),
      segmentFile(10, 'snapshot'),
      'leader-epoch-checkpoint',
      'partition.metadata',
    ]);
    expect(world.bytesOf(firstLog)).toHaveLength(10 * batchBytes);
    expect(world.bytesOf(segmentFile(0, 'timeindex'))).toHaveLength(12);
    expect(readFileSync(world.path('leader-epoch-checkpoint'), 'utf8')).toBe('0\n1\n0 0\n');
  });

  test('gives every file descriptor back', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let count = 0; count < 50; count++) log.appendSync(numbered(1));
    await collect(log.read());
    await log.close();
    expect(log.core.context.files.openCount).toBe(0);
    const opened = world.observed.count('open');
    expect(world.observed.count('close')).toBe(opened);
  });

  test('waits for syncs under way', async () => {
    const world = new LogWorld();
    const log = await world.open();
    const appends = Array.from({ length: 20 }, () =>
      log.append(numbered(1), { durability: 'synced' }),
    );
    await log.close();
    await Promise.all(appends);
    expect((await world.open()).logEndOffset).toBe(20);
  });
});

describe('reopening after an orderly close', () => {
  test('reads no data but the end of the last segment and its first batch', async () => {
    const world = await closedLog(400);
    world.observed.reset();
    const log = await world.open(small);
    expect(log.loadReport).toMatchObject({ segments: 100, recoveredSegments: 0 });
    const files = new Set(world.observed.of('read', '.log').map(({ file }) => file));
    expect([...files]).toEqual([segmentFile(396, 'log')]);
    expect(world.observed.bytesRead('.log')).toBeLessThanOrEqual(2 * 4 * batchBytes);
    expect(await offsetsOf(log)).toEqual(upTo(400));
  });

  test('changes no byte of any segment', async () => {
    const world = await closedLog(20);
    const before = world.namesEnding('').map((name) => [name, toHex(world.bytesOf(name))]);
    await (await world.open(small)).close();
    expect(world.namesEnding('').map((name) => [name, toHex(world.bytesOf(name))])).toEqual(before);
  });

  test('everything counts as durable', async () => {
    const log = await (await closedLog(20)).open(small);
    expect([log.recoveryPoint, log.logEndOffset, log.highWatermark]).toEqual([20, 20, 20]);
  });

  test('appending goes on', async () => {
    const world = await closedLog(10);
    for (let round = 1; round <= 3; round++) {
      const log = await world.open(small);
      expect(log.appendSync(numbered(10)).baseOffset).toBe(round * 10);
      await log.close();
    }
    expect(await offsetsOf(await world.open(small))).toEqual(upTo(40));
  });

  test('bytes that somebody added to the last segment are found and cut', async () => {
    const world = await closedLog(10);
    appendFileSync(world.path(segmentFile(8, 'log')), 'garbage');
    const log = await world.open(small);
    expect([log.logEndOffset, log.loadReport.truncatedBytes]).toEqual([10, 7]);
  });

  test('a whole batch that somebody else appended is taken over', async () => {
    const world = await closedLog(10);
    const foreign = buildBatch(numbered(2), { baseOffset: 10, leaderEpoch: 0 });
    appendFileSync(world.path(segmentFile(8, 'log')), foreign);
    expect(await offsetsOf(await world.open(small))).toEqual(upTo(12));
  });
});

describe('reopening after the process died', () => {
  test('everything that was written is there', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let count = 0; count < 30; count++) log.appendSync(numbered(1));
    const again = await world.crashed().open(small);
    expect(await offsetsOf(again)).toEqual(upTo(30));
    expect(again.loadReport.recoveredSegments).toBeGreaterThan(0);
  });

  test('only segments from the recovery point on are verified', async () => {
    const crashed = await crashedLog(400);
    crashed.observed.reset();
    const log = await crashed.open(small);
    expect(log.loadReport.recoveredSegments).toBeLessThanOrEqual(2);
    const files = new Set(crashed.observed.of('read', '.log').map(({ file }) => file));
    expect(files.size).toBeLessThanOrEqual(2);
    expect(log.logEndOffset).toBe(400);
  });

  test('a tail torn at any byte is cut at the last whole batch', async () => {
    const crashed = await crashedLog(3, {});
    for (let cut = 1; cut <= batchBytes; cut += 7) {
      const copy = crashed.crashed();
      truncateSync(copy.path(firstLog), 3 * batchBytes - cut);
      const log = await copy.open();
      expect([log.logEndOffset, log.loadReport.truncatedBytes]).toEqual([2, batchBytes - cut]);
      expect(log.appendSync(numbered(1)).baseOffset).toBe(2);
      await log.close();
    }
  });

  test('a flipped bit cuts the log there; later segments go', async () => {
    const crashed = await crashedLog(20);
    rmSync(crashed.path('.varve_checkpoint'));
    const path = crashed.path(segmentFile(4, 'log'));
    const bytes = readFileSync(path);
    bytes[batchBytes + 70]! ^= 1;
    writeFileSync(path, bytes);
    const log = await crashed.open(small);
    expect(await offsetsOf(log)).toEqual(upTo(5));
    expect(log.loadReport).toMatchObject({ deletedSegments: 3, truncatedBytes: 3 * batchBytes });
    expect(log.appendSync(numbered(1)).baseOffset).toBe(5);
    await log.close();
    expect(crashed.namesEnding('.deleted')).toEqual([]);
    expect(await offsetsOf(await crashed.open(small))).toEqual(upTo(6));
  });

  test('damage below the recovery point is left for the reader to find', async () => {
    const crashed = await crashedLog(20);
    const path = crashed.path(firstLog);
    const bytes = readFileSync(path);
    bytes[70]! ^= 1;
    writeFileSync(path, bytes);
    const log = await crashed.open(small);
    expect(log.logEndOffset).toBe(20);
    expect(await codeOfPromise(collect(log.read()))).toBe('LOG_CORRUPT_BATCH');
    expect((await collect(log.read({ from: 4 }))).length).toBe(16);
  });

  test('a directory of log files alone gets everything else rebuilt', async () => {
    const world = await closedLog(20);
    const before = new Map(world.names().map((name) => [name, toHex(world.bytesOf(name))]));
    for (const name of world.names()) if (!name.endsWith('.log')) rmSync(world.path(name));
    rmSync(world.path('.varve_checkpoint'));
    const log = await world.open(small);
    expect(await offsetsOf(log)).toEqual(upTo(20));
    await log.close();
    const compared = [...before.keys()].filter((name) => /\.(log|index|timeindex)$/.test(name));
    for (const name of [...compared, 'leader-epoch-checkpoint']) {
      expect(toHex(world.bytesOf(name)), name).toBe(before.get(name));
    }
  });

  test('rebuilt indexes are byte for byte those written while appending', async () => {
    const config = { 'index.interval.bytes': 500 };
    const world = new LogWorld();
    const log = await world.open(config);
    for (let count = 0; count < 200; count++) {
      log.appendSync([
        { value: 'x'.repeat((count * 37) % 300), timestamp: 1000 + ((count * 7) % 50) },
      ]);
    }
    await log.close();
    const names = [segmentFile(0, 'index'), segmentFile(0, 'timeindex')];
    const before = names.map((name) => toHex(world.bytesOf(name)));
    rmSync(world.path('.varve_checkpoint'));
    for (const name of names) writeFileSync(world.path(name), 'damaged');
    await (await world.open(config)).close();
    expect(names.map((name) => toHex(world.bytesOf(name)))).toEqual(before);
    expect(before[0]!.length).toBeGreaterThan(100);
  });

  test('indexes that claim more than the data holds are not believed', async () => {
    const crashed = await crashedLog(6, {});
    writeFileSync(crashed.path(segmentFile(0, 'index')), new Uint8Array(8 * 100));
    writeFileSync(crashed.path(segmentFile(0, 'timeindex')), new Uint8Array(12 * 100));
    const log = await crashed.open();
    expect(await offsetsOf(log)).toEqual(upTo(6));
    expect(log.core.segments.active.offsetIndex.count).toBe(0);
  });

  test('an empty last segment, its index missing, is taken as it is', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    await log.roll();
    const crashed = world.crashed();
    rmSync(crashed.path(segmentFile(3, 'index')));
    const again = await crashed.open();
    expect([again.logEndOffset, again.segmentCount]).toEqual([3, 2]);
    expect(again.appendSync(numbered(1)).baseOffset).toBe(3);
  });

  test('an older clean mark does not vouch for a directory somebody wrote to', async () => {
    const world = await closedLog(10, {});
    const mark = readFileSync(world.path('.varve_checkpoint'));
    const log = await world.open();
    log.appendSync(numbered(1));
    const crashed = world.crashed();
    writeFileSync(crashed.path('.varve_checkpoint'), mark);
    truncateSync(crashed.path(firstLog), 11 * batchBytes - 1);
    const again = await crashed.open();
    expect([again.logEndOffset, again.loadReport.recoveredSegments]).toEqual([10, 1]);
  });

  test.each(['', '{}', 'null', '[]', '{"version":2}', 'x'.repeat(5000)])(
    'a checkpoint that does not read as one means: verify everything (%j)',
    async (text) => {
      const world = await closedLog(10);
      writeFileSync(world.path('.varve_checkpoint'), text);
      const log = await world.open(small);
      expect([log.logEndOffset, log.loadReport.recoveredSegments]).toEqual([10, 3]);
    },
  );
});

describe('moves that were interrupted', () => {
  test('files on their way out are gone after the open', async () => {
    const world = await closedLog(5);
    const doomed = ['log', 'index', 'timeindex', 'txnindex', 'snapshot'].map(
      (type) => `${segmentFile(0, type)}.deleted`,
    );
    for (const name of doomed) writeFileSync(world.path(name), 'old');
    const log = await world.open(small);
    expect(world.namesEnding('.deleted')).toEqual([]);
    expect(await offsetsOf(log)).toEqual(upTo(5));
  });

  test('an uncommitted cleaning is undone: the originals stay', async () => {
    const world = await closedLog(8);
    writeFileSync(world.path(`${firstLog}.cleaned`), 'half');
    writeFileSync(world.path(`${segmentFile(0, 'index')}.cleaned`), '');
    // A later part of the same replacement had already got its second name.
    writeFileSync(world.path(`${segmentFile(4, 'log')}.swap`), 'other half');
    const log = await world.open(small);
    expect(world.names().filter((name) => /cleaned|swap/.test(name))).toEqual([]);
    expect(await offsetsOf(log)).toEqual(upTo(8));
  });

  test('a committed replacement is completed: what it replaces goes', async () => {
    const world = await closedLog(12);
    // Segments 0 and 4 were cleaned into one that keeps offsets 2 and 7.
    const kept = [2, 7].map((baseOffset) =>
      buildBatch(numbered(1), { baseOffset, leaderEpoch: 0 }),
    );
    writeFileSync(world.path(`${firstLog}.swap`), Buffer.concat(kept));
    for (const type of ['index', 'timeindex']) {
      writeFileSync(world.path(`${segmentFile(0, type)}.swap`), '');
    }
    const log = await world.open(small);
    expect(await offsetsOf(log)).toEqual([2, 7, 8, 9, 10, 11]);
    expect(world.namesEnding('.log')).toEqual([firstLog, segmentFile(8, 'log')]);
    expect(world.namesEnding('.swap')).toEqual([]);
    expect(world.names()).not.toContain(segmentFile(4, 'snapshot'));
  });

  test('index files without a log file go', async () => {
    const world = await closedLog(4);
    writeFileSync(world.path(segmentFile(77, 'index')), '');
    writeFileSync(world.path(segmentFile(77, 'timeindex')), '');
    writeFileSync(world.path(segmentFile(77, 'txnindex')), '');
    await world.open(small);
    expect(world.names().filter((name) => name.includes('77.'))).toEqual([]);
  });

  test('a missing time index and a damaged transaction index mean recovery', async () => {
    const world = await closedLog(4, {});
    rmSync(world.path(segmentFile(0, 'timeindex')));
    const log = await world.open();
    expect(log.loadReport.recoveredSegments).toBe(1);
    await log.close();
    writeFileSync(world.path(segmentFile(0, 'txnindex')), new Uint8Array(34).fill(0xff));
    const again = await world.open();
    expect(again.loadReport.recoveredSegments).toBe(1);
    expect(again.core.segments.active.transactionIndex.entries).toEqual([]);
  });

  test('a log start beyond the data begins an empty log there', async () => {
    const world = await closedLog(10);
    writeFileSync(
      world.path('.varve_checkpoint'),
      '{"version":1,"logStartOffset":50,"recoveryPoint":0,"clean":null}\n',
    );
    const log = await world.open(small);
    expect([log.logStartOffset, log.logEndOffset, log.segmentCount]).toEqual([50, 50, 1]);
    expect(log.appendSync(numbered(1)).baseOffset).toBe(50);
    expect(world.namesEnding('.log')).toEqual([segmentFile(50, 'log')]);
  });

  test('epochs beyond the log end are dropped', async () => {
    const world = await closedLog(10, {});
    writeFileSync(world.path('leader-epoch-checkpoint'), '0\n3\n0 0\n4 5\n9 11\n');
    const log = await world.open();
    expect(log.core.epochs.entries).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 4, startOffset: 5 },
    ]);
  });

  test('stray snapshots go, those of segments and of the log end stay', async () => {
    const world = await closedLog(10);
    const stray = [2, 7, 9, 11, 500].map((offset) => segmentFile(offset, 'snapshot'));
    for (const name of stray) writeFileSync(world.path(name), 'x');
    await (await world.open(small)).close();
    expect(world.namesEnding('.snapshot')).toEqual(
      [4, 8, 10].map((offset) => segmentFile(offset, 'snapshot')),
    );
  });
});

describe('producer state across a reopen', () => {
  test('a snapshot that is damaged makes an older one and a replay do', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let sequence = 0; sequence < 12; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 7n, sequence }));
    }
    await log.close();
    const newest = world.namesEnding('.snapshot').at(-1)!;
    const bytes = world.bytesOf(newest);
    bytes[12]! ^= 1;
    writeFileSync(world.path(newest), bytes);
    const again = await world.open(small);
    expect(again.core.producers.producer(7n)!.batches.at(-1)!.lastSequence).toBe(11);
    expect(codeOf(() => again.appendBatchesSync(producerBatch({ id: 7n, sequence: 13 })))).toBe(
      'LOG_SEQUENCE_OUT_OF_ORDER',
    );
    again.appendBatchesSync(producerBatch({ id: 7n, sequence: 12 }));
  });

  test.each(['close', 'crash'])('sequences and open transactions survive a %s', async (how) => {
    const world = new LogWorld();
    const log = await world.open(small);
    const transactional = { transactional: true };
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0, count: 3 }, transactional));
    for (let sequence = 0; sequence < 9; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 2n, sequence }));
    }
    const next = how === 'crash' ? world.crashed() : world;
    if (how === 'close') await log.close();
    const again = await next.open(small);
    expect(again.lastStableOffset).toBe(0);
    const repeated = again.appendBatchesSync(producerBatch({ id: 2n, sequence: 8 }));
    expect(repeated).toMatchObject({ duplicate: true, baseOffset: 11, lastOffset: 11 });
    again.appendBatchesSync(markerBatch({ id: 1n, aborted: true }), { origin: 'coordinator' });
    expect(again.lastStableOffset).toBe(again.logEndOffset);
    expect((await collect(again.read({ isolation: 'read_committed' }))).length).toBe(9);
  });

  test('transaction indexes are rebuilt with the segments', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let sequence = 0; sequence < 6; sequence++) {
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }, { transactional: true }));
      log.appendBatchesSync(markerBatch({ id: 1n, aborted: sequence % 2 === 0 }), {
        origin: 'coordinator',
      });
    }
    await log.close();
    const names = world.namesEnding('.txnindex');
    const before = names.map((name) => toHex(world.bytesOf(name)));
    expect(names.length).toBeGreaterThan(1);
    rmSync(world.path('.varve_checkpoint'));
    for (const name of names) rmSync(world.path(name));
    await (await world.open(small)).close();
    expect(world.namesEnding('.txnindex').map((name) => toHex(world.bytesOf(name)))).toEqual(
      before,
    );
  });

  test('producers silent for too long are forgotten at the open', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendBatchesSync(producerBatch({ id: 1n, sequence: 0 }));
    await log.close();
    world.env.time.advance(1000);
    const kept = await world.open({}, { producerExpirationMs: 1001 });
    expect(kept.core.producers.size).toBe(1);
    await kept.close();
    const forgotten = await world.open({}, { producerExpirationMs: 1000 });
    expect(forgotten.core.producers.size).toBe(0);
  });
});

describe('read-only', () => {
  const readOnly = { readOnly: true };

  test('reads while another process writes, up to what lay in the files', async () => {
    const world = new LogWorld();
    const log = await world.open(small);
    for (let count = 0; count < 10; count++) log.appendSync(numbered(1));
    const reader = await world.open(small, readOnly);
    log.appendSync(numbered(1));
    expect(await offsetsOf(reader)).toEqual(upTo(10));
    await reader.close();
    expect(await offsetsOf(log)).toEqual(upTo(11));
  });

  test('refuses every change', async () => {
    const world = await closedLog(10);
    const log = await world.open(small, readOnly);
    const codes = [
      codeOf(() => log.appendSync(numbered(1))),
      codeOf(() => log.appendBatchesSync(buildBatch(numbered(1)))),
      await codeOfPromise(log.sync()),
      await codeOfPromise(log.truncateTo(0)),
      await codeOfPromise(log.truncateFullyAndStartAt(0)),
      await codeOfPromise(log.deleteRecordsBefore(1)),
      await codeOfPromise(log.applyRetention()),
      await codeOfPromise(log.roll()),
    ];
    expect(new Set(codes)).toEqual(new Set(['LOG_READ_ONLY']));
  });

  test('a damaged directory is recovered in memory; no byte of it changes', async () => {
    const crashed = await crashedLog(10, {});
    truncateSync(crashed.path(firstLog), 10 * batchBytes - 5);
    rmSync(crashed.path('.varve_checkpoint'));
    writeFileSync(crashed.path(segmentFile(0, 'index')), 'damaged');
    writeFileSync(crashed.path(`${segmentFile(50, 'log')}.deleted`), 'old');
    const state = () => crashed.names().map((name) => [name, toHex(crashed.bytesOf(name))]);
    const before = state();
    const log = await crashed.open({}, readOnly);
    expect(await offsetsOf(log)).toEqual(upTo(9));
    await log.close();
    expect(state()).toEqual(before);
  });

  test('a directory that does not exist is not made', async () => {
    const world = new LogWorld();
    expect(await codeOfPromise(world.open({}, readOnly))).toBe('LOG_NOT_FOUND');
    expect(world.observed.count('makeDirectory')).toBe(0);
  });
});

describe('after a failed write', () => {
  test('the log is poisoned: it refuses writes, serves reads and closes', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(2));
    world.observed.failOnce('write', '.log');
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('IO_NO_SPACE');
    const codes = [
      codeOf(() => log.appendSync(numbered(1))),
      await codeOfPromise(log.sync()),
      await codeOfPromise(log.truncateTo(0)),
      await codeOfPromise(log.truncateFullyAndStartAt(9)),
      await codeOfPromise(log.applyRetention()),
    ];
    expect(new Set(codes)).toEqual(new Set(['LOG_POISONED']));
    expect(await offsetsOf(log)).toEqual([0, 1]);
    await log.close();
    const again = await world.open();
    expect(await offsetsOf(again)).toEqual([0, 1]);
    expect(again.loadReport.recoveredSegments).toBe(1);
    expect(again.appendSync(numbered(1)).baseOffset).toBe(2);
  });

  test('other changes are refused too, and nothing is promised by the checkpoint', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(2));
    await log.sync();
    world.observed.failOnce('write', '.log');
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('IO_NO_SPACE');
    const before = readFileSync(world.path('.varve_checkpoint'), 'utf8');
    expect(await codeOfPromise(log.deleteRecordsBefore(1))).toBe('LOG_POISONED');
    expect(await codeOfPromise(log.roll())).toBe('LOG_POISONED');
    await log.close();
    expect(readFileSync(world.path('.varve_checkpoint'), 'utf8')).toBe(before);
  });

  test('a failed sync poisons as well, and the recovery point stays', async () => {
    const world = new LogWorld();
    const log = await world.open();
    log.appendSync(numbered(2));
    world.observed.failOnce('sync', '.log');
    expect(await codeOfPromise(log.sync())).toBe('IO_NO_SPACE');
    expect(log.recoveryPoint).toBe(0);
    expect(await codeOfPromise(log.sync())).toBe('LOG_POISONED');
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('LOG_POISONED');
  });

  test.each(['truncate', 'rename', 'write', 'sync', 'syncDirectory'])(
    'a failing %s during a truncation leaves a directory that opens',
    async (kind) => {
      const world = new LogWorld();
      const log = await world.open(small);
      for (let count = 0; count < 12; count++) log.appendSync(numbered(1));
      await log.sync();
      world.observed.failOnce(kind);
      expect(await codeOfPromise(log.truncateTo(6))).toBe('IO_NO_SPACE');
      await log.close();
      const again = await world.open(small);
      const offsets = await offsetsOf(again);
      expect(offsets).toEqual(upTo(again.logEndOffset));
      expect(again.logEndOffset).toBeGreaterThanOrEqual(6);
      expect(again.appendSync(numbered(1)).baseOffset).toBe(offsets.length);
    },
  );

  test('a failing open or close of the log is told, and the lock is free again', async () => {
    const world = await closedLog(3, {});
    world.observed.failOnce('write');
    expect(await codeOfPromise(world.open())).toBe('IO_NO_SPACE');
    const log = await world.open();
    log.appendSync(numbered(1));
    world.observed.failOnce('sync', '.log');
    expect(await codeOfPromise(log.close())).toBe('IO_NO_SPACE');
    expect(await offsetsOf(await world.open())).toEqual(upTo(4));
  });
});
