/** What the runner knows of one task and of its attempts. */
import { attemptId, taskId, type TaskIdentity } from '../functions/context.ts';
import type { CounterValues } from './counters.ts';
import type { TaskKind } from './job-state.ts';
import { Pulse } from './pulse.ts';

/** Why the runner ended an attempt. */
export type EndReason = 'timeout' | 'superseded' | 'cancelled';

export interface Attempt {
  readonly number: number;
  readonly id: string;
  readonly pulse: Pulse;
  readonly startedMs: number;
  readonly controller: AbortController;
  /** Beats seen at the last look, and when they changed. */
  lastBeats: number;
  lastBeatMs: number;
  ended: EndReason | undefined;
  state: AttemptState;
  /** Message of what ended it, if it did not succeed. */
  error: string | undefined;
}

export type AttemptState = 'running' | 'succeeded' | 'failed' | 'killed';

/** What is told of a task while its job runs. */
export interface TaskStatus {
  /** `task_<time>_<job>_m_000003`. */
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: 'waiting' | 'running' | 'succeeded';
  /** 0 to 1. */
  readonly progress: number;
  /** In the order of their start; none of a task that an earlier run of the job finished. */
  readonly attempts: readonly {
    readonly id: string;
    readonly state: AttemptState;
    readonly progress: number;
    /** What it said last by `context.status`. */
    readonly status: string;
    readonly error: string | undefined;
  }[];
  /** Of the attempt that succeeded. */
  readonly counters: CounterValues;
}

export class TaskState {
  readonly kind: TaskKind;
  readonly index: number;
  readonly #jobId: string;
  /** Attempts that failed; killed ones do not count. */
  failures = 0;
  nextAttempt = 0;
  readonly running: Set<Attempt> = new Set();
  readonly attempts: Attempt[] = [];
  /** Attempt that succeeded. */
  winner: number | undefined;
  /** Its output is committed and a crash would not lose it; what progress counts as done. */
  isRecorded = false;
  counters: CounterValues = {};
  /** How long its winner took. Milliseconds. */
  tookMs = 0;

  constructor(jobId: string, kind: TaskKind, index: number) {
    this.#jobId = jobId;
    this.kind = kind;
    this.index = index;
  }

  get id(): string {
    return taskId(this.#identity(0));
  }
  get isDone(): boolean {
    return this.winner !== undefined;
  }
  get isWaiting(): boolean {
    return !this.isDone && this.running.size === 0;
  }
  attemptId(attempt: number): string {
    return attemptId(this.#identity(attempt));
  }

  /** 0 to 1; of several attempts the one that is farthest. */
  get progress(): number {
    if (this.isDone) return 1;
    return Math.max(0, ...Array.from(this.running, ({ pulse }) => pulse.progress));
  }

  get status(): TaskStatus {
    const { id, kind, progress, counters } = this;
    return {
      id,
      kind,
      state: this.isRecorded ? 'succeeded' : this.running.size > 0 ? 'running' : 'waiting',
      progress,
      attempts: this.attempts.map(({ id: attempt, state, pulse, error }) => ({
        id: attempt,
        state,
        progress: state === 'succeeded' ? 1 : pulse.progress,
        status: pulse.status,
        error,
      })),
      counters,
    };
  }

  begin(nowMs: number): Attempt {
    const number = this.nextAttempt++;
    const attempt: Attempt = {
      number,
      id: this.attemptId(number),
      pulse: new Pulse(),
      startedMs: nowMs,
      controller: new AbortController(),
      lastBeats: 0,
      lastBeatMs: nowMs,
      ended: undefined,
      state: 'running',
      error: undefined,
    };
    this.attempts.push(attempt);
    this.running.add(attempt);
    return attempt;
  }

  #identity(attempt: number): Pick<TaskIdentity, 'jobId' | 'kind' | 'index' | 'attempt'> {
    return { jobId: this.#jobId, kind: this.kind, index: this.index, attempt };
  }
}
