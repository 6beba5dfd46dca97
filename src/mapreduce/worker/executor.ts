/**
 * Where the tasks of sorts and jobs run: whoever submits work knows this interface and nothing of
 * threads.
 *
 * A task is a function exported by name from a module, `(argument, env) => result`, sync or not.
 * Argument and result are plain data (what `structuredClone` takes, shared memory included), so
 * that a task runs as well in another thread, and later in another process.
 *
 * Cancelling ends the task wherever it is; what it left on disk is its submitter's to remove.
 */
import type { Env } from '../../env/index.ts';

export interface TaskCall {
  /** The module, named as it is compiled: `new URL('./sort-task.js', import.meta.url)`. */
  readonly module: URL;
  /** Name of the exported function. */
  readonly task: string;
  readonly argument: unknown;
}

/** What a module exports for an executor. */
export type TaskFunction = (argument: never, env: Env) => unknown;

export interface RunOptions {
  /** Ends the task and rejects with AbortedError. */
  readonly signal?: AbortSignal | undefined;
}

export interface Executor extends AsyncDisposable {
  /** Tasks that may run at the same time; more are queued. */
  readonly workers: number;
  /**
   * Runs a task. Rejects with what it threw, class, code and context kept, or with IoError
   * MAPREDUCE_WORKER_LOST (retryable) when its worker ended meanwhile.
   */
  run<Result>(call: TaskCall, options?: RunOptions): Promise<Result>;
}
