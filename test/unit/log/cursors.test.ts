import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import {
  CursorStore,
  PartitionLog,
  type CursorReadOptions,
  type LogCursor,
} from '../../../src/log/index.ts';
import { codeOfPromise } from '../../helpers/codes.ts';
import { LogWorld, numbered } from '../../helpers/log-world.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** Offsets of the records at and above the place where the cursor begins. */
async function offsets(cursor: LogCursor, options: CursorReadOptions = {}): Promise<number[]> {
  const seen: number[] = [];
  for await (const batch of cursor.read(options)) {
    for (const { offset } of batch.records()) seen.push(offset);
  }
  return seen.filter((offset) => offset >= (cursor.position ?? 0));
}

/** A log with `count` batches of one record each. */
async function logOf(world: LogWorld, count: number, config = {}): Promise<PartitionLog> {
  const log = await world.open(config);
  for (let index = 0; index < count; index++) log.appendSync(numbered(1, index));
  return log;
}

test('a consumer goes on where it committed, after the log was opened again', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 5);
  const cursor = await log.cursor('mailer');
  expect([cursor.name, cursor.position, cursor.lag]).toEqual(['mailer', undefined, 5]);
  expect(await offsets(cursor)).toEqual([0, 1, 2, 3, 4]);
  expect(cursor.position).toBeUndefined();
  await cursor.commit(3);
  expect([cursor.position, cursor.syncedPosition, cursor.lag]).toEqual([3, 3, 2]);
  await log.close();

  const again = await (await world.open()).cursor('mailer');
  expect([again.position, again.syncedPosition, again.lag]).toEqual([3, 3, 2]);
  expect(await offsets(again)).toEqual([3, 4]);
});

test('cursors of several names stand apart; the same name is the same object', async () => {
  const log = await logOf(new LogWorld(), 4);
  const [a, b] = [await log.cursor('a'), await log.cursor('b')];
  await Promise.all([a.commit(1), b.commit(4)]);
  expect([a.position, b.position]).toEqual([1, 4]);
  expect(await log.cursor('a')).toBe(a);
  const cursors = await log.cursors();
  expect(cursors.list().map(({ name, position }) => [name, position])).toEqual([
    ['a', 1],
    ['b', 4],
  ]);
  await cursors.delete('a');
  await cursors.delete('never-there');
  expect(a.position).toBeUndefined();
  expect(cursors.list().map(({ name }) => name)).toEqual(['b']);
  await a.commit(2);
  expect(a.position).toBe(2);
});

test('a deleted cursor is still deleted after the log was opened again', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 2);
  const cursor = await log.cursor('gone');
  await cursor.commit(2);
  await cursor.delete();
  await log.close();
  expect((await (await world.open()).cursor('gone')).position).toBeUndefined();
});

test('a batch is committed when the next is pulled, so what was broken off comes again', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 5);
  const cursor = await log.cursor('worker');
  for await (const batch of cursor.read({ commit: 'synced' })) {
    expect(cursor.position).toBe(batch.baseOffset === 0 ? undefined : batch.baseOffset);
    if (batch.baseOffset === 2) break;
  }
  expect(cursor.syncedPosition).toBe(2);
  const failing = async (): Promise<void> => {
    for await (const batch of cursor.read({ commit: 'synced' })) {
      if (batch.baseOffset === 3) throw new Error('the work failed');
    }
  };
  await expect(failing()).rejects.toThrow('the work failed');
  expect(cursor.position).toBe(3);
  expect(await offsets(cursor, { commit: 'synced' })).toEqual([]);
  expect([cursor.position, cursor.lag]).toEqual([5, 0]);
});

test('a following reader gets what is appended later, until its signal fires', async () => {
  const log = await logOf(new LogWorld(), 1);
  const cursor = await log.cursor('tail');
  const stop = new AbortController();
  const seen: number[] = [];
  const following = (async () => {
    for await (const batch of cursor.read({
      follow: true,
      signal: stop.signal,
      commit: 'buffered',
    })) {
      seen.push(batch.baseOffset);
      if (batch.baseOffset < 3) log.appendSync(numbered(1));
      else stop.abort();
    }
  })();
  expect(await codeOfPromise(following)).toBe('IO_ABORTED');
  expect(seen).toEqual([0, 1, 2, 3]);
  // The pull that met the signal had said that the last batch was done.
  await cursor.settle();
  expect(cursor.syncedPosition).toBe(4);
});

test('the end of the log, chosen as a start, is kept through a restart', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 3);
  expect(await offsets(await log.cursor('late'), { from: 'latest' })).toEqual([]);
  log.appendSync(numbered(1));
  await log.close();
  const cursor = await (await world.open()).cursor('late');
  expect(cursor.position).toBe(3);
  expect(await offsets(cursor, { from: 'latest' })).toEqual([3]);
});

test('commits go forward only; reset goes anywhere in the log', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 5);
  const cursor = await log.cursor('c');
  await cursor.commit(3);
  await cursor.commit(3);
  await expect(cursor.commit(2)).rejects.toMatchObject({ code: 'LOG_CURSOR_BEHIND' });
  for (const offset of [6, 3.5, Number.NaN, -1]) {
    await expect(cursor.commit(offset), String(offset)).rejects.toMatchObject({
      code: expect.stringMatching(/^LOG_(OFFSET_OUT_OF_RANGE|CURSOR_BEHIND)$/) as string,
    });
  }
  expect(cursor.position).toBe(3);
  await cursor.reset(1);
  expect(cursor.syncedPosition).toBe(1);
  await cursor.reset('latest');
  expect(cursor.position).toBe(5);
  await expect(cursor.reset(6)).rejects.toMatchObject({ code: 'LOG_OFFSET_OUT_OF_RANGE' });
  await cursor.reset('earliest');
  await log.close();
  expect((await (await world.open()).cursor('c')).position).toBe(0);
});

test.each(['', 'a/b', 'a b', 'ä', 'x'.repeat(250), '..\u0000'])(
  'the name %j is refused',
  async (name) => {
    const log = await logOf(new LogWorld(), 1);
    await expect(log.cursor(name)).rejects.toMatchObject({ code: 'LOG_NAME_INVALID' });
  },
);

test.each([
  { how: 'removed', change: (log: PartitionLog) => log.deleteRecordsBefore(4), start: 4, end: 6 },
  { how: 'truncated', change: (log: PartitionLog) => log.truncateTo(1), start: 0, end: 1 },
])('a position that was $how is told, or the reader goes on where it asked', async (row) => {
  const log = await logOf(new LogWorld(), 6);
  const cursors = await Promise.all(['a', 'b', 'c'].map((name) => log.cursor(name)));
  for (const cursor of cursors) await cursor.commit(2);
  await row.change(log);
  const [error, earliest, latest] = cursors as [LogCursor, LogCursor, LogCursor];
  await expect(offsets(error)).rejects.toMatchObject({
    code: 'LOG_CURSOR_LOST',
    context: { reason: row.how, offset: 2, logStartOffset: row.start, logEndOffset: row.end },
  });
  expect(error.position).toBe(2);
  const all = Array.from({ length: row.end - row.start }, (_, index) => row.start + index);
  expect(await offsets(earliest, { whenLost: 'earliest' })).toEqual(all);
  expect(earliest.syncedPosition).toBe(row.start);
  expect(await offsets(latest, { whenLost: 'latest' })).toEqual([]);
  expect(latest.syncedPosition).toBe(row.end);
});

test('retention that overtakes a reader is a loss too', async () => {
  const log = await logOf(new LogWorld(), 20, { 'segment.bytes': 200, 'file.delete.delay.ms': 0 });
  const cursor = await log.cursor('slow');
  const seen: number[] = [];
  for await (const batch of cursor.read({ whenLost: 'earliest', bufferBytes: 512 })) {
    seen.push(batch.baseOffset);
    if (batch.baseOffset === 1) await log.deleteRecordsBefore(12);
    if (batch.baseOffset === 1) await log.applyRetention();
  }
  expect(seen.slice(0, 2)).toEqual([0, 1]);
  expect(seen.at(-1)).toBe(19);
  expect(cursor.position).toBe(12);

  const strict = await log.cursor('strict');
  await strict.commit(13);
  const reading = async (): Promise<void> => {
    for await (const batch of strict.read({ bufferBytes: 512 })) {
      if (batch.baseOffset === 13) await log.deleteRecordsBefore(18);
      if (batch.baseOffset === 13) await log.applyRetention();
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: 'LOG_CURSOR_LOST' });
});

test('no position is durable before its records are', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 3);
  const cursor = await log.cursor('c');
  expect(log.recoveryPoint).toBe(0);
  const commit = cursor.commit(2);
  expect(cursor.syncedPosition).toBeUndefined();
  await commit;
  expect(log.recoveryPoint).toBe(3);

  log.appendSync(numbered(1));
  world.observed.failOnce('sync', '.log');
  await expect(cursor.commit(4)).rejects.toMatchObject({ code: 'IO_NO_SPACE' });
  expect([cursor.position, cursor.syncedPosition]).toEqual([4, 2]);
  await log.close().catch(() => undefined);
  expect((await (await world.open()).cursor('c')).position).toBe(2);
});

test('a thousand commits at once cost two syncs of the log and end at the last', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 1000);
  const cursor = await log.cursor('busy');
  world.observed.reset();
  await Promise.all(Array.from({ length: 1000 }, (_, index) => cursor.commit(index + 1)));
  expect(cursor.syncedPosition).toBe(1000);
  expect(world.observed.count('sync', '.log')).toBeLessThanOrEqual(2);
});

test('buffered commits are durable once the log is closed', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 10);
  const cursor = await log.cursor('c');
  for (let offset = 1; offset <= 10; offset++) {
    await cursor.commit(offset, { durability: 'buffered' });
  }
  await log.close();
  await expect(cursor.commit(10)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  expect((await (await world.open()).cursor('c')).position).toBe(10);
});

test('a log without cursors has no file for them', async () => {
  const world = new LogWorld();
  await (await logOf(world, 1)).close();
  expect(readdirSync(world.dir).filter((name) => name.includes('cursors'))).toEqual([]);
});

test('the library below is loaded by the first cursor, not by the log', () => {
  const door = new URL('../../../dist/src/log/index.js', import.meta.url).href;
  const program = `
    import { PartitionLog } from '${door}';
    const isLoaded = () => process.report.getReport().sharedObjects.some((one) => /lmdb/.test(one));
    const log = await PartitionLog.open({ dir: process.argv[1] });
    await log.append([{ value: 'one' }]);
    const before = isLoaded();
    await log.cursor('c');
    console.log(before, isLoaded());
    await log.close();
  `;
  const args = ['--input-type=module', '-e', program];
  const child = spawnSync(process.execPath, [...args, join(temporaryFolder(), 'orders-0')], {
    encoding: 'utf8',
  });
  expect(child.stdout + child.stderr).toBe('false true\n');
});

test('a log opened read-only keeps its cursors elsewhere', async () => {
  const world = new LogWorld();
  const writer = await logOf(world, 4);
  await writer.sync();
  const reader = await world.open({}, { readOnly: true });
  await expect(reader.cursor('r')).rejects.toMatchObject({ code: 'LOG_READ_ONLY' });
  const dir = join(temporaryFolder(), 'made', 'cursors');
  await using store = await CursorStore.open({ dir });
  const cursor = (await store.of(reader)).cursor('r');
  await cursor.commit(2);
  expect(await offsets(cursor)).toEqual([2, 3]);
  expect(store.list()).toMatchObject([{ scope: 'orders-0', name: 'r', position: 2 }]);
  await expect(store.of(writer)).rejects.toMatchObject({ code: 'LOG_BUSY' });
  expect((await store.of(writer, { scope: 'other' })).list()).toEqual([]);
  await expect(store.of(writer, { scope: 'a/b' })).rejects.toMatchObject({
    code: 'LOG_NAME_INVALID',
  });
  await expect(CursorStore.open({ dir })).rejects.toMatchObject({ code: 'IO_LOCKED' });
  await reader.close();
  const later = await world.open({}, { readOnly: true });
  expect((await store.of(later)).cursor('r').position).toBe(2);
});

test('a damaged store is told, and the log works without it', async () => {
  const world = new LogWorld();
  const log = await logOf(world, 2);
  writeFileSync(world.path('.varve_cursors'), new Uint8Array(8192).fill(7));
  await expect(log.cursor('c')).rejects.toMatchObject({ code: 'METADATA_CORRUPT' });
  log.appendSync(numbered(1));
  expect(log.logEndOffset).toBe(3);
  writeFileSync(world.path('.varve_cursors'), '');
  await expect(log.cursor('c')).rejects.toMatchObject({ code: 'METADATA_CORRUPT' });
});

test('a simulated file system has no cursors', async () => {
  const log = await PartitionLog.open({ dir: '/orders-0', env: { fs: new MemoryFileSystem() } });
  onTestFinished(() => log.close());
  await expect(log.cursor('c')).rejects.toMatchObject({ code: 'METADATA_NEEDS_DISK' });
});

test('random work on cursors ends as in a Map, over restarts', async () => {
  const random = new Seeded(seedFor('cursors and Map'));
  const world = new LogWorld();
  const model = new Map<string, number>();
  for (let opening = 0; opening < 5; opening++) {
    const log = await world.open();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) expect((await log.cursor(name)).position).toBe(model.get(name));
    const waiting: Promise<void>[] = [];
    for (let step = 0; step < 60; step++) {
      const name = random.pick(names);
      const cursor = await log.cursor(name);
      const dice = random.next();
      const to = random.between(model.get(name) ?? 0, log.logEndOffset);
      if (dice < 0.3) log.appendSync(numbered(random.between(1, 5)));
      else if (dice < 0.8) {
        const durability = random.chance(0.5) ? 'synced' : 'buffered';
        waiting.push(cursor.commit(to, { durability }));
        model.set(name, to);
      } else if (dice < 0.9) {
        const back = random.between(0, log.logEndOffset);
        waiting.push(cursor.reset(back));
        model.set(name, back);
      } else {
        waiting.push(cursor.delete());
        model.delete(name);
      }
      expect(cursor.position).toBe(model.get(name));
    }
    await Promise.all(waiting);
    await log.close();
  }
});
