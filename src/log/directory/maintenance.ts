/**
 * Background work of a log directory: retention, compaction within a byte rate, flushing by time,
 * checkpoints. One thing at a time; an error in one partition is logged and does not stop the rest.
 */
import { InvalidArgumentError, StoreError } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { cleanableRange } from '../cleaning/cleanable.ts';
import { checkLimits } from '../cleaning/compact.ts';
import { isCompacted } from '../options.ts';
import type { PartitionLog } from '../partition-log.ts';

export interface MaintenanceOptions {
  /** Between retention runs. Ms, default 5 minutes (log.retention.check.interval.ms). */
  readonly retentionIntervalMs?: number;
  /** Between looks for something to compact. Ms, default 15 s (log.cleaner.backoff.ms). */
  readonly cleanerIntervalMs?: number;
  /** Between checkpoints and flushes by time. Ms, default 5 s. */
  readonly checkpointIntervalMs?: number;
  /** Bytes per second compaction may read and write. Default unlimited. */
  readonly cleanerMaxBytesPerSecond?: number;
  /** Memory for the map of keys. Bytes, default 128 MiB. */
  readonly cleanerMapBytes?: number;
}

interface Host {
  logs(): PartitionLog[];
  checkpoint(): void;
}

/** What timers can count. */
const maxIntervalMs = 0x7fffffff;

export class Maintenance {
  readonly #env: Env;
  readonly #options: MaintenanceOptions;
  readonly #host: Host;
  readonly #cancels = new Set<() => void>();
  readonly #stopped = new AbortController();
  /** Partitions whose compaction failed: not tried again until the next opening. */
  readonly #uncleanable = new WeakSet<PartitionLog>();
  readonly #lastFlushMs = new WeakMap<PartitionLog, number>();
  #running: Promise<void> = Promise.resolve();

  constructor(env: Env, options: MaintenanceOptions, host: Host) {
    checkOptions(options);
    this.#env = env;
    this.#options = options;
    this.#host = host;
  }

  start(): void {
    const options = this.#options;
    this.#every(options.retentionIntervalMs ?? 300_000, () => this.#retain());
    this.#every(options.cleanerIntervalMs ?? 15_000, () => this.#clean());
    this.#every(options.checkpointIntervalMs ?? 5_000, () => this.#checkpoint());
  }

  /** Cancels what is planned and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const cancel of this.#cancels) cancel();
    await this.#running;
  }

  #every(intervalMs: number, work: () => Promise<void>): void {
    const cancel = this.#env.timers.after(intervalMs, () => {
      this.#cancels.delete(cancel);
      this.#running = this.#afterOthers(async () => {
        if (this.#stopped.signal.aborted) return;
        await work();
        if (!this.#stopped.signal.aborted) this.#every(intervalMs, work);
      });
    });
    this.#cancels.add(cancel);
  }

  async #afterOthers(work: () => Promise<void>): Promise<void> {
    await this.#running;
    await work();
  }

  async #retain(): Promise<void> {
    for (const log of this.#host.logs()) {
      await this.#guard('retention', log, async () => {
        await log.applyRetention();
      });
    }
  }

  /** One round for each partition that is due, the dirtiest first. */
  async #clean(): Promise<void> {
    const { cleanerMaxBytesPerSecond: rate, cleanerMapBytes: mapBytes } = this.#options;
    const { signal } = this.#stopped;
    for (const log of await this.#dueForCleaning()) {
      if (signal.aborted) return;
      if (log.core.closing) continue;
      const error = await this.#guard('compaction', log, async () => {
        await log.compact({
          signal,
          ...(rate === undefined ? {} : { maxBytesPerSecond: rate }),
          ...(mapBytes === undefined ? {} : { mapBytes }),
        });
      });
      if (error !== undefined && !passes(error)) this.#uncleanable.add(log);
    }
  }

  async #dueForCleaning(): Promise<PartitionLog[]> {
    const due: { log: PartitionLog; ratio: number }[] = [];
    for (const log of this.#host.logs()) {
      if (!isCompacted(log.config) || this.#uncleanable.has(log)) continue;
      await this.#guard('compaction', log, () => {
        const { isDue, ratio } = cleanableRange(log.core, log.core.cleanerOffset);
        if (isDue) due.push({ log, ratio });
      });
    }
    return due.sort((a, b) => b.ratio - a.ratio).map(({ log }) => log);
  }

  async #checkpoint(): Promise<void> {
    const now = this.#env.clock.now();
    for (const log of this.#host.logs()) {
      const last = this.#lastFlushMs.get(log) ?? now;
      if (!this.#lastFlushMs.has(log)) this.#lastFlushMs.set(log, now);
      if (now - last < log.config['flush.ms']) continue;
      this.#lastFlushMs.set(log, now);
      await this.#guard('flush', log, () => log.sync());
    }
    try {
      this.#host.checkpoint();
    } catch (error) {
      this.#env.logger.log('error', 'the checkpoints could not be written', {
        error: String(error),
      });
    }
  }

  /** The error, logged, or undefined; what stopping or closing brings about is none. */
  async #guard(
    what: string,
    log: PartitionLog,
    work: () => Promise<void> | void,
  ): Promise<unknown> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (this.#stopped.signal.aborted || log.core.closing) return undefined;
      this.#env.logger.log('error', `${what} failed`, { dir: log.dir, error: String(error) });
      return error;
    }
  }
}

/** Another round is running, or a disk was full: the next look may find it otherwise. */
function passes(error: unknown): boolean {
  return error instanceof StoreError && error.retryable;
}

function checkOptions(options: MaintenanceOptions): void {
  for (const name of [
    'retentionIntervalMs',
    'cleanerIntervalMs',
    'checkpointIntervalMs',
  ] as const) {
    const value = options[name] ?? 1;
    if (Number.isSafeInteger(value) && value >= 1 && value <= maxIntervalMs) continue;
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `${name}: expected 1 to ${maxIntervalMs}, got ${String(value)}`,
    );
  }
  checkLimits({
    ...(options.cleanerMapBytes === undefined ? {} : { mapBytes: options.cleanerMapBytes }),
    ...(options.cleanerMaxBytesPerSecond === undefined
      ? {}
      : { maxBytesPerSecond: options.cleanerMaxBytesPerSecond }),
  });
}
