/**
 * Filters that differed from HBase's, seen by asking both the same: a prefix in reverse ended the
 * scan at the first larger row; a page counted rows that a filter before it had left out; a scan
 * that had ended inside a row went on to its end; a raw, filtered scan counted no markers.
 */
import { expect, test } from 'vitest';
import type { ScanOptions } from '../../src/lsm/index.ts';
import { LsmWorld } from '../helpers/lsm-world.ts';

async function filled(): Promise<LsmWorld> {
  const world = await LsmWorld.open({ f: { versions: 3 } });
  for (const row of ['a1', 'b1', 'b2', 'c1']) {
    for (const q of ['x', 'y']) await world.table.put(row, { f: { [q]: `${row}${q}` } });
  }
  return world;
}

const seen = (world: LsmWorld, options: ScanOptions): string[] =>
  world.cells(options).map((line) => line.replace(/.*= /, ''));

test('a prefix in reverse passes the rows above it', async () => {
  await using world = await filled();
  const filter = { kind: 'prefix', prefix: 'b' } as const;
  expect(seen(world, { reverse: true, filter })).toEqual(['b2x', 'b2y', 'b1x', 'b1y']);
});

test('a page counts the rows that the filters before it let through', async () => {
  await using world = await filled();
  const value = { kind: 'columnValue', family: 'f', qualifier: 'y', is: '>', value: 'b' } as const;
  const filter = { kind: 'all', filters: [value, { kind: 'page', rows: 1 }] } as const;
  expect(seen(world, { filter })).toEqual(['b1x', 'b1y']);
});

test('a scan ends with the cell that fails, also inside a row', async () => {
  await using world = await filled();
  await world.table.put('a1', { f: { z: 'last' } });
  const inner = { kind: 'qualifier', is: '!=', qualifier: 'y' } as const;
  expect(seen(world, { filter: { kind: 'while', filter: inner } })).toEqual(['a1x']);
});

test('a raw scan with a filter counts markers among the versions', async () => {
  await using world = await filled();
  await world.table.delete('a1', { family: 'f', qualifier: 'x' });
  const filter = { kind: 'prefix', prefix: 'a' } as const;
  expect(seen(world, { raw: true, filter })).toEqual([expect.stringContaining('type 12'), 'a1y']);
});
