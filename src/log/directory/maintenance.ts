/**
 * Background work of a log directory: retention, compaction within a byte rate, flushing by time,
 * checkpoints. One thing at a time; an error in one partition is logged and does not stop the rest.
 */
import type { Env } from '../../env/index.ts';
import { cleanableRange } from '../cleaning/cleanable.ts';
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

export class Maintenance {
  readonly #env: Env;
  readonly #options: MaintenanceOptions;
  readonly #host: Host;
  readonly #cancels = new Set<() => void>();
  readonly #stopped = new AbortController();
  /** Partitions whose compaction failed: not tried again until the next opening. */
  readonly #uncleanable = new Set<PartitionLog>();
  readonly #lastFlushMs = new Map<PartitionLog, number>();
  #running: Promise<void> = Promise.resolve();

  constructor(env: Env, options: MaintenanceOptions, host: Host) {
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
      this.#running = this.#running.then(work).finally(() => {
        if (!this.#stopped.signal.aborted) this.#every(intervalMs, work);
      });
    });
    this.#cancels.add(cancel);
  }

  async #retain(): Promise<void> {
    for (const log of this.#host.logs()) {
      await this.#guard('retention', log, async () => {
        await log.applyRetention();
      });
    }
  }

  /** Compacts the dirtiest partition that is due, then the next, until none is. */
  async #clean(): Promise<void> {
    for (const log of this.#dueForCleaning()) {
      if (this.#stopped.signal.aborted) return;
      const done = await this.#guard('compaction', log, async () => {
        await log.compact({
          signal: this.#stopped.signal,
          ...(this.#options.cleanerMaxBytesPerSecond === undefined
            ? {}
            : { maxBytesPerSecond: this.#options.cleanerMaxBytesPerSecond }),
          ...(this.#options.cleanerMapBytes === undefined
            ? {}
            : { mapBytes: this.#options.cleanerMapBytes }),
        });
      });
      if (!done) this.#uncleanable.add(log);
    }
  }

  #dueForCleaning(): PartitionLog[] {
    return this.#host
      .logs()
      .filter((log) => isCompacted(log.config) && !this.#uncleanable.has(log))
      .map((log) => ({ log, range: cleanableRange(log.core, log.core.cleanerOffset) }))
      .filter(({ range }) => range.isDue)
      .sort((a, b) => b.range.ratio - a.range.ratio)
      .map(({ log }) => log);
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

  async #guard(what: string, log: PartitionLog, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (this.#stopped.signal.aborted) return true;
      this.#env.logger.log('error', `${what} failed`, { dir: log.dir, error: String(error) });
      return false;
    }
  }
}
