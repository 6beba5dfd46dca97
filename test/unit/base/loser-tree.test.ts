import { expect, test } from 'vitest';
import { LoserTree } from '../../../src/base/index.ts';
import { seedFor, Seeded } from '../../helpers/seeded.ts';

/** Merges the lists; each answer names value and list. */
function merged(lists: readonly (readonly number[])[]): [number, number][] {
  const at = lists.map(() => 0);
  const key = (list: number): number => lists[list]![at[list]!] ?? Infinity;
  const compares = { count: 0 };
  const tree = new LoserTree(lists.length, (left, right) => {
    compares.count++;
    return key(left) === key(right) ? 0 : key(left) - key(right);
  });
  const all: [number, number][] = [];
  const levels = Math.ceil(Math.log2(lists.length));
  while (key(tree.winner) !== Infinity) {
    all.push([key(tree.winner), tree.winner]);
    at[tree.winner]!++;
    compares.count = 0;
    tree.replay();
    expect(compares.count).toBeLessThanOrEqual(levels);
  }
  return all;
}

test('LoserTree gives the records of all sources in order, equal ones by number of source', () => {
  const seeded = new Seeded(seedFor('loser tree'));
  for (let run = 0; run < 60; run++) {
    const lists = Array.from({ length: seeded.between(1, 20) }, () =>
      Array.from({ length: seeded.between(0, 12) }, () => seeded.between(0, 15)).sort(
        (a, b) => a - b,
      ),
    );
    const expected = lists
      .flatMap((list, index) => list.map((value): [number, number] => [value, index]))
      .sort(([a, i], [b, j]) => a - b || i - j);
    expect(merged(lists)).toEqual(expected);
  }
});

test('LoserTree refuses to merge nothing', () => {
  expect(() => new LoserTree(0, () => 0)).toThrow('0 sources to merge');
});
