/**
 * Compression of blocks: HBase's names and ordinals over the codecs of the I/O floor.
 *
 *    none     as it is                      gz     one gzip member, OS byte 0
 *    snappy   Hadoop's block stream         lz4    Hadoop's block stream of raw LZ4 blocks
 *    zstd     frames, or Hadoop's block stream of frames; read by what is there
 *
 * HBase writes zstd in two ways under one ordinal: plain frames through Hadoop's native codec (its
 * default), a block stream through the hbase-compression modules. A file must be written as the
 * cluster that reads it expects (docs/formats/lsm.md, "Compression").
 */
import {
  gzipCodec,
  hadoopLz4Codec,
  hadoopSnappyCodec,
  hadoopZstdCodec,
  zstdCodec,
  type Codec,
} from '../../../native-free-io/index.ts';
import { CompressionId } from '../format/layout.ts';

export const compressionNames = ['none', 'gz', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionName = (typeof compressionNames)[number];

/** How zstd is wrapped: as Hadoop's native codec does, or as HBase's own modules do. */
export type ZstdFraming = 'frame' | 'block';

const zstdFrameMagic = 0x28b52ffd;
const gzipSystemPosition = 9;

export function compressionName(id: number): CompressionName | undefined {
  return compressionNames.find((name) => CompressionId[name] === id);
}

/** Gives the stored form of a block's payload. */
export type Compress = (payload: Uint8Array) => Uint8Array;

/** Undefined for 'none'. */
export function compressorOf(
  name: CompressionName,
  zstdFraming: ZstdFraming,
  level?: number,
): Compress | undefined {
  const options = level === undefined ? {} : { level };
  if (name === 'none') return undefined;
  if (name === 'gz') {
    return (payload) => {
      const member = gzipCodec.compressSync(payload, options);
      // Java names no system; naming ours would make equal blocks differ.
      member[gzipSystemPosition] = 0;
      return member;
    };
  }
  if (name === 'snappy') return (payload) => hadoopSnappyCodec.compressSync(payload);
  if (name === 'lz4') return (payload) => hadoopLz4Codec.compressSync(payload);
  const codec = zstdFraming === 'frame' ? zstdCodec : hadoopZstdCodec;
  return (payload) => codec.compressSync(payload, options);
}

/** Decompresses to exactly `length` bytes, or throws an error of the codec; not for 'none'. */
export function decompress(
  name: Exclude<CompressionName, 'none'>,
  stored: Uint8Array,
  length: number,
): Uint8Array {
  return decoderOf(name, stored).decompressSync(stored, { maxLength: length });
}

function decoderOf(name: Exclude<CompressionName, 'none'>, stored: Uint8Array): Codec {
  if (name === 'gz') return gzipCodec;
  if (name === 'snappy') return hadoopSnappyCodec;
  if (name === 'lz4') return hadoopLz4Codec;
  const isFrame =
    stored.length >= 4 &&
    new DataView(stored.buffer, stored.byteOffset, 4).getUint32(0) === zstdFrameMagic;
  return isFrame ? zstdCodec : hadoopZstdCodec;
}
