import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { BatchScanner, type ScanStep } from '../../../src/log/batch-scanner.ts';
import { buildBatch, concat } from '../../helpers/batches.ts';
import { codeOf } from '../../helpers/codes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { messageV0, messageV1, plainBatch } from './format/vectors.ts';

interface Scan {
  readonly offsets: number[];
  readonly last: ScanStep;
  /** Where the scan ended. */
  readonly position: number;
}

function scan(
  bytes: Uint8Array,
  options: { readBytes?: number; from?: number; end?: number; verify?: boolean } = {},
): Scan {
  const path = join(temporaryFolder(), 'x.log');
  writeFileSync(path, bytes);
  const file = fs.openSync(path, 'read');
  try {
    using scanner = new BatchScanner({
      readBytes: options.readBytes ?? 4096,
      verify: options.verify ?? true,
    });
    scanner.open(file, options.from ?? 0, options.end ?? bytes.length);
    const offsets: number[] = [];
    let step = scanner.next();
    for (; step === 'batch'; step = scanner.next()) offsets.push(scanner.header.lastOffset);
    return { offsets, last: step, position: scanner.position };
  } finally {
    file.closeSync();
  }
}

const batchAt = (baseOffset: number, valueBytes = 10): Uint8Array =>
  buildBatch([{ value: new Uint8Array(valueBytes) }], { baseOffset });

describe('BatchScanner', () => {
  test('gives the same batches whatever the size of its buffer', () => {
    const batches = Array.from({ length: 40 }, (_, at) => batchAt(at, (at * 97) % 700));
    const bytes = concat(...batches);
    const offsets = Array.from({ length: 40 }, (_, at) => at);
    for (const readBytes of [16, 17, 61, 100, 1000, bytes.length, 1 << 20]) {
      expect(scan(bytes, { readBytes })).toEqual({ offsets, last: 'end', position: bytes.length });
    }
  });

  test('an empty file is at its end', () => {
    expect(scan(new Uint8Array(0))).toEqual({ offsets: [], last: 'end', position: 0 });
  });

  test('batches of all versions lie in one file', () => {
    const bytes = concat(messageV0, messageV1, plainBatch);
    expect(scan(bytes)).toMatchObject({ offsets: [100, 100, 102], last: 'end' });
  });

  test('begins where it is told and looks at nothing behind the end it is given', () => {
    const [a, b, c] = [batchAt(0), batchAt(1), batchAt(2)];
    const bytes = concat(a, b, c);
    const from = a.length;
    expect(scan(bytes, { from }).offsets).toEqual([1, 2]);
    expect(scan(bytes, { from, end: from + b.length }).offsets).toEqual([1]);
    expect(scan(bytes, { from, end: from + b.length + 5 })).toEqual({
      offsets: [1],
      last: 'incomplete',
      position: from + b.length,
    });
  });

  test('a tail cut at any byte is incomplete and stays where it is', () => {
    const first = batchAt(0);
    const whole = concat(first, batchAt(1));
    for (let length = first.length + 1; length < whole.length; length++) {
      for (const readBytes of [32, 4096]) {
        expect(scan(whole.slice(0, length), { readBytes })).toEqual({
          offsets: [0],
          last: 'incomplete',
          position: first.length,
        });
      }
    }
  });

  test('damage stops it at the damaged batch; without verification it goes on', () => {
    const first = batchAt(0);
    const bytes = concat(first, batchAt(1), batchAt(2));
    bytes[first.length + 70]! ^= 1;
    expect(scan(bytes)).toEqual({ offsets: [0], last: 'corrupt', position: first.length });
    expect(scan(bytes, { verify: false })).toMatchObject({ offsets: [0, 1, 2], last: 'end' });
  });

  test('a file that ends before the end it was given is incomplete', () => {
    const bytes = batchAt(0);
    expect(scan(bytes, { end: bytes.length + 1000 })).toMatchObject({
      offsets: [0],
      last: 'incomplete',
    });
  });

  test('a batch larger than the limit is an error, not an allocation', () => {
    const path = join(temporaryFolder(), 'x.log');
    writeFileSync(path, batchAt(0, 5000));
    const file = fs.openSync(path, 'read');
    using scanner = new BatchScanner({ readBytes: 100, maxBatchBytes: 1000 });
    scanner.open(file, 0, 10_000);
    expect(codeOf(() => scanner.next())).toBe('LOG_RECORD_TOO_LARGE');
    file.closeSync();
  });

  test('tells damage as an error with path and position', () => {
    const path = join(temporaryFolder(), 'x.log');
    const bytes = concat(batchAt(0), batchAt(1));
    writeFileSync(path, bytes.slice(0, -1));
    const file = fs.openSync(path, 'read');
    using scanner = new BatchScanner();
    scanner.open(file, 0, bytes.length - 1);
    scanner.next();
    scanner.next();
    expect(scanner.damage()).toMatchObject({
      code: 'LOG_CORRUPT_BATCH',
      context: { path, position: bytes.length / 2 },
    });
    file.closeSync();
  });
});
