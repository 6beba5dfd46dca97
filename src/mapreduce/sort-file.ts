/**
 * Sorts files far larger than memory, as GNU sort does under LC_ALL=C, on several threads.
 *
 *    shares of the input -> runs (sortRuns)      each worker sorts its own
 *    runs -> fewer runs (mergeRuns)              only when there are too many to merge at once
 *    runs -> the output (mergeRuns)              each worker merges its own range of keys, straight
 *                                                to its place in one file
 *    the file becomes the output by a rename
 *
 * Invariants: S1 the output is the old one or the whole new one; S2 temporary files are gone when
 * the promise is settled; S3 records that compare equal leave in the order of input, where that can
 * be seen; S4 memory is `memoryBytes` for records and entries, and a little for each thread.
 */
import {
  CorruptionError,
  NotFoundError,
  RecordForm,
  throwIfAborted,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { checkedSizes, recordOrder, type SortOptions } from './sort-options.ts';
import type { RecordOrder } from './sort-order.ts';
import { planSort, type PlannedFile } from './sort-plan.ts';
import { SortJob, type SortReport } from './sort-job.ts';
import { SortScratch, type SortOutput } from './sort-scratch.ts';
import type { Executor } from './worker/executor.ts';
import { inlineExecutor } from './worker/inline-executor.ts';
import { poolExecutor } from './worker/pool-executor.ts';

/** A file, or bytes as they come: those are stored first. */
export type SortInput = string | AsyncIterable<Uint8Array>;

/**
 * Sorts the records of the inputs, taken one after the other, into the output, which may be one of
 * them. An existing output file is replaced, and keeps its bytes until the new ones are complete.
 *
 * Several output files get a part each of about the same size, cut between records that do not
 * compare equal: one after the other they are the sorted whole. Of a small input, or one of few
 * keys, parts may be empty. They are replaced one after the other.
 *
 * Throws OPTION_INVALID, IO_* with the path, SORT_PARTIAL_RECORD for a file that does not consist
 * of whole records, SORT_RECORD_TOO_LARGE, MAPREDUCE_WORKER_LOST, AbortedError.
 */
export async function sortFile(
  input: SortInput | readonly SortInput[],
  output: SortOutput,
  options: SortOptions = {},
): Promise<SortReport> {
  const order = recordOrder(options);
  const sizes = checkedSizes(options);
  const env = options.env ?? realEnv();
  throwIfAborted(options.signal);
  const inputs = isList(input) ? input : [input];
  const scratch = new SortScratch(env, output, options.temporaryDirectory);
  // One signal for the caller's and for ours: a failed task ends the others.
  const stop = new AbortController();
  const signals = options.signal === undefined ? [stop.signal] : [stop.signal, options.signal];
  let own: Executor | undefined;
  try {
    scratch.begin();
    const files = await plannedFiles(inputs, { env, scratch, signal: options.signal });
    assertWholeRecords(files, order);
    const plan = planSort(files, order, sizes);
    const executor = options.executor ?? (own = executorFor(options, env, plan.isSmall));
    const job = new SortJob({
      order,
      sizes,
      scratch,
      executor,
      stop,
      signal: AbortSignal.any(signals),
      onProgress: options.onProgress,
      fs: env.fs,
    });
    const report = await job.run(plan, options.merge === true);
    await own?.[Symbol.asyncDispose]();
    own = undefined;
    throwIfAborted(options.signal);
    await scratch.commit(options.durability ?? 'written');
    return report;
  } finally {
    // Threads first: one that still ends might make a file.
    await own?.[Symbol.asyncDispose]();
    scratch.clean();
  }
}

function isList(input: SortInput | readonly SortInput[]): input is readonly SortInput[] {
  return Array.isArray(input);
}

/** What a thread's start would cost more than is done by itself. */
function executorFor(options: SortOptions, env: Env, isSmall: boolean): Executor {
  const { parallel } = checkedSizes(options);
  const isInline = isSmall || options.env !== undefined;
  return isInline
    ? inlineExecutor({ env, workers: parallel })
    : poolExecutor({ workers: parallel });
}

async function plannedFiles(
  inputs: readonly SortInput[],
  to: {
    readonly env: Env;
    readonly scratch: SortScratch;
    readonly signal: AbortSignal | undefined;
  },
): Promise<PlannedFile[]> {
  const files: PlannedFile[] = [];
  for (const input of inputs) {
    if (typeof input === 'string') files.push({ path: input, size: sizeOf(to.env.fs, input) });
    else files.push(await stored(input, to));
  }
  return files;
}

function sizeOf(fs: FileSystem, path: string): number {
  const stat = fs.statSync(path);
  if (stat === undefined) {
    throw new NotFoundError('IO_NOT_FOUND', 'no such file', { context: { path } });
  }
  // A directory is refused by name, a file without permission before any work.
  fs.openSync(path, 'read').closeSync();
  return stat.size;
}

async function stored(
  input: AsyncIterable<Uint8Array>,
  { env, scratch, signal }: Parameters<typeof plannedFiles>[1],
): Promise<PlannedFile> {
  const path = scratch.newPath('input');
  const file = env.fs.openSync(path, 'createNew');
  let size = 0;
  try {
    for await (const piece of input) {
      throwIfAborted(signal);
      file.writeSync(piece, 0, piece.length, size);
      size += piece.length;
    }
  } finally {
    file.closeSync();
  }
  throwIfAborted(signal);
  return { path, size };
}

function assertWholeRecords(files: readonly PlannedFile[], order: RecordOrder): void {
  if (order.form !== RecordForm.fixed) return;
  const { recordLength } = order;
  const odd = files.find(({ size }) => size % recordLength !== 0);
  if (odd === undefined) return;
  const left = odd.size % recordLength;
  throw new CorruptionError(
    'SORT_PARTIAL_RECORD',
    `${odd.size} bytes are no multiple of ${recordLength}: a record has ${left} bytes`,
    { context: { path: odd.path, position: odd.size - left } },
  );
}
