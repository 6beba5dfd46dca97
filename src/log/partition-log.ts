/**
 * A complete commit log in one directory: what Apache Kafka keeps for one topic partition.
 *
 * The directory is byte for byte one that a broker could have written. Offsets are numbers;
 * timestamps are milliseconds since the epoch; sizes are bytes.
 *
 * One process opens a directory for writing at a time (a lock file says who). Reading while another
 * process writes works with `readOnly`, up to what lay in the files at the time of opening.
 */
import { StateError, throwIfAborted } from '../../native-free-io/index.ts';
import { activeProducers, type ActiveProducer } from './active-producers.ts';
import { appendBatches, type AppendBatchesOptions, type AppendResult } from './append.ts';
import type { CompactionReport, CompactOptions } from './cleaning/compact.ts';
import { CompactionRounds } from './cleaning/compaction-rounds.ts';
import type { LogCursor } from './cursor.ts';
import { CursorHome } from './cursor-home.ts';
import type { LogCursors } from './cursors.ts';
import { Flusher, type Durability, type DurabilityOptions } from './flush.ts';
import type { EpochTable } from './leader-epochs.ts';
import type { LogBatch } from './log-batch.ts';
import type { Isolation, LogCore } from './log-core.ts';
import { openStandaloneKeeper, type LogKeeper } from './log-keeper.ts';
import { loadLog, type LoadReport } from './log-loader.ts';
import { readBatches, type ReadBatchesOptions } from './log-reader.ts';
import type { OpenOptions } from './options-open.ts';
import { resolveLogConfig, type LogConfig, type LogConfigInput } from './options.ts';
import {
  abandon,
  closeInOrder,
  environmentOf,
  makeCore,
  prepareDirectory,
} from './partition-lifecycle.ts';
import { ensurePartitionMetadata, readPartitionMetadata } from './partition-metadata-file.ts';
import { readRegion, type LogRegion, type ReadOptions } from './read.ts';
import {
  RecordAppender,
  type AppendOptions,
  type AppendRecordsOptions,
  type RecordInput,
  type TransactionEnd,
} from './record-appender.ts';
import { applyRetention, type RetentionResult } from './retention.ts';
import {
  offsetForTimestamp,
  offsetOfMaxTimestamp,
  type TimestampedOffset,
} from './timestamp-lookup.ts';
import { raiseLogStart, truncateFullyAndStartAt, truncateTo } from './truncation.ts';

export class PartitionLog implements AsyncDisposable {
  /** What opening found and repaired. */
  readonly loadReport: LoadReport;
  /** From `partition.metadata`, 16 bytes; undefined when a read-only log has none. */
  readonly topicId: Uint8Array | undefined;
  readonly #core: LogCore;
  readonly #flusher: Flusher;
  readonly #appender: RecordAppender;
  readonly #keeper: LogKeeper;
  readonly #readOnly: boolean;
  readonly #leaderEpoch: number;
  readonly #cursorHome: CursorHome;
  readonly #compaction: CompactionRounds;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closing: Promise<void> | undefined = undefined;

  private constructor(parts: {
    core: LogCore;
    report: LoadReport;
    keeper: LogKeeper;
    options: OpenOptions;
    topicId: Uint8Array | undefined;
  }) {
    this.#core = parts.core;
    this.loadReport = parts.report;
    this.topicId = parts.topicId;
    this.#keeper = parts.keeper;
    this.#readOnly = parts.options.readOnly ?? false;
    this.#leaderEpoch = parts.options.leaderEpoch ?? 0;
    this.#flusher = new Flusher(parts.core, () => this.#note('soon'));
    this.#appender = new RecordAppender(parts.core, this.#leaderEpoch);
    this.#compaction = new CompactionRounds(parts.core, () => this.#note('now'));
    this.#cursorHome = new CursorHome(this, () => this.#flusher.flush(), parts.options.cursors);
  }

  /** Opens the directory, creating or repairing what is needed; see `OpenOptions`. */
  static async open(options: OpenOptions): Promise<PartitionLog> {
    const env = environmentOf(options);
    const config = resolveLogConfig(options.config);
    prepareDirectory(env, options);
    const keeper = options.keeper ?? openStandaloneKeeper(env, options.dir);
    let core: LogCore | undefined;
    try {
      core = makeCore(env, config, options);
      const { start } = keeper;
      keeper.begin(core);
      const { dir } = options;
      const topicId =
        options.readOnly === true
          ? readPartitionMetadata(env, dir)
          : ensurePartitionMetadata(env, dir, options.topicId);
      const report = await loadLog(core, start);
      const { cleanerOffset } = start;
      if (cleanerOffset !== undefined) {
        core.cleanerOffset = Math.min(cleanerOffset, core.logEndOffset);
      }
      core.removeExpiredProducers();
      if (start.highWatermark !== undefined) core.raiseHighWatermark(start.highWatermark);
      return new PartitionLog({ core, report, keeper, options, topicId });
    } catch (error) {
      if (core !== undefined) abandon(core);
      keeper.release();
      throw error;
    }
  }

  get dir(): string {
    return this.#core.dir;
  }
  /** Opened with `readOnly`. */
  get readOnly(): boolean {
    return this.#readOnly;
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
  /** Which leader epoch wrote what. */
  get leaderEpochs(): EpochTable {
    return this.#core.epochs;
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
    return this.#settled(this.appendSync(records, options), options.durability);
  }

  /** As `append` with durability 'written', without a promise. */
  appendSync(records: readonly RecordInput[], options: AppendRecordsOptions = {}): AppendResult {
    this.#assertWriting();
    return this.#appended(this.#appender.append(records, options));
  }

  /**
   * Appends batches that a client already encoded: validates, assigns offsets in place (the bytes
   * are changed), writes them as they are.
   */
  async appendBatches(
    bytes: Uint8Array,
    options: AppendBatchesOptions & DurabilityOptions = {},
  ): Promise<AppendResult> {
    return this.#settled(this.appendBatchesSync(bytes, options), options.durability);
  }

  appendBatchesSync(bytes: Uint8Array, options: AppendBatchesOptions = {}): AppendResult {
    this.#assertWriting();
    const piece = { start: 0, length: bytes.length };
    const leaderEpoch = options.leaderEpoch ?? this.#leaderEpoch;
    return this.#appended(appendBatches(this.#core, bytes, piece, { ...options, leaderEpoch }));
  }

  /** Ends a producer's transaction by a marker in the log, as its coordinator orders it. */
  async endTransaction(
    end: TransactionEnd,
    options: DurabilityOptions = {},
  ): Promise<AppendResult> {
    this.#assertWriting();
    const result = this.#appended(this.#appender.endTransaction(end));
    return this.#settled(result, options.durability);
  }

  /** The idempotent and transactional producers the log remembers. */
  activeProducers(): ActiveProducer[] {
    return activeProducers(this.#core);
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

  /** The durable place of a consumer in this log: where it goes on after a restart. */
  async cursor(name: string): Promise<LogCursor> {
    return (await this.cursors()).cursor(name);
  }

  /** All of them, to list and delete. They close with the log. */
  async cursors(): Promise<LogCursors> {
    this.#assertOpen();
    return this.#cursorHome.cursors();
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

  /** First record with the greatest timestamp; undefined when no record has one. */
  async offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined> {
    this.#assertOpen();
    return offsetOfMaxTimestamp(this.#core);
  }

  /** Removes all records at and above `offset`; durable when it resolves. */
  async truncateTo(offset: number): Promise<void> {
    this.#assertWriting();
    truncateTo(this.#core, offset, () => this.#note('now'));
    await this.#settleTruncation();
  }

  /** Removes all records; the log goes on at `offset`. Durable when it resolves. */
  async truncateFullyAndStartAt(offset: number): Promise<void> {
    this.#assertWriting();
    truncateFullyAndStartAt(this.#core, offset, () => this.#note('now'));
    await this.#settleTruncation();
  }

  /** Records below `offset` are no longer served; their files go with retention. Durable. */
  async deleteRecordsBefore(offset: number): Promise<void> {
    this.#assertWriting();
    if (raiseLogStart(this.#core, offset)) this.#note('now');
  }

  /** Deletes old segments by the retention settings. */
  async applyRetention(): Promise<RetentionResult> {
    this.#assertWriting();
    return applyRetention(this.#core, () => this.#note('now'));
  }

  /**
   * One round of compaction over everything that may be cleaned: of each key only the last record
   * stays. Runs in a worker thread while the log keeps serving. Needs `cleanup.policy` to hold
   * 'compact'.
   */
  async compact(options: CompactOptions = {}): Promise<CompactionReport> {
    this.#assertWriting();
    return this.#compaction.run(options);
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
    await this.#compaction.close();
    const cursors = this.#cursorHome.close();
    await cursors.catch(() => undefined);
    try {
      if (!this.#readOnly && core.failure === undefined) {
        await this.#flusher.flush();
        closeInOrder(core);
        core.flushDeletes();
        this.#keeper.closed(core);
      }
    } finally {
      core.flushDeletes();
      for (const segment of core.segments.toArray()) segment.close();
      this.#keeper.release();
      this.#state = 'closed';
    }
    await cursors;
  }

  async #settled(result: AppendResult, durability: Durability = 'written'): Promise<AppendResult> {
    if (durability === 'synced') await this.#flusher.flush();
    return result;
  }

  #appended(result: AppendResult): AppendResult {
    const core = this.#core;
    core.wakeReaders();
    const unflushed = core.logEndOffset - core.recoveryPoint;
    const rolled = core.unsyncedSegments.size > 0;
    if (rolled || unflushed >= core.config['flush.messages']) {
      this.#flusher.flush().catch((error: unknown) => {
        const fields = { dir: core.dir, error: String(error) };
        core.env.logger.log('error', 'background flush failed', fields);
      });
    }
    return result;
  }

  async #settleTruncation(): Promise<void> {
    const core = this.#core;
    core.wakeReaders();
    await core.segments.active.syncData();
    core.fs.syncDirectorySync(core.dir);
    this.#note('now');
  }

  /** Hands changed facts to whoever keeps them; 'now' is durable on return. */
  #note(when: 'now' | 'soon'): void {
    this.#core.guardWrite(() => this.#keeper.note(this.#core, when));
  }

  #assertOpen(): void {
    if (this.#state === 'open') return;
    throw new StateError('LOG_CLOSED', 'the log is closed', { context: { path: this.dir } });
  }

  #assertWriting(): void {
    this.#assertOpen();
    if (this.#readOnly) {
      throw new StateError('LOG_READ_ONLY', 'the log was opened read-only', {
        context: { path: this.dir },
      });
    }
    this.#core.assertWritable();
  }
}
