/**
 * TeraGen, TeraSort and TeraValidate: the benchmark of Hadoop and its predecessors, with
 * directories of part files like theirs.
 *
 * Sorting is `sortFile` of fixed records into a part for each reducer, cut by the keys that its
 * runs were sampled at: TeraSort's total order. Directories that exist are refused, as Hadoop
 * refuses them; `_SUCCESS` is the last file made.
 */
import {
  joinPath,
  NotFoundError,
  StateError,
  throwIfAborted,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { sortFile } from '../sort-file.ts';
import type { SortReport } from '../sort-job.ts';
import { requireWhole, type SortOptions } from '../sort-options.ts';
import { partName } from '../output/part-name.ts';
import type { Executor } from '../worker/executor.ts';
import { inlineExecutor } from '../worker/inline-executor.ts';
import { poolExecutor } from '../worker/pool-executor.ts';
import { teraKeyBytes, teraRecordBytes, type TeraForm } from './record.ts';
import type { TeraGenInput, TeraSummary } from './tera-task.ts';

export interface TeraOptions {
  /** Worker threads. Default 2. */
  readonly parallel?: number;
  readonly env?: Env;
  readonly signal?: AbortSignal;
}

export interface TeraGenOptions extends TeraOptions {
  readonly records: number;
  /** Default 'binary', as Hadoop's. */
  readonly form?: TeraForm;
  /** Part files. Default 2. */
  readonly maps?: number;
}

/** What TeraValidate found; `unordered` counts neighbours across files, too. */
export interface TeraReport {
  readonly records: number;
  readonly unordered: number;
  readonly firstUnordered: number;
  readonly duplicates: number;
  readonly checksum: string;
}

const module = new URL('./tera-task.js', import.meta.url);

/** Makes a directory of records; returns their checksum, in hex. */
export async function teraGenerate(directory: string, options: TeraGenOptions): Promise<string> {
  const { records, form = 'binary', maps = 2 } = options;
  requireWhole('records', records, 0, Number.MAX_SAFE_INTEGER / teraRecordBytes);
  requireWhole('maps', maps, 1, 10_000);
  const env = newDirectory(directory, options);
  await using executor = executorOf(options);
  const inputs = Array.from({ length: maps }, (_, map): TeraGenInput => {
    const first = Math.floor((records * map) / maps);
    const count = Math.floor((records * (map + 1)) / maps) - first;
    return { path: joinPath(directory, partName('m', map)), form, first, count };
  });
  const checksums = await Promise.all(
    inputs.map((argument) =>
      executor.run<string>({ module, task: 'generateTera', argument }, { signal: options.signal }),
    ),
  );
  succeed(directory, env);
  return sumOf(checksums);
}

export interface TeraSortOptions extends Omit<SortOptions, 'key' | 'order' | 'record'> {
  /** Part files. Default 1. */
  readonly reducers?: number;
}

/** Sorts the part files of a directory into those of a new directory. */
export async function teraSort(
  from: string,
  to: string,
  options: TeraSortOptions = {},
): Promise<SortReport> {
  const { reducers = 1 } = options;
  requireWhole('reducers', reducers, 1, 10_000);
  const env = newDirectory(to, options);
  const parts = Array.from({ length: reducers }, (_, part) => joinPath(to, partName('r', part)));
  const report = await sortFile(partsOf(from, env), reducers === 1 ? parts[0]! : parts, {
    ...options,
    record: { length: teraRecordBytes, keyLength: teraKeyBytes },
  });
  succeed(to, env);
  return report;
}

/** Reads the part files of a directory in the order of their names. */
export async function teraValidate(
  directory: string,
  options: TeraOptions = {},
): Promise<TeraReport> {
  const env = options.env ?? realEnv();
  throwIfAborted(options.signal);
  await using executor = executorOf(options);
  const summaries = await Promise.all(
    partsOf(directory, env).map((path) =>
      executor.run<TeraSummary>(
        { module, task: 'validateTera', argument: { path } },
        { signal: options.signal },
      ),
    ),
  );
  return combine(summaries);
}

/** As valsort -s joins the summaries of files. */
function combine(summaries: readonly TeraSummary[]): TeraReport {
  let [records, unordered, firstUnordered, duplicates] = [0, 0, -1, 0];
  let last: Uint8Array | undefined;
  for (const one of summaries.filter((summary) => summary.records > 0)) {
    const order = last === undefined ? -1 : compareKeys(last, one.first);
    if (order === 0) duplicates++;
    if (order > 0) {
      unordered++;
      if (firstUnordered < 0) firstUnordered = records;
    }
    if (firstUnordered < 0 && one.firstUnordered >= 0)
      firstUnordered = records + one.firstUnordered;
    unordered += one.unordered;
    duplicates += one.duplicates;
    records += one.records;
    last = one.last;
  }
  const checksum = sumOf(summaries.map((summary) => summary.checksum));
  return { records, unordered, firstUnordered, duplicates, checksum };
}

function compareKeys(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left.subarray(0, teraKeyBytes), right.subarray(0, teraKeyBytes));
}

function sumOf(checksums: readonly string[]): string {
  const total = checksums.reduce((sum, checksum) => sum + BigInt(`0x${checksum}`), 0n);
  return BigInt.asUintN(128, total).toString(16);
}

function newDirectory(path: string, { env = realEnv() }: { readonly env?: Env }): Env {
  if (env.fs.statSync(path) !== undefined) {
    throw new StateError('MAPREDUCE_OUTPUT_EXISTS', 'the output exists already', {
      context: { path },
    });
  }
  env.fs.makeDirectorySync(path);
  return env;
}

function partsOf(directory: string, { fs }: Env): string[] {
  const parts = fs
    .listSync(directory)
    .filter(({ name, kind }) => kind === 'file' && !/^[_.]/.test(name))
    .map(({ name }) => joinPath(directory, name));
  if (parts.length === 0) {
    const context = { path: directory };
    throw new NotFoundError('IO_NOT_FOUND', 'no part files in the directory', { context });
  }
  return parts;
}

function succeed(directory: string, { fs }: Env): void {
  fs.openSync(joinPath(directory, '_SUCCESS'), 'create').closeSync();
}

function executorOf({ env, parallel = 2 }: TeraOptions): Executor {
  return env === undefined
    ? poolExecutor({ workers: parallel })
    : inlineExecutor({ env, workers: parallel });
}
