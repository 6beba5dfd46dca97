/**
 * After a truncation, transactions that had ended below the high watermark held the last stable
 * offset back until the next append. Found by comparing with Apache Kafka's log.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PartitionLog } from '../../src/log/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A COMMIT marker of producer 4000, epoch 3, as a transaction coordinator sends it. */
const commitMarker = Uint8Array.from(
  Buffer.from(
    '00000000000000c80000004200000005023a97600400300000000000' +
      '00018bcfe568000000018bcfe568000000000000000fa00003ffffffff00000001' +
      '2000000008000000010c00000000000900',
    'hex',
  ),
);

test('a transaction that ended below the truncation point no longer counts as unstable', async () => {
  await using log = await PartitionLog.open({ dir: join(temporaryFolder(), 'stable-0') });
  const producer = { producerId: 4000n, producerEpoch: 3, baseSequence: 0, transactional: true };
  log.appendSync([{ value: 'in the transaction' }], { producer });
  log.appendBatchesSync(commitMarker, { origin: 'coordinator' });
  log.appendSync([{ value: 'behind it' }]);
  log.appendSync([{ value: 'to be cut off' }]);
  expect(log.lastStableOffset).toBe(4);
  await log.truncateTo(3);
  expect(log.highWatermark).toBe(3);
  expect(log.lastStableOffset).toBe(3);
});
