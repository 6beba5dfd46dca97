/**
 * Runs the tasks of a job through an executor: maps, then reduces, then the commit.
 *
 * An attempt that fails is tried again, up to the limit of attempts; one without a sign of life for
 * the time allowed is ended and counts as failed; an idle worker may run a second attempt of a slow
 * task, and the first to end wins. A reduce attempt that finds a map's output damaged or gone has
 * that map run again; the map's attempt counts as failed, its own as killed.
 *
 * Invariants: J1 of the attempts of a task one is committed, by this room, after it ended; J2 no
 * reduce attempt begins before every map is done; J3 when `run` ends, no attempt is running.
 *
 * Upstream: apache/hadoop: mapreduce/v2/app/job/impl/{Job,Task,TaskAttempt}Impl.java (Apache-2.0);
 * rules kept, code our own.
 */
import {
  AbortedError,
  joinPath,
  StoreError,
  throwIfAborted,
} from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { TaskIdentity } from '../functions/context.ts';
import type { InputSplit } from '../input/record-reader.ts';
import type { MapTaskArgument, MapTaskResult } from '../map/map-task.ts';
import type { MapOutput } from '../map/sort-collector.ts';
import type { OutputCommitter } from '../output/committer.ts';
import { removeTree } from '../output/remove-tree.ts';
import type { ReduceTaskArgument, ReduceTaskResult } from '../reduce/reduce-task.ts';
import type { Executor } from '../worker/executor.ts';
import { Counters, jobGroup } from './counters.ts';
import type { JobState } from './job-state.ts';
import type { JobPlan } from './plan.ts';
import { taskToSpeculate } from './speculation.ts';
import { failed, isHopeless, timedOut } from './task-failure.ts';
import { TaskState, type Attempt, type EndReason, type TaskStatus } from './task-state.ts';

export interface RunnerOptions {
  readonly env: Env;
  readonly executor: Executor;
  readonly plan: JobPlan;
  readonly splits: readonly InputSplit[];
  readonly committer: OutputCommitter;
  readonly state: JobState;
  /** For map outputs and merges. */
  readonly workDir: string;
  readonly maxAttempts: number;
  /** 0: attempts may be silent for ever. */
  readonly taskTimeoutMs: number;
  readonly speculative: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: JobProgress) => void) | undefined;
}

export interface JobProgress {
  /** Of the whole job, 0 to 1. */
  readonly progress: number;
  readonly maps: { readonly done: number; readonly total: number };
  readonly reduces: { readonly done: number; readonly total: number };
}

/** Between looks at signs of life. */
const tickMs = 500;

const mapModule = new URL('../map/map-task.js', import.meta.url);
const reduceModule = new URL('../reduce/reduce-task.js', import.meta.url);

export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #maps: readonly TaskState[];
  readonly #reduces: readonly TaskState[];
  readonly #mapOutputs = new Map<number, MapOutput>();
  readonly #counters = new Counters();
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  readonly #done: Promise<void>;
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #stopTick: () => void = () => undefined;

  constructor(options: RunnerOptions) {
    const { plan, splits } = options;
    this.#options = options;
    const made = (kind: 'map' | 'reduce', count: number): TaskState[] =>
      Array.from({ length: count }, (_, index) => new TaskState(plan.jobId, kind, index));
    this.#maps = made('map', splits.length);
    this.#reduces = made('reduce', plan.reducers);
    this.#done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get progress(): JobProgress {
    const total = this.#reduces.length === 0 ? 0.9 : 0.45;
    const share = (tasks: readonly TaskState[]): number =>
      tasks.length === 0 ? 1 : tasks.reduce((sum, task) => sum + task.progress, 0) / tasks.length;
    const reduces = this.#reduces.length === 0 ? 0 : share(this.#reduces) * 0.45;
    const done = (tasks: readonly TaskState[]) => ({
      done: tasks.filter((task) => task.isRecorded).length,
      total: tasks.length,
    });
    return {
      progress: Math.min(0.95, 0.05 + share(this.#maps) * total + reduces),
      maps: done(this.#maps),
      reduces: done(this.#reduces),
    };
  }

  /** Of every task, maps first. */
  get tasks(): readonly TaskStatus[] {
    return [...this.#maps, ...this.#reduces].map((task) => task.status);
  }

  /** A task that an earlier run of the job finished. */
  restore(kind: 'map' | 'reduce', index: number, kept: RestoredTask): void {
    const task = (kind === 'map' ? this.#maps : this.#reduces)[index]!;
    task.winner = kept.attempt;
    task.isRecorded = true;
    task.counters = kept.counters;
    task.nextAttempt = kept.attempt + 1;
    if (kept.output !== undefined) this.#mapOutputs.set(index, kept.output);
  }

  /** Attempts of the earlier run have taken these numbers. */
  skipAttempts(count: number): void {
    for (const task of [...this.#maps, ...this.#reduces]) {
      task.nextAttempt = Math.max(task.nextAttempt, count);
    }
  }

  /** Runs all tasks; counters of the job. What failed or was cancelled left no attempt running. */
  async run(): Promise<Counters> {
    const { signal } = this.#options;
    throwIfAborted(signal);
    const onAbort = (): void => this.#fail(new AbortedError(undefined, { cause: signal?.reason }));
    signal?.addEventListener('abort', onAbort);
    this.#tick();
    try {
      this.#pump();
      await this.#done;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#stopTick();
    }
    for (const { counters } of [...this.#maps, ...this.#reduces]) this.#counters.addAll(counters);
    return this.#counters;
  }

  #allMapsDone(): boolean {
    return this.#maps.every((task) => task.isDone);
  }

  /** Starts what may start; settles when nothing is left. */
  #pump(): void {
    if (this.#failure !== undefined) {
      if (this.#running === 0) this.#reject(this.#failure.error);
      return;
    }
    while (this.#running < this.#options.executor.workers) {
      const task = this.#nextTask();
      if (task === undefined) break;
      void this.#attempt(task);
    }
    const isDone = this.#allMapsDone() && this.#reduces.every((task) => task.isDone);
    if (isDone && this.#running === 0) this.#resolve();
  }

  /** Maps that failed before others, reduces once all maps are done. */
  #nextTask(): TaskState | undefined {
    const waiting = this.#maps.filter((task) => task.isWaiting);
    if (waiting.length > 0) return waiting.find((task) => task.failures > 0) ?? waiting[0];
    return this.#allMapsDone() ? this.#reduces.find((task) => task.isWaiting) : undefined;
  }

  async #attempt(task: TaskState): Promise<void> {
    const { env } = this.#options;
    const attempt = task.begin(env.clock.now());
    this.#running++;
    const isMap = task.kind === 'map';
    this.#count(isMap ? 'TOTAL_LAUNCHED_MAPS' : 'TOTAL_LAUNCHED_REDUCES');
    let error: unknown;
    try {
      if (isMap) await this.#runMap(task, attempt);
      else await this.#runReduce(task, attempt);
    } catch (cause) {
      error = cause;
    }
    const took = env.clock.now() - attempt.startedMs;
    this.#count(isMap ? 'MILLIS_MAPS' : 'MILLIS_REDUCES', took);
    task.running.delete(attempt);
    if (error !== undefined) await this.#lost(task, attempt, error);
    this.#running--;
    this.#report();
    this.#pump();
  }

  async #runMap(task: TaskState, attempt: Attempt): Promise<void> {
    const { executor, splits, plan, workDir, committer } = this.#options;
    const split = splits[task.index]!;
    const argument: MapTaskArgument = {
      plan,
      task: this.#identity(task, attempt, split),
      split,
      dir: joinPath(workDir, attempt.id),
      outputDir: committer.attemptDir(attempt.id),
      pulse: attempt.pulse.shared,
    };
    const result = await executor.run<MapTaskResult>(
      { module: mapModule, task: 'runMapTask', argument },
      { signal: attempt.controller.signal },
    );
    if (result.output !== undefined) this.#mapOutputs.set(task.index, result.output);
    await this.#won(task, attempt, result);
  }

  async #runReduce(task: TaskState, attempt: Attempt): Promise<void> {
    const { executor, plan, workDir, committer } = this.#options;
    const segments = this.#maps.map(({ index }) => {
      const output = this.#mapOutputs.get(index)!;
      return { path: output.path, place: output.places[task.index]! };
    });
    const dir = joinPath(workDir, attempt.id);
    const argument: ReduceTaskArgument = {
      plan,
      task: this.#identity(task, attempt, undefined),
      segments,
      dir,
      outputDir: committer.attemptDir(attempt.id),
      pulse: attempt.pulse.shared,
    };
    const result = await executor.run<ReduceTaskResult>(
      { module: reduceModule, task: 'runReduceTask', argument },
      { signal: attempt.controller.signal },
    );
    await this.#won(task, attempt, result);
    await removeTree(this.#options.env.fs, dir);
  }

  /** The first attempt that ends well is the task's; its output is committed, others are ended. */
  async #won(
    task: TaskState,
    attempt: Attempt,
    result: Pick<MapTaskResult, 'counters'>,
  ): Promise<void> {
    if (task.isDone || attempt.ended !== undefined || this.#failure !== undefined) {
      throw new AbortedError('another attempt was first');
    }
    task.winner = attempt.number;
    for (const other of task.running) {
      if (other !== attempt) this.#end(other, 'superseded');
    }
    const { committer, state, env, workDir } = this.#options;
    try {
      await committer.commitTask(attempt.id, task.id);
      const kept = { dir: workDir, counters: result.counters };
      await state.finish(task.kind, { index: task.index, attempt: attempt.number }, kept);
    } catch (error) {
      task.winner = undefined;
      throw error;
    }
    attempt.state = 'succeeded';
    task.isRecorded = true;
    task.counters = result.counters;
    task.tookMs = env.clock.now() - attempt.startedMs;
  }

  /** An attempt that did not win: clean up, count, decide whether to go on. */
  async #lost(task: TaskState, attempt: Attempt, error: unknown): Promise<void> {
    const { committer, env, workDir, maxAttempts } = this.#options;
    try {
      await committer.abortTask(attempt.id);
      await removeTree(env.fs, joinPath(workDir, attempt.id));
    } catch (cause) {
      env.logger.log('warn', `leftovers of ${attempt.id} stay`, { cause: String(cause) });
    }
    const isMap = task.kind === 'map';
    const damaged = isMap ? undefined : this.#mapBehind(error);
    const isKilled = damaged !== undefined || (attempt.ended ?? 'timeout') !== 'timeout';
    const isNoFailure = isKilled || task.isDone || this.#failure !== undefined;
    attempt.state = isNoFailure ? 'killed' : 'failed';
    attempt.error = error instanceof Error ? error.message : String(error);
    if (isNoFailure) {
      this.#count(isMap ? 'NUM_KILLED_MAPS' : 'NUM_KILLED_REDUCES');
      if (damaged !== undefined) await this.#rerun(damaged, error);
      return;
    }
    this.#count(isMap ? 'NUM_FAILED_MAPS' : 'NUM_FAILED_REDUCES');
    task.failures++;
    env.logger.log('warn', `${attempt.id} failed`, { error: String(error) });
    const why = attempt.ended === 'timeout' ? timedOut(this.#options.taskTimeoutMs, error) : error;
    if (task.failures >= maxAttempts || isHopeless(why)) this.#fail(failed(task, why));
  }

  /** The map whose output a reduce attempt could not read. */
  #mapBehind(error: unknown): TaskState | undefined {
    const codes = ['MAPREDUCE_CORRUPT_SEGMENT', 'MAPREDUCE_CORRUPT_INDEX', 'IO_NOT_FOUND'];
    if (!(error instanceof StoreError) || !codes.includes(error.code)) return undefined;
    return this.#maps.find(({ index }) => this.#mapOutputs.get(index)?.path === error.context.path);
  }

  async #rerun(map: TaskState, error: unknown): Promise<void> {
    if (!map.isDone) return;
    const lost = map.attempts.find(({ number }) => number === map.winner);
    if (lost !== undefined) lost.state = 'failed';
    map.winner = undefined;
    map.isRecorded = false;
    map.failures++;
    this.#count('NUM_FAILED_MAPS');
    await this.#options.state.forget('map', map.index);
    if (map.failures >= this.#options.maxAttempts) this.#fail(failed(map, error));
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const task of [...this.#maps, ...this.#reduces]) {
      for (const attempt of task.running) this.#end(attempt, 'cancelled');
    }
    this.#pump();
  }

  #end(attempt: Attempt, reason: EndReason): void {
    if (attempt.ended !== undefined) return;
    attempt.ended = reason;
    attempt.controller.abort();
  }

  /** Looks at signs of life and at slow tasks, now and then. */
  #tick(): void {
    this.#stopTick = this.#options.env.timers.after(tickMs, () => {
      const nowMs = this.#options.env.clock.now();
      for (const task of [...this.#maps, ...this.#reduces]) {
        for (const attempt of task.running) this.#watch(attempt, nowMs);
      }
      this.#speculate(nowMs);
      this.#report();
      this.#tick();
    });
  }

  #watch(attempt: Attempt, nowMs: number): void {
    const { beats } = attempt.pulse;
    if (beats !== attempt.lastBeats) {
      attempt.lastBeats = beats;
      attempt.lastBeatMs = nowMs;
    }
    const { taskTimeoutMs } = this.#options;
    if (taskTimeoutMs > 0 && nowMs - attempt.lastBeatMs >= taskTimeoutMs) {
      this.#end(attempt, 'timeout');
    }
  }

  #speculate(nowMs: number): void {
    const { speculative, executor } = this.#options;
    if (!speculative || this.#failure !== undefined) return;
    if (this.#running >= executor.workers || this.#nextTask() !== undefined) return;
    const tasks = this.#allMapsDone() ? this.#reduces : this.#maps;
    const task = taskToSpeculate(tasks, nowMs);
    if (task !== undefined) void this.#attempt(task);
  }

  #report(): void {
    this.#options.onProgress?.(this.progress);
  }

  #count(name: string, by = 1): void {
    this.#counters.add(jobGroup, name, by);
  }

  #identity(task: TaskState, attempt: Attempt, split: InputSplit | undefined): TaskIdentity {
    const { jobId, reducers } = this.#options.plan;
    const input =
      split === undefined
        ? undefined
        : { path: split.path, start: split.start, length: split.length };
    return { jobId, kind: task.kind, index: task.index, attempt: attempt.number, reducers, input };
  }
}

export interface RestoredTask {
  readonly attempt: number;
  readonly counters: TaskState['counters'];
  readonly output: MapOutput | undefined;
}
