import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../native-free-io/index.ts';
import { RecordCursor } from '../../../../src/log/format/batch-decoder.ts';
import { verifyRecords } from '../../../../src/log/format/batch-verifier.ts';
import { batchOfRecordBytes, buildBatch, recordsOf } from '../../../helpers/batches.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, viewOf } from '../../../helpers/hex.ts';
import {
  commitMarker,
  emptyBatch,
  horizonBatch,
  plainBatch,
  t0,
  transactionalBatch,
} from './vectors.ts';

const none: readonly (readonly [string, string | null])[] = [];

describe('the bytes of Apache Kafka', () => {
  test('three records with headers, a null key and a null value', () => {
    expect(recordsOf(plainBatch)).toEqual([
      {
        offset: 100,
        timestamp: t0,
        key: 'k1',
        value: 'hello',
        headers: [
          ['h', 'v'],
          ['n', null],
        ],
      },
      { offset: 101, timestamp: t0 + 7, key: null, value: 'world', headers: none },
      { offset: 102, timestamp: t0 + 5, key: 'k1', value: null, headers: none },
    ]);
  });

  test('a batch stamped by the log gives its time to every record', () => {
    const stamped = t0 + 9999;
    expect(recordsOf(transactionalBatch).map((record) => record.timestamp)).toEqual([
      stamped,
      stamped,
      stamped,
    ]);
  });

  test('a marker is one record of four and six bytes', () => {
    const cursor = RecordCursor.open(commitMarker);
    expect(cursor.next()).toBe(true);
    const { offset, key, value } = cursor.record();
    expect([offset, toHex(key!), toHex(value!)]).toEqual([200, '00000001', '000000000009']);
    expect(cursor.next()).toBe(false);
  });

  test('a batch emptied by cleaning has no records', () => {
    expect(recordsOf(emptyBatch)).toEqual([]);
  });

  test('times relative to a delete horizon come out as the producer gave them', () => {
    expect(recordsOf(horizonBatch)).toEqual([
      { offset: 101, timestamp: t0 + 5, key: 'b', value: null, headers: none },
      { offset: 102, timestamp: t0 + 7, key: 'c', value: '3', headers: none },
    ]);
  });
});

describe('RecordCursor', () => {
  test('stays at the end once there', () => {
    const cursor = RecordCursor.open(buildBatch([{ value: 'x' }]));
    expect([cursor.next(), cursor.next(), cursor.next()]).toEqual([true, false, false]);
  });

  test('walking without objects and walking with them agree', () => {
    const cursor = RecordCursor.open(plainBatch);
    const seen: unknown[] = [];
    while (cursor.next()) {
      const { key, value } = cursor.record();
      seen.push([cursor.keyEnd - cursor.keyStart, cursor.valueEnd - cursor.valueStart]);
      expect(key?.length ?? 0).toBe(cursor.keyEnd - cursor.keyStart);
      expect(value?.length ?? 0).toBe(cursor.valueEnd - cursor.valueStart);
    }
    expect(seen).toEqual([
      [2, 5],
      [0, 5],
      [2, 0],
    ]);
  });

  test('varints longer than need be are read', () => {
    // Length 8, attributes, time delta 0 in two bytes, offset delta 0 in two, null key, null value,
    // no headers.
    expect(recordsOf(batchOfRecordBytes(fromHex('10 00 8000 8000 01 01 00')))).toEqual([
      { offset: 0, timestamp: -1, key: null, value: null, headers: none },
    ]);
  });

  test('any negative key or value length is null', () => {
    // -2 and -3 in zigzag.
    expect(recordsOf(batchOfRecordBytes(fromHex('0c 00 00 00 03 05 00')))[0]).toMatchObject({
      key: null,
      value: null,
    });
  });

  test('a time delta of ten bytes is read', () => {
    const batch = batchOfRecordBytes(fromHex('1e 00 82808080808080808000 00 01 01 00'));
    // The base timestamp is -1, the delta one.
    expect(recordsOf(batch)[0]!.timestamp).toBe(0);
  });
});

describe('malformed records', () => {
  /** One good record: length 6, no key, no value, no headers. */
  const good = '0c 00 00 00 01 01 00';

  test.each([
    ['no record at all', '', 1],
    ['a record length of zero', '00', 1],
    ['a negative record length', '01', 1],
    ['a record longer than the batch', '0e 00 00 00 01 01 00', 1],
    ['a record length that needs six varint bytes', 'ffffffffff01 00 00 00 01 01 00', 1],
    ['fewer records than stated', good, 2],
    ['more records than stated', `${good} ${good}`, 1],
    ['bytes after the last record', `${good} 00`, 1],
    ['a time delta of eleven bytes', '20 00 8080808080808080808000 00 01 01 00', 1],
    ['a time delta without an end', '04 00 80', 1],
    ['an offset delta without an end', '06 00 00 80', 1],
    ['an offset delta beyond the last of the header', '0c 00 00 02 01 01 00', 1],
    ['a negative offset delta', '0c 00 00 01 01 01 00', 1],
    ['a key longer than the record', '0c 00 00 00 08 01 00', 1],
    ['a key length of two thousand million', '14 00 00 00 feffffff0f 01 00', 1],
    ['a value longer than the record', '0c 00 00 00 01 06 00', 1],
    ['no value', '08 00 00 00 01', 1],
    ['no header count', '0a 00 00 00 01 01', 1],
  ])('%s', (_name, hex, count) => {
    const batch = batchOfRecordBytes(fromHex(hex), { count });
    expect(codeOf(() => recordsOf(batch))).toMatch(/^(LOG_CORRUPT_RECORD|BUFFER_\w+)$/);
    expect(verifyRecords(batch, viewOf(batch), 0, { maxLength: 1 << 20 }).status).toBe('corrupt');
  });

  test.each([
    ['a negative header count', '0c 00 00 00 01 01 01'],
    ['more headers than bytes are left', '0c 00 00 00 01 01 7e'],
    ['more headers stated than there are', '10 00 00 00 01 01 04 00 01'],
    ['fewer headers stated than there are', '14 00 00 00 01 01 02 00 01 00 01'],
    ['a null header key', '10 00 00 00 01 01 02 01 01'],
    ['a header key longer than the record', '10 00 00 00 01 01 02 08 01'],
    ['a header value longer than the record', '10 00 00 00 01 01 02 00 08'],
    ['a header without a value', '0e 00 00 00 01 01 02 00'],
    ['bytes after the headers', '0e 00 00 00 01 01 00 00'],
  ])('headers: %s', (_name, hex) => {
    const batch = batchOfRecordBytes(fromHex(hex));
    const cursor = RecordCursor.open(batch);
    expect(cursor.next()).toBe(true);
    expect(codeOf(() => cursor.checkHeaders())).toMatch(/^(LOG_CORRUPT_RECORD|BUFFER_\w+)$/);
    expect(codeOf(() => cursor.headers())).toMatch(/^(LOG_CORRUPT_RECORD|BUFFER_\w+)$/);
    expect(verifyRecords(batch, viewOf(batch), 0, { maxLength: 1 << 20 }).status).toBe('corrupt');
  });

  test('every flipped bit behind the header gives records inside the batch or a StoreError', () => {
    for (const original of [plainBatch, transactionalBatch, horizonBatch, commitMarker]) {
      for (let bit = 61 * 8; bit < original.length * 8; bit++) {
        const batch = original.slice();
        batch[bit >> 3]! ^= 1 << (bit & 7);
        walkInside(batch);
      }
    }
  });

  test('every cut through the records gives a StoreError', () => {
    for (const original of [plainBatch, transactionalBatch, horizonBatch, commitMarker]) {
      for (let length = 61; length < original.length; length++) {
        expect(() => recordsOf(original.slice(0, length))).toThrow(StoreError);
      }
    }
  });
});

/** Walks a batch of any content; ranges must lie inside, and only StoreErrors may come. */
function walkInside(batch: Uint8Array): void {
  try {
    const cursor = RecordCursor.open(batch);
    while (cursor.next()) {
      expect(cursor.keyEnd).toBeLessThanOrEqual(cursor.recordEnd);
      expect(cursor.valueEnd).toBeLessThanOrEqual(cursor.recordEnd);
      expect(cursor.recordEnd).toBeLessThanOrEqual(batch.length);
      cursor.record();
    }
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
  }
}
