/**
 * The name of the directory that a repair copies everything to was not durable before the repair
 * began to cut.
 */
import { expect, test } from 'vitest';
import { CrashFileSystem } from '../../native-free-io/index.ts';
import { PartitionLog, repairPartition } from '../../src/log/index.ts';

test('the copy survives a power cut after the repair', async () => {
  const fs = new CrashFileSystem();
  const log = await PartitionLog.open({ dir: '/orders-0', env: { fs } });
  await log.append([{ value: 'some' }], { durability: 'synced' });
  await log.close();
  await repairPartition({ dir: '/orders-0', copyTo: '/copies/orders-0', env: { fs } });
  const after = fs.afterCrash('lose-all');
  expect(after.statSync('/copies/orders-0/00000000000000000000.log')?.size).toBeGreaterThan(0);
});
