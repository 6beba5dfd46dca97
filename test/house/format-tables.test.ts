/**
 * Pages of docs/formats and `layout.ts` are complete beside each other: every position that the
 * code knows is in a table, every mask and number too, and a length is that of its type.
 *
 * That positions and sizes of the tables are those of the code, `test/docs` holds.
 */
import { expect, test } from 'vitest';
import * as blocksLayout from '../../src/blocks/format/layout.ts';
import * as kvLayout from '../../src/lsm/format/kv-layout.ts';
import * as hfileLayout from '../../src/lsm/format/layout.ts';
import { WalHeaderField, WalKeyField } from '../../src/lsm/format/wal-layout.ts';
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

const lsmPage = 'docs/formats/lsm.md';

test('every position of a cell and of a block of HBase is a field of its page, and the other way', () => {
  const rows = rowsOf(readText(lsmPage));
  expect(misfits(rows).filter(({ type }) => type !== 'bytes' && type !== 'ASCII')).toEqual([]);
  const layouts: Readonly<Record<string, unknown>> = { ...hfileLayout, ...kvLayout };
  const positions = Object.entries(layouts).flatMap(([name, value]) => {
    const field = /^(.*)Position$/.exec(name)?.[1]!.replace(/^(?:block|kv)(?=[A-Z])/, '');
    return field === undefined ? [] : [`${field.toLowerCase()} ${Number(value)}`];
  });
  const told = rows
    .filter(({ position, field }) => /^\d+$/.test(position) && field !== 'payload')
    .map(({ field, position }) => `${field.toLowerCase()} ${position}`);
  expect(told.toSorted()).toEqual(positions.toSorted());
  const payload = rows.find(({ field }) => field === 'payload');
  expect(Number(payload?.position)).toBe(hfileLayout.blockHeaderBytes);
});

/** First and second cell of the rows of a table of numbers and names. */
function numbered(text: string): Set<string> {
  const rows = text.matchAll(/^\| (\d+) +\| `([A-Za-z0-9_]+)` +\|/gm);
  return new Set(
    [...rows].map(([, id, name]) => `${id} ${name!.replaceAll('_', '').toLowerCase()}`),
  );
}

test('numbers and names of HBase’s files are those of the code', () => {
  const text = readText(lsmPage);
  const rows = numbered(text);
  const refused = ['none', 'lzo', 'bzip2', 'lzma', 'brotli'];
  for (const ids of [hfileLayout.EncodingId, hfileLayout.CompressionId]) {
    for (const [name, id] of Object.entries(ids)) {
      const isTold = rows.has(`${id} ${name.toLowerCase()}`);
      expect(isTold || refused.includes(name), name).toBe(true);
    }
  }
  for (const magic of Object.values(hfileLayout.BlockMagic)) expect(text).toContain(magic);
  for (const [name, code] of Object.entries(kvLayout.CellType)) {
    expect(text).toContain(`${name[0]!.toUpperCase()}${name.slice(1)} ${code}`);
  }
  const written = /## FILE_INFO[\s\S]*?\n## /.exec(text)![0];
  const named = [...written.matchAll(/`([A-Za-z.]*[A-Z_]{6,}[A-Z_]*)`/g)].map(([, name]) => name);
  const known = new Set<string>(Object.values(hfileLayout.FileInfoKey));
  expect(named.filter((name) => !known.has(name!) && name !== 'LSM_UNSUPPORTED')).toEqual([]);
});

test('fields of the log of HBase have the numbers of the code', () => {
  const text = readText(lsmPage);
  const numbersOf = (title: string): number[] => {
    const table = new RegExp(`^\\| ${title} .*\\n\\|[ -|]+\\n((?:\\|.*\\n)+)`, 'm').exec(text)![1]!;
    return [...table.matchAll(/^\| ([\d, ]+)\|/gm)].flatMap(([, cell]) =>
      cell!.split(',').map(Number),
    );
  };
  const header = new Set<number>(Object.values(WalHeaderField));
  const key = new Set<number>(Object.values(WalKeyField));
  expect(numbersOf('header field').filter((id) => !header.has(id))).toEqual([]);
  expect(numbersOf('key field').filter((id) => !key.has(id))).toEqual([]);
  expect(numbersOf('key field').length).toBeGreaterThan(5);
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
