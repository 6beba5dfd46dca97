/** What a round of compaction keeps, record by record. */
import { describe, expect, test } from 'vitest';
import type { PartitionLog } from '../../../../src/log/index.ts';
import { buildBatch, collect, headerOf } from '../../../helpers/batches.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { clean, CleaningWorld, headersOf, put, putSegment, shown } from './cleaning-world.ts';

const asReplica = { origin: 'replica' } as const;
const dayMs = 86_400_000;

async function logOf(...segments: readonly string[]): Promise<{
  world: CleaningWorld;
  log: PartitionLog;
}> {
  const world = new CleaningWorld();
  const log = await world.open();
  for (const texts of segments) await putSegment(log, texts);
  return { world, log };
}

describe('the last record of each key', () => {
  test('stays at its offset and in its order, the others go', async () => {
    const { log } = await logOf('a=1 b=1 a=2', 'c=1 b=2', 'a=3 d=1');
    const report = await clean(log);
    expect(report).toMatchObject({ done: true, firstDirty: 7, recordsRead: 7, recordsKept: 4 });
    expect(await shown(log)).toEqual(['3:c=1', '4:b=2', '5:a=3', '6:d=1']);
    expect(log.logEndOffset).toBe(7);
    put(log, 'e=1');
    expect((await shown(log)).at(-1)).toBe('7:e=1');
  });

  test('survives a close, and a restart without one', async () => {
    const { world, log } = await logOf('a=1 b=1', 'a=2');
    await clean(log);
    const killed = new CleaningWorld({}, world.fs.clone());
    expect(await shown(await killed.open())).toEqual(['1:b=1', '2:a=2']);
    await log.close();
    const again = await world.open();
    expect(await shown(again)).toEqual(['1:b=1', '2:a=2']);
    expect(await clean(again)).toMatchObject({ done: false });
  });

  test('in the active segment does not matter: neither looked at nor changed', async () => {
    const { log } = await logOf('a=1');
    put(log, 'a=2 a=3');
    await clean(log);
    expect(await shown(log)).toEqual(['0:a=1', '1:a=2', '2:a=3']);
    await log.roll();
    await clean(log);
    expect(await shown(log)).toEqual(['2:a=3']);
  });

  test('replaces one that an earlier round kept', async () => {
    const { log } = await logOf('a=1 b=1', 'c=1');
    await clean(log);
    await putSegment(log, 'a=2');
    expect(await clean(log)).toMatchObject({ done: true, firstDirty: 4 });
    expect(await shown(log)).toEqual(['1:b=1', '2:c=1', '3:a=2']);
  });

  test('counts from the log start: a key deleted below it does not come back', async () => {
    const { log } = await logOf('a=1 b=1', 'a=2');
    await log.deleteRecordsBefore(1);
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '2:a=2']);
  });

  test('an empty key is a key, a record without one goes', async () => {
    const { log } = await logOf('a=1');
    const keyless = buildBatch(
      [
        { key: '', value: 'old' },
        { key: null, value: 'no key' },
        { key: '', value: 'new' },
      ],
      { baseOffset: 1 },
    );
    log.appendBatchesSync(keyless, asReplica);
    await log.roll();
    await clean(log);
    expect(await shown(log)).toEqual(['0:a=1', '3:=new']);
  });
});

describe('bytes of a record', () => {
  test('key, empty value, headers with null values and time are kept', async () => {
    const { log } = await logOf();
    const headers = [
      { key: 'h', value: 'x' },
      { key: 'h', value: null },
      { key: '', value: '' },
    ];
    log.appendSync([
      { key: 'gone', value: '1', timestamp: 5 },
      { key: 'kept', value: '', headers, timestamp: 3 },
      { key: 'gone', value: '2', headers, timestamp: 9 },
    ]);
    const before = await collect(log.read());
    await log.roll();
    await clean(log);
    expect(await collect(log.read())).toEqual(before.slice(1));
    expect((await headersOf(log))[0]).toMatchObject({ baseOffset: 0, maxTimestamp: 9 });
  });

  test.each([0, 1, 2, 3, 4])('a batch of codec %i is rewritten in that codec', async (codec) => {
    const { log } = await logOf();
    const records = Array.from({ length: 200 }, (_, at) => ({
      key: `k${at % 110}`,
      value: `value ${at} `.repeat(5),
    }));
    log.appendBatchesSync(buildBatch(records, { codec }));
    await log.roll();
    expect(await clean(log)).toMatchObject({ recordsRead: 200, recordsKept: 110 });
    expect((await headersOf(log)).map((header) => [header.codec, header.recordCount])).toEqual([
      [codec, 110],
    ]);
    expect((await collect(log.read())).map(({ offset, value }) => [offset, value])).toEqual(
      records.map(({ value }, at) => [at, value]).slice(90),
    );
  });

  test('times stamped by the log stay those of the batch', async () => {
    const { log } = await logOf();
    const stamped = buildBatch(
      [
        { key: 'a', value: '1', timestamp: 5 },
        { key: 'a', value: '2' },
      ],
      {
        flags: 8,
        maxTimestamp: 77,
      },
    );
    log.appendBatchesSync(stamped, asReplica);
    await log.roll();
    await clean(log);
    expect((await collect(log.read())).map(({ timestamp }) => timestamp)).toEqual([77]);
    expect(headerOf(stamped).isLogAppendTime).toBe(true);
  });

  test('a batch of which every record stays is not touched', async () => {
    const { log } = await logOf('a=1 b=1', 'c=1');
    const before: string[] = [];
    for await (const batch of log.read()) before.push(Buffer.from(batch.bytes).toString('hex'));
    await clean(log);
    const after: string[] = [];
    for await (const batch of log.read()) after.push(Buffer.from(batch.bytes).toString('hex'));
    expect(after).toEqual(before);
  });
});

describe('a tombstone', () => {
  test('stays until delete.retention.ms after the first round that met it', async () => {
    const { world, log } = await logOf('a=1 b=1', 'a!');
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '2:a!']);
    const horizon = world.env.time.now() + dayMs;
    const horizons = async (): Promise<(number | undefined)[]> =>
      (await headersOf(log)).map((header) => header.deleteHorizonMs);
    expect(await horizons()).toEqual([undefined, horizon]);

    world.env.time.advance(dayMs - 1);
    await putSegment(log, 'c=1');
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '2:a!', '3:c=1']);
    expect(await horizons()).toEqual([undefined, horizon, undefined]);

    world.env.time.advance(1);
    await putSegment(log, 'd=1');
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '3:c=1', '4:d=1']);
  });

  test('keeps the times of the records beside it when its batch gets the horizon', async () => {
    const { log } = await logOf('x=0');
    log.appendSync([
      { key: 'a', value: null, timestamp: 1000 },
      { key: 'b', value: '1', timestamp: 2000 },
    ]);
    await log.roll();
    await clean(log);
    const records = await collect(log.read({ from: 1 }));
    expect(records.map(({ timestamp }) => timestamp)).toEqual([1000, 2000]);
  });

  test('goes at once when a later value replaced it', async () => {
    const { log } = await logOf('a!', 'a=2');
    await clean(log);
    expect(await shown(log)).toEqual(['1:a=2']);
  });

  test('with a retention of 0 goes with the second round', async () => {
    const world = new CleaningWorld({ 'delete.retention.ms': 0 });
    const log = await world.open();
    await putSegment(log, 'a=1 b=1');
    await putSegment(log, 'a!');
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '2:a!']);
    await putSegment(log, 'c=1');
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '3:c=1']);
  });
});

describe('refused', () => {
  test.each([
    { mapBytes: 0 },
    { mapBytes: Number.NaN },
    { mapBytes: 2 ** 31 },
    { maxBytesPerSecond: 0 },
    { maxBytesPerSecond: Number.NaN },
  ])('limits that make no sense: %o', async (options) => {
    const { log } = await logOf('a=1');
    expect(await codeOfPromise(log.compact(options))).toBe('OPTION_INVALID');
    expect(await clean(log)).toMatchObject({ done: true });
  });

  test('a log that is not compacted', async () => {
    const world = new CleaningWorld({ 'cleanup.policy': 'delete' });
    const log = await world.open();
    await putSegment(log, 'a=1');
    expect(await codeOfPromise(clean(log))).toBe('OPTION_INVALID');
  });

  test('a second round while one runs', async () => {
    const { log } = await logOf('a=1');
    const first = clean(log);
    expect(await codeOfPromise(clean(log))).toBe('LOG_BUSY');
    expect(await first).toMatchObject({ done: true });
  });
});
