/** What readers see of puts and markers at given times, before and after flush and compaction. */
import { describe, expect, test } from 'vitest';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

type Stage = 'memstore' | 'flushed' | 'apart' | 'minor' | 'major';
const stages: readonly Stage[] = ['memstore', 'flushed', 'apart', 'minor'];

/** Runs the steps and puts what they wrote where the stage says. */
async function at(world: LsmWorld, stage: Stage, steps: readonly (() => Promise<void>)[]) {
  for (const step of steps) {
    await step();
    if (stage === 'apart' || stage === 'minor' || stage === 'major') await world.table.flush();
  }
  if (stage === 'flushed') await world.table.flush();
  if (stage === 'minor') await world.table.compact();
  if (stage === 'major') await world.table.compact({ major: true });
}

const put =
  (world: LsmWorld, value: string, timestamp: number, qualifier = 'q') =>
  () =>
    world.table.put('r', { f: { [qualifier]: value } }, { timestamp });

describe.each(stages)('with the cells in: %s', (stage) => {
  test('HB-04 versions come newest first, whatever the order of writing', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [put(world, 'b', 20), put(world, 'a', 10), put(world, 'c', 30)]);
    expect(world.cells({ versions: 3 })).toEqual([
      'r f:q @30 = c',
      'r f:q @20 = b',
      'r f:q @10 = a',
    ]);
    expect(world.cells()).toEqual(['r f:q @30 = c']);
    expect(world.table.valueSync('r', 'f', 'q')).toEqual(Buffer.from('c'));
  });

  test('HB-20 a newer timestamp in an older file wins over the memstore', async () => {
    await using world = await LsmWorld.open();
    await at(world, stage, [put(world, 'new', 100), put(world, 'old', 50)]);
    expect(world.table.valueSync('r', 'f', 'q')).toEqual(Buffer.from('new'));
    expect(world.cells()).toEqual(['r f:q @100 = new']);
  });

  test('a put at the same timestamp replaces the earlier one', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [put(world, 'first', 10), put(world, 'second', 10)]);
    expect(world.cells({ versions: 3 })).toEqual(['r f:q @10 = second']);
    expect(world.table.valueSync('r', 'f', 'q')).toEqual(Buffer.from('second'));
  });

  test('a delete of one version hides exactly that timestamp', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    const column = { family: 'f', qualifier: 'q', only: 'version' } as const;
    await at(world, stage, [
      put(world, 'a', 10),
      put(world, 'b', 20),
      () => world.table.delete('r', { ...column, timestamp: 20 }),
    ]);
    expect(world.cells({ versions: 3 })).toEqual(['r f:q @10 = a']);
    expect(world.table.valueSync('r', 'f', 'q')).toEqual(Buffer.from('a'));
  });

  test('a delete of the newest version takes the newest there is', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [
      put(world, 'a', 10),
      put(world, 'b', 20),
      () => world.table.delete('r', { family: 'f', qualifier: 'q', only: 'version' }),
    ]);
    expect(world.cells({ versions: 3 })).toEqual(['r f:q @10 = a']);
  });

  test('a delete of a column hides it up to its timestamp, also what is written later', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [
      put(world, 'a', 10),
      () => world.table.delete('r', { family: 'f', qualifier: 'q', timestamp: 20 }),
      put(world, 'late', 15),
      put(world, 'newer', 30),
      put(world, 'other', 5, 'x'),
    ]);
    expect(world.cells({ versions: 3 })).toEqual(['r f:q @30 = newer', 'r f:x @5 = other']);
  });

  test('a delete of a family hides all its columns, the one without qualifier too', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 }, g: {} });
    await at(world, stage, [
      put(world, 'empty', 10, ''),
      put(world, 'a', 10),
      () => world.table.put('r', { g: { q: 'kept' } }, { timestamp: 10 }),
      () => world.table.delete('r', { family: 'f', timestamp: 20 }),
      put(world, 'above', 21),
    ]);
    expect(world.cells()).toEqual(['r f:q @21 = above', 'r g:q @10 = kept']);
    expect(world.table.valueSync('r', 'f', '')).toBeUndefined();
  });

  test('HBASE-18471 a family marker is met although columns are named', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [
      put(world, 'empty', 50, ''),
      put(world, 'a', 10),
      () => world.table.delete('r', { family: 'f', timestamp: 20 }),
    ]);
    expect(world.cells({ families: { f: ['', 'q'] } })).toEqual(['r f: @50 = empty']);
    expect(world.table.valueSync('r', 'f', 'q')).toBeUndefined();
  });

  test('a delete of a family version hides every column at exactly that time', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [
      put(world, 'a', 10),
      put(world, 'b', 20),
      put(world, 'x', 10, 'x'),
      () => world.table.delete('r', { family: 'f', timestamp: 10, only: 'version' }),
    ]);
    expect(world.cells({ versions: 3 })).toEqual(['r f:q @20 = b']);
  });

  test('a time range sees the newest within, and markers above it', async () => {
    await using world = await LsmWorld.open({ f: { versions: 3 } });
    await at(world, stage, [put(world, 'a', 10), put(world, 'b', 20), put(world, 'c', 30)]);
    const timeRange = { from: 10, to: 30 };
    expect(world.cells({ timeRange })).toEqual(['r f:q @20 = b']);
    await world.table.delete('r', { family: 'f', qualifier: 'q', timestamp: 40 });
    expect(world.cells({ timeRange })).toEqual([]);
  });

  test('a raw scan gives out markers and what they hide', async () => {
    await using world = await LsmWorld.open({ f: { keepDeleted: 'true', versions: 3 } });
    await at(world, stage, [
      put(world, 'a', 10),
      () => world.table.delete('r', { family: 'f', qualifier: 'q', timestamp: 20 }),
    ]);
    expect(world.cells({ raw: true, versions: 10 })).toEqual([
      'r f:q @20 = type 12',
      'r f:q @10 = a',
    ]);
    expect(world.cells({ timeRange: { to: 20 } })).toEqual(['r f:q @10 = a']);
    expect(world.cells()).toEqual([]);
  });
});

test('markers go only with a compaction of all files, and what they hid goes with them', async () => {
  await using world = await LsmWorld.open({ f: { versions: 3 } }, { compactionPolicy: 'none' });
  await at(world, 'apart', [
    put(world, 'a', 10),
    () => world.table.delete('r', { family: 'f', qualifier: 'q', timestamp: 20 }),
  ]);
  expect(world.cells({ raw: true, versions: 10 })).toHaveLength(2);
  await world.table.compact({ major: true });
  expect(world.cells({ raw: true, versions: 10 })).toEqual([]);
  await put(world, 'again', 15)();
  expect(world.cells()).toEqual(['r f:q @15 = again']);
});

test('a snapshot keeps what a major compaction would drop', async () => {
  await using world = await LsmWorld.open();
  await put(world, 'a', 10)();
  await using snapshot = world.table.snapshot();
  await put(world, 'b', 20)();
  await world.table.delete('r', { family: 'f', timestamp: 30 });
  await world.table.flush();
  await world.table.compact({ major: true });
  expect(world.cells({ snapshot })).toEqual(['r f:q @10 = a']);
  expect(world.cells()).toEqual([]);
});

test('cells go when their time is over, except the fewest versions that must stay', async () => {
  await using world = await LsmWorld.open({
    f: { versions: 3, ttlMs: 1000 },
    g: { versions: 3, ttlMs: 1000, minVersions: 1 },
  });
  const now = world.time.now();
  for (const timestamp of [now - 10, now - 5]) {
    await world.table.put('r', { f: { q: 'v' }, g: { q: 'v' } }, { timestamp });
  }
  expect(world.cells({ versions: 3 })).toHaveLength(4);
  world.time.advance(2000);
  expect(world.cells({ versions: 3 })).toEqual([`r g:q @${now - 5} = v`]);
  expect(world.table.valueSync('r', 'f', 'q')).toBeUndefined();
  await world.table.flush();
  await world.table.compact({ major: true });
  expect(world.cells({ versions: 3, raw: true })).toEqual([`r g:q @${now - 5} = v`]);
});

test('a put right after a delete of the same millisecond is seen', async () => {
  await using world = await LsmWorld.open();
  for (let round = 0; round < 5; round++) {
    await world.table.put('r', { f: { q: `v${round}` } });
    await world.table.delete('r');
    await world.table.put('r', { f: { q: `w${round}` } });
    expect(world.table.valueSync('r', 'f', 'q')).toEqual(Buffer.from(`w${round}`));
  }
});
