/** Cells for tests of the LSM core: plain values, views of them, what a cursor stands on. */
import type { CellCursor } from '../../src/lsm/format/cell-cursor.ts';
import { CellView } from '../../src/lsm/format/cell-view.ts';
import { compareCells } from '../../src/lsm/format/comparator.ts';
import { keyBytes, keyValueBytes, writeKeyValue } from '../../src/lsm/format/kv-encoder.ts';
import { CellType, kvKeyPosition } from '../../src/lsm/format/kv-layout.ts';
import type { Seeded } from './seeded.ts';

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export interface TestCell {
  readonly row: string;
  readonly family: string;
  readonly qualifier: string;
  readonly timestamp: number;
  readonly type: number;
  readonly value: string;
  readonly tags: string;
  readonly sequenceId: number;
}

/** A cell with defaults; strings are Latin-1, so that any byte can be said. */
export function testCell(parts: Partial<TestCell> = {}): TestCell {
  return {
    row: 'row',
    family: 'f',
    qualifier: 'q',
    timestamp: 100,
    type: CellType.put,
    value: 'value',
    tags: '',
    sequenceId: 0,
    ...parts,
  };
}

const latin = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));
const fromLatin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export function viewOf(cell: TestCell): CellView {
  const input = {
    row: latin(cell.row),
    family: latin(cell.family),
    qualifier: latin(cell.qualifier),
    timestamp: cell.timestamp,
    type: cell.type,
    value: latin(cell.value),
    tags: latin(cell.tags),
  };
  const view = new CellView();
  view.bytes = new Uint8Array(keyValueBytes(input));
  view.view = new DataView(view.bytes.buffer);
  writeKeyValue(view.bytes, view.view, 0, input);
  view.keyPosition = kvKeyPosition;
  view.keyLength = keyBytes(input);
  view.valuePosition = kvKeyPosition + view.keyLength;
  view.valueLength = input.value.length;
  view.tagsLength = input.tags.length;
  view.tagsPosition = view.bytes.length - input.tags.length;
  view.sequenceId = cell.sequenceId;
  return view;
}

/** What a cursor stands on. */
export function cellAt(view: CellView): TestCell {
  return {
    row: fromLatin(view.copyRow()),
    family: fromLatin(view.copyFamily()),
    qualifier: fromLatin(view.copyQualifier()),
    timestamp: view.timestamp,
    type: view.type,
    value: fromLatin(view.copyValue()),
    tags: fromLatin(view.copyTags()),
    sequenceId: view.sequenceId,
  };
}

/** Everything a cursor gives from the first cell on. */
export function allCells(cursor: CellCursor): TestCell[] {
  const cells: TestCell[] = [];
  for (let is = cursor.first(); is; is = cursor.next()) cells.push(cellAt(cursor.cell));
  return cells;
}

export function inCellOrder(cells: readonly TestCell[]): TestCell[] {
  return cells
    .map((cell) => ({ cell, view: viewOf(cell) }))
    .sort((a, b) => compareCells(a.view, b.view))
    .map(({ cell }) => cell);
}

export interface RandomCellOptions {
  readonly count: number;
  readonly rows?: number;
  readonly tags?: boolean;
  readonly mostValueBytes?: number;
  /** HBase refuses to build cells with negative timestamps, though files may hold them. */
  readonly negativeTimestamps?: boolean;
}

/** One tag of the user's: type 64. */
const tag = (payload: string): string => String.fromCharCode(0, payload.length + 1, 64) + payload;

/** Distinct keys in order, with odd lengths, markers, extreme timestamps, equal values. */
export function randomCells(seeded: Seeded, options: RandomCellOptions): TestCell[] {
  const { count, rows = Math.max(1, count >> 2), tags = false, mostValueBytes = 40 } = options;
  const below = options.negativeTimestamps === false ? 5 : -5;
  const cells = new Map<string, TestCell>();
  for (let i = 0; i < count; i++) {
    const type = seeded.pick([4, 4, 4, 4, 8, 12, 14, 10]);
    const isFamily = type === 14 || type === 10;
    const cell = testCell({
      row: `row-${seeded.between(0, rows)}${seeded.chance(0.05) ? '\xff\0' : ''}`,
      family: 'fam',
      qualifier: isFamily
        ? ''
        : seeded.pick(['', 'a', 'ab', 'abc', '\0', 'q\xff', 'long-qualifier']),
      timestamp: seeded.pick([
        0,
        1,
        1000,
        1_700_000_000_000 + seeded.between(0, 50),
        below,
        2 ** 63,
      ]),
      type,
      value: seeded.pick(['', 'same', 'v'.repeat(seeded.between(0, mostValueBytes))]),
      tags: tags && seeded.chance(0.5) ? tag('t'.repeat(seeded.between(0, 5))) : '',
      sequenceId: seeded.pick([0, 1, 127, 128, 300, 70_000, 2 ** 40]),
    });
    cells.set(JSON.stringify([cell.row, cell.qualifier, cell.timestamp, cell.type]), cell);
  }
  return inCellOrder([...cells.values()]);
}
