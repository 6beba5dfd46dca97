/**
 * A compressed set of magic 0 or 1 was kept whole as long as one of its messages was: a key deleted
 * later came back when its tombstone went.
 */
import { expect, test } from 'vitest';
import { kafkaCodec } from '../../native-free-io/index.ts';
import { legacyMessage, legacyWrapper } from '../helpers/legacy.ts';
import { clean, CleaningWorld, putSegment, shown } from '../unit/log/cleaning/cleaning-world.ts';

test.each([0, 1] as const)('a deleted key stays deleted, magic %i', async (magic) => {
  const log = await new CleaningWorld({ 'delete.retention.ms': 0 }).open();
  const inner = ['deleted', 'kept'].map((key, offset) =>
    legacyMessage({ magic, offset, key, value: 'old' }),
  );
  const set = legacyWrapper({ magic, offset: 1, attributes: 1 }, inner, (bytes) =>
    kafkaCodec(1).compressSync(bytes),
  );
  log.appendBatchesSync(set, { origin: 'replica' });
  await log.roll();
  await putSegment(log, 'deleted!');
  for (const texts of ['x=1', 'x=2', 'x=3']) {
    await clean(log);
    await putSegment(log, texts);
  }
  expect(await shown(log)).toEqual(['1:kept=old', '4:x=2', '5:x=3']);
});
