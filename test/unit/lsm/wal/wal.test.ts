/** The log of a server: durability, rolling, archiving, splitting. */
import { expect, test } from 'vitest';
import { FaultFileSystem, joinPath, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { listRecoveredEdits } from '../../../../src/lsm/wal/recovered-edits.ts';
import { Wal, type WalOptions } from '../../../../src/lsm/wal/wal.ts';
import { listWalFiles } from '../../../../src/lsm/wal/wal-names.ts';
import { splitWal } from '../../../../src/lsm/wal/wal-split.ts';
import { codeOf, codeOfPromise } from '../../../helpers/codes.ts';
import { testCell } from '../../../helpers/lsm-cells.ts';
import { manualEnv } from '../../../helpers/manual-env.ts';
import { editOf, readLog } from '../../../helpers/wal-edits.ts';

const directory = 'WALs';

function world(fs: MemoryFileSystem | FaultFileSystem = new MemoryFileSystem()) {
  const env = manualEnv();
  const open = (options: Partial<WalOptions> = {}) =>
    Wal.open({ env: { ...env, fs }, directory, ...options });
  return { fs, env, open };
}

const idsIn = (fs: MemoryFileSystem | FaultFileSystem): number[][] =>
  listWalFiles(fs, directory).map(({ path }) =>
    readLog(fs, path).entries.map(({ sequenceId }) => sequenceId),
  );

test('HB-14 one log holds the edits of all regions in their order', async () => {
  const { fs, open } = world();
  await using wal = await open();
  for (let i = 1; i <= 10; i++) wal.append(editOf(`region-${i % 3}`, i));
  await wal.sync();
  const read = readLog(fs, wal.path);
  expect(read.entries.map(({ sequenceId }) => sequenceId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(read.entries.map(({ region }) => region).slice(0, 3)).toEqual([
    'region-1',
    'region-2',
    'region-0',
  ]);
});

test('waiters share syncs', async () => {
  const { open } = world();
  await using wal = await open();
  const waits: Promise<void>[] = [];
  for (let i = 1; i <= 1000; i++) {
    wal.append(editOf('r', i));
    waits.push(wal.commit('SYNC_WAL'));
  }
  await Promise.all(waits);
  // One of them is of the header.
  expect(wal.syncs).toBeLessThanOrEqual(3);
});

test('ASYNC_WAL is durable within its time, SKIP_WAL asks for nothing', async () => {
  const { env, open } = world();
  await using wal = await open({ asyncSyncMs: 50 });
  wal.append(editOf('r', 1));
  await wal.commit('SKIP_WAL');
  expect(env.time.pendingTimers).toBe(0);
  await wal.commit('ASYNC_WAL');
  const { syncs } = wal;
  expect(env.time.pendingTimers).toBe(1);
  env.time.advance(50);
  await wal.sync();
  expect(wal.syncs).toBeGreaterThan(syncs);
  wal.append(editOf('r', 2));
  await wal.commit('FSYNC_WAL');
});

test('files end and begin by size; names ascend even when the clock does not', async () => {
  const { fs, env, open } = world();
  const wal = await open({ rollBytes: 300 });
  for (let i = 1; i <= 12; i++) {
    wal.append(editOf('r', i));
    if (!wal.isRollDue) continue;
    env.time.set(5);
    await wal.roll();
  }
  await wal.close();
  expect(idsIn(fs).flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(idsIn(fs).length).toBeGreaterThan(3);
  const endings = listWalFiles(fs, directory).map(({ path }) => readLog(fs, path).ending);
  expect(new Set(endings)).toEqual(new Set(['closed']));
  const again = await open();
  expect(listWalFiles(fs, directory).at(-1)!.path).toBe(again.path);
  await again.close();
});

test('a sync covers what was appended to a file that ended meanwhile', async () => {
  const { fs, open } = world();
  await using wal = await open();
  wal.append(editOf('r', 1));
  const rolled = wal.roll();
  wal.append(editOf('r', 2));
  await Promise.all([rolled, wal.sync()]);
  expect(idsIn(fs).flat()).toEqual([1, 2]);
  expect(idsIn(fs)).toHaveLength(2);
});

test('HBASE-13811: a file goes only when every region in it flushed all it holds there', async () => {
  const { fs, open } = world();
  await using wal = await open({ archiveDirectory: 'oldWALs' });
  wal.append(editOf('a', 1));
  wal.append(editOf('b', 2));
  await wal.roll();
  wal.append(editOf('a', 3));
  await wal.roll();
  expect([wal.files, wal.holdersOfOldest()]).toEqual([3, ['a', 'b']]);
  wal.flushed('a', 3);
  // The second file holds only what `a` flushed; the first is kept by `b`.
  expect(await wal.archive()).toBe(1);
  expect(idsIn(fs)).toEqual([[1, 2], []]);
  wal.flushed('b', 1);
  expect(await wal.archive()).toBe(0);
  wal.flushed('b', 2);
  expect(await wal.archive()).toBe(1);
  expect(fs.listSync('oldWALs')).toHaveLength(2);
  wal.append(editOf('c', 4));
  await wal.roll();
  wal.forget('c');
  expect(await wal.archive()).toBe(1);
});

test('files of an earlier run go when what they hold was flushed', async () => {
  const { fs, open } = world();
  const first = await open();
  first.append(editOf('a', 7));
  await first.close();
  await using wal = await open();
  wal.adopt(first.path, new Map([['a', 7]]));
  expect(await wal.archive()).toBe(0);
  wal.flushed('a', 7);
  expect(await wal.archive()).toBe(1);
  expect(fs.statSync(first.path)).toBeUndefined();
});

test('a failed sync poisons the log for good', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const { open } = world(fs);
  const wal = await open();
  wal.append(editOf('r', 1));
  fs.addRule({ on: 'sync', path: /\d$/, fault: { kind: 'error', errno: 'EIO' } });
  expect(await codeOfPromise(wal.sync())).toBe('IO_FAILED');
  expect(wal.isPoisoned).toBe(true);
  expect(codeOf(() => wal.append(editOf('r', 2)))).toBe('IO_POISONED');
  expect(await codeOfPromise(wal.sync())).toBe('IO_POISONED');
  await wal.close();
  expect(codeOf(() => wal.append(editOf('r', 3)))).toBe('LSM_CLOSED');
});

test('a full disk refuses an edit whole and takes the next when there is room', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const { open } = world(fs);
  const wal = await open();
  wal.append(editOf('r', 1));
  wal.flush();
  fs.addRule({
    on: 'write',
    path: /\d$/,
    fault: { kind: 'error', errno: 'ENOSPC' },
  });
  const large = editOf('r', 2, [testCell({ value: 'x'.repeat(2_000_000) })]);
  expect(codeOf(() => wal.append(large))).toBe('IO_NO_SPACE');
  wal.append(editOf('r', 3));
  await wal.close();
  expect(idsIn(fs)).toEqual([[1, 3]]);
});

test('TestWALSplit: a log is split by region, what was flushed and gone is left out', async () => {
  const { fs, open } = world();
  const wal = await open();
  for (let i = 1; i <= 9; i++) wal.append(editOf(['a', 'b', 'gone'][i % 3]!, i));
  const flushMark = testCell({ family: 'METAFAMILY', qualifier: 'HBASE::FLUSH', row: 'x' });
  wal.append(editOf('b', 10, [flushMark]));
  await wal.close();
  const report = await splitWal(wal.path, {
    fs,
    regionDirectory: (region) => (region === 'gone' ? undefined : joinPath('data', region)),
    flushedSequenceId: (region) => (region === 'b' ? 4 : -1),
  });
  expect(report).toMatchObject({ ending: 'closed', entries: 10, dropped: 6 });
  const read = (region: string) =>
    listRecoveredEdits(fs, joinPath('data', region)).map(({ path, sequenceId }) => [
      sequenceId,
      readLog(fs, path).entries.map((entry) => entry.sequenceId),
    ]);
  expect(read('a')).toEqual([[9, [3, 6, 9]]]);
  expect(read('b')).toEqual([[7, [7]]]);
  expect(fs.listSync('data').map(({ name }) => name)).toEqual(['a', 'b']);
});

test('splitting again gives the same; of two files with one name the longer stays', async () => {
  const { fs, open } = world();
  const wal = await open();
  for (let i = 1; i <= 4; i++) wal.append(editOf('a', i));
  await wal.close();
  const split = (flushed: number) =>
    splitWal(wal.path, { fs, regionDirectory: () => 'a', flushedSequenceId: () => flushed });
  await split(2);
  await split(0);
  await split(3);
  const files = listRecoveredEdits(fs, 'a');
  expect(files.map(({ path }) => readLog(fs, path).entries.length)).toEqual([4]);
  expect(fs.listSync('a/recovered.edits')).toHaveLength(1);
});
