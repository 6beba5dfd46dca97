/**
 * Split points for a total order, from a sample of the keys of an input.
 *
 * The first records of some splits are taken, as upstream's SplitSampler does; keys are sorted, and
 * the partition file gets those at round(n/R · i). A key that comes twice is one split point, so
 * there may be fewer partitions than asked for: the number is given back.
 *
 * Upstream: apache/hadoop: mapreduce/lib/partition/InputSampler.java (Apache-2.0); file kept, code
 * our own. Upstream may write equal points, and its partitioner refuses them.
 */
import { ByteSink } from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import {
  hadoopCodecs,
  SequenceFileWriter,
  writableNamed,
  writables,
  type WritableName,
} from '../../hadoop/index.ts';
import type { FunctionOption } from '../functions/function-ref.ts';
import type { JobInput } from '../input/inputs.ts';
import { openReader } from '../input/readers.ts';

export interface SampleOptions {
  readonly input: JobInput;
  /** The partition file to write; must not exist. */
  readonly path: string;
  /** Partitions wanted, 1 or more. */
  readonly reducers: number;
  /** Type of the keys, as the input gives them. */
  readonly keyType: WritableName;
  /** Records looked at, in all. Default 10 000. */
  readonly samples?: number;
  /** Splits looked into, from the first on. Default 10. */
  readonly splits?: number;
  readonly env?: Env;
}

/** Writes the partition file; resolves to the reducers it is for, at most those wanted. */
export async function samplePartitions(options: SampleOptions): Promise<number> {
  const { path, reducers, keyType, env = realEnv() } = options;
  const type = writableNamed(keyType);
  const keys = await sampleKeys(options, env);
  keys.sort((a, b) => type.compare(a, 0, a.length, b, 0, b.length));
  const points: Uint8Array[] = [];
  for (let index = 1; index < reducers; index++) {
    const point = keys[Math.round((keys.length / reducers) * index)];
    const last = points.at(-1);
    if (point === undefined) continue;
    if (last === undefined || type.compare(last, 0, last.length, point, 0, point.length) < 0) {
      points.push(point);
    }
  }
  const writer = await SequenceFileWriter.create(env.fs, path, {
    keyClass: type.className,
    valueClass: writables.null.className,
    compression: 'record',
    codec: hadoopCodecs.default,
    syncMarker: env.random.uuid(),
  });
  for (const point of points) writer.append(point, new Uint8Array(0));
  await writer.close();
  return points.length + 1;
}

/** The partitioner that reads such a file. */
export function totalOrder(path: string): FunctionOption {
  return `totalOrder:${path}`;
}

async function sampleKeys(options: SampleOptions, env: Env): Promise<Uint8Array[]> {
  const { input, keyType, samples = 10_000, splits: mostSplits = 10 } = options;
  const type = writableNamed(keyType);
  const splits = (await input.splits(env.fs)).slice(0, mostSplits);
  const perSplit = Math.ceil(samples / Math.max(1, splits.length));
  const keys: Uint8Array[] = [];
  const sink = ByteSink.growing();
  for (const split of splits) {
    const reader = await openReader(split, env);
    const end = keys.length + perSplit;
    try {
      while (keys.length < end) {
        const batch = await reader.nextBatch();
        if (batch === undefined) break;
        for (let index = 0; index < batch.count && keys.length < end; index++) {
          sink.clear();
          type.write(sink, batch.key(index));
          keys.push(sink.copyWritten());
        }
      }
    } finally {
      await reader.close();
    }
  }
  return keys;
}
