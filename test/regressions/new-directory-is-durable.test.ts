/**
 * The name of a partition directory that an open made was never synced, so a power cut could take
 * the whole log with everything that had been acknowledged as synced.
 */
import { expect, test } from 'vitest';
import { CrashFileSystem } from '../../native-free-io/index.ts';
import { LogDirectory, PartitionLog } from '../../src/log/index.ts';

test('a new partition directory and those above it survive once a record is synced', async () => {
  const fs = new CrashFileSystem();
  const log = await PartitionLog.open({ dir: '/data/logs/orders-0', env: { fs } });
  await log.append([{ value: 'kept' }], { durability: 'synced' });
  const after = fs.afterCrash('lose-all');
  const again = await PartitionLog.open({ dir: log.dir, env: { fs: after } });
  expect(again.logEndOffset).toBe(1);
});

test('so does a directory that a process left empty before its name was synced', async () => {
  const fs = new CrashFileSystem();
  fs.makeDirectorySync('/orders-0');
  const log = await PartitionLog.open({ dir: '/orders-0', env: { fs } });
  await log.append([{ value: 'kept' }], { durability: 'synced' });
  const after = fs.afterCrash('lose-all');
  expect(after.listSync('/').map(({ name }) => name)).toEqual(['orders-0']);
});

test('so does a new log directory', async () => {
  const fs = new CrashFileSystem();
  const directory = await LogDirectory.open({ dir: '/data/logs', env: { fs }, maintenance: false });
  const log = await directory.partition('orders', 0);
  await log.append([{ value: 'kept' }], { durability: 'synced' });
  const after = fs.afterCrash('lose-all');
  const found = after.listSync('/data/logs').map(({ name }) => name);
  expect(found).toContain('orders-0');
});
