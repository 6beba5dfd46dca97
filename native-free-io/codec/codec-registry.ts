/** Codecs by name, as options and command lines spell them. */
import { InvalidArgumentError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { hadoopLz4Codec, hadoopSnappyCodec, hadoopZstdCodec } from './hadoop-block-codec.ts';
import { lz4FrameCodec } from './lz4-frame-codec.ts';
import { noneCodec } from './none-codec.ts';
import { snappyRawCodec, snappyXerialCodec } from './snappy-codec.ts';
import { deflateCodec, gzipCodec } from './zlib-codecs.ts';
import { zstdCodec } from './zstd-codec.ts';

const codecs: ReadonlyMap<string, Codec> = new Map(
  [
    noneCodec,
    gzipCodec,
    deflateCodec,
    snappyXerialCodec,
    snappyRawCodec,
    lz4FrameCodec,
    zstdCodec,
    hadoopSnappyCodec,
    hadoopLz4Codec,
    hadoopZstdCodec,
  ].map((codec) => [codec.name, codec]),
);

/** Every name that `codecByName` knows. */
export const codecNames: readonly string[] = [...codecs.keys()];

/** The codec whose `name` this is; CODEC_UNKNOWN for any other, case included. */
export function codecByName(name: string): Codec {
  const codec = codecs.get(name);
  if (codec !== undefined) return codec;
  throw new InvalidArgumentError(
    'CODEC_UNKNOWN',
    `no codec is named '${name}': there are ${codecNames.join(', ')}`,
  );
}
