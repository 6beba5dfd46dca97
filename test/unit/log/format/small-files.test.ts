/**
 * The formats around the data: index entries, snapshots, checkpoints, metadata, markers. Each is
 * held against the bytes of Apache Kafka, cut at every byte and flipped at every bit.
 */
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../native-free-io/index.ts';
import {
  decodeLeaderEpochs,
  decodeOffsets,
  encodeLeaderEpochs,
  encodeOffsets,
} from '../../../../src/log/format/checkpoint-text.ts';
import { RecordCursor } from '../../../../src/log/format/batch-decoder.ts';
import {
  controlRecordType,
  encodeEndTxnMarker,
  readEndTxnMarker,
} from '../../../../src/log/format/control-record.ts';
import { decodeAbortedTxn, encodeAbortedTxn } from '../../../../src/log/format/index-entry.ts';
import {
  decodePartitionMetadata,
  encodePartitionMetadata,
} from '../../../../src/log/format/partition-metadata.ts';
import {
  decodeProducerSnapshot,
  encodeProducerSnapshot,
} from '../../../../src/log/format/producer-snapshot.ts';
import { parseUuid, uuidText } from '../../../../src/log/format/uuid-text.ts';
import { buildBatch, markerBatch } from '../../../helpers/batches.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, utf8 } from '../../../helpers/hex.ts';
import { abortMarker, commitMarker, t0 } from './vectors.ts';

/** The bytes with one bit turned. */
function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

describe('transaction index entry', () => {
  const entry = { producerId: 4000n, firstOffset: 1000, lastOffset: 1005, lastStableOffset: 1006 };
  const bytes = fromHex('0000 0000000000000fa0 00000000000003e8 00000000000003ed 00000000000003ee');

  test('has the bytes of Apache Kafka, both ways', () => {
    expect(toHex(encodeAbortedTxn(entry))).toBe(toHex(bytes));
    expect(decodeAbortedTxn(bytes, 0, 'f')).toEqual(entry);
  });

  test('is read where it lies, and cut at any byte it is corrupt', () => {
    const two = new Uint8Array([...bytes, ...bytes]);
    expect(decodeAbortedTxn(two, 34, 'f')).toEqual(entry);
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodeAbortedTxn(bytes.slice(0, length), 0, 'f'))).toBe(
        'LOG_CORRUPT_INDEX',
      );
    }
  });

  test('a negative version, first offset or length is corrupt', () => {
    for (const hex of ['ffff', '0000 0000000000000fa0 ffffffffffffffff']) {
      const damaged = bytes.slice();
      damaged.set(fromHex(hex));
      expect(codeOf(() => decodeAbortedTxn(damaged, 0, 'f'))).toBe('LOG_CORRUPT_INDEX');
    }
    const backwards = encodeAbortedTxn({ ...entry, lastOffset: 999 });
    expect(codeOf(() => decodeAbortedTxn(backwards, 0, 'f'))).toBe('LOG_CORRUPT_INDEX');
  });

  test('a flipped bit gives an entry in order or a StoreError', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      try {
        const read = decodeAbortedTxn(flip(bytes, bit), 0, 'f');
        expect(read.firstOffset).toBeLessThanOrEqual(read.lastOffset);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
      }
    }
  });
});

describe('producer snapshot', () => {
  const entries = [
    {
      producerId: 4000n,
      producerEpoch: 3,
      lastSequence: 9,
      lastOffset: 102,
      offsetDelta: 2,
      timestamp: t0 + 7,
      coordinatorEpoch: 9,
      currentTxnFirstOffset: 100,
    },
    {
      producerId: 4001n,
      producerEpoch: 0,
      lastSequence: -1,
      lastOffset: -1,
      offsetDelta: 0,
      timestamp: t0,
      coordinatorEpoch: -1,
      currentTxnFirstOffset: -1,
    },
  ];
  const bytes = fromHex(`0001 a403f318 00000002
    0000000000000fa0 0003 00000009 0000000000000066 00000002 0000018bcfe56807 00000009 0000000000000064
    0000000000000fa1 0000 ffffffff ffffffffffffffff 00000000 0000018bcfe56800 ffffffff ffffffffffffffff`);

  test('has the bytes of Apache Kafka, both ways', () => {
    expect(toHex(encodeProducerSnapshot(entries))).toBe(toHex(bytes));
    expect(decodeProducerSnapshot(bytes)).toEqual(entries);
  });

  test('an empty one is ten bytes', () => {
    expect(toHex(encodeProducerSnapshot([]))).toBe('000148674bc700000000');
    expect(decodeProducerSnapshot(fromHex('000148674bc700000000'))).toEqual([]);
  });

  test('cut at any byte, flipped at any bit or with bytes behind its end it is corrupt', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodeProducerSnapshot(bytes.slice(0, length)))).toBe(
        'LOG_CORRUPT_SNAPSHOT',
      );
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      expect(
        codeOf(() => decodeProducerSnapshot(flip(bytes, bit))),
        `bit ${bit}`,
      ).toBe('LOG_CORRUPT_SNAPSHOT');
    }
    expect(codeOf(() => decodeProducerSnapshot(new Uint8Array([...bytes, 0])))).toBe(
      'LOG_CORRUPT_SNAPSHOT',
    );
  });

  test('entries behind a longer, older snapshot of the same name are damage', () => {
    // Upstream overwrites without cutting; the checksum then covers the stale tail too.
    const stale = bytes.slice();
    stale.set(encodeProducerSnapshot(entries.slice(1)));
    expect(codeOf(() => decodeProducerSnapshot(stale))).toBe('LOG_CORRUPT_SNAPSHOT');
  });
});

describe('leader epoch checkpoint', () => {
  test('has the bytes of Apache Kafka, both ways', () => {
    const entries = [
      { epoch: 0, startOffset: 1000 },
      { epoch: 3, startOffset: 1008 },
    ];
    expect(toHex(encodeLeaderEpochs(entries))).toBe(toHex(utf8('0\n2\n0 1000\n3 1008\n')));
    expect(decodeLeaderEpochs(utf8('0\n2\n0 1000\n3 1008\n'), 'f')).toEqual(entries);
  });

  test('an empty file and a count of zero hold no entries', () => {
    expect(decodeLeaderEpochs(new Uint8Array(0), 'f')).toEqual([]);
    expect(decodeLeaderEpochs(utf8('0\n0\n'), 'f')).toEqual([]);
    expect(toHex(encodeLeaderEpochs([]))).toBe(toHex(utf8('0\n0\n')));
  });

  test.each(['0\r\n1\r\n5 7\r\n', '0\n1\n5 7', '0\n1\n5  7\n', '0\n1\n5\t7\n'])(
    'what upstream reads is read: %j',
    (text) => {
      expect(decodeLeaderEpochs(utf8(text), 'f')).toEqual([{ epoch: 5, startOffset: 7 }]);
    },
  );

  test.each([
    ['another version', '1\n1\n5 7\n'],
    ['no version', '\n1\n5 7\n'],
    ['a version that is no number', 'x\n1\n5 7\n'],
    ['white space around the version', ' 0\n1\n5 7\n'],
    ['white space around the count', '0\n 1\n5 7\n'],
    ['no count', '0\n'],
    ['a version alone', '0'],
    ['fewer entries than stated', '0\n2\n5 7\n'],
    ['more entries than stated', '0\n1\n5 7\n6 8\n'],
    ['a negative count', '0\n-1\n'],
    ['an entry of one field', '0\n1\n5\n'],
    ['an entry of three fields', '0\n1\n5 7 9\n'],
    ['an offset that is no number', '0\n1\n5 seven\n'],
    ['a fraction', '0\n1\n5 7.5\n'],
    ['an offset beyond the safe integers', '0\n1\n5 9223372036854775807\n'],
    ['an empty line inside', '0\n2\n5 7\n\n'],
    ['zeros instead of text', '\0\0\0\0\0\0\0\0'],
  ])('%s is corrupt', (_name, text) => {
    expect(codeOf(() => decodeLeaderEpochs(utf8(text), 'f'))).toBe('LOG_CORRUPT_CHECKPOINT');
  });

  test('cut at any byte it is corrupt, the same entries, or one shortened last number', () => {
    const text = '0\n2\n0 1000\n3 1008\n';
    for (let length = 1; length < text.length; length++) {
      try {
        const entries = decodeLeaderEpochs(utf8(text.slice(0, length)), 'f');
        expect(length).toBeGreaterThan(text.lastIndexOf(' ') + 1);
        expect(entries[0]).toEqual({ epoch: 0, startOffset: 1000 });
      } catch (error) {
        expect(error).toMatchObject({ code: 'LOG_CORRUPT_CHECKPOINT' });
      }
    }
  });

  test('flipped at any bit it decodes or is corrupt, never anything else', () => {
    const bytes = utf8('0\n2\n0 1000\n3 1008\n');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const code = codeOf(() => decodeLeaderEpochs(flip(bytes, bit), 'f'));
      expect(code).toMatch(/^(nothing thrown|LOG_CORRUPT_CHECKPOINT)$/);
    }
  });
});

describe('offset checkpoint of a log root', () => {
  test('has the bytes of Apache Kafka, both ways', () => {
    const entries = [{ topic: 't', partition: 0, offset: 1014 }];
    expect(toHex(encodeOffsets(entries))).toBe('300a310a74203020313031340a');
    expect(decodeOffsets(utf8('0\n1\nt 0 1014\n'), 'f')).toEqual(entries);
  });

  test('topics with dots and dashes survive', () => {
    const entries = [
      { topic: 'a.b-c_d', partition: 12, offset: 0 },
      { topic: '-', partition: 0, offset: 2 ** 53 - 1 },
    ];
    expect(decodeOffsets(encodeOffsets(entries), 'f')).toEqual(entries);
  });

  test.each(['0\n1\nt 0\n', '0\n1\nt 0 1 2\n', '0\n1\nt x 1\n', '0\n1\nt 0 x\n'])(
    'a malformed line is corrupt: %j',
    (text) => {
      expect(codeOf(() => decodeOffsets(utf8(text), 'f'))).toBe('LOG_CORRUPT_CHECKPOINT');
    },
  );
});

describe('partition.metadata', () => {
  const topicId = fromHex('00112233445566778899aabbccddeeff');
  const text = 'version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_w';

  test('is two lines without a newline at the end, both ways', () => {
    expect(toHex(encodePartitionMetadata({ topicId }))).toBe(toHex(utf8(text)));
    expect(toHex(decodePartitionMetadata(utf8(text), 'f').topicId)).toBe(toHex(topicId));
  });

  test('a trailing newline is fine', () => {
    expect(toHex(decodePartitionMetadata(utf8(`${text}\n`), 'f').topicId)).toBe(toHex(topicId));
  });

  test.each([
    ['an empty file', ''],
    ['no topic id', 'version: 0\n'],
    ['no version', 'topic_id: ABEiM0RVZneImaq7zN3u_w'],
    ['a negative version', 'version: -1\ntopic_id: ABEiM0RVZneImaq7zN3u_w'],
    ['the id of nothing', 'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA'],
    ['an id of 21 characters', 'version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_'],
    ['an id with padding', 'version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_w=='],
    ['three words in a line', 'version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_w x'],
  ])('%s is corrupt', (_name, damaged) => {
    expect(codeOf(() => decodePartitionMetadata(utf8(damaged), 'f'))).toBe(
      'LOG_CORRUPT_CHECKPOINT',
    );
  });

  test('cut at any byte it is corrupt; flipped at any bit it never throws anything else', () => {
    const bytes = utf8(text);
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodePartitionMetadata(bytes.slice(0, length), 'f'))).toBe(
        'LOG_CORRUPT_CHECKPOINT',
      );
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      expect(codeOf(() => decodePartitionMetadata(flip(bytes, bit), 'f'))).toMatch(
        /^(nothing thrown|LOG_CORRUPT_CHECKPOINT)$/,
      );
    }
  });
});

test('identifiers are 22 characters of URL-safe base64, both ways', () => {
  const id = fromHex('fbff00000000000000000000000000ff');
  expect(uuidText(id)).toBe('-_8AAAAAAAAAAAAAAAAA_w');
  expect(toHex(parseUuid('-_8AAAAAAAAAAAAAAAAA_w')!)).toBe(toHex(id));
  expect(parseUuid('+/8AAAAAAAAAAAAAAAAA/w')).toBeUndefined();
  expect(parseUuid('')).toBeUndefined();
});

describe('control records', () => {
  const read = (batch: Uint8Array) => readEndTxnMarker(batch, 0, batch.length);

  test('the markers of Apache Kafka are read', () => {
    expect(read(commitMarker)).toEqual({ aborted: false, coordinatorEpoch: 9 });
    expect(read(abortMarker)).toEqual({ aborted: true, coordinatorEpoch: 9 });
  });

  test('markers survive a round trip, wherever in a buffer they lie', () => {
    for (const aborted of [true, false]) {
      const batch = markerBatch({ id: 1n, aborted, coordinatorEpoch: 0x7fffffff });
      const buffer = new Uint8Array(batch.length + 11);
      buffer.set(batch, 6);
      expect(readEndTxnMarker(buffer, 6, batch.length)).toEqual({
        aborted,
        coordinatorEpoch: 0x7fffffff,
      });
    }
  });

  const control = (key: string, value: string) =>
    buildBatch([{ key: fromHex(key), value: fromHex(value) }], { flags: 0x30, producerId: 1n });

  test('later versions and longer values are read as version 0', () => {
    expect(read(control('00070001', '0009 00000004 ffff'))).toEqual({
      aborted: false,
      coordinatorEpoch: 4,
    });
    expect(read(control('00000000 ff', '0000 00000004'))).toEqual({
      aborted: true,
      coordinatorEpoch: 4,
    });
  });

  test.each([
    ['an unknown type', '00000007', '000000000004'],
    ['a leader change', '00000002', '000000000004'],
    ['a negative version', 'ffff0001', '000000000004'],
    ['a key of three bytes', '000000', '000000000004'],
    ['no key', '', '000000000004'],
    ['a value of five bytes', '00000001', '0000000004'],
  ])('%s is passed over', (_name, key, value) => {
    expect(read(control(key, value))).toBeUndefined();
  });

  test('a null key or value is passed over', () => {
    const { key, value } = encodeEndTxnMarker({ aborted: true, coordinatorEpoch: 1 });
    const flags = 0x30;
    expect(read(buildBatch([{ key: null, value }], { flags }))).toBeUndefined();
    expect(read(buildBatch([{ key, value: null }], { flags }))).toBeUndefined();
    expect(read(buildBatch([], { flags }))).toBeUndefined();
  });

  test('the type number is told, -1 for a malformed key', () => {
    const typeOf = (key: string): number => {
      const cursor = RecordCursor.open(control(key, ''));
      cursor.next();
      return controlRecordType(cursor);
    };
    expect(['00000000', '00000001', '00000006', 'ffff0000', '0000'].map(typeOf)).toEqual([
      0, 1, 6, -1, -1,
    ]);
  });

  test('a flipped bit behind the header gives a marker, nothing, or a StoreError', () => {
    for (let bit = 61 * 8; bit < commitMarker.length * 8; bit++) {
      try {
        const marker = read(flip(commitMarker, bit));
        if (marker !== undefined) expect(Number.isInteger(marker.coordinatorEpoch)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
      }
    }
  });
});
