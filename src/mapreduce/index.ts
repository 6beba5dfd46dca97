/**
 * Door of `varve/mapreduce`: sorting and aggregating data far larger than memory, on all cores.
 *
 * Reading order: worker/executor (where tasks run), then the sort of files.
 */
// Executors
export type { Executor, RunOptions, TaskCall, TaskFunction } from './worker/executor.ts';
export { inlineExecutor, type InlineExecutorOptions } from './worker/inline-executor.ts';
export { poolExecutor, type PoolExecutorOptions } from './worker/pool-executor.ts';
