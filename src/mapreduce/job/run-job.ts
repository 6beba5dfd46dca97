/**
 * Starts a job: options to a plan, the output's directory to a fresh one or to what an earlier run
 * left, and the runner to its end.
 *
 * An output that exists is refused, unless it holds nothing but the remains of the same job (same
 * functions, input, types, output), which was killed: then finished tasks are not run again.
 */
import { joinPath, StateError, type FileSystem } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { InputSplit } from '../input/record-reader.ts';
import { mapIndexName, mapOutputName } from '../map/sort-collector.ts';
import { readSpillIndex } from '../format/spill-index.ts';
import { OutputCommitter, successName, temporaryName } from '../output/committer.ts';
import { removeTree } from '../output/remove-tree.ts';
import { poolExecutor } from '../worker/pool-executor.ts';
import type { Counters } from './counters.ts';
import { fingerprintOf } from './fingerprint.ts';
import { resolveJob, type JobOptions, type ResolvedJob } from './job-options.ts';
import { JobRunner, type JobProgress } from './job-runner.ts';
import { JobState } from './job-state.ts';
import type { JobPlan } from './plan.ts';
import type { TaskStatus } from './task-state.ts';
import { readResults } from './results.ts';
import { attemptId } from '../functions/context.ts';

export interface FinishedJob {
  readonly id: string;
  readonly counters: Counters;
  readonly outputDir: string;
  /** Records of the output, part by part: of text as strings, of SequenceFiles decoded. */
  results(): AsyncIterable<readonly [key: unknown, value: unknown]>;
}

export interface RunningJob {
  readonly progress: JobProgress | undefined;
  /** State, progress, attempts and counters of every task; none before the first may start. */
  readonly tasks: readonly TaskStatus[];
  readonly done: Promise<FinishedJob>;
  /** Ends all tasks and takes the output away; `done` rejects with AbortedError. */
  cancel(): void;
}

/** Runs a job to its end. */
export function runJob(options: JobOptions): Promise<FinishedJob> {
  return startJob(options).done;
}

/** Starts a job and gives it back at once. */
export function startJob(options: JobOptions): RunningJob {
  const controller = new AbortController();
  const signals = [controller.signal, ...(options.signal === undefined ? [] : [options.signal])];
  let last: JobProgress | undefined;
  const job = resolveJob({
    ...options,
    signal: AbortSignal.any(signals),
    onProgress(progress) {
      last = progress;
      options.onProgress?.(progress);
    },
  });
  let runner: JobRunner | undefined;
  const done = runResolved(job, (started) => (runner = started));
  done.catch(() => undefined);
  return {
    get progress() {
      return last;
    },
    get tasks() {
      return runner?.tasks ?? [];
    },
    done,
    cancel: () => controller.abort(),
  };
}

async function runResolved(
  job: ResolvedJob,
  onRunner: (runner: JobRunner) => void,
): Promise<FinishedJob> {
  const { env } = job;
  // The largest first, as upstream numbers them: the last to run should be short.
  const splits = (await job.input.splits(env.fs)).sort((a, b) => b.length - a.length);
  const committer = new OutputCommitter(env.fs, job.plan.output.dir);
  const workDir = joinPath(committer.temporaryDir, 'job');
  const fingerprint = fingerprintOf(job.plan, splits);
  const mayResume = await checkOutput(env.fs, committer.dir, workDir);
  await committer.setUp();
  await env.fs.makeDirectory(workDir);
  const setting = { job, splits, committer, workDir, fingerprint, mayResume, onRunner };
  const plan = await runInState(setting);
  return {
    id: plan.plan.jobId,
    counters: plan.counters,
    outputDir: committer.dir,
    results: () => readResults(env.fs, plan.plan),
  };
}

/** True when the directory holds the remains of a job. */
async function checkOutput(fs: FileSystem, dir: string, workDir: string): Promise<boolean> {
  const stat = await fs.stat(dir);
  if (stat === undefined) return false;
  const names = stat.kind === 'directory' ? (await fs.list(dir)).map(({ name }) => name) : [''];
  const isRemains = JobState.exists(fs, workDir) && !names.includes(successName);
  if (isRemains) return true;
  // What a job of a file system without state left, or one that died before it had any: also the
  // bare directory, when the power went between it and what stands in it.
  if (stat.kind === 'directory' && names.every((name) => name === temporaryName)) {
    await removeTree(fs, joinPath(dir, temporaryName));
    return false;
  }
  throw outputExists(dir, 'the output exists already');
}

interface Setting {
  readonly job: ResolvedJob;
  readonly splits: readonly InputSplit[];
  readonly committer: OutputCommitter;
  readonly workDir: string;
  readonly fingerprint: string;
  readonly mayResume: boolean;
  readonly onRunner: (runner: JobRunner) => void;
}

async function runInState(setting: Setting): Promise<{ counters: Counters; plan: JobPlan }> {
  const { job, splits, committer, workDir, fingerprint, mayResume } = setting;
  const { env } = job;
  const state = await JobState.open(env.fs, workDir);
  const before = state.job;
  if (mayResume && before !== undefined && before.fingerprint !== fingerprint) {
    await state.close();
    throw outputExists(committer.dir, 'the output holds the remains of another job');
  }
  const plan = before === undefined ? job.plan : { ...job.plan, jobId: before.id };
  if (before === undefined) await state.begin(plan.jobId, fingerprint);
  const executor = job.executor ?? poolExecutor({ workers: job.workers });
  const closeAll = async (): Promise<void> => {
    if (job.executor === undefined) await executor[Symbol.asyncDispose]();
    await state.close();
  };
  try {
    const runner = new JobRunner({ ...job, plan, splits, committer, state, workDir, executor });
    setting.onRunner(runner);
    if (before !== undefined)
      await restore(runner, { state, env, plan, splits, committer, workDir });
    const counters = await runner.run();
    await closeAll();
    await committer.commitJob();
    return { counters, plan };
  } catch (error) {
    await closeAll();
    await abandon(job, committer, error);
    throw error;
  }
}

/** What failed or was cancelled leaves nothing; what crashed never comes here. */
async function abandon(
  job: ResolvedJob,
  committer: OutputCommitter,
  cause: unknown,
): Promise<void> {
  try {
    await committer.abortJob();
  } catch (error) {
    job.env.logger.log('warn', `leftovers of ${job.plan.jobId} stay`, {
      error: String(error),
      cause: String(cause),
    });
  }
}

async function restore(
  runner: JobRunner,
  parts: {
    readonly state: JobState;
    readonly env: Env;
    readonly plan: JobPlan;
    readonly splits: readonly InputSplit[];
    readonly committer: OutputCommitter;
    readonly workDir: string;
  },
): Promise<void> {
  const { state, env, plan, committer, workDir } = parts;
  let attempts = 0;
  for (const { name } of await env.fs.list(workDir)) {
    const number = /^attempt_.*_(\d+)$/.exec(name)?.[1];
    if (number !== undefined) attempts = Math.max(attempts, Number(number) + 1);
  }
  runner.skipAttempts(attempts);
  const keep = new Set<string>();
  for (const { index, attempt } of state.finished('map')) {
    const id = attemptId({ jobId: plan.jobId, kind: 'map', index, attempt });
    const output = plan.reducers === 0 ? undefined : outputOf(env.fs, joinPath(workDir, id));
    if (output === undefined && plan.reducers > 0) {
      await state.forget('map', index);
      continue;
    }
    keep.add(id);
    runner.restore('map', index, {
      attempt,
      output,
      counters: state.countersOf('map', index, workDir),
    });
  }
  for (const { index, attempt } of state.finished('reduce')) {
    const counters = state.countersOf('reduce', index, workDir);
    runner.restore('reduce', index, { attempt, output: undefined, counters });
  }
  await removeLeftovers(env.fs, workDir, keep);
  await removeTree(env.fs, joinPath(committer.temporaryDir, '0', temporaryName));
  await committer.setUp();
}

/** A map's output that an earlier run left; undefined when its index is not sound. */
function outputOf(fs: FileSystem, dir: string) {
  const path = joinPath(dir, mapOutputName);
  const stat = fs.statSync(path);
  if (stat === undefined) return undefined;
  try {
    const places = readSpillIndex(fs, joinPath(dir, mapIndexName), stat.size);
    return { path, places, bytes: stat.size };
  } catch {
    // The map is run again; nothing is lost but its time.
    return undefined;
  }
}

async function removeLeftovers(
  fs: FileSystem,
  dir: string,
  keep: ReadonlySet<string>,
): Promise<void> {
  for (const { name, kind } of await fs.list(dir)) {
    if (kind === 'directory' && !keep.has(name)) await removeTree(fs, joinPath(dir, name));
  }
}

function outputExists(path: string, message: string): StateError {
  return new StateError('MAPREDUCE_OUTPUT_EXISTS', message, { context: { path } });
}
