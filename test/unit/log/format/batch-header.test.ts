import { describe, expect, test } from 'vitest';
import { stampBatch, writeBatchCrc } from '../../../../src/log/format/batch-header.ts';
import { buildBatch, headerOf, producerBatch } from '../../../helpers/batches.ts';
import { toHex, viewOf } from '../../../helpers/hex.ts';
import {
  afterStamp,
  beforeStamp,
  commitMarker,
  emptyBatch,
  horizonBatch,
  messageV0,
  messageV1,
  plainBatch,
  t0,
  transactionalBatch,
} from './vectors.ts';

describe('readBatchHeader', () => {
  test('every field of a plain batch', () => {
    expect(headerOf(plainBatch)).toMatchObject({
      baseOffset: 100,
      size: 0x5b + 12,
      leaderEpoch: 5,
      magic: 2,
      crc: 0x6aaa22a1,
      attributes: 0,
      lastOffsetDelta: 2,
      baseTimestamp: t0,
      maxTimestamp: t0 + 7,
      producerId: -1n,
      hasProducer: false,
      producerEpoch: -1,
      baseSequence: -1,
      recordCount: 3,
      lastOffset: 102,
      codec: 0,
      isControl: false,
      isTransactional: false,
      isLogAppendTime: false,
      deleteHorizonMs: undefined,
    });
  });

  test('producer fields and flags of a transactional batch stamped by the log', () => {
    expect(headerOf(transactionalBatch)).toMatchObject({
      crc: 0xad05bd39,
      maxTimestamp: t0 + 9999,
      producerId: 4000n,
      hasProducer: true,
      producerEpoch: 3,
      baseSequence: 7,
      isTransactional: true,
      isLogAppendTime: true,
      isControl: false,
    });
  });

  test('a marker is a control batch without a sequence', () => {
    expect(headerOf(commitMarker)).toMatchObject({
      isControl: true,
      isTransactional: true,
      baseSequence: -1,
      lastOffsetDelta: 0,
      recordCount: 1,
    });
  });

  test('a batch emptied by cleaning keeps its span and its producer', () => {
    expect(headerOf(emptyBatch)).toMatchObject({
      recordCount: 0,
      lastOffset: 102,
      baseTimestamp: -1,
      maxTimestamp: t0 + 7,
      producerId: 4000n,
    });
  });

  test('a cleaned batch states its delete horizon', () => {
    expect(headerOf(horizonBatch).deleteHorizonMs).toBe(t0 + 100_000 + 86_400_000);
  });

  test('messages of magic 0 and 1 look like batches of one record', () => {
    const common = { baseOffset: 100, lastOffset: 100, recordCount: 1, leaderEpoch: -1 };
    expect(headerOf(messageV0)).toMatchObject({ ...common, magic: 0, maxTimestamp: -1 });
    expect(headerOf(messageV1)).toMatchObject({ ...common, magic: 1, maxTimestamp: t0 });
  });

  test('a producer id of 2^62 survives', () => {
    const id = 2n ** 62n + 12_345n;
    expect(headerOf(producerBatch({ id, sequence: 0 })).producerId).toBe(id);
  });
});

describe('stampBatch', () => {
  test('a log that stamps times gives the bytes of Apache Kafka', () => {
    const batch = beforeStamp.slice();
    stampBatch(batch, viewOf(batch), 0, {
      baseOffset: 500,
      leaderEpoch: 9,
      logAppendTime: t0 + 9999,
    });
    expect(toHex(batch)).toBe(toHex(afterStamp));
  });

  test('offset and epoch alone leave checksum, times and records untouched', () => {
    const batch = beforeStamp.slice();
    stampBatch(batch, viewOf(batch), 0, { baseOffset: 500, leaderEpoch: 9, logAppendTime: -1 });
    expect(toHex(batch.subarray(0, 8))).toBe('00000000000001f4');
    expect(toHex(batch.subarray(12, 16))).toBe('00000009');
    expect(toHex(batch.subarray(16))).toBe(toHex(beforeStamp.subarray(16)));
  });

  test('unknown high attribute bits are dropped when a batch is stamped anew', () => {
    const batch = buildBatch([{ value: 'x' }], { flags: 0x100 });
    stampBatch(batch, viewOf(batch), 0, { baseOffset: 0, leaderEpoch: 0, logAppendTime: 5 });
    expect(headerOf(batch).attributes).toBe(0x08);
  });

  test('a batch in the middle of a buffer is changed there and nowhere else', () => {
    const batch = beforeStamp.slice();
    const buffer = new Uint8Array(batch.length + 20).fill(0xee);
    buffer.set(batch, 10);
    stampBatch(buffer, viewOf(buffer), 10, {
      baseOffset: 500,
      leaderEpoch: 9,
      logAppendTime: t0 + 9999,
    });
    expect(toHex(buffer)).toBe('ee'.repeat(10) + toHex(afterStamp) + 'ee'.repeat(10));
  });
});

test('writeBatchCrc restores the checksum of every vector', () => {
  for (const original of [plainBatch, transactionalBatch, commitMarker, emptyBatch, horizonBatch]) {
    const batch = original.slice();
    batch.fill(0, 17, 21);
    writeBatchCrc(batch, viewOf(batch), 0);
    expect(toHex(batch)).toBe(toHex(original));
  }
});
