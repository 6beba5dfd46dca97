import { describe, expect, test } from 'vitest';
import type { Segment } from '../../../src/log/segment.ts';
import { Segments } from '../../../src/log/segments.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';

/** All that the list looks at. */
const stub = (baseOffset: number, size = 0): Segment => ({ baseOffset, size }) as Segment;

function listOf(...bases: readonly number[]): Segments {
  const segments = new Segments();
  for (const base of bases) segments.add(stub(base, base));
  return segments;
}

describe('Segments', () => {
  test('are in order whatever the order they were added in', () => {
    const segments = listOf(30, 10, 20);
    expect(segments.toArray().map((segment) => segment.baseOffset)).toEqual([10, 20, 30]);
    expect([segments.first.baseOffset, segments.active.baseOffset]).toEqual([10, 30]);
    expect([segments.count, segments.isEmpty, segments.sizeBytes]).toEqual([3, false, 60]);
  });

  test('the floor of an offset is the segment that may hold it', () => {
    const segments = listOf(10, 20, 30);
    const floors = [9, 10, 19, 20, 30, 1e9].map((offset) => segments.floor(offset)?.baseOffset);
    expect(floors).toEqual([undefined, 10, 10, 20, 30, 30]);
    expect([segments.floorIndex(9), segments.floorIndex(25)]).toEqual([-1, 1]);
    expect(listOf().floor(5)).toBeUndefined();
  });

  test('a range overlaps the segment that holds its begin and those that begin inside', () => {
    const segments = listOf(10, 20, 30);
    const bases = (from: number, to: number) =>
      segments.overlapping(from, to).map((segment) => segment.baseOffset);
    expect(bases(0, 10)).toEqual([]);
    expect(bases(0, 11)).toEqual([10]);
    expect(bases(15, 20)).toEqual([10]);
    expect(bases(15, 21)).toEqual([10, 20]);
    expect(bases(20, Number.POSITIVE_INFINITY)).toEqual([20, 30]);
    expect(bases(99, 100)).toEqual([30]);
  });

  test('the next of a segment, removed or not', () => {
    const segments = listOf(10, 20, 30);
    const middle = segments.at(1)!;
    expect(segments.next(middle)!.baseOffset).toBe(30);
    segments.remove(middle);
    expect(segments.next(middle)!.baseOffset).toBe(30);
    expect(segments.next(segments.active)).toBeUndefined();
    segments.remove(stub(30));
    expect(segments.count).toBe(2);
    segments.clear();
    expect(segments.isEmpty).toBe(true);
  });

  test('a segment of the same base offset takes the place of the other', () => {
    const segments = listOf(10, 20);
    const other = stub(10, 500);
    segments.add(other);
    expect([segments.count, segments.first]).toEqual([2, other]);
  });

  test('the array is a copy', () => {
    const segments = listOf(10, 20);
    for (const segment of segments.toArray()) segments.remove(segment);
    expect(segments.isEmpty).toBe(true);
  });

  test('the first segment that reaches a time is the one a walk finds, after any change', () => {
    const random = new Seeded(seedFor('segments reaching a time'));
    const segments = new Segments();
    const timed = (baseOffset: number): Segment =>
      ({ baseOffset, size: 1, largestTimestamp: random.between(0, 200) }) as Segment;
    let end = 0;
    for (let turn = 0; turn < 500; turn++) {
      const { count } = segments;
      if (count < 3 || random.chance(0.6)) segments.add(timed((end += 10)));
      else if (random.chance(0.4)) segments.remove(segments.first);
      else if (random.chance(0.3)) segments.remove(segments.active);
      else segments.add(timed(segments.at(random.between(0, count - 2))!.baseOffset));
      const time = random.between(0, 210);
      const walked = segments
        .toArray()
        .findIndex(({ largestTimestamp }) => largestTimestamp >= time);
      expect(segments.indexReaching(time)).toBe(walked < 0 ? segments.count : walked);
    }
    expect(new Segments().indexReaching(0)).toBe(0);
  });
});
