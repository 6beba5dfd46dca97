/**
 * Compaction renamed the old segments away and the new ones in without a sync in between. A power
 * cut that kept some of the renames could leave a new segment beside an old one it stands for, or
 * let the loader take a new one for old.
 */
import { expect, test } from 'vitest';
import { LogWorld } from '../helpers/log-world.ts';

test('the names of each step are durable before the next step begins', async () => {
  const world = new LogWorld();
  const log = await world.open({ 'cleanup.policy': 'compact', 'segment.bytes': 200 });
  for (const keys of ['abc', 'abd', 'xyz', 'xyb', 'qrs', 'qrs', 'abc']) {
    log.appendSync(Array.from(keys, (key) => ({ key, value: 'some value' })));
  }
  await log.sync();
  world.observed.reset();
  const { segmentsAfter } = await log.compact({ mapBytes: 1 << 16 });
  const steps = world.observed.operations.flatMap(({ kind, file }): string[] => {
    if (kind === 'syncDirectory') return ['sync'];
    if (kind !== 'rename' || !/\.log(\.\w+)?$/.test(file)) return [];
    return [file.endsWith('.log') ? 'old' : file.split('.').at(-1)!];
  });
  const expected = [
    'sync',
    ...Array.from({ length: segmentsAfter - 1 }, () => 'cleaned'),
    'sync',
    'cleaned',
    'sync',
    ...Array.from({ length: 6 }, () => 'old'),
    'sync',
    ...Array.from({ length: segmentsAfter }, () => ['swap', 'sync']).flat(),
  ];
  expect(steps.slice(0, expected.length)).toEqual(expected);
  expect(segmentsAfter).toBeGreaterThan(2);
});
