/**
 * A complete commit log in one directory: what Apache Kafka keeps for one topic partition.
 *
 * The directory is byte for byte one that a broker could have written. Offsets are numbers;
 * timestamps are milliseconds since the epoch; sizes are bytes.
 *
 * One process opens a directory for writing at a time (a lock file says who). Reading while another
 * process writes works with `readOnly`, up to what lay in the files at the time of opening.
 */
import {
  InvalidArgumentError,
  joinPath,
  OverlayFileSystem,
  StateError,
  throwIfAborted,
  type FileLock,
} from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { appendBatches, type AppendBatchesOptions, type AppendResult } from './append.ts';
import { compact, type CompactionReport, type CompactOptions } from './cleaning/compact.ts';
import { FilePool } from './file-pool.ts';
import { Flusher } from './flush.ts';
import { IndexCache } from './index-cache.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import { LogBatch } from './log-batch.ts';
import { LogCore, type Isolation } from './log-core.ts';
import { loadLog, type LoadReport } from './log-loader.ts';
import { readBatches, type ReadBatchesOptions } from './log-reader.ts';
import { offsetForTimestamp, type TimestampedOffset } from './timestamp-lookup.ts';
import type { ManagedState, OpenOptions } from './options-open.ts';
import { resolveLogConfig, type LogConfig, type LogConfigInput } from './options.ts';
import {
  readPartitionCheckpoint,
  writePartitionCheckpoint,
  type CleanClose,
  type PartitionCheckpoint,
} from './partition-checkpoint.ts';
import { ensurePartitionMetadata } from './partition-metadata-file.ts';
import { ProducerSnapshots } from './producer-snapshots.ts';
import { ProducerState } from './producer-state.ts';
import { readRegion, type LogRegion, type ReadOptions } from './read.ts';
import { RecordAppender, type AppendRecordsOptions, type RecordInput } from './record-appender.ts';
import { applyRetention, type RetentionResult } from './retention.ts';
import { Segments } from './segments.ts';
import { raiseLogStart, truncateFullyAndStartAt, truncateTo } from './truncation.ts';

/** When an append resolves: in the page cache, or on stable storage. */
export type Durability = 'written' | 'synced';

export interface AppendOptions extends AppendRecordsOptions {
  /** Default 'written', as Kafka does: a crash of the machine may lose it, one of the process not. */
  readonly durability?: Durability;
}

const lockName = '.varve_lock';
const dayMs = 86_400_000;

export class PartitionLog implements AsyncDisposable {
  /** What opening found and repaired. */
  readonly loadReport: LoadReport;
  readonly #core: LogCore;
  readonly #flusher: Flusher;
  readonly #appender: RecordAppender;
  readonly #lock: FileLock | undefined;
  readonly #managed: boolean;
  readonly #readOnly: boolean;
  readonly #leaderEpoch: number;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closing: Promise<void> | undefined = undefined;
  #compaction: Promise<CompactionReport> | undefined = undefined;
  /** Fires when closing begins. */
  readonly #closed = new AbortController();

  private constructor(parts: {
    core: LogCore;
    report: LoadReport;
    lock: FileLock | undefined;
    managed: boolean;
    options: OpenOptions;
  }) {
    this.#core = parts.core;
    this.loadReport = parts.report;
    this.#lock = parts.lock;
    this.#managed = parts.managed;
    this.#readOnly = parts.options.readOnly ?? false;
    this.#leaderEpoch = parts.options.leaderEpoch ?? 0;
    this.#flusher = new Flusher(parts.core, () => this.#writeCheckpoint(null));
    this.#appender = new RecordAppender(parts.core, this.#leaderEpoch);
  }

  /** Opens the directory, creating or repairing what is needed; see `OpenOptions`. */
  static async open(options: OpenOptions, managed?: ManagedState): Promise<PartitionLog> {
    const env = environment(options);
    const config = resolveLogConfig(options.config);
    const { dir } = options;
    const { fs } = env;
    prepareDirectory(env, options);
    const lock =
      options.readOnly === true || managed !== undefined
        ? undefined
        : fs.lockSync(joinPath(dir, lockName));
    try {
      const core = makeCore(env, config, options, managed);
      const start = managed ?? standaloneState(core);
      if (managed === undefined && options.readOnly !== true) {
        writePartitionCheckpoint(fs, dir, checkpointOf(start, null));
      }
      if (options.readOnly !== true) ensurePartitionMetadata(env, dir, options.topicId);
      const report = await loadLog(core, start);
      core.cleanerOffset = start.cleanerOffset;
      core.producers.removeExpired(env.clock.now(), options.producerExpirationMs ?? dayMs);
      if (managed?.highWatermark !== undefined) core.raiseHighWatermark(managed.highWatermark);
      return new PartitionLog({ core, report, lock, managed: managed !== undefined, options });
    } catch (error) {
      lock?.releaseSync();
      throw error;
    }
  }

  get dir(): string {
    return this.#core.dir;
  }
  get config(): LogConfig {
    return this.#core.config;
  }
  /** Oldest offset kept. */
  get logStartOffset(): number {
    return this.#core.logStartOffset;
  }
  /** Offset the next record will get. */
  get logEndOffset(): number {
    return this.#core.logEndOffset;
  }
  /** Readers at isolation 'read_uncommitted' see what lies below. */
  get highWatermark(): number {
    return this.#core.highWatermark;
  }
  /** Readers at isolation 'read_committed' see what lies below. */
  get lastStableOffset(): number {
    return this.#core.lastStableOffset;
  }
  /** Everything below is on stable storage. */
  get recoveryPoint(): number {
    return this.#core.recoveryPoint;
  }
  get segmentCount(): number {
    return this.#core.segments.count;
  }
  /** Bytes of all segments' batches. */
  get sizeBytes(): number {
    return this.#core.segments.sizeBytes;
  }

  /** Encodes the records into one batch (or several, at max.message.bytes) and appends them. */
  async append(
    records: readonly RecordInput[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    throwIfAborted(options.signal);
    const result = this.appendSync(records, options);
    if (options.durability === 'synced') await this.#flusher.flush();
    return result;
  }

  /** As `append` with durability 'written', without a promise. */
  appendSync(records: readonly RecordInput[], options: AppendRecordsOptions = {}): AppendResult {
    this.#assertWriting();
    const result = this.#appender.append(records, options);
    this.#afterAppend();
    return result;
  }

  /**
   * Appends batches that a client already encoded: validates, assigns offsets in place (the bytes
   * are changed), writes them as they are.
   */
  async appendBatches(
    bytes: Uint8Array,
    options: AppendBatchesOptions & { readonly durability?: Durability } = {},
  ): Promise<AppendResult> {
    const result = this.appendBatchesSync(bytes, options);
    if (options.durability === 'synced') await this.#flusher.flush();
    return result;
  }

  appendBatchesSync(bytes: Uint8Array, options: AppendBatchesOptions = {}): AppendResult {
    this.#assertWriting();
    const piece = { start: 0, length: bytes.length };
    const leaderEpoch = options.leaderEpoch ?? this.#leaderEpoch;
    const result = appendBatches(this.#core, bytes, piece, { ...options, leaderEpoch });
    this.#afterAppend();
    return result;
  }

  /** Makes everything appended so far durable. Concurrent callers share one sync. */
  async sync(): Promise<void> {
    this.#assertWriting();
    await this.#flusher.flush();
  }

  /** Batches from an offset on; each is valid until the next pull. See `ReadBatchesOptions`. */
  read(options: ReadBatchesOptions = {}): AsyncIterableIterator<LogBatch> {
    this.#assertOpen();
    return readBatches(this.#core, options);
  }

  /**
   * A piece of a segment file that begins with the batch holding `offset`: to be handed to a socket
   * (`sendRegion`) or another file. Undefined when nothing is visible there yet. Release it.
   */
  readRegion(offset: number, options: ReadOptions | number = {}): LogRegion | undefined {
    this.#assertOpen();
    return readRegion(
      this.#core,
      offset,
      typeof options === 'number' ? { maxBytes: options } : options,
    );
  }

  /** First record with a timestamp at or after `timestampMs`; undefined when there is none. */
  async offsetForTimestamp(
    timestampMs: number,
    options: { readonly isolation?: Isolation } = {},
  ): Promise<TimestampedOffset | undefined> {
    this.#assertOpen();
    return offsetForTimestamp(this.#core, timestampMs, options.isolation ?? 'read_uncommitted');
  }

  /** Removes all records at and above `offset`; durable when it resolves. */
  async truncateTo(offset: number): Promise<void> {
    this.#assertWriting();
    truncateTo(this.#core, offset);
    await this.#settleTruncation();
  }

  /** Removes all records; the log goes on at `offset`. Durable when it resolves. */
  async truncateFullyAndStartAt(offset: number): Promise<void> {
    this.#assertWriting();
    truncateFullyAndStartAt(this.#core, offset);
    await this.#settleTruncation();
  }

  /** Records below `offset` are no longer served; their files go with retention. Durable. */
  async deleteRecordsBefore(offset: number): Promise<void> {
    this.#assertWriting();
    if (raiseLogStart(this.#core, offset)) this.#writeCheckpoint(null);
  }

  /** Deletes old segments by the retention settings. */
  async applyRetention(): Promise<RetentionResult> {
    this.#assertWriting();
    const before = this.#core.logStartOffset;
    const result = applyRetention(this.#core);
    if (this.#core.logStartOffset !== before) this.#writeCheckpoint(null);
    return result;
  }

  /**
   * One round of compaction over everything that may be cleaned: of each key only the last record
   * stays. Runs in a worker thread while the log keeps serving. Needs `cleanup.policy` to hold
   * 'compact'.
   */
  async compact(options: CompactOptions = {}): Promise<CompactionReport> {
    this.#assertWriting();
    if (this.#compaction !== undefined) {
      throw new StateError('LOG_BUSY', 'a round of compaction is running', {
        context: { path: this.dir },
        retryable: true,
      });
    }
    this.#compaction = this.#compact(options);
    try {
      return await this.#compaction;
    } finally {
      this.#compaction = undefined;
    }
  }

  async #compact(options: CompactOptions): Promise<CompactionReport> {
    const core = this.#core;
    const signals = [this.#closed.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    const report = await compact(core, core.cleanerOffset, { ...options, signal });
    if (report.done) {
      core.cleanerOffset = report.firstDirty;
      this.#writeCheckpoint(null);
    }
    return report;
  }

  /** Begins a new segment unless the active one is empty. */
  async roll(): Promise<void> {
    this.#assertWriting();
    const core = this.#core;
    if (core.segments.active.size > 0) core.guardWrite(() => core.roll(core.logEndOffset));
    await this.#flusher.flush();
  }

  /** Raises the high watermark of a log that is not the sole replica. */
  raiseHighWatermark(offset: number): void {
    this.#assertOpen();
    this.#core.raiseHighWatermark(offset);
    this.#core.wakeReaders();
  }

  /** Replaces settings; takes effect with the next append, roll or retention run. */
  reconfigure(config: LogConfigInput): void {
    this.#core.config = resolveLogConfig({ ...this.#core.config, ...config });
  }

  /** The state shared with the other rooms of this folder (cleaner, log directory, tests). */
  get core(): LogCore {
    return this.#core;
  }

  /** Flushes, marks the directory as cleanly closed, gives the lock back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const core = this.#core;
    this.#state = 'closing';
    core.closing = true;
    core.wakeReaders();
    this.#closed.abort();
    await this.#compaction?.catch(() => undefined);
    try {
      if (!this.#readOnly && core.failure === undefined) {
        await this.#flusher.flush();
        closeInOrder(core);
        core.flushDeletes();
        if (!this.#managed) this.#writeCheckpoint(cleanClose(core));
      }
    } finally {
      core.flushDeletes();
      for (const segment of core.segments.toArray()) segment.close();
      this.#lock?.releaseSync();
      this.#state = 'closed';
    }
  }

  #afterAppend(): void {
    const core = this.#core;
    core.wakeReaders();
    const unflushed = core.logEndOffset - core.recoveryPoint;
    const rolled = core.segments.active.baseOffset > core.recoveryPoint;
    if (rolled || unflushed >= core.config['flush.messages']) {
      this.#flusher.flush().catch((error: unknown) => {
        core.env.logger.log('error', 'background flush failed', {
          dir: core.dir,
          error: String(error),
        });
      });
    }
  }

  async #settleTruncation(): Promise<void> {
    const core = this.#core;
    core.wakeReaders();
    await core.segments.active.syncData();
    core.fs.syncDirectorySync(core.dir);
    this.#writeCheckpoint(null);
  }

  #writeCheckpoint(clean: CleanClose | null): void {
    const core = this.#core;
    if (this.#managed || this.#readOnly) return;
    core.guardWrite(() => {
      writePartitionCheckpoint(core.fs, core.dir, checkpointOf(core, clean));
    });
  }

  #assertOpen(): void {
    if (this.#state === 'open') return;
    throw new StateError('LOG_CLOSED', 'the log is closed', { context: { path: this.dir } });
  }

  #assertWriting(): void {
    this.#assertOpen();
    if (!this.#readOnly) return;
    throw new StateError('LOG_READ_ONLY', 'the log was opened read-only', {
      context: { path: this.dir },
    });
  }
}

/** A reader's own recovery happens in memory, above files it never touches. */
function environment(options: OpenOptions): Env {
  const env = realEnv(options.env);
  return options.readOnly === true ? { ...env, fs: new OverlayFileSystem(env.fs) } : env;
}

function prepareDirectory(env: Env, options: OpenOptions): void {
  const { dir } = options;
  if (typeof dir !== 'string' || dir === '') {
    throw new InvalidArgumentError('OPTION_INVALID', 'dir: expected a path');
  }
  const stat = env.fs.statSync(dir);
  if (stat?.kind === 'directory') return;
  if (options.readOnly === true) {
    throw new InvalidArgumentError('OPTION_INVALID', 'dir: no such directory', {
      context: { path: dir },
    });
  }
  env.fs.makeDirectorySync(dir);
}

function makeCore(
  env: Env,
  config: LogConfig,
  options: OpenOptions,
  managed: ManagedState | undefined,
): LogCore {
  const { fs } = env;
  const { dir } = options;
  const context = {
    dir,
    fs,
    files: managed?.shared.files ?? new FilePool(fs, options.maxOpenFiles),
    indexes: managed?.shared.indexes ?? new IndexCache(options.indexCacheBytes),
  };
  const names = fs.listSync(dir).map((entry) => entry.name);
  return new LogCore({
    env,
    context,
    config,
    segments: new Segments(),
    producers: new ProducerState(),
    snapshots: new ProducerSnapshots(fs, dir, names),
    epochs: LeaderEpochs.open(fs, dir),
    soleReplica: options.soleReplica ?? true,
  });
}

function checkpointOf(
  facts: Pick<LogCore, 'logStartOffset' | 'recoveryPoint' | 'cleanerOffset'>,
  clean: CleanClose | null,
): PartitionCheckpoint {
  const { logStartOffset, recoveryPoint, cleanerOffset } = facts;
  return {
    version: 1,
    logStartOffset,
    recoveryPoint,
    clean,
    ...(cleanerOffset === undefined ? {} : { cleanerOffset }),
  };
}

/** What the directory's own checkpoint says, believed only as far as the files bear it out. */
function standaloneState(core: LogCore): {
  clean: boolean;
  recoveryPoint: number;
  logStartOffset: number;
  cleanerOffset: number | undefined;
} {
  const checkpoint = readPartitionCheckpoint(core.fs, core.dir);
  if (checkpoint === undefined) {
    return { clean: false, recoveryPoint: 0, logStartOffset: 0, cleanerOffset: undefined };
  }
  const { clean, recoveryPoint, logStartOffset, cleanerOffset } = checkpoint;
  const isClean = clean !== null && matches(core, clean);
  return { clean: isClean, recoveryPoint, logStartOffset, cleanerOffset };
}

function matches(core: LogCore, clean: CleanClose): boolean {
  const names = core.fs.listSync(core.dir).map((entry) => entry.name);
  const last = names.filter((name) => name.endsWith('.log')).at(-1);
  if (last === undefined || Number(last.slice(0, 20)) !== clean.activeBaseOffset) return false;
  return core.fs.statSync(joinPath(core.dir, last))?.size === clean.activeSize;
}

/** Final index entries, exact file sizes and a producer snapshot at the end: a clean directory. */
function closeInOrder(core: LogCore): void {
  core.guardWrite(() => {
    const active = core.segments.active;
    active.finishTimeIndex();
    active.trim();
    active.syncNow();
    core.producers.endOffset = core.logEndOffset;
    core.snapshots.take(core.producers);
    core.snapshots.syncNow();
    core.fs.syncDirectorySync(core.dir);
    core.recoveryPoint = core.logEndOffset;
  });
}

function cleanClose(core: LogCore): CleanClose {
  const { baseOffset, size } = core.segments.active;
  return { logEndOffset: core.logEndOffset, activeBaseOffset: baseOffset, activeSize: size };
}
