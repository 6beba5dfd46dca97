/**
 * docs/formats/log.md and `layout.ts` are complete beside each other: every position that the code
 * knows is in a table, every mask too, and a length is that of its type.
 *
 * That positions and sizes of the tables are those of the code, `test/docs` holds.
 */
import { expect, test } from 'vitest';
import * as blocksLayout from '../../src/blocks/format/layout.ts';
import * as layout from '../../src/log/format/layout.ts';
import { readText } from './source-files.ts';

const page = 'docs/formats/log.md';

/** Bytes of a fixed type. */
const typeBytes: Readonly<Record<string, number>> = {
  int8: 1,
  uint8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  uint32: 4,
};

interface Row {
  readonly field: string;
  readonly position: string;
  readonly length: string;
  readonly type: string;
}

/** Rows of every table that begins `field | position | length | type`. */
function rowsOf(text: string): Row[] {
  return [
    ...text.matchAll(/^\| field +\| position +\| length +\| type .*\n\|[ -|]+\n((?:\|.*\n)+)/gm),
  ]
    .flatMap((match) => match[1]!.trim().split('\n'))
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map(([, field, position, length, type]) => ({
      field: field!.replaceAll('`', ''),
      position: position!,
      length: length!,
      type: type!,
    }));
}

/** Names of constants that no table has a field for. */
function untold(constants: readonly string[], rows: readonly Row[]): string[] {
  const fields = new Set(rows.map(({ field }) => field.toLowerCase()));
  return constants
    .filter((name) => /Position(?:V\d)?$/.test(name))
    .filter((name) => {
      const field = name.replace(/Position(?:V\d)?$/, '');
      const bare = field.replace(/^(?:legacy|aborted|snapshot)/, '');
      return !fields.has(field.toLowerCase()) && !fields.has(bare.toLowerCase());
    });
}

/** Rows whose length is not that of their type. */
function misfits(rows: readonly Row[]): Row[] {
  return rows.filter(({ type, length }) => {
    const bytes = typeBytes[type];
    return bytes === undefined ? /^\d+$/.test(length) : length !== String(bytes);
  });
}

test('every position of layout.ts is a field of a table', () => {
  const rows = rowsOf(readText(page));
  expect(rows.length).toBeGreaterThan(50);
  expect(untold(Object.keys(layout), rows), `add the field to ${page}`).toEqual([]);
});

test('every position of the block store is a field of its page, with the length of its type', () => {
  const rows = rowsOf(readText('docs/formats/blocks.md'));
  expect(untold(Object.keys(blocksLayout), rows), 'add the field').toEqual([]);
  expect(misfits(rows).filter(({ type }) => type !== 'bytes')).toEqual([]);
  const constants = blocksLayout as unknown as Readonly<Record<string, number>>;
  for (const { field, position } of rows) {
    expect(constants[`${field}Position`], field).toBe(Number(position));
  }
});

test('the length of a field of fixed type is that of the type', () => {
  expect(misfits(rowsOf(readText(page)))).toEqual([]);
});

test('the attribute bits of the page are the masks of the code', () => {
  const rows = readText(page).matchAll(/^\| (\d)(?:–(\d))? +\| `(0x[0-9a-f]{2})` \|/gm);
  const masks = [...rows].map(([, first, last = first, mask]) => {
    const bits = (1 << (Number(last) + 1)) - (1 << Number(first));
    expect(Number(mask)).toBe(bits);
    return bits;
  });
  const inCode = Object.entries(layout).flatMap(([name, value]) =>
    name.endsWith('Mask') ? [value as number] : [],
  );
  expect(masks).toEqual(inCode.toSorted((a, b) => a - b));
});

test('planted gaps between page and code are told', () => {
  const text = [
    '| field | position | length | type | meaning |',
    '| ----- | -------- | ------ | ---- | ------- |',
    '| `crc` | 0 | 8 | uint32 | |',
    '| `key` | 8 | 4 | bytes | |',
    '| `producerId` | 12 | 8 | int64 | |',
    '',
  ].join('\n');
  const rows = rowsOf(text);
  expect(misfits(rows).map(({ field }) => field)).toEqual(['crc', 'key']);
  expect(untold(['legacyCrcPosition', 'abortedProducerIdPosition', 'magicPosition'], rows)).toEqual(
    ['magicPosition'],
  );
});
