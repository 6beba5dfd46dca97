/** Runs tasks in worker threads, each with a memory of its own. */
import { AbortedError, IoError } from '../../../native-free-io/index.ts';
import { compiledModule, workerPool } from '../../env/index.ts';
import type { Executor, RunOptions, TaskCall } from './executor.ts';
import type { TaskAnswer, TaskMessage } from './task-entry.ts';
import { errorOf } from './task-error.ts';

export interface PoolExecutorOptions {
  /** Threads, 1 or more; they start with their first task. */
  readonly workers: number;
}

export function poolExecutor(options: PoolExecutorOptions): Executor {
  const { workers } = options;
  const pool = workerPool<TaskMessage, TaskAnswer>({
    module: new URL('./task-entry.js', import.meta.url),
    task: 'runTask',
    threads: workers,
  });
  return {
    workers,
    async run<Result>(call: TaskCall, { signal }: RunOptions = {}): Promise<Result> {
      const { task, argument } = call;
      const message = { module: compiledModule(call.module).href, task, argument };
      const answer = await pool.run(message, signal).catch((cause: unknown) => {
        throw cause instanceof AbortedError ? cause : lost(task, cause);
      });
      if ('error' in answer) throw errorOf(answer.error);
      return answer.result as Result;
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function lost(task: string, cause: unknown): IoError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new IoError('MAPREDUCE_WORKER_LOST', `the worker running ${task} ended${reason}`, {
    cause,
    retryable: true,
  });
}
