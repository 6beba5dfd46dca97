/**
 * A flush under way while retention or a truncation removed one of its segments used to fail on the
 * missing files, and the failure poisoned the log for good.
 */
import { expect, test } from 'vitest';
import { collect } from '../helpers/batches.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

test.each(['sync', 'open'])(
  'a segment removed at the %s of another does not make the flush fail',
  async (moment) => {
    const world = new LogWorld();
    const log = await world.open({ 'file.delete.delay.ms': 0, 'segment.bytes': 300 });
    const truncations: Promise<void>[] = [];
    const append = (count: number): void => {
      for (let index = 0; index < count; index++) log.appendSync(numbered(1));
    };
    append(2);
    await log.sync();
    append(10);
    world.observed.observer = ({ kind, file }) => {
      if (kind !== moment || !/\.(log|index)$/.test(file)) return;
      world.observed.observer = undefined;
      truncations.push(log.truncateTo(4));
      world.env.time.advance(0);
    };
    await log.sync();
    await Promise.all(truncations);
    expect(truncations).toHaveLength(1);
    append(1);
    await log.sync();
    expect([log.logEndOffset, log.recoveryPoint]).toEqual([5, 5]);
    await log.close();
    const again = await world.open();
    expect((await collect(again.read())).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
  },
);
