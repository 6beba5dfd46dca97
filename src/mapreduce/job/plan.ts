/** A job as plain data: what tasks in other threads are told of it. */
import type { HadoopCodecName, WritableName } from '../../hadoop/index.ts';
import type { FunctionRef } from '../functions/function-ref.ts';
import type { OutputSpec } from '../output/output-spec.ts';
import type { PartNames } from '../output/part-name.ts';

export interface JobTypes {
  readonly mapKey: WritableName;
  readonly mapValue: WritableName;
  readonly key: WritableName;
  readonly value: WritableName;
}

export interface JobFunctions {
  readonly map: FunctionRef;
  /** Absent in a job without reducers. */
  readonly reduce: FunctionRef | undefined;
  readonly combine: FunctionRef | undefined;
  readonly partition: FunctionRef | undefined;
  /** Order of keys; undefined is that of the type. */
  readonly compare: FunctionRef | undefined;
  /** Which keys are one group; undefined is `compare`. */
  readonly group: FunctionRef | undefined;
}

/** Sizes and limits under Hadoop's names, in the units of Hadoop. */
export interface JobTuning {
  /** mapreduce.task.io.sort.mb, in bytes. */
  readonly sortBytes: number;
  /** mapreduce.map.sort.spill.percent, above 0, at most 1. */
  readonly spillPercent: number;
  /** mapreduce.task.io.sort.factor. */
  readonly sortFactor: number;
  /** mapreduce.map.combine.minspills. */
  readonly combineMinSpills: number;
  /** mapreduce.reduce.memory.totalbytes. */
  readonly reduceMemoryBytes: number;
  readonly shuffleInputPercent: number;
  readonly shuffleMemoryLimitPercent: number;
  readonly shuffleMergePercent: number;
  /** mapreduce.reduce.input.buffer.percent. */
  readonly reduceInputPercent: number;
  /** mapreduce.map.output.compress.codec; undefined: not compressed. */
  readonly mapOutputCodec: HadoopCodecName | undefined;
}

/** What happens when a function throws on a record. */
export interface SkipPolicy {
  /** Most records a map task may leave out, and groups a reduce task. 0: the task fails. */
  readonly mostRecords: number;
}

export interface JobPlan {
  readonly jobId: string;
  readonly functions: JobFunctions;
  readonly types: JobTypes;
  readonly reducers: number;
  readonly output: OutputSpec;
  readonly partNames: PartNames;
  readonly tuning: JobTuning;
  readonly skip: SkipPolicy;
  readonly settings: Readonly<Record<string, string>>;
}

export const defaultTuning: JobTuning = {
  sortBytes: 100 << 20,
  spillPercent: 0.8,
  sortFactor: 10,
  combineMinSpills: 3,
  reduceMemoryBytes: 200 << 20,
  shuffleInputPercent: 0.7,
  shuffleMemoryLimitPercent: 0.25,
  shuffleMergePercent: 0.66,
  reduceInputPercent: 0,
  mapOutputCodec: undefined,
};
