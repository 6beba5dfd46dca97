import { describe, expect, test } from 'vitest';
import { BatchBuilder } from '../../../../src/log/format/batch-encoder.ts';
import { buildBatch, headerOf, markerBatch, recordsOf } from '../../../helpers/batches.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { toHex, utf8 } from '../../../helpers/hex.ts';
import {
  abortMarker,
  beforeStamp,
  commitMarker,
  emptyBatch,
  plainBatch,
  t0,
  transactionalBatch,
} from './vectors.ts';

const threeRecords = [
  {
    timestamp: t0,
    key: 'k1',
    value: 'hello',
    headers: [
      { key: 'h', value: 'v' },
      { key: 'n', value: null },
    ],
  },
  { timestamp: t0 + 7, key: null, value: 'world' },
  { timestamp: t0 + 5, key: 'k1', value: null },
];

describe('the bytes of Apache Kafka', () => {
  test('three records with headers, a null key and a null value', () => {
    const batch = buildBatch(threeRecords, { baseOffset: 100, leaderEpoch: 5 });
    expect(toHex(batch)).toBe(toHex(plainBatch));
  });

  test('a transactional batch stamped by the log', () => {
    const batch = buildBatch(threeRecords, {
      baseOffset: 100,
      leaderEpoch: 5,
      flags: 0x18,
      maxTimestamp: t0 + 9999,
      producerId: 4000n,
      producerEpoch: 3,
      baseSequence: 7,
    });
    expect(toHex(batch)).toBe(toHex(transactionalBatch));
  });

  test('commit and abort markers', () => {
    const plan = { baseOffset: 200, leaderEpoch: 5, now: t0 };
    const producer = { id: 4000n, epoch: 3, coordinatorEpoch: 9 };
    expect(toHex(markerBatch({ ...producer, aborted: false }, plan))).toBe(toHex(commitMarker));
    expect(toHex(markerBatch({ ...producer, aborted: true }, plan))).toBe(toHex(abortMarker));
  });

  test('a batch emptied by cleaning', () => {
    const batch = buildBatch([], {
      baseOffset: 100,
      leaderEpoch: 5,
      transactional: true,
      maxTimestamp: t0 + 7,
      lastOffsetDelta: 2,
      producerId: 4000n,
      producerEpoch: 3,
      baseSequence: 7,
    });
    expect(toHex(batch)).toBe(toHex(emptyBatch));
  });

  test("a producer's batch before it has an offset", () => {
    const batch = buildBatch([
      { timestamp: t0, key: 'a', value: '1' },
      { timestamp: t0 + 5, key: 'b', value: '2' },
    ]);
    expect(toHex(batch)).toBe(toHex(beforeStamp));
  });
});

describe('BatchBuilder', () => {
  test('text, bytes, null and empty fields come back as they were given', () => {
    const batch = buildBatch(
      [
        { key: 'schlüssel', value: utf8('bytes'), timestamp: 5 },
        { key: null, value: '', timestamp: 3 },
        { key: '', value: null, timestamp: -1 },
        {},
      ],
      { now: 77 },
    );
    expect(recordsOf(batch)).toEqual([
      { offset: 0, timestamp: 5, key: 'schlüssel', value: 'bytes', headers: [] },
      { offset: 1, timestamp: 3, key: null, value: '', headers: [] },
      { offset: 2, timestamp: -1, key: '', value: null, headers: [] },
      { offset: 3, timestamp: 77, key: null, value: null, headers: [] },
    ]);
    expect(headerOf(batch)).toMatchObject({ baseTimestamp: 5, maxTimestamp: 77, recordCount: 4 });
  });

  test('headers keep their order and their duplicates', () => {
    const headers = [
      { key: 'b', value: '1' },
      { key: 'a', value: null },
      { key: 'b', value: utf8('2') },
      { key: '', value: '' },
    ];
    expect(recordsOf(buildBatch([{ headers }]))[0]!.headers).toEqual([
      ['b', '1'],
      ['a', null],
      ['b', '2'],
      ['', ''],
    ]);
  });

  test('fields of every length around the varint edges and the copy switch survive', () => {
    const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 8191, 8192, 70_000];
    const records = lengths.map((length) => ({
      key: new Uint8Array(length).fill(7),
      value: 'x'.repeat(length),
    }));
    const read = recordsOf(buildBatch(records));
    expect(read.map((record) => record.key!.length)).toEqual(lengths);
    expect(read.map((record) => record.value!.length)).toEqual(lengths);
  });

  test('time deltas far from the first record survive, in both directions', () => {
    const timestamps = [t0, 0, 2 ** 52, t0 - 1, t0 + 2 ** 31, 1];
    const read = recordsOf(buildBatch(timestamps.map((timestamp) => ({ timestamp }))));
    expect(read.map((record) => record.timestamp)).toEqual(timestamps);
  });

  test('a record that does not fit is refused and leaves the batch as it was', () => {
    const builder = new BatchBuilder();
    const oneRecord = buildBatch([{ value: 'x' }]).length;
    builder.reset({ baseOffset: 0, codec: 0, now: 0, maxBytes: oneRecord });
    expect(builder.append({ value: 'x' })).toBe(true);
    expect(builder.append({ value: '' })).toBe(false);
    expect(builder.count).toBe(1);
    const built = builder.finish();
    expect(built.length).toBe(oneRecord);
    expect(recordsOf(built.bytes.slice(0, built.length))).toHaveLength(1);
  });

  test('maxBytes is reached exactly, not passed by one', () => {
    const length = buildBatch([{ value: 'abc' }]).length;
    const builder = new BatchBuilder();
    builder.reset({ baseOffset: 0, codec: 0, now: 0, maxBytes: length - 1 });
    expect(builder.append({ value: 'abc' })).toBe(false);
    builder.reset({ baseOffset: 0, codec: 0, now: 0, maxBytes: length });
    expect(builder.append({ value: 'abc' })).toBe(true);
  });

  test('a builder is reused after a batch larger than it keeps', () => {
    const builder = new BatchBuilder();
    builder.reset({ baseOffset: 0, codec: 0, now: 0, maxBytes: 2 ** 30 });
    builder.append({ value: new Uint8Array(6 << 20) });
    expect(builder.finish().length).toBeGreaterThan(6 << 20);
    builder.reset({ baseOffset: 9, codec: 0, now: 4, maxBytes: 2 ** 30 });
    builder.append({ value: 'after' });
    const built = builder.finish();
    expect(recordsOf(built.bytes.slice(0, built.length))).toEqual([
      { offset: 9, timestamp: 4, key: null, value: 'after', headers: [] },
    ]);
  });

  test.each([
    ['a timestamp below -1', { timestamp: -2 }],
    ['a fractional timestamp', { timestamp: 1.5 }],
    ['a timestamp that is no number', { timestamp: Number.NaN }],
    ['a numeric key', { key: 5 as unknown as string }],
    ['an object as value', { value: {} as unknown as string }],
    ['a header without a key', { headers: [{ key: null as unknown as string, value: 'x' }] }],
    ['a header value of another type', { headers: [{ key: 'h', value: 1 as unknown as string }] }],
  ])('%s is refused and nothing is added', (_name, record) => {
    const builder = new BatchBuilder();
    builder.reset({ baseOffset: 0, codec: 0, now: 0, maxBytes: 1000 });
    expect(codeOf(() => builder.append(record))).toBe('LOG_INVALID_RECORD');
    expect(builder.count).toBe(0);
  });
});
