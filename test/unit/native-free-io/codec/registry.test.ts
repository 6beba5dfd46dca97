import { describe, expect, test } from 'vitest';
import * as door from '../../../../native-free-io/index.ts';
import { codecByName, codecNames, kafkaCodec } from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { allCodecs, collected, textOf } from './samples.ts';

test.each([
  ['none', door.noneCodec],
  ['gzip', door.gzipCodec],
  ['deflate', door.deflateCodec],
  ['snappy', door.snappyXerialCodec],
  ['snappy-raw', door.snappyRawCodec],
  ['lz4', door.lz4FrameCodec],
  ['zstd', door.zstdCodec],
  ['hadoop-snappy', door.hadoopSnappyCodec],
  ['hadoop-lz4', door.hadoopLz4Codec],
  ['hadoop-zstd', door.hadoopZstdCodec],
])('%s has its name and is found by it', (name, codec) => {
  expect(codec.name).toBe(name);
  expect(codecByName(name)).toBe(codec);
  expect(codecNames).toContain(name);
});

test('other names are refused', () => {
  expect(codecNames).toHaveLength(10);
  for (const name of ['', 'GZIP', 'brotli', 'constructor', '__proto__']) {
    expect(codeOf(() => codecByName(name))).toBe('CODEC_UNKNOWN');
  }
});

test("Kafka's numbers are 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd and no more", () => {
  const names = [0, 1, 2, 3, 4].map((number) => kafkaCodec(number).name);
  expect(names).toEqual(['none', 'gzip', 'snappy', 'lz4', 'zstd']);
  for (const number of [-1, 5, 6, 7, 0.5, Number.NaN]) {
    expect(codeOf(() => kafkaCodec(number))).toBe('CODEC_UNKNOWN');
  }
});

describe('levels', () => {
  test.each([
    ['gzip', -1, 9],
    ['deflate', -1, 9],
    ['zstd', -131_072, 22],
    ['hadoop-zstd', -131_072, 22],
  ])('of %s go from %d to %d', async (name, least, most) => {
    const codec = codecByName(name);
    const text = textOf(2000);
    for (const level of [least, 0, 1, most]) {
      const packed = codec.compressSync(text, { level });
      expect(codec.decompressSync(packed, { maxLength: 2000 }).length).toBe(2000);
    }
    for (const level of [least - 1, most + 1, 1.5, Number.NaN]) {
      expect(codeOf(() => codec.compressSync(text, { level }))).toBe('IO_INVALID_ARGUMENT');
      const failing = async () => collected(codec.compress([text], { level }));
      await expect(failing()).rejects.toMatchObject({ code: 'IO_INVALID_ARGUMENT' });
    }
  });

  test('are ignored where there are none', () => {
    const text = textOf(2000);
    for (const codec of allCodecs) {
      if (['gzip', 'deflate', 'zstd', 'hadoop-zstd'].includes(codec.name)) continue;
      const packed = codec.compressSync(text, { level: 99 });
      expect(Buffer.compare(packed, codec.compressSync(text))).toBe(0);
    }
  });

  test('of gzip matter', () => {
    const text = textOf(200_000);
    const length = (level: number) => codecByName('gzip').compressSync(text, { level }).length;
    expect(length(0)).toBeGreaterThan(text.length);
    expect(length(9)).toBeLessThan(length(1));
  });
});
