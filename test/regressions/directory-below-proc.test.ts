/** Node's recursive mkdir never returns below a directory that refuses all names, as /proc does. */
import { expect, test } from 'vitest';
import { StoreError } from '../../native-free-io/index.ts';
import { LogDirectory, PartitionLog } from '../../src/log/index.ts';

test('a log below /proc is refused at once', async () => {
  for (const dir of ['/proc/varve', '/proc/varve/orders-0']) {
    await expect(PartitionLog.open({ dir })).rejects.toThrow(StoreError);
    await expect(LogDirectory.open({ dir })).rejects.toThrow(StoreError);
  }
});
