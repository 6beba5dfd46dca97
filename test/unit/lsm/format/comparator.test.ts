/** The order of cells against a comparison of their parts, and the fake keys of seeks. */
import { expect, test } from 'vitest';
import { CellView } from '../../../../src/lsm/format/cell-view.ts';
import { compareCells, compareKeys } from '../../../../src/lsm/format/comparator.ts';
import {
  keyValueBytes,
  writeKeyValue,
  type CellInput,
} from '../../../../src/lsm/format/kv-encoder.ts';
import {
  CellType,
  kvKeyPosition,
  latestTimestamp,
  oldestTimestamp,
} from '../../../../src/lsm/format/kv-layout.ts';
import { SeekKey } from '../../../../src/lsm/format/seek-key.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function cellOf(input: Partial<CellInput> & { sequenceId?: number } = {}): CellView {
  const full: CellInput = {
    row: text('row'),
    family: text('f'),
    qualifier: text('q'),
    timestamp: 100,
    type: CellType.put,
    value: text('value'),
    ...input,
  };
  const bytes = new Uint8Array(keyValueBytes(full));
  const cell = new CellView();
  cell.bytes = bytes;
  cell.view = new DataView(bytes.buffer);
  expect(writeKeyValue(bytes, cell.view, 0, full)).toBe(bytes.length);
  cell.keyPosition = kvKeyPosition;
  cell.keyLength = cell.view.getInt32(0);
  cell.valuePosition = cell.keyPosition + cell.keyLength;
  cell.valueLength = cell.view.getInt32(4);
  cell.sequenceId = input.sequenceId ?? 0;
  return cell;
}

function inOrder(cells: readonly CellView[]): void {
  for (let i = 0; i < cells.length; i++) {
    for (let j = 0; j < cells.length; j++) {
      expect(Math.sign(compareCells(cells[i]!, cells[j]!)), `${i} against ${j}`).toBe(
        Math.sign(i - j),
      );
    }
  }
}

test('HB-04 a CellView tells the parts that were written', () => {
  const cell = cellOf({ timestamp: -5, value: text('') });
  expect(cell.copyRow()).toEqual(text('row'));
  expect(cell.copyFamily()).toEqual(text('f'));
  expect(cell.copyQualifier()).toEqual(text('q'));
  expect([cell.timestamp, cell.type, cell.valueLength]).toEqual([-5, CellType.put, 0]);
});

test('HB-04 the order of cells: row, family, qualifier, then newest first', () => {
  inOrder([
    cellOf({ row: Uint8Array.of(0x00) }),
    cellOf({ row: Uint8Array.of(0x00, 0x00) }),
    cellOf({ row: Uint8Array.of(0x7f) }),
    cellOf({ row: Uint8Array.of(0xff), family: text('a'), qualifier: text('zz') }),
    cellOf({ row: Uint8Array.of(0xff), family: text('ab'), qualifier: text('') }),
    cellOf({ row: Uint8Array.of(0xff), family: text('ab'), qualifier: text('a') }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: latestTimestamp }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: 2 ** 40 }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: 1 }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: 0 }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: -1 }),
    cellOf({ row: Uint8Array.of(0xff), family: text('b'), timestamp: oldestTimestamp }),
  ]);
});

test('HB-04 types descend as unsigned bytes, then sequence ids descend', () => {
  const types = [255, 14, 12, 10, 8, 4, 0];
  inOrder(types.map((type) => cellOf({ type })));
  inOrder([9, 5, 0].map((sequenceId) => cellOf({ sequenceId })));
});

test('HB-03 the last key on a row sorts behind every cell of it and before the next row', () => {
  const key = new SeekKey();
  const last = new CellView();
  last.set(key.lastOnRow(text('row')));
  inOrder([
    cellOf({ family: new Uint8Array(127).fill(0xff), qualifier: new Uint8Array(9).fill(0xff) }),
    last,
    cellOf({ row: text('row\0') }),
  ]);
});

test('fake keys stand where their names say, built from parts and from a cell alike', () => {
  const cell = cellOf();
  const same = (a: SeekKey, b: SeekKey): void => expect(a.cell.copyKey()).toEqual(b.cell.copyKey());
  const [fromParts, fromCell] = [new SeekKey(4), new SeekKey(4)];
  const [row, family, qualifier] = [text('row'), text('f'), text('q')];
  expect(compareKeys(...regions(fromParts.firstOnRow(row), cell))).toBeLessThan(0);
  fromCell.firstOnRowOf(cell);
  same(fromParts, fromCell);
  expect(compareKeys(...regions(fromParts.lastOnRow(row), cell))).toBeGreaterThan(0);
  fromCell.lastOnRowOf(cell);
  same(fromParts, fromCell);
  fromParts.firstOnColumn(row, family, qualifier, 100);
  expect(compareKeys(...regions(fromParts.cell, cell))).toBeLessThan(0);
  fromCell.firstOnColumnOf(cell, 100);
  same(fromParts, fromCell);
  expect(compareKeys(...regions(fromParts.cell, cellOf({ timestamp: 101 })))).toBeGreaterThan(0);
  fromParts.lastOnColumn(row, family, qualifier);
  expect(compareKeys(...regions(fromParts.cell, cell))).toBeGreaterThan(0);
  fromCell.lastOnColumnOf(cell);
  same(fromParts, fromCell);
  const markers = fromParts.firstDeleteFamily(row, family);
  expect(markers.qualifierLength).toBe(0);
  expect(compareKeys(...regions(markers, cell))).toBeLessThan(0);
});

test('random cells compare as their parts do', () => {
  const seeded = new Seeded(seedFor('comparator'));
  const part = (least: number): Uint8Array =>
    Uint8Array.from({ length: seeded.between(least, 3) }, () => seeded.pick([0, 1, 0x7f, 0xff]));
  const cells = Array.from({ length: 200 }, () =>
    cellOf({
      row: part(1),
      family: part(1),
      qualifier: part(0),
      timestamp: seeded.pick([-7, 0, 3, 2 ** 45, latestTimestamp]),
      type: seeded.pick([4, 8, 12]),
    }),
  );
  for (const a of cells) {
    for (const b of cells) {
      expect(Math.sign(compareKeys(...regions(a, b)))).toBe(Math.sign(byParts(a, b)));
    }
  }
});

type Regions = [Uint8Array, number, number, Uint8Array, number, number];

function regions(a: CellView, b: CellView): Regions {
  return [a.bytes, a.keyPosition, a.keyLength, b.bytes, b.keyPosition, b.keyLength];
}

function byParts(a: CellView, b: CellView): number {
  return (
    Buffer.compare(a.copyRow(), b.copyRow()) ||
    Buffer.compare(a.copyFamily(), b.copyFamily()) ||
    Buffer.compare(a.copyQualifier(), b.copyQualifier()) ||
    b.timestamp - a.timestamp ||
    b.type - a.type
  );
}
