import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogDirectory } from '../../../../src/log/index.ts';
import { numbered } from '../../../helpers/log-world.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

test('the partitions of a directory share one store; a deleted one leaves it', async () => {
  const dir = join(temporaryFolder(), 'data');
  const open = (): Promise<LogDirectory> => LogDirectory.open({ dir, maintenance: false });
  const directory = await open();
  for (const partition of [0, 1]) {
    const log = await directory.partition('orders', partition);
    log.appendSync(numbered(3));
    await (await log.cursor('worker')).commit(partition + 1);
  }
  const cursors = await directory.cursors();
  expect(cursors.list().map(({ scope, position }) => [scope, position])).toEqual([
    ['orders-0', 1],
    ['orders-1', 2],
  ]);
  expect(existsSync(join(dir, 'orders-0', '.varve_cursors'))).toBe(false);
  await directory.close();

  await using again = await open();
  expect((await (await again.partition('orders', 1)).cursor('worker')).position).toBe(2);
  await again.deletePartition('orders', 1);
  const made = await again.partition('orders', 1);
  expect((await made.cursor('worker')).position).toBeUndefined();
  expect((await (await again.partition('orders', 0)).cursor('worker')).position).toBe(1);
});

test('a damaged store of cursors keeps a partition from being deleted, not from work', async () => {
  const dir = join(temporaryFolder(), 'data');
  await using directory = await LogDirectory.open({ dir, maintenance: false });
  const log = await directory.partition('orders', 0);
  writeFileSync(join(dir, '.varve_cursors'), 'no such thing');
  await log.append(numbered(1));
  await expect(log.cursor('worker')).rejects.toMatchObject({ code: 'METADATA_CORRUPT' });
  await expect(directory.deletePartition('orders', 0)).rejects.toMatchObject({
    code: 'METADATA_CORRUPT',
  });
  expect((await directory.partition('orders', 0)).logEndOffset).toBe(1);
  rmSync(join(dir, '.varve_cursors'));
  await directory.deletePartition('orders', 0);
  expect(directory.partitions()).toEqual([]);
});
