import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { kafkaCodec, StoreError } from '../../../../native-free-io/index.ts';
import { recordsOf } from '../../../helpers/batches.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { toHex, viewOf } from '../../../helpers/hex.ts';
import { legacyMessage, legacyWrapper } from '../../../helpers/legacy.ts';
import { messageV0, messageV1, t0 } from './vectors.ts';

describe('single messages', () => {
  test('the bytes of Apache Kafka are read', () => {
    const common = { offset: 100, key: 'k1', value: 'hello', headers: [] };
    expect(recordsOf(messageV0)).toEqual([{ ...common, timestamp: -1 }]);
    expect(recordsOf(messageV1)).toEqual([{ ...common, timestamp: t0 }]);
  });

  test('the messages made for these tests are the bytes of Apache Kafka', () => {
    const fields = { offset: 100, key: 'k1', value: 'hello', timestamp: t0 };
    expect(toHex(legacyMessage({ magic: 0, ...fields }))).toBe(toHex(messageV0));
    expect(toHex(legacyMessage({ magic: 1, ...fields }))).toBe(toHex(messageV1));
  });

  test.each([0, 1] as const)('magic %i: null and empty fields differ', (magic) => {
    const read = (key: string | null, value: string | null) =>
      recordsOf(legacyMessage({ magic, offset: 7, key, value }))[0];
    expect(read(null, null)).toMatchObject({ offset: 7, key: null, value: null });
    expect(read('', '')).toMatchObject({ key: '', value: '' });
    expect(read('k', null)).toMatchObject({ key: 'k', value: null });
    expect(read(null, 'v')).toMatchObject({ key: null, value: 'v' });
  });

  test.each([
    ['a key longer than the message', 18, 1000],
    ['a key of two thousand million bytes', 18, 0x7fffffff],
    ['a value longer than the message', 24, 6],
    ['a value shorter than the rest', 24, 4],
  ])('%s is a corrupt record', (_name, at, length) => {
    const message = messageV0.slice();
    viewOf(message).setInt32(at, length);
    expect(codeOf(() => recordsOf(message))).toBe('LOG_CORRUPT_RECORD');
  });

  test('every flipped bit behind the prefix gives a record or a StoreError', () => {
    for (const original of [messageV0, messageV1]) {
      for (let bit = 17 * 8; bit < original.length * 8; bit++) {
        const message = original.slice();
        message[bit >> 3]! ^= 1 << (bit & 7);
        try {
          recordsOf(message);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
        }
      }
    }
  });
});

describe('compressed sets', () => {
  const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);
  const inner = (magic: 0 | 1, offsets: readonly number[]) =>
    offsets.map((offset) =>
      legacyMessage({ magic, offset, timestamp: t0 + offset, key: `k${offset}`, value: 'v' }),
    );

  test('inner offsets of magic 0 are absolute', () => {
    const set = legacyWrapper(
      { magic: 0, offset: 12, attributes: 1 },
      inner(0, [10, 11, 12]),
      gzip,
    );
    expect(recordsOf(set).map(({ offset, key }) => [offset, key])).toEqual([
      [10, 'k10'],
      [11, 'k11'],
      [12, 'k12'],
    ]);
  });

  test('inner offsets of magic 1 count back from the wrapper', () => {
    const set = legacyWrapper(
      { magic: 1, offset: 102, attributes: 1, timestamp: t0 + 2 },
      inner(1, [0, 1, 2]),
      gzip,
    );
    expect(recordsOf(set).map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      [100, t0],
      [101, t0 + 1],
      [102, t0 + 2],
    ]);
  });

  test.each([2, 3])('codec %i is read as well', (codec) => {
    const compress = (bytes: Uint8Array): Uint8Array => kafkaCodec(codec).compressSync(bytes);
    for (const magic of [0, 1] as const) {
      const offsets = magic === 0 ? [5, 6] : [0, 1];
      const set = legacyWrapper(
        { magic, offset: 6, attributes: codec },
        inner(magic, offsets),
        compress,
      );
      expect(recordsOf(set).map(({ offset, value }) => [offset, value])).toEqual([
        [5, 'v'],
        [6, 'v'],
      ]);
    }
  });

  test('a compacted set of magic 1 keeps its gaps', () => {
    const set = legacyWrapper({ magic: 1, offset: 109, attributes: 1 }, inner(1, [0, 4, 9]), gzip);
    expect(recordsOf(set).map(({ offset }) => offset)).toEqual([100, 104, 109]);
  });

  test('a wrapper at offset zero, as old librdkafka wrote it, counts from zero', () => {
    const set = legacyWrapper({ magic: 1, offset: 0, attributes: 1 }, inner(1, [0, 1, 2]), gzip);
    expect(recordsOf(set).map(({ offset }) => offset)).toEqual([0, 1, 2]);
  });

  test('a wrapper stamped by the log gives its time to every message', () => {
    const set = legacyWrapper(
      { magic: 1, offset: 1, attributes: 1 | 8, timestamp: t0 + 77 },
      inner(1, [0, 1]),
      gzip,
    );
    expect(recordsOf(set).map(({ timestamp }) => timestamp)).toEqual([t0 + 77, t0 + 77]);
  });

  test.each([
    ['a wrapper offset below the last inner one', { offset: 1, inner: inner(1, [0, 1, 2]) }],
    ['an empty set', { offset: 5, inner: [] }],
    ['an inner message of another magic', { offset: 5, inner: inner(0, [5]) }],
    [
      'a compressed message inside',
      { offset: 5, inner: [legacyMessage({ magic: 1, offset: 0, attributes: 1, value: 'x' })] },
    ],
    ['a torn inner message', { offset: 5, inner: [inner(1, [0])[0]!.slice(0, -1)] }],
    [
      'bytes after the last inner message',
      { offset: 5, inner: [...inner(1, [0]), messageV1.slice(0, 5)] },
    ],
    ['an inner message with a wrong checksum', { offset: 5, inner: [flipped(inner(1, [0])[0]!)] }],
    [
      'an inner message of impossible size',
      { offset: 5, inner: [negativeSize(inner(1, [0])[0]!)] },
    ],
  ])('%s is a corrupt record', (_name, set) => {
    const bytes = legacyWrapper({ magic: 1, offset: set.offset, attributes: 1 }, set.inner, gzip);
    expect(codeOf(() => recordsOf(bytes))).toBe('LOG_CORRUPT_RECORD');
  });

  test.each([null, ''])('a compressed message with value %j is a corrupt record', (value) => {
    const bytes = legacyMessage({ magic: 1, offset: 5, attributes: 1, value });
    expect(codeOf(() => recordsOf(bytes))).toBe('LOG_CORRUPT_RECORD');
  });
});

function flipped(message: Uint8Array): Uint8Array {
  const copy = message.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

function negativeSize(message: Uint8Array): Uint8Array {
  const copy = message.slice();
  viewOf(copy).setInt32(8, -5);
  return copy;
}
