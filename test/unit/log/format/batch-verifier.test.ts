import { describe, expect, test } from 'vitest';
import { writeBatchCrc } from '../../../../src/log/format/batch-header.ts';
import {
  BatchVerdict,
  verifyBatch,
  verifyRecords,
} from '../../../../src/log/format/batch-verifier.ts';
import { buildBatch, concat, headerOf, recordsOf } from '../../../helpers/batches.ts';
import { toHex, viewOf } from '../../../helpers/hex.ts';
import { allBatches, messageV0, messageV1, plainBatch } from './vectors.ts';

function verdictOf(bytes: Uint8Array, start = 0, end: number = bytes.length, checksum = true) {
  const verdict = new BatchVerdict();
  return verifyBatch(bytes, viewOf(bytes), start, end, { checksum, verdict });
}

/** A sound batch with one header field replaced and the checksum made right again. */
function withField(change: (view: DataView) => void, original = plainBatch): Uint8Array {
  const batch = original.slice();
  change(viewOf(batch));
  writeBatchCrc(batch, viewOf(batch), 0);
  return batch;
}

describe.each(allBatches)('verifyBatch of a batch %s', (_name, original) => {
  test('is ok, with its size, wherever in a buffer it lies', () => {
    expect(verdictOf(original)).toMatchObject({ status: 'ok', size: original.length });
    const buffer = concat(new Uint8Array(7), original, new Uint8Array(9));
    expect(verdictOf(buffer, 7)).toMatchObject({ status: 'ok', size: original.length });
  });

  test('cut at any byte it is incomplete and says how much is missing', () => {
    for (let length = 0; length < original.length; length++) {
      const verdict = verdictOf(original.slice(0, length));
      expect(verdict.status).toBe('incomplete');
      expect(verdict.neededBytes).toBe(length < 17 ? 17 : original.length);
    }
  });

  test('a limit inside the batch hides what lies behind it', () => {
    for (let end = 0; end < original.length; end++) {
      expect(verdictOf(original, 0, end).status).toBe('incomplete');
    }
  });

  test('one flipped bit is found, or lies outside the checksum and is harmless', () => {
    for (let bit = 0; bit < original.length * 8; bit++) {
      const batch = original.slice();
      batch[bit >> 3]! ^= 1 << (bit & 7);
      if (verdictOf(batch).status !== 'ok') continue;
      // Offset (0..8) and, in version 2, leader epoch (12..16) are not covered by the checksum.
      const at = bit >> 3;
      const isV2 = original[16] === 2;
      expect(at < 8 || (isV2 && at >= 12 && at < 16), `bit ${bit}`).toBe(true);
      const shift = headerOf(batch).baseOffset - headerOf(original).baseOffset;
      const expected = recordsOf(original).map((r) => ({ ...r, offset: r.offset + shift }));
      expect(recordsOf(batch)).toEqual(expected);
    }
  });
});

describe('verifyBatch', () => {
  test.each([
    ['a size field of zero', (view: DataView) => view.setInt32(8, 0)],
    ['a size field of 13', (view: DataView) => view.setInt32(8, 13)],
    ['a negative size field', (view: DataView) => view.setInt32(8, -1)],
    ['a batch shorter than its header', (view: DataView) => view.setInt32(8, 48)],
    ['magic 3', (view: DataView) => view.setInt8(16, 3)],
    ['a negative magic', (view: DataView) => view.setInt8(16, -1)],
    ['magic 127', (view: DataView) => view.setInt8(16, 127)],
  ])('%s is corrupt before anything else is looked at', (_name, change) => {
    const batch = plainBatch.slice();
    change(viewOf(batch));
    const verdict = verdictOf(batch);
    expect(verdict.status).toBe('corrupt');
    expect(verdict.reason).not.toBe('');
    expect(verdictOf(batch, 0, 17).status).toBe('corrupt');
  });

  test.each([
    ['a negative offset', (view: DataView) => view.setBigInt64(0, -1n)],
    ['an offset beyond the safe integers', (view: DataView) => view.setBigInt64(0, 2n ** 53n)],
    [
      'a last offset beyond the safe integers',
      (view: DataView) => view.setBigInt64(0, 2n ** 53n - 1n),
    ],
    ['a negative last offset delta', (view: DataView) => view.setInt32(23, -1)],
    ['a negative record count', (view: DataView) => view.setInt32(57, -1)],
    ['a timestamp beyond the safe integers', (view: DataView) => view.setBigInt64(27, 2n ** 60n)],
    [
      'a max timestamp beyond the safe integers',
      (view: DataView) => view.setBigInt64(35, 2n ** 60n),
    ],
    ['codec 5', (view: DataView) => view.setInt16(21, 5)],
    ['codec 7', (view: DataView) => view.setInt16(21, 7)],
  ])('%s is corrupt although the checksum is right', (_name, change) => {
    expect(verdictOf(withField(change)).status).toBe('corrupt');
  });

  test('a message of magic 1 shorter than its header is corrupt', () => {
    const message = messageV1.slice();
    viewOf(message).setInt32(8, 21);
    expect(verdictOf(message).status).toBe('corrupt');
  });

  test('the checksum is left out only where asked for', () => {
    const batch = plainBatch.slice();
    batch[batch.length - 2]! ^= 1;
    expect(verdictOf(batch).status).toBe('corrupt');
    expect(verdictOf(batch, 0, batch.length, false).status).toBe('ok');
    const message = messageV0.slice();
    message[message.length - 1]! ^= 1;
    expect(verdictOf(message).status).toBe('corrupt');
    expect(verdictOf(message, 0, message.length, false).status).toBe('ok');
  });

  test('zeros are corrupt, not an endless row of empty batches', () => {
    expect(verdictOf(new Uint8Array(100)).status).toBe('corrupt');
    expect(verdictOf(new Uint8Array(17)).status).toBe('corrupt');
    expect(verdictOf(new Uint8Array(16)).status).toBe('incomplete');
  });

  test('a size of 2^31 - 1 is incomplete and does not overflow', () => {
    const batch = plainBatch.slice();
    viewOf(batch).setInt32(8, 0x7fffffff);
    expect(verdictOf(batch)).toMatchObject({
      status: 'incomplete',
      neededBytes: 0x7fffffff + 12,
    });
  });
});

describe('verifyRecords', () => {
  const deep = (batch: Uint8Array) =>
    verifyRecords(batch, viewOf(batch), 0, { maxLength: 1 << 20 });

  test('states count, least and greatest time, keys and order', () => {
    const batch = buildBatch([
      { timestamp: 50, key: 'a' },
      { timestamp: 20 },
      { timestamp: 90, key: '' },
    ]);
    expect(deep(batch)).toEqual({
      status: 'ok',
      reason: '',
      records: 3,
      consecutive: true,
      recordsWithoutKey: 1,
      minTimestamp: 20,
      maxTimestamp: 90,
    });
  });

  test('records without a time do not count as the earliest', () => {
    const times = (...list: number[]) => deep(buildBatch(list.map((timestamp) => ({ timestamp }))));
    expect(times(30, -1, 40)).toMatchObject({ minTimestamp: 30, maxTimestamp: 40 });
    expect(times(-1, 30)).toMatchObject({ minTimestamp: 30, maxTimestamp: 30 });
    expect(times(-1, -1)).toMatchObject({ minTimestamp: -1, maxTimestamp: -1 });
  });

  test('gaps between offset deltas are seen', () => {
    // The second record's delta is two instead of one.
    const batch = withField(
      (view) => {
        view.setInt32(23, 2);
        view.setUint8(61 + 7 + 3, 4);
      },
      buildBatch([{ timestamp: 0 }, { timestamp: 0 }]),
    );
    expect(toHex(batch.subarray(61))).toBe('0c0000000101000c000004010100');
    expect(deep(batch)).toMatchObject({ status: 'ok', records: 2, consecutive: false });
  });

  test.each(['too few', 'too many'])('%s records for the stated count are corrupt', (which) => {
    const batch = withField((view) => view.setInt32(57, which === 'too few' ? 4 : 2));
    viewOf(batch).setInt32(23, 3);
    expect(deep(batch).status).toBe('corrupt');
  });

  test('damaged headers are found although nobody asked for them', () => {
    // Header count of the first record, 2, becomes 3.
    const batch = plainBatch.slice();
    const at = 61 + 13;
    expect(batch[at]).toBe(4);
    batch[at] = 6;
    expect(deep(batch).status).toBe('corrupt');
  });
});
