/**
 * Door of `varve/mapreduce`: sorting and aggregating data far larger than memory, on all cores.
 *
 * Reading order: worker/executor (where tasks run), then the sort of files.
 */
// Executors
export type { Executor, RunOptions, TaskCall, TaskFunction } from './worker/executor.ts';
export { inlineExecutor, type InlineExecutorOptions } from './worker/inline-executor.ts';
export { poolExecutor, type PoolExecutorOptions } from './worker/pool-executor.ts';

// Jobs
export { runJob, startJob, type FinishedJob, type RunningJob } from './job/run-job.ts';
export type { JobOptions } from './job/job-options.ts';
export type { JobProgress } from './job/job-runner.ts';
export type { AttemptState, TaskStatus } from './job/task-state.ts';
export { defaultTuning, type JobTuning, type JobTypes } from './job/plan.ts';
export {
  Counters,
  jobGroup,
  taskGroup,
  type CounterValues,
  type JobCounter,
  type TaskCounter,
} from './job/counters.ts';
export type { FunctionOption } from './functions/function-ref.ts';
export type {
  CompareFunction,
  MapFunction,
  PartitionFunction,
  ReduceFunction,
  TaskContext,
  TaskIdentity,
} from './functions/context.ts';

export { builtinJobs, type BuiltinJob } from './jobs/builtins.ts';

// Modules as commands of Hadoop Streaming
export {
  loadJobModule,
  runModuleMapper,
  runModuleReducer,
  type JobModule,
  type ModuleCommandOptions,
} from './streaming/module-as-command.ts';

// Partitions
export { samplePartitions, totalOrder, type SampleOptions } from './map/sample-partitions.ts';

// Inputs and outputs
export {
  inputsOf,
  KeyValueTextInput,
  NLineInput,
  SequenceFileInput,
  TextInput,
  type JobInput,
  type TextInputOptions,
} from './input/inputs.ts';
export { splitRanges, type FileInputOptions } from './input/file-splits.ts';
// For readers of text that lies elsewhere.
export type { ByteSupply } from './input/byte-supply.ts';
export { LineReader, type LineReaderOptions } from './input/line-reader.ts';
export type { InputSplit, LineRegions, RecordBatch, RecordReader } from './input/record-reader.ts';
export type { ReaderFactory } from './input/readers.ts';
export { moduleOutput, sequenceFileOutput, textOutput } from './output/outputs.ts';
export type {
  OutputSpec,
  RecordWriter,
  WriterFactory,
  WrittenRecord,
} from './output/output-spec.ts';

// Formats
export { SegmentReader, type SegmentReaderOptions } from './format/segment-reader.ts';
export { SegmentWriter } from './format/segment-writer.ts';
export {
  decodeSpillIndex,
  encodeSpillIndex,
  readSpillIndex,
  writeSpillIndex,
  type SegmentPlace,
} from './format/spill-index.ts';

// Sorting files
export { checkSorted, type CheckOptions, type Disorder } from './sort-check.ts';
export { sortFile, type SortInput } from './sort-file.ts';
export type { SortReport } from './sort-job.ts';
export type { FixedRecord, OrderOptions, SortOptions, SortProgress } from './sort-options.ts';
export type { SortOutput, SortSink } from './sort-scratch.ts';

// TeraGen, TeraSort, TeraValidate
export type { TeraForm } from './tera/record.ts';
export {
  teraGenerate,
  teraSort,
  teraValidate,
  type TeraGenOptions,
  type TeraOptions,
  type TeraReport,
  type TeraSortOptions,
} from './tera/tera.ts';
