import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kafkaCodec, readVarint, varintEnd } from '../../../../native-free-io/index.ts';
import { KafkaFixture, kafkaFixtureNames } from '../../../fixtures/kafka/fixtures.ts';
import { viewOf } from '../../../helpers/hex.ts';
import { collected, cut, firstDifference } from './samples.ts';

const recordsStart = 61;
const maxLength = 64 << 20;
const seen = new Map<string, number>();

describe.each(['3.9.1', '4.3.1'] as const)('segments of Kafka %s', (version) => {
  test.each(kafkaFixtureNames(version))('every batch of %s decompresses', async (name) => {
    using fixture = new KafkaFixture(version, name);
    for (const { bytes, codec: number, recordCount } of batchesOf(fixture.dir)) {
      const codec = kafkaCodec(number);
      seen.set(codec.name, (seen.get(codec.name) ?? 0) + 1);
      const records = codec.decompressSync(bytes, { maxLength });
      expect(countRecords(records)).toBe(recordCount);
      const streamed = await collected(
        codec.decompress(
          cut(bytes, () => 100),
          { maxLength },
        ),
      );
      expect(firstDifference(streamed, records)).toBe(-1);
      const packed = codec.compressSync(records);
      expect(firstDifference(codec.decompressSync(packed, { maxLength }), records)).toBe(-1);
    }
  });
});

test('every codec was seen', () => {
  expect([...seen.keys()].toSorted()).toEqual(['gzip', 'lz4', 'none', 'snappy', 'zstd']);
});

interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly codec: number;
  readonly recordCount: number;
}

/** Batches of format 2 with records, of all segments. */
function* batchesOf(dir: string): Generator<StoredBatch> {
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.log'))) {
    const log = new Uint8Array(readFileSync(join(dir, file)));
    const view = viewOf(log);
    for (let at = 0; at + recordsStart <= log.length;) {
      const end = at + 12 + view.getInt32(at + 8);
      if (end === at + 12 || log[at + 16] !== 2) break;
      const recordCount = view.getInt32(at + 57);
      const bytes = log.subarray(at + recordsStart, end);
      if (recordCount > 0) yield { bytes, codec: view.getInt16(at + 21) & 7, recordCount };
      at = end;
    }
  }
}

/** Records from the beginning to the exact end, by their lengths. */
function countRecords(records: Uint8Array): number {
  let count = 0;
  let at = 0;
  while (at < records.length) {
    const length = readVarint(records, at, records.length);
    at = varintEnd + length;
    count++;
  }
  expect(at).toBe(records.length);
  return count;
}
