/**
 * The work of a flush or compaction: merges its sources, keeps what the rules keep, writes files.
 *
 * Runs in a worker on the real disk, or in the caller's thread step by step. Files are complete and
 * synced when it resolves; whoever asked makes their names durable and lists them. After an error
 * or abort nothing of its files is left.
 */
import { joinPath } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { HFileReader } from '../files/hfile-reader.ts';
import { HFileWriter } from '../files/hfile-writer.ts';
import type { CellCursor } from '../format/cell-cursor.ts';
import type { CellView } from '../format/cell-view.ts';
import { SortedCellsCursor } from '../memstore/sorted-cells-cursor.ts';
import type { CellSink } from '../read/cell-sink.ts';
import { CompactionMatcher } from '../read/compaction-matcher.ts';
import { MergeCursor } from '../read/merge-cursor.ts';
import { StoreScanner } from '../read/store-scanner.ts';
import { PartCursor } from '../region/part-cursor.ts';
import type { RewriteResult, RewriteTask, RewrittenFile } from '../region/rewriter.ts';
import { setStoreFileInfo, writerOptions } from './file-settings.ts';
import { Pace } from './pace.ts';

export async function rewriteFiles(
  env: Env,
  task: RewriteTask,
  signal?: AbortSignal,
): Promise<RewriteResult> {
  const readers: HFileReader[] = [];
  const output = new Output(env, task);
  try {
    const sources: CellCursor[] = [];
    if (task.memstore !== undefined) sources.push(new SortedCellsCursor(task.memstore));
    for (const file of task.files) {
      const { sequenceId } = file;
      const reader = HFileReader.openSync(
        env.fs,
        file.path,
        sequenceId === undefined ? {} : { sequenceId },
      );
      readers.push(reader);
      let cursor: CellCursor = reader.cursor({ scan: true });
      if (file.from !== undefined || file.to !== undefined) {
        cursor = new PartCursor(cursor, file.from, file.to);
      }
      sources.push(cursor);
    }
    const merged = new MergeCursor(sources, Number.POSITIVE_INFINITY);
    const scanner = new StoreScanner(merged, new CompactionMatcher(task));
    const pace = new Pace(env, task.bytesPerSecond, signal);
    scanner.seek(undefined);
    while (scanner.isAtCell) {
      scanner.readRow(output);
      if (pace.add(output.takeBytes())) await pace.pause();
    }
    return await output.finish();
  } catch (error) {
    await output.abort();
    throw error;
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** Cells of a row after which a pause may be made. */
const cellsPerStep = 512;
const droppedRowBytes = 64;

class Output implements CellSink {
  readonly #env: Env;
  readonly #task: RewriteTask;
  readonly #writers: (HFileWriter | undefined)[];
  #bytes = 0;
  #cells = 0;

  constructor(env: Env, task: RewriteTask) {
    this.#env = env;
    this.#task = task;
    this.#writers = task.names.map(() => undefined);
  }

  add(cell: CellView): boolean {
    this.#writerOf(cell).append(cell);
    this.#bytes += cell.keyLength + cell.valueLength;
    return ++this.#cells % cellsPerStep !== 0;
  }

  /** Bytes added since the last call, and some for a row that may have been dropped. */
  takeBytes(): number {
    const bytes = this.#bytes + droppedRowBytes;
    this.#bytes = 0;
    return bytes;
  }

  async finish(): Promise<RewriteResult> {
    const files: RewrittenFile[] = [];
    for (const [index, writer] of this.#writers.entries()) {
      if (writer === undefined) continue;
      setStoreFileInfo(writer, this.#task);
      const { entryCount, size } = await writer.finish();
      files.push({ name: this.#task.names[index]!, cells: entryCount, size });
    }
    return { files, cellsKept: this.#cells };
  }

  async abort(): Promise<void> {
    for (const writer of this.#writers) {
      try {
        await writer?.abort();
      } catch {
        // The error that led here tells more; an unlisted file is removed at the next open.
      }
    }
  }

  #writerOf(cell: CellView): HFileWriter {
    const { boundaries, dir, names } = this.#task;
    let index = 0;
    if (boundaries.length > 0) {
      const { timestamp } = cell;
      while (index < boundaries.length && timestamp >= boundaries[index]!) index++;
    }
    const path = joinPath(dir, names[index]!);
    this.#writers[index] ??= HFileWriter.create(this.#env.fs, path, writerOptions(this.#task));
    return this.#writers[index]!;
  }
}
