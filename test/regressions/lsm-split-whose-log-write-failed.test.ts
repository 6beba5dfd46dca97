/**
 * The catalog's write of a split failed for want of space, yet reached the disk when the database
 * was closed; compaction had taken the parent's files away by then, to which the daughters refer,
 * and the database did not open again. Now nothing changes files once the log has failed.
 */
import { expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem } from '../../native-free-io/index.ts';
import { codeOfPromise } from '../helpers/codes.ts';
import { LsmWorld } from '../helpers/lsm-world.ts';

test('a compaction after a split whose log write failed leaves the files', async () => {
  const faults = new FaultFileSystem(new MemoryFileSystem());
  const world = await LsmWorld.open({ f: {} }, { compactionPolicy: 'none' }, faults);
  for (const row of ['a', 'x']) {
    await world.table.put(row, { f: { q: row } });
    await world.table.flush();
  }
  faults.addRule({ on: 'write', path: /WALs/, fault: { kind: 'error', errno: 'ENOSPC' } });
  expect(await codeOfPromise(world.table.admin.split('m'))).toBe('IO_NO_SPACE');
  expect(await codeOfPromise(world.table.compact({ major: true }))).toBe('LSM_POISONED');
  await world.database.close().catch(() => undefined);
  await world.reopen();
  expect(world.cells().map((line) => line[0])).toEqual(['a', 'x']);
  await world.database.close();
});
