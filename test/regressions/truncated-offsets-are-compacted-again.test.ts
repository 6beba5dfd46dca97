/**
 * The offset where the last round of compaction ended stayed where it was when the log was cut
 * below it: what was written there later was taken for clean and never compacted.
 */
import { expect, test } from 'vitest';
import { cleanableRange } from '../../src/log/cleaning/cleanable.ts';
import type { PartitionLog } from '../../src/log/index.ts';
import { clean, CleaningWorld, putSegment, shown } from '../unit/log/cleaning/cleaning-world.ts';

const firstDirty = (log: PartitionLog): number =>
  cleanableRange(log.core, log.core.cleanerOffset).firstDirty;

test('after a truncation, what is written above the cut is dirty, after a crash too', async () => {
  const world = new CleaningWorld();
  const log = await world.open();
  await putSegment(log, 'a=1');
  await putSegment(log, 'a=2 b=1');
  await clean(log);
  expect(firstDirty(log)).toBe(3);
  await log.truncateTo(1);
  await putSegment(log, 'c=1 c=2');
  expect(firstDirty(log)).toBe(1);
  const killed = new CleaningWorld({}, world.fs.clone());
  expect(firstDirty(await killed.open())).toBe(1);
  await clean(log);
  expect(await shown(log)).toEqual(['2:c=2']);
});

test('a checkpoint beyond the log end is not believed', async () => {
  const world = new CleaningWorld();
  const log = await world.open();
  await putSegment(log, 'a=1 b=1');
  await clean(log);
  await log.close();
  const start = { clean: false, recoveryPoint: 0, logStartOffset: 0, highWatermark: undefined };
  const nothing = (): void => undefined;
  const again = await world.open({
    keeper: {
      start: { ...start, cleanerOffset: 9 },
      begin: nothing,
      note: nothing,
      closed: nothing,
      release: nothing,
    },
  });
  await putSegment(again, 'c=1 c=2');
  expect(firstDirty(again)).toBe(2);
});
