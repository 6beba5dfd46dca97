/** One sort on its way through an executor: runs, rounds of merging, the last merge. */
import { throwIfAborted, type FileSystem } from '../../native-free-io/index.ts';
import type { MergeInput, MergeRunsInput, MergeRunsResult } from './sort-merge-task.ts';
import type { SortProgress } from './sort-options.ts';
import type { RecordOrder } from './sort-order.ts';
import { nextGroups, partCount, planMerge, type MergePlan, type SortPlan } from './sort-plan.ts';
import { bracketOf, chooseCuts, type Run } from './sort-run-index.ts';
import type { SortRunsInput, SortRunsResult } from './sort-runs-task.ts';
import type { SortScratch } from './sort-scratch.ts';
import type { Executor } from './worker/executor.ts';

export interface SortReport {
  /** Records read. */
  readonly records: number;
  /** Bytes of the output. */
  readonly bytes: number;
  /** Sorted runs made; 1 when everything fitted. */
  readonly runs: number;
  /** Rounds of merging, the last one included; 0 when there was one run. */
  readonly rounds: number;
}

export interface SortJobOptions {
  readonly order: RecordOrder;
  readonly sizes: {
    readonly memoryBytes: number;
    readonly parallel: number;
    readonly mergeFactor: number;
  };
  readonly scratch: SortScratch;
  readonly executor: Executor;
  /** Fired when a task fails. */
  readonly stop: AbortController;
  readonly signal: AbortSignal;
  readonly fs: FileSystem;
  readonly onProgress: ((progress: SortProgress) => void) | undefined;
}

const runsModule = new URL('./sort-runs-task.js', import.meta.url);
const mergeModule = new URL('./sort-merge-task.js', import.meta.url);
const moveBytes = 1 << 20;

export class SortJob {
  readonly #options: SortJobOptions;
  #done = 0;
  #total = 0;

  constructor(options: SortJobOptions) {
    this.#options = options;
  }

  async run(plan: SortPlan, presorted: boolean): Promise<SortReport> {
    const { sizes, scratch } = this.#options;
    const inputBytes = plan.shares.flat().reduce((sum, { start, end }) => sum + end - start, 0);
    if (inputBytes === 0) return { records: 0, bytes: 0, runs: 0, rounds: 0 };
    const isDirect = plan.isSmall && !presorted && scratch.resultPaths.length === 1;
    this.#total = isDirect ? inputBytes : 2 * inputBytes;
    const results = await this.#sortShares(plan, { presorted, isDirect });
    const records = results.reduce((sum, result) => sum + result.records, 0);
    let runs = results.flatMap((result) => result.runs);
    if (isDirect) return { records, bytes: runs[0]?.end ?? 0, runs: 1, rounds: 0 };
    const made = runs.length;
    const merging = planMerge(runs, plan.memoryBytes, sizes.mergeFactor);
    let rounds = 1;
    for (; runs.length > merging.factor; rounds++) runs = await this.#mergeRound(runs, merging);
    const bytes = await this.#mergeLast(runs, merging);
    await scratch.removeFiles(pathsOf(runs));
    return { records, bytes, runs: made, rounds };
  }

  #sortShares(
    plan: SortPlan,
    { presorted, isDirect }: { readonly presorted: boolean; readonly isDirect: boolean },
  ): Promise<SortRunsResult[]> {
    const { order, scratch } = this.#options;
    // Of an input in order each file is a run.
    const shares = presorted ? byFile(plan) : plan.shares;
    const inputs = shares.map((pieces): SortRunsInput => ({
      order,
      pieces,
      path: isDirect ? scratch.resultPath : scratch.newPath('runs'),
      memoryBytes: plan.memoryBytes,
      runBytes: plan.runBytes,
      presorted,
      bare: isDirect,
    }));
    return this.#runAll(runsModule, 'sortRuns', inputs, ({ pieces }) =>
      pieces.reduce((sum, { start, end }) => sum + end - start, 0),
    );
  }

  /** Merges groups of neighbours; their files go when nothing in them is needed any more. */
  async #mergeRound(runs: readonly Run[], plan: MergePlan): Promise<Run[]> {
    const { scratch } = this.#options;
    const groups = nextGroups(runs.length, plan.factor);
    const inputs = groups.map(({ from, to }): MergeRunsInput => {
      const group = runs.slice(from, to).map((run) => mergeInput(run));
      return this.#mergeTask(group, plan, scratch.newPath('merged'));
    });
    const size = ({ inputs: merged }: MergeRunsInput): number =>
      merged.reduce((sum, { start, end }) => sum + end - start, 0);
    this.#total += inputs.reduce((sum, input) => sum + size(input), 0);
    const results = await this.#runAll<MergeRunsInput, MergeRunsResult>(
      mergeModule,
      'mergeRuns',
      inputs,
      size,
    );
    const left: Run[] = results.map(({ end, bareBytes, index }, at) => {
      const { path, inputs: merged } = inputs[at]!;
      const longest = merged.reduce((most, input) => Math.max(most, input.longest), 0);
      return { path, start: 0, end, bareBytes, longest, index };
    });
    left.push(...runs.slice(groups.at(-1)!.to));
    const needed = new Set(pathsOf(left));
    for (const path of pathsOf(runs)) if (!needed.has(path)) scratch.removeFile(path);
    return left;
  }

  /** Merges parts of all runs to their places in the result; returns its bytes. */
  async #mergeLast(runs: readonly Run[], plan: MergePlan): Promise<number> {
    const { order, scratch, sizes } = this.#options;
    const { resultPaths } = scratch;
    const isAlone = resultPaths.length > 1;
    const parts = isAlone ? resultPaths.length : partCount(runs, sizes.parallel);
    const cuts = chooseCuts(runs, order, parts);
    const inputs = Array.from({ length: cuts.length + 1 }, (_, part): MergeRunsInput => {
      const lowKey = cuts[part - 1];
      const highKey = cuts[part];
      const group = runs.map((run) => ({
        ...mergeInput(run),
        ...(lowKey === undefined ? {} : { low: bracketOf(run, order, lowKey) }),
        ...(highKey === undefined ? {} : { high: bracketOf(run, order, highKey) }),
      }));
      return {
        ...this.#mergeTask(group, plan, isAlone ? resultPaths[part]! : scratch.resultPath),
        isFinal: true,
        isAlone,
        ...(lowKey === undefined ? {} : { lowKey }),
        ...(highKey === undefined ? {} : { highKey }),
      };
    });
    const bytes = runs.reduce((sum, { start, end }) => sum + end - start, 0) / inputs.length;
    const results = await this.#runAll<MergeRunsInput, MergeRunsResult>(
      mergeModule,
      'mergeRuns',
      inputs,
      () => bytes,
    );
    if (isAlone) return results.reduce((sum, { end }) => sum + end, 0);
    return order.unique ? this.#closeGaps(results) : results.at(-1)!.end;
  }

  #mergeTask(inputs: readonly MergeInput[], plan: MergePlan, path: string): MergeRunsInput {
    const { order } = this.#options;
    const { memoryBytes, blockBytes } = plan;
    return { order, inputs, path, memoryBytes, blockBytes, isFinal: false };
  }

  /** Parts lie where they would without dropped records; moves them together. */
  #closeGaps(parts: readonly MergeRunsResult[]): number {
    const file = this.#options.fs.openSync(this.#options.scratch.resultPath, 'write');
    try {
      const bytes = new Uint8Array(moveBytes);
      let to = 0;
      for (const { start, end } of parts) {
        for (let from = start; from < end;) {
          const length = Math.min(moveBytes, end - from);
          if (to !== from) {
            file.readSync(bytes, 0, length, from);
            file.writeSync(bytes, 0, length, to);
          }
          from += length;
          to += length;
        }
      }
      file.truncateSync(to);
      return to;
    } finally {
      file.closeSync();
    }
  }

  /** Runs the tasks; when one fails, ends the others, waits for them and throws the failure. */
  async #runAll<Input, Result>(
    module: URL,
    task: string,
    inputs: readonly Input[],
    bytesOf: (input: Input) => number,
  ): Promise<Result[]> {
    const { executor, stop, signal } = this.#options;
    let failure: { readonly error: unknown } | undefined;
    const running = inputs.map(async (argument) => {
      try {
        const result = await executor.run<Result>({ module, task, argument }, { signal });
        this.#advance(bytesOf(argument));
        return result;
      } catch (error) {
        failure ??= { error };
        stop.abort();
        throw error;
      }
    });
    const settled = await Promise.allSettled(running);
    if (failure !== undefined) throw failure.error;
    throwIfAborted(signal);
    return settled.map((one) => (one as PromiseFulfilledResult<Result>).value);
  }

  #advance(bytes: number): void {
    this.#done += bytes;
    this.#options.onProgress?.({
      bytes: Math.min(this.#total, Math.round(this.#done)),
      totalBytes: this.#total,
    });
  }
}

function byFile(plan: SortPlan): SortRunsInput['pieces'][] {
  const files = new Map<string, SortRunsInput['pieces'][number][]>();
  for (const piece of plan.shares.flat()) {
    files.set(piece.path, [...(files.get(piece.path) ?? []), piece]);
  }
  return [...files.values()];
}

function mergeInput({ path, start, end, longest, bareBytes }: Run): MergeInput {
  return { path, start, end, longest, bareBytes };
}

function pathsOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.map(({ path }) => path))];
}
