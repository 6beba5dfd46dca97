import { expect, test } from 'vitest';
import { MemoryFileSystem, RecordForm } from '../../../native-free-io/index.ts';
import { compareKeys, type RecordOrder } from '../../../src/mapreduce/sort-order.ts';
import { seekCut } from '../../../src/mapreduce/sort-run-cut.ts';
import { seedFor, Seeded } from '../../helpers/seeded.ts';

const lines: RecordOrder = {
  form: RecordForm.lines,
  delimiter: 10,
  separator: -1,
  keys: [],
  recordLength: 0,
  keyStart: 0,
  keyLength: 0,
  descending: false,
  lastResort: true,
  unique: false,
};
const fixed: RecordOrder = {
  ...lines,
  form: RecordForm.fixed,
  recordLength: 37,
  keyStart: 3,
  keyLength: 5,
};

/** Two letters: of keys with a few of them there are many of each. */
function drawBytes(seeded: Seeded, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => seeded.pick([97, 255])));
}

function drawRecord(seeded: Seeded, order: RecordOrder): Buffer {
  if (order.form === RecordForm.fixed) return drawBytes(seeded, order.recordLength);
  const isLong = seeded.chance(0.01);
  const most = seeded.chance(0.5) ? 5 : 60;
  const length = isLong ? seeded.between(5000, 40_000) : seeded.between(0, most);
  return Buffer.concat([drawBytes(seeded, length), Buffer.of(10)]);
}

function keyOf(record: Uint8Array, { form, keyStart, keyLength }: RecordOrder): Uint8Array {
  if (form === RecordForm.lines) return record.subarray(0, record.length - 1);
  return record.subarray(keyStart, keyStart + keyLength);
}

test.each([
  ['lines', lines],
  ['lines in reverse', { ...lines, descending: true }],
  ['records of a fixed length', fixed],
])('%s are cut where the first record at or after the key begins', (_name, order) => {
  const seeded = new Seeded(seedFor('cuts of runs'));
  for (let round = 0; round < 4; round++) {
    const count = seeded.pick([1, 50, 2500, 2500]);
    const records = Array.from({ length: count }, () => drawRecord(seeded, order));
    records.sort((a, b) => compareKeys(order, keyOf(a, order), keyOf(b, order)));
    const before = 19;
    const run = Buffer.concat([Buffer.alloc(before), ...records]);
    const fs = new MemoryFileSystem();
    const file = fs.openSync('/run', 'createNew');
    file.writeSync(run, 0, run.length, 0);
    const longest = Math.max(...records.map(({ length }) => length));
    const bracket = { from: { position: before, bare: 7 }, end: run.length };
    for (let asked = 0; asked < 16; asked++) {
      const other = asked % 2 === 0 ? seeded.pick(records) : drawRecord(seeded, order);
      const key = keyOf(other, order);
      const first = records.findIndex((one) => compareKeys(order, keyOf(one, order), key) >= 0);
      const less = records.slice(0, first < 0 ? count : first);
      const bytes = less.reduce((sum, { length }) => sum + length, 0);
      const expected = { position: before + bytes, bare: 7 + bytes };
      expect(seekCut(file, bracket, order, { key, longest })).toEqual(expected);
    }
    file.closeSync();
  }
});
