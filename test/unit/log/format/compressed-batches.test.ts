import { describe, expect, test } from 'vitest';
import { kafkaCodec, StoreError } from '../../../../native-free-io/index.ts';
import { codecName, codecNames, codecNumber } from '../../../../src/log/format/codec-number.ts';
import type { CodecName } from '../../../../src/log/index.ts';
import { RecordCursor } from '../../../../src/log/format/batch-decoder.ts';
import { writeBatchCrc } from '../../../../src/log/format/batch-header.ts';
import {
  BatchVerdict,
  verifyBatch,
  verifyRecords,
} from '../../../../src/log/format/batch-verifier.ts';
import { buildBatch, collect, concat, headerOf, recordsOf } from '../../../helpers/batches.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, viewOf } from '../../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../../helpers/log-world.ts';
import { t0 } from './vectors.ts';

const codecs = [1, 2, 3, 4] as const;
const oneRecord = [{ timestamp: t0, key: 'k', value: 'a'.repeat(64) }];

/** Records area and checksum of one batch as Apache Kafka's own classes made them. */
const vectors: readonly (readonly [CodecName, string, string])[] = [
  [
    'gzip',
    '1f8b08 00 00000000 00 ff | 9bc0c8c0c0c094ddc0984821600000 | da329291 4a000000',
    '274097ef',
  ],
  [
    'snappy',
    '82534e4150505900 00000001 00000001 | 00000011 4a249001000000026b800161fa01000000',
    'bfc0dc06',
  ],
  [
    'lz4',
    '04224d18 60 40 82 | 14000000 af9001000000026b800161010028506161616100 | 00000000',
    '56abe003',
  ],
  ['zstd', '28b52ffd 00 58 | 8c0000 589001000000026b800161000100940012 | 010000', '477120b7'],
];

/** A batch of one stated record around compressed bytes. */
function around(codec: number, stored: Uint8Array, count = 1): Uint8Array {
  const header = buildBatch(oneRecord, { flags: codec }).slice(0, 61);
  const batch = concat(header, stored);
  const view = viewOf(batch);
  view.setInt32(8, batch.length - 12);
  view.setInt32(57, count);
  view.setInt32(23, count - 1);
  writeBatchCrc(batch, view, 0);
  return batch;
}

const deep = (batch: Uint8Array, maxLength = 1 << 20) =>
  verifyRecords(batch, viewOf(batch), 0, { maxLength });

describe('the bytes of Apache Kafka', () => {
  test.each(vectors)('%s is read and its checksum agrees', (name, area, crc) => {
    const batch = around(codecNumber(name), fromHex(area));
    expect(headerOf(batch).crc.toString(16)).toBe(crc);
    expect(recordsOf(batch)).toEqual([
      { offset: 0, timestamp: t0, key: 'k', value: 'a'.repeat(64), headers: [] },
    ]);
  });

  test('snappy comes in xerial blocks, lz4 as the frame Kafka writes', () => {
    const area = (codec: number) => buildBatch(oneRecord, { codec }).subarray(61);
    expect(toHex(area(2)).slice(0, 32)).toBe('82534e41505059000000000100000001');
    expect(toHex(area(3)).slice(0, 14)).toBe('04224d18604082');
    expect(toHex(area(1)).slice(0, 4)).toBe('1f8b');
    expect(toHex(area(4)).slice(0, 8)).toBe('28b52ffd');
  });
});

describe.each(codecs)('codec %i', (codec) => {
  const records = Array.from({ length: 500 }, (_, index) => ({
    key: `key ${index % 7}`,
    value: `a value that repeats itself ${index}`.repeat(3),
    timestamp: t0 + index,
  }));

  test('records survive, and the batch is smaller than without', () => {
    const plain = buildBatch(records);
    const batch = buildBatch(records, { codec });
    expect(batch.length).toBeLessThan(plain.length / 2);
    expect(headerOf(batch)).toMatchObject({ codec, recordCount: 500, maxTimestamp: t0 + 499 });
    expect(recordsOf(batch)).toEqual(recordsOf(plain));
  });

  test('incompressible records survive too', () => {
    const value = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 2654435761) >>> 13);
    const cursor = RecordCursor.open(buildBatch([{ value }], { codec }));
    expect(cursor.next()).toBe(true);
    expect(toHex(cursor.record().value!)).toBe(toHex(value));
  });

  test('fewer or more records than stated are corrupt', () => {
    for (const count of [499, 501]) {
      const batch = buildBatch(records, { codec });
      const view = viewOf(batch);
      view.setInt32(57, count);
      view.setInt32(23, Math.max(count, 500) - 1);
      writeBatchCrc(batch, view, 0);
      expect(codeOf(() => recordsOf(batch))).toMatch(/^(LOG_CORRUPT_RECORD|BUFFER_\w+)$/);
      expect(deep(batch).status).toBe('corrupt');
    }
  });

  test('a stream cut at any byte is corrupt, though the checksum is right', () => {
    const stored = buildBatch(oneRecord, { codec }).slice(61);
    for (let length = 0; length < stored.length; length++) {
      const batch = around(codec, stored.slice(0, length));
      // What is missing may be only the codec's own trailer.
      const verdict = deep(batch);
      if (verdict.status === 'ok')
        expect(recordsOf(batch)).toEqual(recordsOf(buildBatch(oneRecord)));
      else expect(() => recordsOf(batch)).toThrow(StoreError);
    }
    expect(deep(around(codec, new Uint8Array(0))).status).toBe('corrupt');
  });

  test('one flipped bit anywhere in the stream gives a StoreError or records, nothing else', () => {
    const stored = buildBatch(oneRecord, { codec }).slice(61);
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = stored.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const batch = around(codec, damaged);
      try {
        recordsOf(batch);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
      }
      expect(['ok', 'corrupt']).toContain(deep(batch).status);
      const verdict = new BatchVerdict();
      const raw = concat(buildBatch(oneRecord, { codec }).slice(0, 61), damaged);
      verifyBatch(raw, viewOf(raw), 0, raw.length, { checksum: true, verdict });
      expect(verdict.status).toBe('corrupt');
    }
  });

  test('more than the stated limit is never decompressed', () => {
    const batch = buildBatch([{ value: new Uint8Array(1 << 20) }], { codec });
    expect(codeOf(() => RecordCursor.open(batch, { maxLength: 1 << 16 }))).toBe('CODEC_TOO_LARGE');
    expect(deep(batch, 1 << 16).status).toBe('corrupt');
    expect(deep(batch, 1 << 21).status).toBe('ok');
  });

  test('an empty batch of the cleaner needs no stream', () => {
    expect(recordsOf(buildBatch([], { flags: codec, lastOffsetDelta: 3 }))).toEqual([]);
  });

  test('bytes behind the records inside the stream are corrupt', () => {
    const area = buildBatch(oneRecord).slice(61);
    const stored = kafkaCodec(codec).compressSync(concat(area, new Uint8Array(1)));
    expect(codeOf(() => recordsOf(around(codec, stored)))).toBe('LOG_CORRUPT_RECORD');
  });
});

describe('in a log', () => {
  test.each(codecNames)(
    'records appended with codec %s come back, after a reopen too',
    async (codec) => {
      const world = new LogWorld();
      const log = await world.open();
      log.appendSync(numbered(100), { codec });
      expect(headerOf(world.bytesOf(segmentFile(0, 'log'))).codec).toBe(codecNumber(codec));
      const values = numbered(100).map(({ value }) => value);
      expect((await collect(log.read())).map(({ value }) => value)).toEqual(values);
      await log.close();
      const again = await world.open();
      expect((await collect(again.read())).map(({ value }) => value)).toEqual(values);
      expect(await again.offsetForTimestamp(0)).toMatchObject({ offset: 0 });
    },
  );

  test("a log's own compression type overrules the caller's", async () => {
    const codecsOf = async (type: string): Promise<number> => {
      const world = new LogWorld();
      const log = await world.open({ 'compression.type': type });
      log.appendSync(numbered(3), { codec: 'gzip' });
      return headerOf(world.bytesOf(segmentFile(0, 'log'))).codec;
    };
    const types = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
    expect(await Promise.all(types.map(codecsOf))).toEqual([1, 0, 1, 2, 3, 4]);
  });

  test('compression levels reach the codec', async () => {
    const sizeAt = async (level: number): Promise<number> => {
      const log = await new LogWorld().open({
        'compression.type': 'gzip',
        'compression.gzip.level': level,
      });
      log.appendSync(numbered(500));
      return log.sizeBytes;
    };
    expect(await sizeAt(9)).toBeLessThan(await sizeAt(1));
  });

  test('a compressed batch of a client is validated record by record where asked for', async () => {
    const log = await new LogWorld().open({ 'cleanup.policy': 'compact' });
    const append = (batch: Uint8Array) => codeOf(() => log.appendBatchesSync(batch));
    expect(append(buildBatch([{ key: 'k' }, {}], { codec: 3 }))).toBe('LOG_INVALID_RECORD');
    expect(append(around(3, fromHex('04224d18 60 40 82 | 00000000')))).toBe('LOG_CORRUPT_RECORD');
    expect(append(buildBatch([{ key: 'k' }], { codec: 3 }))).toBe('nothing thrown');
  });

  test('a bomb is refused, not inflated', async () => {
    const log = await new LogWorld().open({ 'max.message.bytes': 1_000_000 });
    const bomb = buildBatch([{ value: new Uint8Array(100 << 20) }], { codec: 1 });
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(codeOf(() => log.appendBatchesSync(bomb, { validate: 'records' }))).toBe(
      'LOG_CORRUPT_RECORD',
    );
    expect(log.logEndOffset).toBe(0);
  });

  test('an unknown codec name is refused', async () => {
    const log = await new LogWorld().open();
    const codec = 'brotli' as CodecName;
    expect(codeOf(() => log.appendSync(numbered(1), { codec }))).toBe('CODEC_UNKNOWN');
    expect(log.logEndOffset).toBe(0);
  });
});

test('codec numbers and names are those of Apache Kafka', () => {
  expect(codecNames.map(codecNumber)).toEqual([0, 1, 2, 3, 4]);
  expect([0, 1, 2, 3, 4, 5, 7].map(codecName)).toEqual([...codecNames, undefined, undefined]);
});
