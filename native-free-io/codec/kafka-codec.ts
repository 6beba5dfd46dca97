/** Codecs by Kafka's numbers. On disk and wire, never renumber. */
import { InvalidArgumentError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { lz4FrameCodec } from './lz4-frame-codec.ts';
import { noneCodec } from './none-codec.ts';
import { snappyXerialCodec } from './snappy-codec.ts';
import { gzipCodec } from './zlib-codecs.ts';
import { zstdCodec } from './zstd-codec.ts';

const codecs: readonly Codec[] = [
  noneCodec,
  gzipCodec,
  snappyXerialCodec,
  lz4FrameCodec,
  zstdCodec,
];

/** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; CODEC_UNKNOWN for any other number. */
export function kafkaCodec(number: number): Codec {
  const codec = codecs[number];
  if (codec !== undefined) return codec;
  throw new InvalidArgumentError('CODEC_UNKNOWN', `no codec has the number ${number}`);
}
