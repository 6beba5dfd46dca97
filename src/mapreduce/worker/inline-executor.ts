/**
 * Runs tasks in the thread of their submitter: for small work, where a worker's start would cost
 * more than the task, and for tests, which bring file systems that crash and fail.
 *
 * Arguments and results are cloned all the same, so that what would not pass a thread's border does
 * not pass here either. Tasks run one after the other.
 */
import { throwIfAborted } from '../../../native-free-io/index.ts';
import { sourceModule, type Env } from '../../env/index.ts';
import type { Executor, RunOptions, TaskCall } from './executor.ts';
import { taskOf } from './task-entry.ts';

export interface InlineExecutorOptions {
  readonly env: Env;
  /** What `workers` says, for whoever cuts work by it. Default 1. */
  readonly workers?: number;
}

export function inlineExecutor(options: InlineExecutorOptions): Executor {
  const { env, workers = 1 } = options;
  let last: Promise<unknown> = Promise.resolve();
  const runNow = async (call: TaskCall, signal: AbortSignal | undefined): Promise<unknown> => {
    throwIfAborted(signal);
    const run = await taskOf(sourceModule(call.module).href, call.task);
    const result = await run(structuredClone(call.argument) as never, env);
    throwIfAborted(signal);
    return structuredClone(result);
  };
  return {
    workers,
    async run<Result>(call: TaskCall, { signal }: RunOptions = {}): Promise<Result> {
      const mine = last.then(() => runNow(call, signal));
      last = mine.catch(() => undefined);
      return (await mine) as Result;
    },
    async [Symbol.asyncDispose]() {
      await last;
    },
  };
}
