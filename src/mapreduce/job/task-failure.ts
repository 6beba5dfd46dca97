/** Why tasks fail, as errors. */
import { InternalError, IoError, StoreError } from '../../../native-free-io/index.ts';
import type { TaskState } from './task-state.ts';

/** No other attempt would fare better. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof InternalError) return true;
  return (
    error instanceof StoreError &&
    ['OPTION_INVALID', 'MAPREDUCE_NOT_SPLITTABLE', 'HADOOP_CODEC_UNKNOWN'].includes(error.code)
  );
}

export function timedOut(timeoutMs: number, cause: unknown): IoError {
  return new IoError('MAPREDUCE_TASK_TIMEOUT', `no sign of life for ${timeoutMs} ms`, { cause });
}

export function failed(task: TaskState, cause: unknown): IoError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof StoreError ? cause.code : '';
  return new IoError('MAPREDUCE_TASK_FAILED', `${task.id} failed: ${reason}`, {
    cause,
    context: { task: task.id, attempts: task.nextAttempt, reason: code },
  });
}
