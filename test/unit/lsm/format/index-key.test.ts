/** TestHFile: keys of index entries between the last key of a block and the first of the next. */
import { expect, test } from 'vitest';
import { compareKeys } from '../../../../src/lsm/format/comparator.ts';
import { compareMetaRows } from '../../../../src/lsm/format/meta-comparator.ts';
import { indexKeyBetween } from '../../../../src/lsm/format/index-key.ts';
import { inCellOrder, randomCells, testCell, viewOf } from '../../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const keyOf = (parts: Parameters<typeof testCell>[0]): Uint8Array =>
  viewOf(testCell(parts)).copyKey();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const latest = '7fffffffffffffffff';

test.each([
  ['rows that differ', { row: 'row-006' }, { row: 'row-007' }, `0007726f772d30303700${latest}`],
  ['a row that begins the next', { row: 'ab' }, { row: 'abcd' }, `000361620000${latest}`],
  ['rows of ff', { row: 'a\xff' }, { row: 'b' }, `00016200${latest}`],
  ['other families', { family: 'a' }, { family: 'c' }, `0003726f770162${latest}`],
  ['other qualifiers', { qualifier: 'a1' }, { qualifier: 'a3' }, `0003726f7701666132${latest}`],
])('an index key is cut short between %s', (_, left, right, expected) => {
  expect(hex(indexKeyBetween(keyOf(left), keyOf(right)))).toBe(expected);
});

test('keys that differ in timestamp or type alone are taken whole', () => {
  const right = keyOf({ timestamp: 5 });
  expect(indexKeyBetween(keyOf({ timestamp: 6 }), right)).toEqual(right);
  const put = keyOf({ type: 4 });
  expect(indexKeyBetween(keyOf({ type: 8 }), put)).toEqual(put);
});

test('HBASE-13329: a key between lies above the left one and not above the right one', () => {
  const seeded = new Seeded(seedFor('index keys'));
  const long = ['a', 'b'].map((end) => testCell({ row: 'r'.repeat(32_000) + end }));
  const cells = inCellOrder([...randomCells(seeded, { count: 300 }), ...long]);
  const keys = cells.map((cell) => viewOf(cell).copyKey());
  for (let i = 1; i < keys.length; i++) {
    const [left, right] = [keys[i - 1]!, keys[i]!];
    const key = indexKeyBetween(left, right);
    expect(compareKeys(left, 0, left.length, key, 0, key.length)).toBeLessThan(0);
    expect(compareKeys(key, 0, key.length, right, 0, right.length)).toBeLessThanOrEqual(0);
    expect(key.length).toBeLessThanOrEqual(right.length);
  }
});

test('TestCellComparator: rows of hbase:meta compare between their commas', () => {
  const rows = [
    'a',
    'a,',
    'a,,1',
    'a,,2',
    'a,\x01,1',
    'a,+,1',
    'a,+x,1',
    'a,,b,1',
    'a,b,1',
    'a,b,2',
    'a\x01,,1',
    'b,,1',
  ].map((row) => new Uint8Array(Buffer.from(row, 'latin1')));
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < rows.length; j++) {
      const order = compareMetaRows(rows[i]!, 0, rows[i]!.length, rows[j]!, 0, rows[j]!.length);
      expect(Math.sign(order), `${i} against ${j}`).toBe(Math.sign(i - j));
    }
  }
});
