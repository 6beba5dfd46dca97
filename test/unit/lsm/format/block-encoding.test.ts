/** Encodings of data blocks: upstream's bytes, round trips, and damage. */
import { expect, test } from 'vitest';
import { StoreError } from '../../../../native-free-io/index.ts';
import { DataBlockBuilder } from '../../../../src/lsm/files/data-block-builder.ts';
import { CellView } from '../../../../src/lsm/format/cell-view.ts';
import {
  decodeDataBlock,
  encodeDataBlock,
  encodingNames,
} from '../../../../src/lsm/format/block-encoding.ts';
import {
  indexCells,
  readPlainCell,
  type PlainCells,
} from '../../../../src/lsm/format/plain-cells.ts';
import {
  cellAt,
  randomCells,
  testCell,
  viewOf,
  type TestCell,
} from '../../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const encodings = encodingNames.filter((name) => name !== 'NONE');
const context = { path: 'file', position: 7 };

function plainOf(cells: readonly TestCell[], includesTags: boolean): PlainCells {
  const parts = { includesTags, includesSequenceIds: true };
  const builder = new DataBlockBuilder(parts, 100);
  for (const cell of cells) builder.add(viewOf(cell));
  const { bytes, length } = builder;
  const view = new DataView(bytes.buffer);
  return { bytes, view, start: 0, end: length, parts, context };
}

function encoded(encoding: (typeof encodings)[number], plain: PlainCells): Uint8Array {
  return new Uint8Array(encodeDataBlock(encoding, plain.bytes, plain.end, plain.parts));
}

function decoded(body: Uint8Array, plain: PlainCells): TestCell[] {
  const view = new DataView(body.buffer);
  const cells = decodeDataBlock({ ...plain, bytes: body, view, end: body.length }, false);
  const cell = new CellView();
  cell.bytes = cells.bytes;
  cell.view = cells.view;
  return Array.from(indexCells(cells), (start) => {
    readPlainCell(cell, start, plain.parts.includesTags, plain.parts.includesSequenceIds);
    return cellAt(cell);
  });
}

const three = [
  testCell({ row: 'r1', qualifier: 'a', value: 'v1', sequenceId: 5 }),
  testCell({ row: 'r1', qualifier: 'ab', value: 'v1', sequenceId: 6 }),
  testCell({ row: 'r2', qualifier: 'a', timestamp: 99, type: 8, value: '', sequenceId: 300 }),
];

test.each([
  [
    'FAST_DIFF',
    '000400000052001002000002723101666100000000000000640476310577110762640607100003326163088e012c',
  ],
  ['DIFF', '00030000005201660010020000027231616404763105061107626476310600100003326163088e012c'],
  [
    'PREFIX',
    '000200000052100200000272310166610000000000000064047631050a0207620000000000000064047631060d0003320166610000000000000063088e012c',
  ],
  [
    'ROW_INDEX_V1',
    '0007000000100000000200027231016661000000000000006404763105000000110000000200027231016661620000000000000064047631060000001000000000000272320166610000000000000063088e012c00000002000000000000003700000052',
  ],
] as const)('HB-17 %s makes the bytes that upstream makes', (encoding, hex) => {
  const plain = plainOf(three, false);
  const body = encoded(encoding, plain);
  expect(Buffer.from(body).toString('hex')).toBe(hex);
  expect(decoded(body, plain)).toEqual(three);
});

test.each(encodings)(
  'TestDataBlockEncoders: %s gives back whatever cells it was given',
  (encoding) => {
    const seeded = new Seeded(seedFor(encoding));
    const blocks: readonly (readonly TestCell[])[] = [
      ...[1, 2, 30, 300].map((count) => randomCells(seeded, { count, tags: true })),
      // Rows whose lengths differ in one byte, in both bytes.
      ['a'.repeat(0xff), 'a'.repeat(0x100), 'a'.repeat(0x1ff)].map((row) => testCell({ row })),
      // Nothing but equal values, nothing but empty ones, zero bytes.
      ['a', 'b', 'c'].map((row) => testCell({ row, value: 'same' })),
      ['a', 'b', 'c'].map((row) => testCell({ row, value: '' })),
      ['\0', '\0\0', '\0\0\0'].map((row) => testCell({ row, qualifier: '\0', value: '\0' })),
      [2 ** 63, 2 ** 40, 1, 0, -1, -(2 ** 40), -(2 ** 63)].map((timestamp) =>
        testCell({ timestamp }),
      ),
    ];
    for (const cells of blocks) {
      const plain = plainOf(cells, true);
      expect(decoded(encoded(encoding, plain), plain)).toEqual(cells);
    }
  },
);

test.each(encodings)('damaged blocks of %s are errors that name the file', (encoding) => {
  const seeded = new Seeded(seedFor(`damage of ${encoding}`));
  const plain = plainOf(randomCells(seeded, { count: 20, tags: true }), true);
  const body = encoded(encoding, plain);
  const bent = [
    ...Array.from(body, (_, size) => body.subarray(0, size)),
    ...Array.from(body, (byte, at) => {
      const copy = new Uint8Array(body);
      copy[at] = byte ^ (1 << seeded.between(0, 7));
      return copy;
    }),
  ];
  for (const bytes of bent) {
    try {
      expect(decoded(new Uint8Array(bytes), plain).length).toBeGreaterThanOrEqual(0);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      expect((error as StoreError).context).toMatchObject(context);
    }
  }
});
