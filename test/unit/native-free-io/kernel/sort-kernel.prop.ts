import { expect, test } from 'vitest';
import {
  frameHeaderBytes,
  RecordForm,
  sortMemory,
  type SortMemory,
} from '../../../../native-free-io/index.ts';
import { seedFor, Seeded } from '../../../helpers/seeded.ts';

const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 30);
const sizeBytes = 1 << 20;

interface Shape {
  readonly form: RecordForm;
  readonly delimiter: number;
  readonly recordLength: number;
  readonly keyStart: number;
  readonly keyLength: number;
  readonly descending: boolean;
  readonly comparesAll: boolean;
  readonly leavesBare: boolean;
  readonly endsBare: boolean;
}

function drawShape(seeded: Seeded): Shape {
  const form = seeded.pick([RecordForm.lines, RecordForm.fixed, RecordForm.frames]);
  const recordLength = seeded.between(1, 40);
  const keyStart = form === RecordForm.fixed ? seeded.between(0, recordLength - 1) : 0;
  return {
    form,
    delimiter: seeded.pick([10, 0, 97]),
    recordLength,
    keyStart: form === RecordForm.frames ? frameHeaderBytes : keyStart,
    keyLength: form === RecordForm.fixed ? seeded.between(0, recordLength - keyStart) : 0,
    descending: seeded.chance(0.4),
    comparesAll: seeded.chance(0.5),
    leavesBare: seeded.chance(0.5),
    endsBare: seeded.chance(0.5),
  };
}

function describe({ kernel }: SortMemory, shape: Shape): void {
  const { form, delimiter, recordLength, keyStart, keyLength } = shape;
  kernel.describeRecords(form, delimiter, recordLength, keyStart, keyLength);
  const { descending, comparesAll, leavesBare, endsBare } = shape;
  kernel.describeOrder(descending, comparesAll, leavesBare, endsBare);
}

/** Keys that share long beginnings, repeat, and differ by trailing zeros alone. */
function drawKey(seeded: Seeded, alphabet: readonly number[]): number[] {
  const shared = seeded.chance(0.5) ? seeded.between(0, 24) : 0;
  const own = seeded.chance(0.05) ? seeded.between(100, 700) : seeded.between(0, 12);
  const fill = alphabet[0]!;
  return [
    ...Array.from({ length: shared }, () => fill),
    ...Array.from({ length: own }, () => seeded.pick(alphabet)),
  ];
}

function drawRecords(seeded: Seeded, shape: Shape): Uint8Array {
  const alphabet = seeded.pick([
    [0, 1],
    [0x61, 0x62, 0],
    [0x20, 0xff, 0x80, 0x7f],
    Array.from({ length: 256 }, (_, index) => index),
  ]);
  const records = Array.from({ length: seeded.between(0, 400) }, () => {
    if (shape.form === RecordForm.fixed) {
      return Array.from({ length: shape.recordLength }, () => seeded.pick(alphabet));
    }
    const key = drawKey(seeded, alphabet);
    if (shape.form === RecordForm.lines) {
      return [...key.filter((byte) => byte !== shape.delimiter), shape.delimiter];
    }
    const kept = drawKey(seeded, alphabet);
    const header = Buffer.alloc(frameHeaderBytes);
    header.writeUInt32LE(key.length, 0);
    header.writeUInt32LE(key.length + kept.length, 4);
    return [...header, ...key, ...kept];
  });
  return Uint8Array.from(records.flat());
}

/** Bytes of all records in order, in pieces as small as the output given. */
function sorted(
  memory: SortMemory,
  shape: Shape,
  input: Uint8Array,
  options: {
    readonly most: number;
    readonly pieceBytes: number;
    readonly keepsFirsts: boolean;
  },
): {
  readonly out: Buffer;
  readonly left: number;
  readonly count: number;
  readonly told: readonly number[];
} {
  const { kernel, bytes, start, end } = memory;
  describe(memory, shape);
  const data = start + (64 << 10);
  bytes.set(input, data);
  kernel.clear(end, options.most);
  const stop = data + input.length;
  const left =
    shape.form === RecordForm.lines
      ? kernel.enterLines(data, data, stop)
      : shape.form === RecordForm.fixed
        ? kernel.enterFixed(data, stop)
        : kernel.enterFrames(data, stop);
  kernel.sortEntries();
  if (options.keepsFirsts) kernel.keepFirsts();
  const count = kernel.entryCount();
  const out: Buffer[] = [];
  for (let index = 0; index < count;) {
    const next = kernel.gather(index, count, start, start + options.pieceBytes);
    out.push(Buffer.from(bytes.subarray(start, kernel.writtenEnd())));
    expect(next).toBeGreaterThan(index);
    index = next;
  }
  const told = [kernel.takeBareBytes(), kernel.takeLongest()];
  return { out: Buffer.concat(out), left: left - data, count, told };
}

test('the sort kernel enters, sorts and gathers as its plain twin does', () => {
  const seeded = new Seeded(seedFor('sort kernel'));
  const fast = sortMemory({ sizeBytes });
  const plain = sortMemory({ sizeBytes, implementation: 'plain' });
  for (let run = 0; run < runs; run++) {
    const shape = drawShape(seeded);
    const input = drawRecords(seeded, shape);
    const options = {
      most: seeded.chance(0.2) ? seeded.between(0, 100) : 1_000_000,
      pieceBytes: seeded.between(2000, 60_000),
      keepsFirsts: seeded.chance(0.3),
    };
    const got = sorted(fast, shape, input, options);
    expect(got, JSON.stringify({ run, shape })).toEqual(sorted(plain, shape, input, options));
  }
});

test('the sort kernel sorts many records of few different keys, and sorted ones', () => {
  const fast = sortMemory({ sizeBytes: 8 << 20 });
  const plain = sortMemory({ sizeBytes: 8 << 20, implementation: 'plain' });
  const seeded = new Seeded(seedFor('many records'));
  const shape = { ...drawShape(seeded), form: RecordForm.lines, delimiter: 10, keyStart: 0 };
  const draw = (line: (index: number) => string): Uint8Array =>
    Buffer.from(Array.from({ length: 90_000 }, (_, index) => `${line(index)}\n`).join(''));
  const inputs = [
    draw(() => ''),
    draw(() => String(seeded.between(0, 9)).repeat(8)),
    draw(() => 'x'.repeat(seeded.between(0, 30))),
    draw((index) => String(index).padStart(9, '0')),
    draw((index) => String(90_000 - index).padStart(9, '0')),
    draw(() => String(seeded.next())),
  ];
  for (const input of inputs) {
    const options = { most: 100_000, pieceBytes: 60_000, keepsFirsts: false };
    const { out } = sorted(fast, shape, input, options);
    expect(out.equals(sorted(plain, shape, input, options).out)).toBe(true);
  }
});

/** Merges sorted inputs through blocks of `blockBytes`; fails when a block makes no progress. */
function merged(
  memory: SortMemory,
  shape: Shape,
  inputs: readonly Uint8Array[],
  options: {
    readonly blockBytes: number;
    readonly pieceBytes: number;
    readonly dropsEqual: boolean;
  },
): Buffer {
  const { kernel, bytes, start } = memory;
  describe(memory, shape);
  const lastBytes = start + (64 << 10);
  const blocks = lastBytes + 4096;
  const read = inputs.map(() => 0);
  const ends = inputs.map(() => 0);
  const fill = (input: number): void => {
    const block = blocks + input * (options.blockBytes + 64);
    const cursor = ends[input] === 0 ? block : kernel.inputCursor(input);
    const kept = ends[input] === 0 ? 0 : ends[input]! - cursor;
    bytes.copyWithin(block, cursor, cursor + kept);
    const source = inputs[input]!;
    const from = read[input]!;
    const more = source.subarray(from, from + options.blockBytes - kept);
    bytes.set(more, block + kept);
    read[input]! += more.length;
    ends[input] = block + kept + more.length;
    kernel.setInput(input, block, ends[input], read[input] === source.length);
  };
  for (let input = 0; input < inputs.length; input++) fill(input);
  expect(kernel.startMerge(inputs.length, options.dropsEqual ? lastBytes : 0)).toBe(0);
  const out: Buffer[] = [];
  for (let answer = 1; answer !== 0;) {
    answer = kernel.merge(start, start + options.pieceBytes);
    out.push(Buffer.from(bytes.subarray(start, kernel.writtenEnd())));
    if (answer >= 2) fill(answer - 2);
  }
  return Buffer.concat(out);
}

test('the merge kernel merges as its plain twin does, and as sorting does', () => {
  const seeded = new Seeded(seedFor('merge kernel'));
  const fast = sortMemory({ sizeBytes });
  const plain = sortMemory({ sizeBytes, implementation: 'plain' });
  for (let run = 0; run < runs; run++) {
    const shape = drawShape(seeded);
    const whole = { ...shape, leavesBare: false };
    const parts = Array.from({ length: seeded.between(1, 9) }, () => drawRecords(seeded, shape));
    const sizes = { most: 1_000_000, pieceBytes: 60_000, keepsFirsts: false };
    const inputs = parts.map((part) => sorted(fast, whole, part, sizes).out);
    const dropsEqual = seeded.chance(0.3);
    const options = {
      blockBytes: seeded.between(2000, 40_000),
      pieceBytes: seeded.between(2000, 60_000),
      dropsEqual,
    };
    const got = merged(fast, shape, inputs, options);
    const where = JSON.stringify({ run, shape, options });
    expect(got.equals(merged(plain, shape, inputs, options)), where).toBe(true);
    const all = Buffer.concat(parts);
    const expected = sorted(plain, shape, all, { ...sizes, keepsFirsts: dropsEqual }).out;
    expect(got.equals(expected), where).toBe(true);
  }
});
