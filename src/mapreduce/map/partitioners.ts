/**
 * Which reduce partition a record goes to.
 *
 *    hash          (hash code and 0x7fffffff) mod partitions, as in Hadoop
 *    total order   the number of split points at or below the key; points in a partition file
 *    user's        a function of key and value
 *
 * Upstream: apache/hadoop: mapreduce/lib/partition/HashPartitioner.java, TotalOrderPartitioner.java
 * (Apache-2.0); rules kept, code our own. Points are searched by halving: upstream's trie loses
 * balance for keys that begin with ff.
 */
import { InvalidArgumentError, type FileSystem } from '../../../native-free-io/index.ts';
import {
  hashPartition,
  SequenceFileReader,
  type RawComparator,
  type WritableType,
} from '../../hadoop/index.ts';

/** The partition of a record from its serialized key; the decoded forms are for functions. */
export type Partitioner = (bytes: Uint8Array, keyStart: number, keyEnd: number) => number;

export function hashPartitioner(type: WritableType, partitions: number): Partitioner {
  if (partitions === 1) return () => 0;
  return (bytes, start, end) => hashPartition(type.hash(bytes, start, end), partitions);
}

/** Split points of a partition file: one less than partitions, strictly ascending. */
export function totalOrderPartitioner(
  fs: FileSystem,
  path: string,
  partitions: number,
  compare: RawComparator,
): Partitioner {
  const points = readPoints(fs, path);
  if (points.length !== partitions - 1) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `${points.length} split points for ${partitions} partitions`,
      { context: { path } },
    );
  }
  for (const [index, point] of points.slice(1).entries()) {
    const before = points[index]!;
    if (compare(before, 0, before.length, point, 0, point.length) < 0) continue;
    throw new InvalidArgumentError('OPTION_INVALID', 'split points are out of order', {
      context: { path },
    });
  }
  return (bytes, start, end) => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const point = points[middle]!;
      if (compare(point, 0, point.length, bytes, start, end) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function readPoints(fs: FileSystem, path: string): Uint8Array[] {
  using reader = SequenceFileReader.open(fs, path);
  const points: Uint8Array[] = [];
  while (reader.next()) points.push(new Uint8Array(reader.key));
  return points;
}
