/**
 * Streams that other implementations wrote, in the folder `reference`, and what is in them. Written
 * once, with: lz4 1.9.4, zstd 1.5.4, Python 3's zlib, snappy-java 1.1.10.4, Hadoop 3.4.1,
 * Kafka 4.3.1 and zstd-jni 1.5.6.
 */
import { readFileSync } from 'node:fs';
import { codecByName, type Codec } from '../../../../native-free-io/index.ts';
import { chant, proverb } from './samples.ts';

const files = {
  'gzip-members': { codec: 'gzip', holds: proverb, about: 'two members' },
  'zlib-python': { codec: 'deflate', holds: proverb, about: 'level 9' },
  'snappy-java': { codec: 'snappy', holds: proverb, about: 'SnappyOutputStream' },
  'hadoop-snappy': { codec: 'hadoop-snappy', holds: proverb, about: 'SnappyCodec' },
  'hadoop-lz4': { codec: 'hadoop-lz4', holds: proverb, about: 'Lz4Codec' },
  'hadoop-lz4-chunks': { codec: 'hadoop-lz4', holds: chant, about: 'several writes' },
  'kafka-lz4': { codec: 'lz4', holds: proverb, about: 'Lz4BlockOutputStream' },
  'lz4-plain': { codec: 'lz4', holds: proverb, about: 'content checksum' },
  'lz4-linked': { codec: 'lz4', holds: chant, about: 'linked 64 KiB blocks, all checksums, size' },
  'lz4-high': { codec: 'lz4', holds: chant, about: '256 KiB blocks, level 9, no checksum' },
  'lz4-frames': { codec: 'lz4', holds: chant, about: 'three frames' },
  'zstd-checked': { codec: 'zstd', holds: proverb, about: 'size and checksum' },
  'zstd-stream': { codec: 'zstd', holds: chant, about: 'level 19, neither size nor checksum' },
  'zstd-frames': { codec: 'zstd', holds: chant, about: 'three frames' },
  'zstd-jni': { codec: 'zstd', holds: proverb, about: 'ZstdOutputStream' },
} as const;

export const referenceNames: readonly string[] = Object.keys(files);

export interface Reference {
  readonly codec: Codec;
  readonly packed: Uint8Array;
  readonly holds: Uint8Array;
}

export function readReference(name: string): Reference {
  const file = files[name as keyof typeof files];
  const packed = readFileSync(new URL(`reference/${name}`, import.meta.url));
  return { codec: codecByName(file.codec), packed: new Uint8Array(packed), holds: file.holds };
}
