/** What the functions of a job are given besides keys and values. */

export interface TaskContext {
  /** Adds a record to the output of this step. Key and value as their types take them. */
  emit(key: unknown, value: unknown): void;
  /** Adds to a counter of the user's own. */
  count(group: string, name: string, by?: number): void;
  /** What this task is doing, for whoever watches; also a sign of life. */
  status(text: string): void;
  /** A sign of life of a long call: a task without any is ended after the time allowed. */
  alive(): void;
  /** Settings of the job, by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly task: TaskIdentity;
}

export interface TaskIdentity {
  readonly jobId: string;
  readonly kind: 'map' | 'reduce';
  /** Number of the task within its kind: of a reduce task, its partition. */
  readonly index: number;
  /** 0 for the first attempt. */
  readonly attempt: number;
  readonly reducers: number;
  /** What a map task reads; undefined in a reduce task. */
  readonly input:
    { readonly path: string; readonly start: number; readonly length: number } | undefined;
}

/** `task_<time>_<job>_m_000003`. */
export function taskId({
  jobId,
  kind,
  index,
}: Pick<TaskIdentity, 'jobId' | 'kind' | 'index'>): string {
  return `${jobId.replace(/^job/, 'task')}_${kind[0]}_${String(index).padStart(6, '0')}`;
}

/** `attempt_<time>_<job>_m_000003_0`. */
export function attemptId(
  task: Pick<TaskIdentity, 'jobId' | 'kind' | 'index' | 'attempt'>,
): string {
  return `${taskId(task).replace(/^task/, 'attempt')}_${task.attempt}`;
}

/** Called once per record. A promise is awaited before the next record. */
export type MapFunction = (key: never, value: never, context: TaskContext) => void | Promise<void>;

/** Called once per group; values may be walked once. */
export type ReduceFunction = (
  key: never,
  values: Iterable<never>,
  context: TaskContext,
) => void | Promise<void>;

/** Number of the reduce partition, 0 to partitions - 1. */
export type PartitionFunction = (key: never, value: never, partitions: number) => number;

/** Order of two keys; also which of them are one group. */
export type CompareFunction = (a: never, b: never) => number;
