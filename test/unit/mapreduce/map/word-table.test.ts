import { expect, test } from 'vitest';
import { noRoom, notAscii, WordTable } from '../../../../src/mapreduce/map/word-table.ts';

const encoder = new TextEncoder();

function add(table: WordTable, word: string): boolean {
  const bytes = encoder.encode(`<${word}>`);
  return table.add(bytes, 1, bytes.length - 1);
}

function counts(table: WordTable): [string, number][] {
  const found: [string, number][] = [];
  table.forEach((bytes, start, end, count) => {
    found.push([Buffer.from(bytes.subarray(start, end)).toString(), count]);
  });
  return found;
}

test('words of every length are counted apart, in the order they came, however often it grows', () => {
  const table = new WordTable(1 << 15, 8 << 20);
  const expected = new Map<string, number>();
  for (let index = 0; index < 5000; index++) {
    for (const word of [`${index % 4500}`, 'é'.repeat(index % 40), 'x'.repeat(index % 1500)]) {
      expect(add(table, word)).toBe(true);
      expected.set(word, (expected.get(word) ?? 0) + 1);
    }
  }
  expect(table.size).toBe(expected.size);
  expect(counts(table)).toEqual([...expected]);
});

test('a text has the place of its bytes', () => {
  const table = new WordTable(1 << 12, 1 << 16);
  const words = ['', 'a', 'a\0', 'abcd', 'abcde', 'k'.repeat(16), 'k'.repeat(17), 'k'.repeat(300)];
  for (const [index, word] of words.entries()) {
    const place = table.findText(word);
    expect(table.numberAt(place)).toBe(index);
    expect(table.lengthAt(place)).toBe(word.length);
    table.setCount(place, index + 5);
    const bytes = encoder.encode(word);
    expect(table.find(bytes, 0, bytes.length)).toBe(place);
    expect(table.placeOf(index)).toBe(place);
  }
  expect(counts(table)).toEqual(words.map((word, index) => [word, index + 5]));
  expect(table.findText('é')).toBe(notAscii);
});

test('there is no room past the most words or bytes, until the table is cleared', () => {
  const table = new WordTable(2, 10);
  expect(add(table, 'one')).toBe(true);
  expect(add(table, 'eight is')).toBe(false);
  expect(add(table, 'two')).toBe(true);
  expect(table.findText('x')).toBe(noRoom);
  expect(add(table, 'one')).toBe(true);
  table.clear();
  expect(table.size).toBe(0);
  expect(add(table, 'eight is')).toBe(true);
  expect(counts(table)).toEqual([['eight is', 1]]);
});
