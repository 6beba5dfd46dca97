/** What a log does when a sync fails or the disk is full: nothing half served or pretended. */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem, type FileSystem } from '../../../native-free-io/index.ts';
import { PartitionLog } from '../../../src/log/index.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { numbered } from '../../helpers/log-world.ts';
import {
  batchBytes,
  dir,
  failing,
  FaultyWorld,
  offsetsOf,
  problemsIn,
  range,
  twoBatches,
} from './faulty-world.ts';

describe('a failed sync', () => {
  test('fails every append that waits for it and ends writing, not reading', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    await log.append(numbered(3), { durability: 'synced' });
    world.rule('sync', '.log', failing('EIO'));
    const waiting = [
      log.append(numbered(1), { durability: 'synced' }),
      log.append(numbered(1), { durability: 'synced' }),
      log.sync(),
    ];
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(log.recoveryPoint).toBe(3);

    const calls = [
      () => log.append(numbered(1)),
      () => log.sync(),
      () => log.roll(),
      () => log.truncateTo(1),
      () => log.deleteRecordsBefore(1),
      () => log.applyRetention(),
    ];
    for (const call of calls) {
      await expect(call(), call.toString()).rejects.toMatchObject({
        code: 'LOG_POISONED',
        cause: { context: { errno: 'EIO' } },
      });
    }
    expect((await offsetsOf(log)).slice(0, 3)).toEqual(range(3));
  });

  test('is never tried again, and closing does not vouch for what was not synced', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    await log.append(numbered(3), { durability: 'synced' });
    world.rule('sync', '.log', failing('EIO'));
    expect(await codeOfPromise(log.append(numbered(2), { durability: 'synced' }))).toBe(
      'IO_FAILED',
    );
    const before = world.disk.operations;
    expect(await codeOfPromise(log.sync())).toBe('LOG_POISONED');
    expect(world.disk.operations).toBe(before);
    await log.close();
    expect(world.fs.openHandles).toBe(0);
    const again = await world.powerCut().open();
    expect(again.loadReport.recoveredSegments).toBe(1);
    expect(await offsetsOf(again)).toEqual(range(3));
    expect(again.appendSync(numbered(1)).baseOffset).toBe(3);
  });

  test('of the directory, after a roll, counts as much', async () => {
    const world = new FaultyWorld();
    const log = await world.open(twoBatches);
    await log.append(numbered(6), { durability: 'synced' });
    world.fs.addRule({ on: 'syncDirectory', fault: failing('EIO') });
    const rolling = log.append(numbered(3), { durability: 'synced' });
    expect(await codeOfPromise(rolling)).toBe('IO_FAILED');
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('LOG_POISONED');
    const again = await world.powerCut().open();
    expect(await offsetsOf(again)).toEqual(range(6));
  });

  test('in the background ends writing too, and is told to the logger', async () => {
    const world = new FaultyWorld();
    const log = await world.open(twoBatches);
    world.rule('sync', '.log', failing('EIO'));
    for (let batch = 0; batch < 3; batch++) log.appendSync(numbered(3));
    await world.env.time.turn();
    expect(codeOf(() => log.appendSync(numbered(1)))).toBe('LOG_POISONED');
    expect(world.env.messages.lines.join()).toContain('error: background flush failed');
  });

  test('of a checkpoint at closing leaves the directory unclean and locks nobody out', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    await log.append(numbered(3), { durability: 'synced' });
    world.rule('sync', '.varve_checkpoint.tmp', failing('EIO'));
    expect(await codeOfPromise(log.close())).toBe('IO_FAILED');
    expect(world.fs.openHandles).toBe(0);
    const again = await world.open();
    expect(again.loadReport.recoveredSegments).toBe(1);
    expect(await offsetsOf(again)).toEqual(range(3));
  });
});

describe('a sync that takes its time', () => {
  test('holds back only those who wait for it, and the next one is shared', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    await log.append(numbered(1), { durability: 'synced' });
    world.rule('sync', '.log', { kind: 'delay', ms: 500 });
    const settled: string[] = [];
    const first = log.append(numbered(1), { durability: 'synced' });
    await world.env.time.turn();
    const others = [1, 2, 3].map(async (number) => {
      await log.append(numbered(1), { durability: 'synced' });
      settled.push(`after ${number}`);
    });
    log.appendSync(numbered(1));
    world.env.time.advance(499);
    await world.env.time.turn();
    expect([settled, log.logEndOffset, log.recoveryPoint]).toEqual([[], 6, 1]);
    const before = world.disk.operations;
    world.env.time.advance(1);
    await Promise.all([first, ...others]);
    expect(settled).toEqual(['after 1', 'after 2', 'after 3']);
    expect([log.recoveryPoint, world.disk.operations - before]).toEqual([6, 2]);
  });
});

describe('a full disk', () => {
  test.each([0, 1, 60, batchBytes >> 1, batchBytes - 1])(
    'that takes %i bytes of a batch leaves nothing of it to be served',
    async (bytes) => {
      const world = new FaultyWorld();
      const log = await world.open();
      await log.append(numbered(3));
      world.rule('write', '.log', { kind: 'short', bytes });
      const error = await log.append(numbered(3)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'IO_NO_SPACE', context: { errno: 'ENOSPC' } });
      expect([log.logEndOffset, log.highWatermark]).toEqual([3, 3]);
      expect(await offsetsOf(log)).toEqual(range(3));
      expect(codeOf(() => log.appendSync(numbered(1)))).toBe('LOG_POISONED');
      await log.close();

      for (const after of [world.killed(), world]) {
        const again = await after.open();
        expect(again.loadReport.truncatedBytes).toBe(bytes);
        expect(await offsetsOf(again)).toEqual(range(3));
        expect(again.appendSync(numbered(3)).baseOffset).toBe(3);
        expect(await offsetsOf(again)).toEqual(range(6));
        await again.close();
        expect(await problemsIn(after.disk)).toEqual([]);
      }
    },
  );

  test.each([
    ['write', '.snapshot'],
    ['open', '03.log'],
    ['open', '03.index'],
    ['write', /\.timeindex$/],
  ] as const)(
    'that refuses to %s %s while a segment begins serves what was there',
    async (on, path) => {
      const world = new FaultyWorld();
      const log = await world.open({ 'segment.bytes': batchBytes });
      await log.append(numbered(3));
      const text = typeof path === 'string' ? path.replace('03', '0003') : path;
      world.rule(on, text, failing('ENOSPC'));
      expect(await codeOfPromise(log.append(numbered(3)))).toBe('IO_NO_SPACE');
      expect(world.fs.hits.length).toBe(1);
      expect(log.logEndOffset).toBe(3);
      expect(await offsetsOf(log)).toEqual(range(3));
      await log.close();
      expect(world.fs.openHandles).toBe(0);
      const again = await world.open();
      expect(await offsetsOf(again)).toEqual(range(3));
      expect(again.appendSync(numbered(3)).baseOffset).toBe(3);
      await again.close();
      expect(await problemsIn(world.disk)).toEqual([]);
    },
  );

  test('can be read, and written again once there is space', async () => {
    const disk = new MemoryFileSystem({ capacityBytes: 128 << 10 });
    const log = await PartitionLog.open({ dir, env: { fs: disk } });
    const big = { value: 'x'.repeat(1000) };
    let appended = 0;
    const fill = (): void => {
      for (;;) appended = log.appendSync([big, big]).lastOffset + 1;
    };
    expect(codeOf(fill)).toBe('IO_NO_SPACE');
    expect(appended).toBeGreaterThan(50);
    expect(await offsetsOf(log)).toEqual(range(appended));
    await log.close();

    const reader = await PartitionLog.open({ dir, env: { fs: disk }, readOnly: true });
    expect(await offsetsOf(reader)).toEqual(range(appended));
    await reader.close();
    expect(await codeOfPromise(PartitionLog.open({ dir, env: { fs: disk } }))).toBe('IO_NO_SPACE');
    expect(disk.statSync(`${dir}/.varve_lock`)).toBeUndefined();

    const roomy = new MemoryFileSystem();
    roomy.makeDirectorySync(dir);
    for (const { name } of disk.listSync(dir)) copyFile(disk, roomy, `${dir}/${name}`);
    const again = await PartitionLog.open({ dir, env: { fs: roomy } });
    expect(again.appendSync([big]).baseOffset).toBe(appended);
    await again.close();
    expect(await problemsIn(roomy)).toEqual([]);
  });
});

function copyFile(from: FileSystem, to: FileSystem, path: string): void {
  const source = from.openSync(path, 'read');
  const bytes = new Uint8Array(source.sizeSync());
  source.readSync(bytes, 0, bytes.length, 0);
  const target = to.openSync(path, 'create');
  target.writeSync(bytes, 0, bytes.length, 0);
  for (const file of [source, target]) file.closeSync();
}
