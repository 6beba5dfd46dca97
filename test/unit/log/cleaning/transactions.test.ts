/** Transactions, and what a round of compaction keeps for the producers' sake. */
import { describe, expect, test } from 'vitest';
import type { PartitionLog } from '../../../../src/log/index.ts';
import { buildBatch, headerOf } from '../../../helpers/batches.ts';
import {
  clean,
  CleaningWorld,
  endTransaction,
  headersOf,
  put,
  putInTransaction,
  putSegment,
  shown,
} from './cleaning-world.ts';

const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

async function open(config = {}): Promise<{ world: CleaningWorld; log: PartitionLog }> {
  const world = new CleaningWorld(config);
  return { world, log: await world.open({ producerExpirationMs: monthMs }) };
}

/** `C` and `A` for markers, `-` for an emptied batch, the number of records otherwise. */
async function layout(log: PartitionLog): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of log.read({ controls: true })) {
    const header = headerOf(batch.bytes);
    const kind = header.isControl ? 'marker' : 'data';
    lines.push(`${header.baseOffset}-${header.lastOffset} ${kind} ${header.recordCount}`);
  }
  return lines;
}

const abortedIn = (log: PartitionLog): number[] =>
  log.core.segments
    .toArray()
    .flatMap(({ transactionIndex }) =>
      transactionIndex.entries.map(({ firstOffset }) => firstOffset),
    );

describe('an aborted transaction', () => {
  test('loses its records at once; they hide no older value', async () => {
    const { log } = await open();
    put(log, 'a=1 b=1');
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=2 c=1');
    endTransaction(log, 1n, true);
    await log.roll();
    await clean(log);
    expect(await shown(log)).toEqual(['0:a=1', '1:b=1']);
  });

  test('keeps an emptied batch while its producer is known, so that sequences go on', async () => {
    const { world, log } = await open();
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=1 b=1');
    endTransaction(log, 1n, true);
    await log.roll();
    await clean(log);
    expect(await layout(log)).toEqual(['0-1 data 0', '2-2 marker 1']);
    // Without the snapshots the state comes from the batches alone.
    await log.close();
    for (const name of world.names('.snapshot')) world.fs.removeFileSync(`${world.dir}/${name}`);
    for (const name of world.names('.index')) world.fs.removeFileSync(`${world.dir}/${name}`);
    const again = await world.open();
    expect(again.lastStableOffset).toBe(3);
    putInTransaction(again, { id: 1n, sequence: 2 }, 'c=1');
    expect(again.logEndOffset).toBe(4);
  });

  test('loses its marker when no data is left, a retention time later', async () => {
    const { world, log } = await open();
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=1');
    endTransaction(log, 1n, true);
    putInTransaction(log, { id: 1n, sequence: 1 }, 'b=1');
    endTransaction(log, 1n, false);
    await putSegment(log, 'c=1');
    await clean(log);
    // Its data went in this round, so the marker is still one that served data.
    expect(await layout(log)).toEqual(['1-1 marker 1', '2-2 data 1', '3-3 marker 1', '4-4 data 1']);
    expect((await headersOf(log))[0]!.deleteHorizonMs).toBeUndefined();
    expect(abortedIn(log)).toEqual([0]);

    await putSegment(log, 'd=1');
    await clean(log);
    expect((await headersOf(log))[0]!.deleteHorizonMs).toBe(world.env.time.now() + dayMs);
    expect(abortedIn(log)).toEqual([]);

    world.env.time.advance(dayMs);
    await putSegment(log, 'e=1');
    await clean(log);
    expect((await layout(log))[0]).toBe('2-2 data 1');
    expect(await shown(log, 'read_committed')).toEqual(['2:b=1', '4:c=1', '5:d=1', '6:e=1']);
  });

  test('that begins in one segment and ends in another is left out from any place', async () => {
    const { log } = await open();
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=1');
    await log.roll();
    put(log, 'b=1');
    putInTransaction(log, { id: 1n, sequence: 1 }, 'c=1');
    await log.roll();
    endTransaction(log, 1n, true);
    putInTransaction(log, { id: 1n, sequence: 2 }, 'd=1');
    endTransaction(log, 1n, false);
    await log.roll();
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '4:d=1']);
    expect(await shown(log, 'read_committed')).toEqual(['1:b=1', '4:d=1']);
  });

  test('of a batch that its producer sent last hides no value either, round after round', async () => {
    const { log } = await open();
    put(log, 'a=1');
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=2');
    endTransaction(log, 1n, true);
    await log.roll();
    for (const texts of ['b=1', 'b=2', 'b=3']) {
      await clean(log);
      expect((await shown(log))[0]).toBe('0:a=1');
      await putSegment(log, texts);
    }
  });
});

describe('an open transaction', () => {
  test('is not cleaned, nor is what follows it', async () => {
    const { log } = await open();
    await putSegment(log, 'a=1 a=2');
    putInTransaction(log, { id: 1n, sequence: 0 }, 'b=1');
    await log.roll();
    await putSegment(log, 'b=2 c=1 c=2');
    expect(await clean(log)).toMatchObject({ done: true, firstDirty: 2 });
    expect(await shown(log)).toEqual(['1:a=2', '2:b=1', '3:b=2', '4:c=1', '5:c=2']);
    endTransaction(log, 1n, false);
    await log.roll();
    await clean(log);
    expect(await shown(log)).toEqual(['1:a=2', '3:b=2', '5:c=2']);
  });
});

describe('a committed transaction', () => {
  test('keeps its marker while one of its records is there', async () => {
    const { world, log } = await open();
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=1 b=1');
    endTransaction(log, 1n, false);
    await putSegment(log, 'a=2');
    for (let round = 0; round < 3; round++) {
      await clean(log);
      expect((await layout(log)).slice(0, 2)).toEqual(['0-1 data 1', '2-2 marker 1']);
      world.env.time.advance(2 * dayMs);
      await putSegment(log, `x=${round}`);
    }
    expect((await headersOf(log))[1]!.deleteHorizonMs).toBeUndefined();
  });

  test('whose producer went on loses data, then horizon by horizon the marker', async () => {
    const { world, log } = await open();
    putInTransaction(log, { id: 1n, sequence: 0 }, 'a=1');
    endTransaction(log, 1n, false);
    putInTransaction(log, { id: 1n, sequence: 1 }, 'a=2');
    endTransaction(log, 1n, false);
    await putSegment(log, 'b=1');
    await clean(log);
    expect(await layout(log)).toEqual(['1-1 marker 1', '2-2 data 1', '3-3 marker 1', '4-4 data 1']);
    await putSegment(log, 'c=1');
    await clean(log);
    world.env.time.advance(dayMs);
    await putSegment(log, 'd=1');
    await clean(log);
    expect((await layout(log)).slice(0, 2)).toEqual(['2-2 data 1', '3-3 marker 1']);
  });
});

describe('for a producer that is known', () => {
  test('the last batch stays, emptied: a repeated append is still recognised', async () => {
    const { world, log } = await open();
    const producer = { producerId: 9n, producerEpoch: 0 };
    log.appendSync([{ key: 'a', value: '1' }], { producer: { ...producer, baseSequence: 0 } });
    log.appendSync([{ key: 'b', value: '1' }], { producer: { ...producer, baseSequence: 1 } });
    await putSegment(log, 'a=2 b=2');
    await clean(log);
    expect(await layout(log)).toEqual(['1-1 data 0', '2-3 data 2']);
    expect((await headersOf(log))[0]).toMatchObject({ producerId: 9n, baseSequence: 1 });
    await log.close();
    for (const name of world.names('.snapshot')) world.fs.removeFileSync(`${world.dir}/${name}`);
    for (const name of world.names('.index')) world.fs.removeFileSync(`${world.dir}/${name}`);
    const again = await world.open();
    const repeated = again.appendSync([{ key: 'b', value: '1' }], {
      producer: { ...producer, baseSequence: 1 },
    });
    expect(repeated).toMatchObject({ duplicate: true, baseOffset: 1 });
  });

  test('it goes once the producer is forgotten', async () => {
    const { world, log } = await open();
    const producer = { producerId: 9n, producerEpoch: 0, baseSequence: 0 };
    log.appendSync([{ key: 'a', value: '1' }], { producer });
    await putSegment(log, 'a=2');
    await clean(log);
    expect((await layout(log))[0]).toBe('0-0 data 0');
    await log.close();
    world.env.time.advance(2 * monthMs);
    const again = await world.open({ producerExpirationMs: monthMs });
    await putSegment(again, 'b=1');
    await clean(again);
    expect((await layout(again))[0]).toBe('1-1 data 1');
  });

  test('a marker that is all it left stays, for its epoch', async () => {
    const { world, log } = await open();
    endTransaction(log, 5n, true);
    await putSegment(log, 'a=1');
    for (let round = 0; round < 4; round++) {
      await clean(log);
      world.env.time.advance(2 * dayMs);
      await putSegment(log, `b=${round}`);
    }
    expect((await layout(log))[0]).toBe('0-0 marker 0');
  });
});

test('the last batch of the range stays, emptied, so that the segment tells where it ended', async () => {
  const { log } = await open();
  const keyless = buildBatch([{ value: 'no key' }, { value: 'no key' }], { baseOffset: 1 });
  put(log, 'a=1');
  log.appendBatchesSync(keyless, { origin: 'replica' });
  await log.roll();
  await clean(log);
  expect(await layout(log)).toEqual(['0-0 data 1', '1-2 data 0']);
  await putSegment(log, 'b=1');
  await clean(log);
  expect(await layout(log)).toEqual(['0-0 data 1', '3-3 data 1']);
});
