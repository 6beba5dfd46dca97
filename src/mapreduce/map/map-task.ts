/**
 * What an executor runs for one attempt of a map task: reads the split, calls the function, leaves
 * `file.out` with its index in the attempt's directory, or, without reducers, a part of the output.
 */
import { joinPath } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { hadoopCodecs, SequenceFileWriter, writableNamed, writables } from '../../hadoop/index.ts';
import { taskContext } from '../functions/task-context.ts';
import type { PartitionFunction, TaskIdentity, MapFunction } from '../functions/context.ts';
import { keyFieldPartitioner } from '../functions/key-field-order.ts';
import { FunctionMapper, SkippingMapper, type MapHost, type Mapper } from '../functions/mapper.ts';
import { comparatorOf, functionOf } from '../functions/resolve.ts';
import { openReader } from '../input/readers.ts';
import type { InputSplit, RecordReader } from '../input/record-reader.ts';
import { mapFunctions } from '../jobs/builtins.ts';
import { WordCountMapper } from '../jobs/word-count.ts';
import { Counters, inputGroup, outputGroup, type CounterValues } from '../job/counters.ts';
import type { JobPlan } from '../job/plan.ts';
import { Pulse } from '../job/pulse.ts';
import { partName } from '../output/part-name.ts';
import { openWriter } from '../output/writers.ts';
import { CommandMapper } from '../streaming/command-mapper.ts';
import { DirectCollector, type Collector } from './collector.ts';
import { combinerOf, combineStepOf } from './combiner.ts';
import { combiningCollector, type CombiningCollector } from './combining-collector.ts';
import { hashPartitioner, totalOrderPartitioner, type Partitioner } from './partitioners.ts';
import { RecordEncoder } from './record-encoder.ts';
import { SortCollector, type MapOutput } from './sort-collector.ts';

export interface MapTaskArgument {
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly split: InputSplit;
  /** Directory of the attempt, empty: for spills and file.out. */
  readonly dir: string;
  /** Where the attempt's part of the output goes. */
  readonly outputDir: string;
  readonly pulse: SharedArrayBuffer;
}

export interface MapTaskResult {
  readonly counters: CounterValues;
  /** Undefined in a job without reducers. */
  readonly output: MapOutput | undefined;
}

export async function runMapTask(argument: MapTaskArgument, env: Env): Promise<MapTaskResult> {
  const { plan, split, task, outputDir } = argument;
  const counters = new Counters();
  const pulse = new Pulse(argument.pulse);
  pulse.beat();
  await using skipped = new SkippedRecords(argument, env);
  const reader = await openReader(split, env);
  try {
    if (plan.reducers === 0) {
      const writer = await openWriter(
        {
          spec: plan.output,
          dir: outputDir,
          name: partName('m', task.index, plan.partNames),
          keyType: plan.types.mapKey,
          valueType: plan.types.mapValue,
        },
        env,
      );
      try {
        const collector = new DirectCollector(plan.types, writer, counters);
        const host = { plan, task, collector, counters, pulse, skipped, outputDir };
        await readAll(reader, await mapperFor(host, reader), host, () => writer.drain());
        await writer.close();
        counters.add(outputGroup, 'BYTES_WRITTEN', writer.bytesWritten);
      } finally {
        await writer.abandon();
      }
      return { counters: counters.toJSON(), output: undefined };
    }
    const collector = await sortCollector(argument, counters, env);
    const combining = await combiningBefore(collector, argument, counters);
    const into = combining ?? collector;
    const host = { plan, task, collector: into, counters, pulse, skipped, outputDir };
    await readAll(reader, await mapperFor(host, reader), host);
    combining?.finish();
    return { output: collector.flush(), counters: counters.toJSON() };
  } finally {
    await reader.close();
  }
}

interface TaskHost {
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly collector: Collector;
  readonly counters: Counters;
  readonly pulse: Pulse;
  readonly skipped: SkippedRecords;
  readonly outputDir: string;
}

async function readAll(
  reader: RecordReader,
  mapper: Mapper,
  { counters, pulse, skipped }: TaskHost,
  afterBatch?: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const next = reader.nextBatch();
    const batch = next instanceof Promise ? await next : next;
    if (batch === undefined) break;
    counters.addTask('MAP_INPUT_RECORDS', batch.count);
    const done = mapper.run(batch);
    if (done instanceof Promise) await done;
    pulse.advance(reader.progress * 0.667);
    await afterBatch?.();
  }
  await mapper.finish();
  await skipped.close();
  counters.add(inputGroup, 'BYTES_READ', reader.bytesRead);
}

async function mapperFor(host: TaskHost, reader: RecordReader): Promise<Mapper> {
  const { plan, collector, counters, pulse, skipped, task, outputDir } = host;
  const ref = plan.functions.map;
  const context = taskContext({
    task,
    settings: plan.settings,
    counters,
    pulse,
    emit(key, value) {
      collector.collect(key, value);
      pulse.beat();
    },
  });
  const own: MapHost = {
    context,
    collector,
    counters,
    skip: plan.skip,
    onSkipped: (key, value, reason) => skipped.add(key, value, reason),
  };
  if (ref.kind === 'command') {
    const { command } = ref;
    return new CommandMapper({ command, plan, task, host: own, reader, outputDir });
  }
  if (ref.kind === 'builtin' && ref.name === 'wordcount') return new WordCountMapper(own);
  const map = (await functionOf(ref, mapFunctions)) as MapFunction;
  return plan.skip.mostRecords > 0 ? new SkippingMapper(map, own) : new FunctionMapper(map, own);
}

async function sortCollector(
  argument: MapTaskArgument,
  counters: Counters,
  env: Env,
): Promise<SortCollector> {
  const { plan, dir } = argument;
  const { types, functions, reducers, tuning } = plan;
  const keyType = writableNamed(types.mapKey);
  const compare = await comparatorOf(functions.compare, keyType, {
    fallback: keyType.compare,
    settings: plan.settings,
  });
  await env.fs.makeDirectory(dir);
  const codec = tuning.mapOutputCodec;
  return new SortCollector({
    fs: env.fs,
    dir,
    partitions: reducers,
    types,
    compare,
    ...(await partitionBy(plan, env, compare)),
    combiner: await combinerOf({ ...argument, counters, compare }),
    codec: codec === undefined ? undefined : hadoopCodecs[codec].codec,
    tuning,
    counters,
  });
}

/** Undefined where nothing is to be combined before it is sorted. */
async function combiningBefore(
  into: Collector,
  { plan, task, pulse }: MapTaskArgument,
  counters: Counters,
): Promise<CombiningCollector | undefined> {
  // A partition may depend on the value: records of a key are then no equals.
  if (plan.functions.partition?.kind === 'module') return undefined;
  const step = await combineStepOf({ plan, task, pulse, counters });
  if (step === undefined) return undefined;
  const { mapKey: keyType, mapValue: valueType } = plan.types;
  return combiningCollector({ ...step, into, keyType, valueType, counters });
}

async function partitionBy(
  plan: JobPlan,
  env: Env,
  compare: Parameters<typeof totalOrderPartitioner>[3],
): Promise<{
  partitioner: Partitioner;
  partitionOf: ((key: unknown, value: unknown) => number) | undefined;
}> {
  const ref = plan.functions.partition;
  const { reducers, types, settings } = plan;
  const hash = hashPartitioner(writableNamed(types.mapKey), reducers);
  if (ref === undefined || (ref.kind === 'builtin' && ref.name === 'hash')) {
    return { partitioner: hash, partitionOf: undefined };
  }
  if (ref.kind === 'builtin' && ref.name.startsWith('totalOrder:')) {
    const path = ref.name.slice('totalOrder:'.length);
    const partitioner = totalOrderPartitioner(env.fs, path, reducers, compare);
    return { partitioner, partitionOf: undefined };
  }
  if (ref.kind === 'builtin' && ref.name === 'keyField') {
    const partitioner = keyFieldPartitioner(writableNamed(types.mapKey), settings, reducers);
    return { partitioner, partitionOf: undefined };
  }
  const partition = (await functionOf(ref)) as PartitionFunction;
  return {
    partitioner: hash,
    partitionOf: (key, value) => partition(key as never, value as never, reducers),
  };
}

/** Records left out by the skip policy, kept as text beside the output: `_skipped/part-m-00000`. */
class SkippedRecords implements AsyncDisposable {
  readonly #argument: MapTaskArgument;
  readonly #env: Env;
  readonly #held: [string, string][] = [];

  constructor(argument: MapTaskArgument, env: Env) {
    this.#argument = argument;
    this.#env = env;
  }

  add(key: unknown, value: unknown, reason: string): void {
    this.#held.push([`${String(key)}\t${reason}`, String(value)]);
  }

  async close(): Promise<void> {
    if (this.#held.length === 0) return;
    const { outputDir, task } = this.#argument;
    const dir = joinPath(outputDir, '_skipped');
    await this.#env.fs.makeDirectory(dir);
    const writer = await SequenceFileWriter.create(
      this.#env.fs,
      joinPath(dir, partName('m', task.index)),
      {
        keyClass: writables.text.className,
        valueClass: writables.text.className,
        compression: 'block',
        codec: hadoopCodecs.default,
        syncMarker: this.#env.random.uuid(),
      },
    );
    const encoder = new RecordEncoder(writables.text, writables.text);
    for (const [key, value] of this.#held.splice(0)) {
      encoder.encode(key, value);
      const { bytes, keyStart, keyEnd, valueEnd } = encoder;
      writer.append(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd));
    }
    await writer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#held.length = 0;
    return Promise.resolve();
  }
}
