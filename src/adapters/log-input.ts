/**
 * A range of a partition log as the input of a job: a record's key and value, as bytes.
 *
 * Splits are ranges of offsets of like length. A missing key or value is empty; transaction markers
 * are left out. The log is opened read-only, by each task for itself.
 */
import type { FileSystem } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { PartitionLog, type Isolation, type LogBatch } from '../log/index.ts';
import type { InputSplit, JobInput, RecordBatch, RecordReader } from '../mapreduce/index.ts';

export interface LogInputOptions {
  /** First offset. Default: the log start offset. */
  readonly from?: number;
  /** Offset after the last. Default: the end visible at `isolation` when the job starts. */
  readonly to?: number;
  /** Map tasks at most. Default 4. */
  readonly splits?: number;
  /** Default 'read_committed'. */
  readonly isolation?: Isolation;
}

export function LogInput(dir: string, options: LogInputOptions = {}): JobInput {
  return { splits: (fs) => logSplits(fs, dir, options) };
}

async function logSplits(
  fs: FileSystem,
  dir: string,
  options: LogInputOptions,
): Promise<InputSplit[]> {
  const { isolation = 'read_committed', splits = 4 } = options;
  await using log = await PartitionLog.open({ dir, readOnly: true, env: { fs } });
  const end = isolation === 'read_committed' ? log.lastStableOffset : log.logEndOffset;
  const from = Math.max(options.from ?? 0, log.logStartOffset);
  const to = Math.min(options.to ?? Number.MAX_SAFE_INTEGER, end);
  const length = Math.max(1, Math.ceil((to - from) / splits));
  const found: InputSplit[] = [];
  const reader = { href: new URL('./log-input.js', import.meta.url).href, name: 'openLogSplit' };
  for (let start = from; start < to; start += length) {
    const count = Math.min(length, to - start);
    found.push({ reader, path: dir, start, length: count, detail: isolation });
  }
  return found;
}

/** The reader of a split; tasks call it by name. */
export async function openLogSplit(split: InputSplit, env: Env): Promise<RecordReader> {
  const log = await PartitionLog.open({ dir: split.path, readOnly: true, env });
  return new LogSplitReader(log, split);
}

class LogSplitReader implements RecordReader {
  readonly keyType = 'textBytes';
  readonly valueType = 'textBytes';
  readonly #log: PartitionLog;
  readonly #split: InputSplit;
  readonly #batches: AsyncIterator<LogBatch>;
  #offset: number;
  bytesRead = 0;

  constructor(log: PartitionLog, split: InputSplit) {
    const { start, length, detail } = split;
    this.#log = log;
    this.#split = split;
    this.#offset = start;
    const range = { from: start, to: start + length, isolation: detail as Isolation };
    this.#batches = log.read(range)[Symbol.asyncIterator]();
  }

  get progress(): number {
    return Math.min(1, (this.#offset - this.#split.start) / Math.max(1, this.#split.length));
  }

  async nextBatch(): Promise<RecordBatch | undefined> {
    const next = await this.#batches.next();
    if (next.done === true) return undefined;
    const batch = next.value;
    const { start, length } = this.#split;
    this.bytesRead += batch.bytes.length;
    this.#offset = batch.lastOffset + 1;
    const records = batch
      .records()
      .filter(({ offset }) => offset >= start && offset < start + length);
    return {
      count: records.length,
      key: (index) => records[index]!.key ?? new Uint8Array(0),
      value: (index) => records[index]!.value ?? new Uint8Array(0),
    };
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
    await this.#log.close();
  }
}
