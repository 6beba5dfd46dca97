/**
 * What an executor runs for one attempt of a reduce task: fetches its segments, merges them, calls
 * the function per group, leaves a part of the output in the attempt's directory.
 */
import type { Env } from '../../env/index.ts';
import { hadoopCodecs, writableNamed, type RawComparator } from '../../hadoop/index.ts';
import type { ReduceFunction, TaskContext, TaskIdentity } from '../functions/context.ts';
import { functionReducer } from '../functions/reducer.ts';
import { comparatorOf, functionOf } from '../functions/resolve.ts';
import { taskContext } from '../functions/task-context.ts';
import { reduceFunctions } from '../jobs/builtins.ts';
import { Counters, outputGroup, type CounterValues } from '../job/counters.ts';
import type { JobPlan } from '../job/plan.ts';
import { Pulse } from '../job/pulse.ts';
import { combinerOf } from '../map/combiner.ts';
import { RecordEncoder } from '../map/record-encoder.ts';
import type { RecordWriter } from '../output/output-spec.ts';
import { partName } from '../output/part-name.ts';
import { openWriter } from '../output/writers.ts';
import { mergeSources } from '../shuffle/merge-stream.ts';
import { OpenSegments } from '../shuffle/segments.ts';
import { emptySource, SourceView, type SortedSource } from '../shuffle/sorted-source.ts';
import { runCommandReducer } from '../streaming/command-reducer.ts';
import { Groups } from './groups.ts';
import { ReduceMerger, type FetchedSegment } from './reduce-merger.ts';

export interface ReduceTaskArgument {
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly segments: readonly FetchedSegment[];
  /** Directory of the attempt, for merges. */
  readonly dir: string;
  readonly outputDir: string;
  readonly pulse: SharedArrayBuffer;
}

export interface ReduceTaskResult {
  readonly counters: CounterValues;
}

/** Groups between two times at which the output may flow on. */
const groupsPerDrain = 4096;

export async function runReduceTask(
  argument: ReduceTaskArgument,
  env: Env,
): Promise<ReduceTaskResult> {
  const { plan, task, segments, outputDir } = argument;
  const counters = new Counters();
  const pulse = new Pulse(argument.pulse);
  pulse.beat();
  const keyType = writableNamed(plan.types.mapKey);
  const compare = await comparatorOf(plan.functions.compare, keyType, {
    fallback: keyType.compare,
    settings: plan.settings,
  });
  const left = await fetchAll(argument, { counters, pulse, compare, env });
  using open = new OpenSegments(env.fs, left);
  const merged = left.length === 0 ? emptySource : mergeSources(open.sources, compare);
  const writer = await openWriter(
    {
      spec: plan.output,
      dir: outputDir,
      name: partName('r', task.index, plan.partNames),
      keyType: plan.types.key,
      valueType: plan.types.value,
    },
    env,
  );
  try {
    await reduceAll(merged, argument, { counters, pulse, compare, writer });
    await writer.close();
  } finally {
    await writer.abandon();
  }
  counters.add(outputGroup, 'BYTES_WRITTEN', writer.bytesWritten);
  pulse.advance(segments.length === 0 ? 1 : 0.999);
  return { counters: counters.toJSON() };
}

async function fetchAll(
  { plan, task, segments, dir, pulse: shared }: ReduceTaskArgument,
  tools: { counters: Counters; pulse: Pulse; compare: RawComparator; env: Env },
): Promise<ReturnType<ReduceMerger['finish']>> {
  const { counters, pulse, compare, env } = tools;
  await env.fs.makeDirectory(dir);
  const codecName = plan.tuning.mapOutputCodec;
  const merger = new ReduceMerger({
    fs: env.fs,
    dir,
    tuning: plan.tuning,
    compare,
    codec: codecName === undefined ? undefined : hadoopCodecs[codecName].codec,
    combiner: await combinerOf({ plan, task, pulse: shared, counters, compare }),
    counters,
  });
  for (const [index, segment] of segments.entries()) {
    merger.fetch(segment);
    pulse.advance((index + 1) / segments.length / 3);
  }
  const left = merger.finish();
  pulse.advance(2 / 3);
  return left;
}

interface ReduceTools {
  readonly counters: Counters;
  readonly pulse: Pulse;
  readonly compare: RawComparator;
  readonly writer: RecordWriter;
}

async function reduceAll(
  source: SortedSource,
  { plan, task, outputDir }: ReduceTaskArgument,
  { counters, pulse, compare, writer }: ReduceTools,
): Promise<void> {
  const encoder = new RecordEncoder(writableNamed(plan.types.key), writableNamed(plan.types.value));
  const emit = (key: unknown, value: unknown): void => {
    encoder.encode(key, value);
    writer.write(encoder);
    written++;
  };
  let written = 0;
  const { settings } = plan;
  const context = taskContext({ task, settings, counters, pulse, emit });
  const ref = plan.functions.reduce ?? { kind: 'builtin', name: 'identity' };
  if (ref.kind === 'command') {
    const { command } = ref;
    const drain = (): Promise<void> => writer.drain();
    const counted = new GroupCounter(source, compare);
    const options = { command, plan, task, context, outputDir, emit, drain };
    const records = await runCommandReducer(counted, options);
    counters.addTask('REDUCE_INPUT_RECORDS', records);
    counters.addTask('REDUCE_INPUT_GROUPS', counted.groups);
  } else {
    const mapKey = writableNamed(plan.types.mapKey);
    const group = await comparatorOf(plan.functions.group, mapKey, {
      fallback: compare,
      settings,
    });
    const types = { key: mapKey, value: writableNamed(plan.types.mapValue), group };
    const reduce = (await functionOf(ref, reduceFunctions)) as ReduceFunction;
    const groups = new Groups(source, types);
    await runReducer(reduce, groups, { context, counters, plan, pulse, writer });
    counters.addTask('REDUCE_INPUT_RECORDS', groups.records);
  }
  counters.addTask('REDUCE_OUTPUT_RECORDS', written);
}

async function runReducer(
  reduce: ReduceFunction,
  groups: Groups,
  tools: {
    readonly context: TaskContext;
    readonly counters: Counters;
    readonly plan: JobPlan;
    readonly pulse: Pulse;
    readonly writer: RecordWriter;
  },
): Promise<void> {
  const { context, counters, plan, pulse, writer } = tools;
  const step = functionReducer(reduce, { context, counters, skip: plan.skip });
  let sinceDrain = 0;
  await step.run(groups, () => {
    pulse.beat();
    if (++sinceDrain < groupsPerDrain) return undefined;
    sinceDrain = 0;
    return writer.drain();
  });
}

/** Counts groups of what passes through. */
class GroupCounter extends SourceView {
  groups = 0;
  readonly #compare: RawComparator;
  #previous: Uint8Array | undefined;

  constructor(source: SortedSource, compare: RawComparator) {
    super(source);
    this.#compare = compare;
  }

  next(): boolean {
    if (!this.source.next()) return false;
    const { bytes, keyStart, keyEnd } = this.source;
    const before = this.#previous;
    const isNew =
      before === undefined ||
      this.#compare(before, 0, before.length, bytes, keyStart, keyEnd) !== 0;
    if (isNew) {
      this.groups++;
      this.#previous = new Uint8Array(bytes.subarray(keyStart, keyEnd));
    }
    return true;
  }
}
