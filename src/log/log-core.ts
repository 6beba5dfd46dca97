/**
 * The state of one open partition log, shared by the rooms that act on it (loading, appending,
 * reading, truncating, retention, cleaning). Holds no policy of its own beyond the few moves that
 * several rooms need: rolling, deleting segments, raising the watermarks.
 *
 * Invariants (checked by `checkInvariants` in tests and after each load):
 *   L1 log start offset <= last stable offset <= high watermark <= log end offset;
 *   L2 recovery point <= log end offset;
 *   L3 segments ascend by base offset, and only the last is written;
 *   L4 the producer state reflects exactly the batches below the log end offset.
 */
import { StateError, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import type { Env } from '../env/index.ts';
import { deletedSuffix, snapshotFileName } from './file-names.ts';
import type { LeaderEpochs } from './leader-epochs.ts';
import type { LogConfig } from './options.ts';
import type { ProducerSnapshots } from './producer-snapshots.ts';
import type { ProducerState } from './producer-state.ts';
import { Segment, type SegmentContext } from './segment.ts';
import type { Segments } from './segments.ts';

/** Where a read stops: log end (followers), high watermark, or last stable offset. */
export type Isolation = 'log_end' | 'read_uncommitted' | 'read_committed';

/** Kafka's producer.id.expiration.check.interval.ms. */
const producerCheckMs = 600_000;

export interface LogCoreParts {
  readonly env: Env;
  readonly context: SegmentContext;
  readonly config: LogConfig;
  readonly segments: Segments;
  readonly producers: ProducerState;
  readonly snapshots: ProducerSnapshots;
  readonly epochs: LeaderEpochs;
  /** A log with a single replica: the high watermark follows the log end by itself. */
  readonly soleReplica: boolean;
  /** Producers silent for so long are forgotten. Ms. */
  readonly producerExpirationMs: number;
}

export class LogCore {
  readonly env: Env;
  readonly context: SegmentContext;
  config: LogConfig;
  readonly segments: Segments;
  readonly producers: ProducerState;
  readonly snapshots: ProducerSnapshots;
  readonly epochs: LeaderEpochs;
  readonly soleReplica: boolean;
  readonly producerExpirationMs: number;
  logStartOffset = 0;
  logEndOffset = 0;
  recoveryPoint = 0;
  highWatermark = 0;
  /** Everything below has been compacted; undefined before the first round. */
  cleanerOffset: number | undefined = undefined;
  /** The error that ended writing, if any. */
  failure: unknown = undefined;
  /** Jitter of the active segment, ms. */
  rollJitterMs = 0;
  /** True while files exist whose names are not yet durable in the directory. */
  directoryDirty = false;
  /** Finished segments whose indexes are not durable yet; the flusher empties it. */
  readonly unsyncedSegments: Set<Segment> = new Set();
  /** Grows whenever segments are replaced or removed, so that readers look up again. */
  generation = 0;
  /** Set when closing begins: waiting readers finish. */
  closing = false;
  #producersCheckedMs = 0;
  readonly #waiters = new Set<() => void>();
  readonly #pendingDeletes = new Map<() => void, () => void>();

  constructor(parts: LogCoreParts) {
    this.env = parts.env;
    this.context = parts.context;
    this.config = parts.config;
    this.segments = parts.segments;
    this.producers = parts.producers;
    this.snapshots = parts.snapshots;
    this.epochs = parts.epochs;
    this.soleReplica = parts.soleReplica;
    this.producerExpirationMs = parts.producerExpirationMs;
  }

  get dir(): string {
    return this.context.dir;
  }

  get fs(): FileSystem {
    return this.context.fs;
  }

  /** Start of the earliest unstable transaction, or the high watermark. */
  get lastStableOffset(): number {
    const unstable = this.producers.firstUnstableOffset;
    if (unstable === undefined || unstable >= this.highWatermark) return this.highWatermark;
    return Math.max(unstable, this.logStartOffset);
  }

  upperBound(isolation: Isolation): number {
    if (isolation === 'log_end') return this.logEndOffset;
    return isolation === 'read_uncommitted' ? this.highWatermark : this.lastStableOffset;
  }

  /** Throws when an earlier failure forbids writing. */
  assertWritable(): void {
    if (this.failure === undefined) return;
    throw new StateError('LOG_POISONED', 'the log failed earlier; close it and open it again', {
      context: { path: this.dir },
      cause: this.failure,
    });
  }

  /** Runs a write; a failure poisons the log, because memory and disk may now differ. */
  guardWrite<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  raiseHighWatermark(offset: number): void {
    const bounded = Math.min(Math.max(offset, this.logStartOffset), this.logEndOffset);
    if (bounded <= this.highWatermark) return;
    this.highWatermark = bounded;
    this.producers.onHighWatermark(bounded);
  }

  /** Keeps the memory for producers within those heard of lately. Looks every ten minutes. */
  removeExpiredProducers(): void {
    const now = this.env.clock.now();
    if (now - this.#producersCheckedMs < producerCheckMs) return;
    this.#producersCheckedMs = now;
    this.producers.removeExpired(now, this.producerExpirationMs);
  }

  /** Lets readers that wait for data look again. */
  wakeReaders(): void {
    if (this.#waiters.size === 0) return;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves once something at or above `offset` is visible, the log closes, or `signal` fires. */
  async waitForData(
    offset: number,
    isolation: Isolation,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    while (this.upperBound(isolation) <= offset && !this.closing && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener('abort', wake);
          this.#waiters.delete(wake);
          resolve();
        };
        signal?.addEventListener('abort', wake, { once: true });
        this.#waiters.add(wake);
      });
    }
  }

  /** Adds a fresh active segment at `baseOffset`. */
  addSegment(baseOffset: number): Segment {
    const segment = Segment.create(this.context, baseOffset, {
      config: this.config,
      nowMs: this.env.clock.now(),
    });
    this.segments.add(segment);
    this.directoryDirty = true;
    const jitter = Math.min(this.config['segment.jitter.ms'], this.config['segment.ms']);
    this.rollJitterMs = jitter > 0 ? Math.floor(this.env.random.next() * jitter) : 0;
    return segment;
  }

  /** Ends the active segment and begins a new one at `newBase` (at least the log end offset). */
  roll(newBase: number): Segment {
    const active = this.segments.active;
    if (active.baseOffset === newBase) {
      invariant(active.size === 0, 'roll: the active segment holds data at this base offset');
      active.delete();
      this.segments.remove(active);
      return this.addSegment(newBase);
    }
    invariant(newBase > active.baseOffset, 'roll: base offset lies below the active segment');
    active.finishTimeIndex();
    active.trim();
    active.modifiedMs = this.env.clock.now();
    this.producers.endOffset = newBase;
    this.removeExpiredProducers();
    this.snapshots.take(this.producers);
    this.directoryDirty = true;
    this.unsyncedSegments.add(active);
    return this.addSegment(newBase);
  }

  /** Takes segments out of service now; their files go after file.delete.delay.ms. */
  deleteSegments(
    doomed: readonly Segment[],
    when: 'now' | 'later',
    options: { readonly keepSnapshots?: ReadonlySet<number> } = {},
  ): void {
    for (const segment of doomed) {
      this.segments.remove(segment);
      segment.changeSuffix(deletedSuffix);
      const keeps = options.keepSnapshots?.has(segment.baseOffset) === true;
      const snapshot = !keeps && this.snapshots.release(segment.baseOffset);
      this.#schedule(when, () => {
        segment.delete();
        if (snapshot) this.#removeIfThere(snapshotFileName(segment.baseOffset) + deletedSuffix);
      });
    }
    if (doomed.length > 0) this.generation++;
  }

  /** Performs all pending deletions at once, as closing does. */
  flushDeletes(): void {
    for (const [task, cancel] of this.#pendingDeletes) {
      cancel();
      task();
    }
    this.#pendingDeletes.clear();
  }

  #schedule(when: 'now' | 'later', task: () => void): void {
    if (when === 'now') {
      task();
      return;
    }
    const run = (): void => {
      this.#pendingDeletes.delete(run);
      try {
        task();
      } catch (error) {
        this.env.logger.log('warn', 'a deleted segment file could not be removed', {
          dir: this.dir,
          error: String(error),
        });
      }
    };
    const delay = this.config['file.delete.delay.ms'];
    this.#pendingDeletes.set(run, this.env.timers.after(delay, run));
  }

  #removeIfThere(name: string): void {
    const path = joinPath(this.dir, name);
    if (this.fs.statSync(path) !== undefined) this.fs.removeFileSync(path);
  }

  checkInvariants(): void {
    invariant(this.logStartOffset <= this.lastStableOffset, 'L1: log start > last stable offset');
    invariant(this.lastStableOffset <= this.highWatermark, 'L1: last stable > high watermark');
    invariant(this.highWatermark <= this.logEndOffset, 'L1: high watermark > log end offset');
    invariant(this.recoveryPoint <= this.logEndOffset, 'L2: recovery point > log end offset');
    invariant(this.producers.endOffset <= this.logEndOffset, 'L4: producer state beyond the end');
  }
}
