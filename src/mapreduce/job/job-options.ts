/** Options of a job, checked and filled in. */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { writableNamed, writingCodec, type WritableName } from '../../hadoop/index.ts';
import { functionRef, type FunctionOption, type FunctionRef } from '../functions/function-ref.ts';
import type { JobInput } from '../input/inputs.ts';
import { builtinJobs } from '../jobs/builtins.ts';
import { textOutput } from '../output/outputs.ts';
import type { OutputSpec } from '../output/output-spec.ts';
import type { PartNames } from '../output/part-name.ts';
import { outputTypes, streamSettings } from '../streaming/stream-settings.ts';
import type { Executor } from '../worker/executor.ts';
import type { JobProgress } from './job-runner.ts';
import {
  defaultTuning,
  type JobFunctions,
  type JobPlan,
  type JobTuning,
  type JobTypes,
} from './plan.ts';

export interface JobOptions {
  readonly input: JobInput;
  /** A directory for text, or what `textOutput`, `sequenceFileOutput` and their like give. */
  readonly output: string | OutputSpec;
  /**
   * A module that exports `map`, the name of a built-in, or a command. Default: records as they
   * are.
   */
  readonly map?: FunctionOption;
  /** Likewise; default: records as they are. Not asked with `reducers: 0`. */
  readonly reduce?: FunctionOption;
  readonly combine?: FunctionOption;
  /**
   * Default: hash. `totalOrder(path)` reads a partition file; `'keyField'` takes the parts of text
   * keys that the setting `mapreduce.partition.keypartitioner.options` names.
   */
  readonly partition?: FunctionOption;
  /**
   * Order of keys: `'reverse'`, a function of two keys, or `'keyField'`, by the parts that
   * `mapreduce.partition.keycomparator.options` names. Default: that of their type.
   */
  readonly compare?: FunctionOption;
  /** Which keys are one group. Default: those that `compare` finds equal. */
  readonly group?: FunctionOption;
  /** 0: the output of maps is the job's. Default 1. */
  readonly reducers?: number;
  /**
   * `old`: `part-00000`, as Hadoop Streaming names its parts. Default: `part-r-00000`, and
   * `part-m-00000` of a job without reducers.
   */
  readonly partNames?: PartNames;
  /** Types of keys and values. Default: those of the built-in or of commands, else text. */
  readonly types?: Partial<JobTypes>;
  /** Sizes and limits. */
  readonly tuning?: Partial<JobTuning>;
  /** Records of a map task, and groups of a reduce task, that may be left out. Default 0. */
  readonly skipRecords?: number;
  /** What functions find in `context.settings`, and commands in their environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Attempts of a task before the job fails. Default 4. */
  readonly maxAttempts?: number;
  /** Silence after which an attempt is ended, 0 for never. Default 600 000. */
  readonly taskTimeoutMs?: number;
  /** Second attempts of slow tasks. Default true. */
  readonly speculative?: boolean;
  /** Worker threads, when no executor is given. Default 2. */
  readonly workers?: number;
  readonly executor?: Executor;
  readonly env?: Env;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

export interface ResolvedJob {
  readonly plan: JobPlan;
  readonly input: JobInput;
  readonly env: Env;
  readonly executor: Executor | undefined;
  readonly workers: number;
  readonly maxAttempts: number;
  readonly taskTimeoutMs: number;
  readonly speculative: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: JobProgress) => void) | undefined;
}

const textTypes: JobTypes = { mapKey: 'text', mapValue: 'text', key: 'text', value: 'text' };
const mostReducers = 100_000;

export function resolveJob(options: JobOptions): ResolvedJob {
  const env = options.env ?? realEnv();
  const functions = functionsOf(options);
  const { reducers = 1, skipRecords = 0, maxAttempts = 4, taskTimeoutMs = 600_000 } = options;
  const workers = options.workers ?? 2;
  requireWhole('reducers', reducers, 0, mostReducers);
  requireWhole('skipRecords', skipRecords, 0, Number.MAX_SAFE_INTEGER);
  requireWhole('maxAttempts', maxAttempts, 1, 1000);
  requireWhole('taskTimeoutMs', taskTimeoutMs, 0, Number.MAX_SAFE_INTEGER);
  requireWhole('workers', workers, 1, 1024);
  const output = typeof options.output === 'string' ? textOutput(options.output) : options.output;
  const plan: JobPlan = {
    jobId: `job_${env.clock.now()}_0001`,
    functions,
    types: typesOf(options, functions, reducers),
    reducers,
    output,
    partNames: options.partNames ?? 'new',
    tuning: tuningOf(options.tuning ?? {}),
    skip: { mostRecords: skipRecords },
    settings: options.settings ?? {},
  };
  return {
    plan,
    input: options.input,
    env,
    executor: options.executor,
    workers,
    maxAttempts,
    taskTimeoutMs,
    speculative: options.speculative ?? true,
    signal: options.signal,
    onProgress: options.onProgress,
  };
}

function functionsOf(options: JobOptions): JobFunctions {
  const ref = (option: FunctionOption | undefined, role: string): FunctionRef | undefined =>
    option === undefined ? undefined : functionRef(option, role);
  return {
    map: functionRef(options.map ?? 'identity', 'map'),
    reduce: ref(options.reduce, 'reduce'),
    combine: ref(options.combine, 'combine'),
    partition: ref(options.partition, 'partition'),
    compare: ref(options.compare, 'compare'),
    group: ref(options.group, 'group'),
  };
}

/** What a built-in or a command makes of its input is known. */
function typesOf(options: JobOptions, functions: JobFunctions, reducers: number): JobTypes {
  const { map, reduce, combine } = functions;
  const { settings = {} } = options;
  const [ofMap, ofReduce] = [streamTypes('map', settings), streamTypes('reduce', settings)];
  const known = map.kind === 'builtin' ? builtinJobs[map.name]?.types : undefined;
  const { mapKey, mapValue } = {
    ...(known ?? textTypes),
    ...(map.kind === 'command' ? { mapKey: ofMap.key, mapValue: ofMap.value } : {}),
    ...options.types,
  };
  for (const name of [mapKey, mapValue]) writableNamed(name);
  const mapTypes = { key: mapKey, value: mapValue };
  if (map.kind === 'command') requireTypes('map', mapTypes, ofMap);
  if (combine?.kind === 'command') requireTypes('combine', mapTypes, ofReduce);
  // Without reducers the output is the map's.
  if (reducers === 0) return { mapKey, mapValue, ...mapTypes };
  const { key, value } = {
    ...(reduce === undefined ? mapTypes : (known ?? textTypes)),
    ...(reduce?.kind === 'command' ? ofReduce : {}),
    ...options.types,
  };
  for (const name of [key, value]) writableNamed(name);
  if (reduce?.kind === 'command') requireTypes('reduce', { key, value }, ofReduce);
  return { mapKey, mapValue, key, value };
}

type PairTypes = Readonly<Record<'key' | 'value', WritableName>>;

function streamTypes(
  side: 'map' | 'reduce',
  settings: Readonly<Record<string, string>>,
): PairTypes {
  return outputTypes[streamSettings(side, settings).output];
}

/** A command puts out what the form of its stream has, whatever is wanted. */
function requireTypes(role: string, wanted: PairTypes, given: PairTypes): void {
  for (const side of ['key', 'value'] as const) {
    const { className } = writableNamed(given[side]);
    if (writableNamed(wanted[side]).className === className) continue;
    throw invalid(
      `the ${role} command gives ${side}s of the type ${given[side]}, not ${wanted[side]}`,
    );
  }
}

function tuningOf(given: Partial<JobTuning>): JobTuning {
  const tuning = { ...defaultTuning, ...given };
  if (tuning.mapOutputCodec !== undefined) writingCodec(tuning.mapOutputCodec);
  requireWhole('tuning.sortBytes', tuning.sortBytes, 1 << 20, 2040 << 20);
  requireWhole('tuning.sortFactor', tuning.sortFactor, 2, 10_000);
  requireWhole('tuning.combineMinSpills', tuning.combineMinSpills, 1, 10_000);
  requireWhole('tuning.reduceMemoryBytes', tuning.reduceMemoryBytes, 1, 2 ** 40);
  const percents = [
    'spillPercent',
    'shuffleInputPercent',
    'shuffleMemoryLimitPercent',
    'shuffleMergePercent',
  ] as const;
  for (const name of percents) {
    const value = tuning[name];
    if (!(value > 0 && value <= 1))
      throw invalid(`tuning.${name} is ${value}, not above 0 up to 1`);
  }
  if (!(tuning.reduceInputPercent >= 0 && tuning.reduceInputPercent <= 1)) {
    throw invalid(`tuning.reduceInputPercent is ${tuning.reduceInputPercent}, not 0 to 1`);
  }
  return tuning;
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(`${name} is ${value}, not a whole number from ${least} to ${most}`);
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
