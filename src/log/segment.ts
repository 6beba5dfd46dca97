/**
 * One segment: a `.log` file of record batches with its offset, time and transaction index.
 *
 * Invariants: I1 `size` is the end of the last whole batch (a torn tail is cut before anything is
 * appended); I2 index entries are made by the rule of `noteBatch` and by nothing else, so a
 * recovered segment has the same index bytes as one written in one go.
 * Lifetime:   files are opened on first use and may be closed in between (file-pool.ts).
 * Upstream:   apache/kafka: storage/.../log/LogSegment.java; behaviour kept, code our own.
 * Format doc: docs/formats/log.md.
 */
import { joinPath, type FileSystem } from '../../native-free-io/index.ts';
import {
  logFileName,
  offsetIndexFileName,
  timeIndexFileName,
  transactionIndexFileName,
} from './file-names.ts';
import { FilePool, PooledFile } from './file-pool.ts';
import { offsetIndexEntryBytes, timeIndexEntryBytes } from './format/layout.ts';
import type { IndexCache } from './index-cache.ts';
import { IndexFile } from './index-file.ts';
import { OffsetIndex } from './offset-index.ts';
import type { LogConfig } from './options.ts';
import { TimeIndex } from './time-index.ts';
import { TransactionIndex } from './transaction-index.ts';

/** What a segment shares with the others of its log. */
export interface SegmentContext {
  readonly dir: string;
  readonly fs: FileSystem;
  readonly files: FilePool;
  readonly indexes: IndexCache;
}

/** Sizes found by a directory listing; undefined for a file that is not there. */
export interface SegmentFiles {
  readonly baseOffset: number;
  readonly logBytes: number;
  readonly logModifiedMs: number;
  readonly offsetIndexBytes: number | undefined;
  readonly timeIndexBytes: number | undefined;
  readonly hasTransactionIndex: boolean;
}

/** Suffix of a file on its way in or out: '', '.cleaned', '.swap', '.deleted'. */
export type SegmentSuffix = '' | '.cleaned' | '.swap' | '.deleted';

export class Segment {
  readonly baseOffset: number;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  readonly transactionIndex: TransactionIndex;
  readonly file: PooledFile;
  readonly #context: SegmentContext;
  /** Bytes of whole batches. */
  size: number;
  /** When the file was made, for the time-based roll of segments without timestamps. */
  createdMs: number;
  /** Modification time last known, the stand-in for data without timestamps. */
  modifiedMs: number;
  /** Max timestamp of the first batch: from when the age of a segment counts. -1 until known. */
  firstTimestamp: number;
  #bytesSinceIndexEntry: number;
  #maxTimestamp: number;
  #maxTimestampOffset: number;
  #maxTimestampKnown: boolean;
  #suffix: SegmentSuffix;

  constructor(
    context: SegmentContext,
    files: SegmentFiles,
    config: LogConfig,
    suffix: SegmentSuffix = '',
  ) {
    this.#context = context;
    const { dir, fs, indexes } = context;
    const base = files.baseOffset;
    const indexBytes = config['segment.index.bytes'];
    this.baseOffset = base;
    this.file = new PooledFile(context.files, joinPath(dir, logFileName(base) + suffix));
    this.offsetIndex = new OffsetIndex(
      IndexFile.open(fs, indexes, joinPath(dir, offsetIndexFileName(base) + suffix), {
        entryBytes: offsetIndexEntryBytes,
        sizeBytes: files.offsetIndexBytes,
      }),
      base,
      indexBytes,
    );
    this.timeIndex = new TimeIndex(
      IndexFile.open(fs, indexes, joinPath(dir, timeIndexFileName(base) + suffix), {
        entryBytes: timeIndexEntryBytes,
        sizeBytes: files.timeIndexBytes,
      }),
      base,
      indexBytes,
    );
    this.transactionIndex = new TransactionIndex(
      fs,
      indexes,
      joinPath(dir, transactionIndexFileName(base) + suffix),
      { baseOffset: base, exists: files.hasTransactionIndex },
    );
    this.size = files.logBytes;
    this.createdMs = files.logModifiedMs;
    this.modifiedMs = files.logModifiedMs;
    this.firstTimestamp = -1;
    this.#bytesSinceIndexEntry = 0;
    this.#maxTimestamp = -1;
    this.#maxTimestampOffset = base;
    this.#maxTimestampKnown = files.logBytes === 0;
    this.#suffix = suffix;
  }

  /** Makes the files of a new, empty segment; anything stale under these names is removed. */
  static create(
    context: SegmentContext,
    baseOffset: number,
    options: { config: LogConfig; nowMs: number; suffix?: SegmentSuffix },
  ): Segment {
    const suffix = options.suffix ?? '';
    removeSegmentFiles(context, baseOffset, suffix);
    const segment = new Segment(
      context,
      {
        baseOffset,
        logBytes: 0,
        logModifiedMs: options.nowMs,
        offsetIndexBytes: undefined,
        timeIndexBytes: undefined,
        hasTransactionIndex: false,
      },
      options.config,
      suffix,
    );
    context.fs.openSync(segment.file.path, 'createNew').closeSync();
    if (options.config.preallocate && suffix === '') {
      segment.file.handle().truncateSync(options.config['segment.bytes']);
    }
    segment.flushIndexes();
    return segment;
  }

  get dir(): string {
    return this.#context.dir;
  }

  get path(): string {
    return this.file.path;
  }

  get suffix(): SegmentSuffix {
    return this.#suffix;
  }

  /** As a listing would describe it; indexes must have been flushed. */
  files(): SegmentFiles {
    return {
      baseOffset: this.baseOffset,
      logBytes: this.size,
      logModifiedMs: this.modifiedMs,
      offsetIndexBytes: this.offsetIndex.file.sizeBytes,
      timeIndexBytes: this.timeIndex.file.sizeBytes,
      hasTransactionIndex: this.transactionIndex.exists,
    };
  }

  /** Greatest batch max timestamp, -1 when no batch has one. */
  get maxTimestamp(): number {
    if (!this.#maxTimestampKnown) this.#loadMaxTimestamp();
    return this.#maxTimestamp;
  }

  /** Last offset of the earliest batch with `maxTimestamp`. */
  get maxTimestampOffset(): number {
    if (!this.#maxTimestampKnown) this.#loadMaxTimestamp();
    return this.#maxTimestampOffset;
  }

  /**
   * What retention and time lookups compare with: record time, or file time where there is none.
   */
  get largestTimestamp(): number {
    const max = this.maxTimestamp;
    return max >= 0 ? max : this.modifiedMs;
  }

  /** Appends bytes that hold whole batches; `noteBatch` must follow for each of them. */
  write(bytes: Uint8Array, start: number, length: number): void {
    this.file.handle().writeSync(bytes, start, length, this.size);
  }

  /** Index rule of one appended batch, tested before its own bytes are added. */
  noteBatch(
    batch: { lastOffset: number; maxTimestamp: number; position: number; size: number },
    intervalBytes: number,
  ): void {
    if (batch.maxTimestamp > this.maxTimestamp) {
      this.#maxTimestamp = batch.maxTimestamp;
      this.#maxTimestampOffset = batch.lastOffset;
    }
    if (batch.position === 0) this.firstTimestamp = batch.maxTimestamp;
    if (this.#bytesSinceIndexEntry > intervalBytes) {
      this.offsetIndex.append(batch.lastOffset, batch.position);
      this.timeIndex.maybeAppend(this.#maxTimestamp, this.#maxTimestampOffset);
      this.#bytesSinceIndexEntry = 0;
    }
    this.#bytesSinceIndexEntry += batch.size;
    this.size = batch.position + batch.size;
  }

  /** The final time index entry, made when a segment becomes inactive, is recovered or closed. */
  finishTimeIndex(): void {
    this.timeIndex.maybeAppend(this.maxTimestamp, this.maxTimestampOffset);
  }

  /**
   * Called when scanning after a load or truncation found what the time index does not hold yet.
   */
  raiseMaxTimestamp(timestamp: number, offset: number): void {
    if (timestamp <= this.maxTimestamp) return;
    this.#maxTimestamp = timestamp;
    this.#maxTimestampOffset = offset;
  }

  flushIndexes(): void {
    this.offsetIndex.file.flush();
    this.timeIndex.file.flush();
  }

  /**
   * Makes the segment durable, without blocking the loop. The directory is the caller's business.
   */
  async sync(): Promise<void> {
    const release = this.file.pin();
    try {
      this.flushIndexes();
      await this.file.handle().sync();
      await this.offsetIndex.file.sync();
      await this.timeIndex.file.sync();
      this.transactionIndex.sync();
    } finally {
      release();
    }
  }

  /** Makes the batches durable, not the indexes. */
  async syncData(): Promise<void> {
    const release = this.file.pin();
    try {
      await this.file.handle().sync();
      this.transactionIndex.sync();
    } finally {
      release();
    }
  }

  syncNow(): void {
    this.file.handle().syncSync();
    this.offsetIndex.file.syncNow();
    this.timeIndex.file.syncNow();
    this.transactionIndex.sync();
  }

  /** Gives back preallocated space and writes out index entries. */
  trim(): void {
    this.flushIndexes();
    const handle = this.file.handle();
    if (handle.sizeSync() !== this.size) handle.truncateSync(this.size);
  }

  /**
   * Empties the indexes before they are rebuilt from the data. The offset index goes first, and for
   * good: without it the next open rebuilds them all again, however far this one came.
   */
  resetIndexes(): void {
    const { fs, dir } = this.#context;
    this.offsetIndex.file.remove();
    fs.syncDirectorySync(dir);
    this.timeIndex.file.truncate(0);
    this.transactionIndex.reset();
    this.#bytesSinceIndexEntry = 0;
    this.#maxTimestamp = -1;
    this.#maxTimestampOffset = this.baseOffset;
    this.#maxTimestampKnown = true;
    this.firstTimestamp = -1;
  }

  /**
   * The indexes hold all the data again; as after any open, the next batch begins an interval. They
   * and a cut of the data are durable before the offset index vouches for them.
   */
  finishRebuild(): void {
    const { fs, dir } = this.#context;
    this.finishTimeIndex();
    this.file.handle().syncSync();
    this.timeIndex.file.syncNow();
    this.transactionIndex.sync();
    fs.syncDirectorySync(dir);
    this.offsetIndex.file.restoreNow();
    this.#bytesSinceIndexEntry = 0;
  }

  /** Cuts the data at byte `position` and the indexes below `offset`. */
  cut(position: number, offset: number, nowMs: number): void {
    this.offsetIndex.truncateTo(offset);
    this.timeIndex.truncateTo(offset);
    this.transactionIndex.truncateTo(offset);
    const handle = this.file.handle();
    if (handle.sizeSync() !== position) handle.truncateSync(position);
    this.size = position;
    if (position === 0) {
      this.createdMs = nowMs;
      this.firstTimestamp = -1;
    }
    this.#bytesSinceIndexEntry = 0;
    this.#maxTimestampKnown = false;
  }

  /** Renames all files of the segment, log first. */
  changeSuffix(suffix: SegmentSuffix): void {
    const { fs, dir } = this.#context;
    this.flushIndexes();
    // Somebody may stream from the file, and the open file does not mind its new name.
    if (!this.file.isPinned) this.file.close();
    const rename = (from: string, to: string): void => {
      if (fs.statSync(from) !== undefined) fs.renameSync(from, to);
    };
    const base = this.baseOffset;
    const targets = segmentPaths(dir, base, suffix);
    const sources = segmentPaths(dir, base, this.#suffix);
    for (const [index, source] of sources.entries()) rename(source, targets[index]!);
    this.file.path = targets[0]!;
    this.offsetIndex.file.path = targets[1]!;
    this.timeIndex.file.path = targets[2]!;
    this.transactionIndex.path = targets[3]!;
    this.#suffix = suffix;
  }

  /** Closes and removes the files; those already gone are no trouble. */
  delete(): void {
    this.file.retire();
    this.#forgetIndexes();
    removeSegmentFiles(this.#context, this.baseOffset, this.#suffix);
  }

  close(): void {
    this.file.close();
    this.#forgetIndexes();
  }

  #forgetIndexes(): void {
    this.offsetIndex.file.forget();
    this.timeIndex.file.forget();
    this.transactionIndex.forget();
  }

  #loadMaxTimestamp(): void {
    this.#maxTimestampKnown = true;
    this.#maxTimestamp = this.timeIndex.lastTimestamp;
    this.#maxTimestampOffset = this.timeIndex.lastOffset;
  }
}

/**
 * Paths of a segment's four files in the order they are renamed: log, index, timeindex, txnindex.
 */
export function segmentPaths(dir: string, baseOffset: number, suffix: SegmentSuffix): string[] {
  return [
    logFileName(baseOffset),
    offsetIndexFileName(baseOffset),
    timeIndexFileName(baseOffset),
    transactionIndexFileName(baseOffset),
  ].map((name) => joinPath(dir, name + suffix));
}

function removeSegmentFiles(
  context: SegmentContext,
  baseOffset: number,
  suffix: SegmentSuffix,
): void {
  for (const path of segmentPaths(context.dir, baseOffset, suffix)) {
    if (context.fs.statSync(path) !== undefined) context.fs.removeFileSync(path);
  }
}
