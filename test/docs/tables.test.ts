/**
 * Tables of the documents against the code: positions of fields, codes of errors, titles that
 * comments name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ioErrorCodes } from '../../native-free-io/index.ts';
import { storeErrorCodes } from '../../src/base/index.ts';
import * as layout from '../../src/log/format/layout.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const formats = read('docs/formats/log.md');

interface Field {
  readonly name: string;
  readonly position: number;
  /** Undefined where it varies. */
  readonly length: number | undefined;
}

/** The tables of one section whose positions are all fixed, in order. */
function tablesOf(title: string): Field[][] {
  const section = formats.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`no section '${title}'`);
  return [...section.matchAll(/^\| field .*\n\| -.*\n((?:\|.*\n)+)/gm)].map((match) =>
    match[1]!
      .trim()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, name, position, length]) => ({
        name: name!.replaceAll('`', ''),
        position: Number(position),
        length: /^\d+$/.test(length!) ? Number(length) : undefined,
      })),
  );
}

/** Where the code puts the fields: `<prefix><Field>Position`. */
function positionsInCode(prefix: string, fields: readonly Field[]): (number | undefined)[] {
  const constants = layout as unknown as Readonly<Record<string, number | undefined>>;
  return fields.map(({ name }) => {
    const field = prefix === '' ? name : prefix + name[0]!.toUpperCase() + name.slice(1);
    return constants[`${field}Position`];
  });
}

const endOf = (fields: readonly Field[]): number =>
  fields.at(-1)!.position + (fields.at(-1)!.length ?? 0);

test.each([
  { title: 'Record batch', index: 0, prefix: '', bytes: layout.batchHeaderBytes },
  {
    title: 'Transaction index entry',
    index: 0,
    prefix: 'aborted',
    bytes: layout.transactionIndexEntryBytes,
  },
  {
    title: 'Producer snapshot',
    index: 0,
    prefix: 'snapshot',
    bytes: layout.snapshotEntriesPosition,
  },
  { title: 'Producer snapshot', index: 1, prefix: 'snapshot', bytes: layout.snapshotEntryBytes },
])('table $index of $title has the positions of layout.ts', ({ title, index, prefix, bytes }) => {
  const fields = tablesOf(title)[index]!;
  expect(positionsInCode(prefix, fields)).toEqual(fields.map(({ position }) => position));
  expect(endOf(fields)).toBe(bytes);
});

test('legacy messages and index entries have the positions and sizes of layout.ts', () => {
  const [first, second] = tablesOf('Legacy messages');
  const at = (fields: readonly Field[] | undefined, name: string): number | undefined =>
    fields?.find((field) => field.name === name)?.position;
  for (const table of [first, second]) {
    expect(at(table, 'crc')).toBe(layout.legacyCrcPosition);
    expect(at(table, 'magic')).toBe(layout.legacyMagicPosition);
    expect(at(table, 'attributes')).toBe(layout.legacyAttributesPosition);
  }
  expect(at(first, 'key')).toBe(layout.legacyKeyPositionV0);
  expect(at(second, 'timestamp')).toBe(layout.legacyTimestampPosition);
  expect(at(second, 'key')).toBe(layout.legacyKeyPositionV1);
  expect(endOf(tablesOf('Offset index entry')[0]!)).toBe(layout.offsetIndexEntryBytes);
  expect(endOf(tablesOf('Time index entry')[0]!)).toBe(layout.timeIndexEntryBytes);
});

test('the fields of every fixed table follow each other without gaps', () => {
  for (const title of ['Record batch', 'Legacy messages', 'Producer snapshot']) {
    for (const fields of tablesOf(title)) {
      for (const [index, field] of fields.slice(1).entries()) {
        const before = fields[index]!;
        if (before.length === undefined) continue;
        expect(field.position, field.name).toBe(before.position + before.length);
      }
    }
  }
});

test('docs/errors.md explains every code of the tables and no other', () => {
  const explained = [...read('docs/errors.md').matchAll(/^\| `([A-Z]+_[A-Z_]+)`/gm)];
  const known = Object.keys({ ...ioErrorCodes, ...storeErrorCodes });
  expect(explained.map((match) => match[1]!).toSorted()).toEqual(known.toSorted());
});

test('every section of docs/formats/log.md that a source names is there', () => {
  const sources = readdirSync(join(root, 'src/log'), { recursive: true, encoding: 'utf8' });
  const named = sources
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...read(`src/log/${name}`).matchAll(/docs\/formats\/log\.md, "([^"]+)"/g)])
    .map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(10);
  const titles = [...formats.matchAll(/^## (.*)$/gm)].map((match) => match[1]!);
  expect(named.filter((title) => !titles.includes(title))).toEqual([]);
});

test('every test that testing-upstream.md names is there', () => {
  const rows = [...read('docs/testing-upstream.md').matchAll(/^\| .* \| `(.*)` +\| (.*?) +\|$/gm)];
  expect(rows.length).toBeGreaterThan(100);
  const missing = rows.filter(([, room, name]) => {
    const ending = /\.(?:crash|golden)$/.test(room!) ? '.ts' : '.test.ts';
    return !read(`test/${room}${ending}`).includes(name!);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
});
