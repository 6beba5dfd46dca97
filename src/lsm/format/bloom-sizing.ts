/**
 * How large a Bloom chunk is and how many hashes it takes: upstream's arithmetic, kept to the bit.
 *
 * Upstream: apache/hbase: hbase-server/.../util/BloomFilterUtil.java (Apache-2.0); code our own.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';

export interface BloomSizing {
  readonly bytes: number;
  readonly hashCount: number;
  /** Keys at which the error rate is reached. */
  readonly maxKeys: number;
}

/** As upstream holds it: a float widened to a double. */
export const defaultErrorRate: number = Math.fround(0.01);
export const defaultChunkBytes = 131072;
/** Chunks are a multiple of two to this power in bytes. */
const foldBits = 7;

/** A row-and-column filter is asked twice, so each question may err only half as often. */
export function columnErrorRate(errorRate: number): number {
  return Math.fround(1 - Math.sqrt(1 - errorRate));
}

export function sizeBloom(chunkBytes: number, errorRate: number): BloomSizing {
  if (!(errorRate > 0 && errorRate < 1) || !(chunkBytes >= 1 && chunkBytes <= 1 << 27)) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `no Bloom filter of ${chunkBytes} bytes errs at a rate of ${errorRate}`,
    );
  }
  const fold = 1 << foldBits;
  const bytes = Math.ceil(chunkBytes / fold) * fold;
  const bits = bytes * 8;
  const ideal = Math.floor(bits * ((Math.LN2 * Math.LN2) / -Math.log(errorRate)));
  const hashCount = Math.ceil(Math.LN2 * Math.floor(bits / ideal));
  const maxKeys = Math.floor(
    (-bits / hashCount) * Math.log(1 - Math.exp(Math.log(errorRate) / hashCount)),
  );
  return { bytes, hashCount, maxKeys };
}
