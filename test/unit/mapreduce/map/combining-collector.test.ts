import { expect, test } from 'vitest';
import type { ReduceFunction, TaskContext } from '../../../../src/mapreduce/functions/context.ts';
import { Counters } from '../../../../src/mapreduce/job/counters.ts';
import type { Collector } from '../../../../src/mapreduce/map/collector.ts';
import { combiningCollector } from '../../../../src/mapreduce/map/combining-collector.ts';

type Records = [unknown, unknown][];

/** What comes out for what is put in: as mapped, and as combined before it was sorted. */
function combined(records: Records, combine: unknown, valueType = 'long') {
  const out: { mapped: Records; combined: Records } = { mapped: [], combined: [] };
  const into: Collector = {
    collect: (key, value) => void out.mapped.push([key, value]),
    collectCombined: (key, value) => void out.combined.push([key, value]),
  };
  const counters = new Counters();
  const collector = combiningCollector({
    into,
    keyType: 'text',
    valueType,
    counters,
    combine: combine as ReduceFunction,
    contextOf: (emit) => ({ emit }) as unknown as TaskContext,
  })!;
  for (const [key, value] of records) collector.collect(key, value);
  collector.finish();
  return { ...out, counters };
}

const sum = (key: string, values: Iterable<number>, context: TaskContext): void => {
  let total = 0;
  for (const value of values) total += value;
  context.emit(key, total);
};
const identity = (key: string, values: Iterable<number>, context: TaskContext): void => {
  for (const value of values) context.emit(key, value);
};

test('MR-31 values of a key are combined before they are sorted, and counted as Hadoop does', () => {
  const records: Records = [];
  for (let index = 0; index < 1000; index++) records.push(['a', 1], ['bé', index]);
  const { mapped, combined: out, counters } = combined(records, sum);
  expect(mapped).toEqual([]);
  expect(out).toEqual([
    ['a', 1000],
    ['bé', 499_500],
  ]);
  expect(counters.task('MAP_OUTPUT_RECORDS')).toBe(2000);
  expect(counters.task('MAP_OUTPUT_BYTES')).toBe(1000 * (2 + 8) + 1000 * (4 + 8));
  // With the two records that the combiner of the spill is given, 2000.
  expect(counters.task('COMBINE_INPUT_RECORDS')).toBe(1998);
});

test('the values of a key keep their order', () => {
  const values = [5, 5, 1, 5, 2, 2];
  const seen: number[][] = [];
  const last = (key: string, all: Iterable<number>, context: TaskContext): void => {
    seen.push([...all]);
    context.emit(key, 0);
  };
  combined(
    values.map((value) => ['k', value]),
    last,
  );
  expect(seen).toEqual([values]);
});

test('a combiner that makes nothing less is left off, and nothing is lost', () => {
  const records: Records = Array.from({ length: 100 }, (_, index) => ['k', index]);
  const { mapped, combined: out } = combined(records, identity);
  expect([...out, ...mapped]).toEqual(records);
  expect(mapped.length).toBeGreaterThan(50);
});

test('keys that hardly come again pass through once the table has been full', () => {
  const records: Records = Array.from({ length: 150_000 }, (_, index) => [`key ${index}`, 1]);
  const { mapped, combined: out } = combined(records, sum);
  expect(out).toHaveLength(1 << 16);
  expect([...out, ...mapped]).toEqual(records);
});

test('a full table is put out and filled again while it combines', () => {
  const records: Records = [];
  for (let index = 0; index < 70_000; index++) {
    for (let time = 0; time < 3; time++) records.push([`key ${index}`, 1]);
  }
  const { mapped, combined: out } = combined(records, sum);
  expect(mapped).toEqual([]);
  expect(out).toHaveLength(70_000);
  expect(out.every(([, value]) => value === 3)).toBe(true);
});

test('what a combiner emits for another key goes out as it is', () => {
  const other = (_key: string, values: Iterable<number>, context: TaskContext): void => {
    context.emit('all', [...values].length);
  };
  const records: Records = Array.from({ length: 40 }, (_, index) => ['k', index % 2]);
  const { combined: out, mapped } = combined(records, other);
  const count = out.reduce((total, [key, value]) => total + (key === 'all' ? Number(value) : 1), 0);
  expect(count + mapped.length).toBe(40);
  expect(out[0]![0]).toBe('all');
});

test.each([
  ['a value that is no whole number', 'k', 1.5],
  ['a value that is no number', 'k', 1n],
  ['a key that is no string', 7, 1],
  ['a key that is long', 'k'.repeat(300), 1],
])('%s passes through', (_name, key, value) => {
  expect(combined([[key, value]], sum).mapped).toEqual([[key, value]]);
});

test('a combiner that waits is refused, and types that are not held have no table', () => {
  const waits = async (): Promise<void> => {};
  const records: Records = [
    ['k', 1],
    ['k', 1],
  ];
  expect(() => combined(records, waits)).toThrow('a combiner cannot wait');
  expect(combined(records, sum, 'double').combined).toEqual([['k', 2]]);
});
