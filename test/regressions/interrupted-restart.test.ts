/**
 * A crash in the middle of a restart at a later offset left the old records, readable, together
 * with the new log end behind a gap.
 */
import { expect, test } from 'vitest';
import { CrashFileSystem, SimulatedCrash } from '../../native-free-io/index.ts';
import { PartitionLog } from '../../src/log/index.ts';
import { collect } from '../helpers/batches.ts';
import { numbered } from '../helpers/log-world.ts';

test('after a crash between the steps of a restart there is the old log or the new one', async () => {
  const seen = new Set<string>();
  for (let step = 0; step < 12; step++) {
    const fs = new CrashFileSystem();
    const log = await PartitionLog.open({ dir: '/orders-0', env: { fs } });
    await log.append(numbered(4), { durability: 'synced' });
    fs.crashAt(fs.operations + step);
    await expect(log.truncateFullyAndStartAt(40)).rejects.toThrow(SimulatedCrash);
    const after = fs.afterCrash('keep-all');
    const again = await PartitionLog.open({ dir: '/orders-0', env: { fs: after } });
    const records = await collect(again.read());
    seen.add(`${again.logStartOffset}..${again.logEndOffset}: ${records.length}`);
  }
  expect([...seen]).toEqual(['0..4: 4', '40..40: 0']);
});
