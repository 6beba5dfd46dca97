/**
 * What a worker thread runs for every task: finds the function, calls it on the real world, and
 * answers with its result or its error as plain data.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import type { TaskFunction } from './executor.ts';
import { errorData, type TaskErrorData } from './task-error.ts';

/** A TaskCall as a thread receives it. */
export interface TaskMessage {
  /** Address of the module. */
  readonly module: string;
  readonly task: string;
  readonly argument: unknown;
}

export type TaskAnswer = { readonly result: unknown } | { readonly error: TaskErrorData };

/** One for the life of the thread: tasks keep what is dear to make by it. */
let env: Env | undefined;

export async function runTask(message: TaskMessage): Promise<TaskAnswer> {
  try {
    env ??= realEnv();
    const run = await taskOf(message.module, message.task);
    return { result: await run(message.argument as never, env) };
  } catch (error) {
    return { error: errorData(error) };
  }
}

export async function taskOf(module: string, task: string): Promise<TaskFunction> {
  const exported = (await import(module)) as Readonly<Record<string, unknown>>;
  const found = exported[task];
  if (typeof found !== 'function') {
    throw new InvalidArgumentError('OPTION_INVALID', `${module} exports no function '${task}'`);
  }
  return found as TaskFunction;
}
