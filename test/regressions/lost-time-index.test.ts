/**
 * A crash in the middle of a truncation could leave a segment without its time index; below the
 * recovery point nobody missed it.
 */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyPartition } from '../../src/log/index.ts';
import { LogWorld } from '../helpers/log-world.ts';

const config = { 'segment.bytes': 500, 'index.interval.bytes': 100 };
const lost = '00000000000000000000.timeindex';

test.each(['after an orderly close', 'after a crash'])(
  'a lost time index is built anew: %s',
  async (how) => {
    const world = new LogWorld();
    const log = await world.open(config);
    for (let n = 0; n < 30; n++) {
      await log.append([{ value: `record ${n}`, timestamp: 1000 + n }], { durability: 'synced' });
    }
    const before = world.bytesOf(lost);
    expect(before.length).toBeGreaterThan(24);
    if (how === 'after an orderly close') await log.close();
    const found = world.crashed();
    rmSync(found.path(lost));
    const again = await found.open(config);
    expect(again.loadReport.recoveredSegments).toBeGreaterThan(0);
    expect(await again.offsetForTimestamp(1004)).toMatchObject({ offset: 4 });
    await again.close();
    expect(found.bytesOf(lost)).toEqual(before);
    expect((await verifyPartition({ dir: found.dir })).problems).toEqual([]);
  },
);
