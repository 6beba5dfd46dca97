/**
 * What a database does by itself: flushes by size, memory, age and log size, compactions after
 * flushes, splits; one of each kind at a time, so that work in the foreground keeps its share.
 *
 * Failures are logged and tried again with the next write or look; who waits for room is told.
 */
import { AbortedError, LimitError } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { EngineOptions } from '../options.ts';
import type { Region } from '../region/region.ts';

/** How often age, memory and log are looked at. */
const lookEveryMs = 10_000;

export interface Maintained {
  readonly env: Env;
  readonly options: EngineOptions;
  /** Regions that are open, the catalog's too. */
  regions(): Iterable<Region>;
  readonly log: {
    /** Of files that are still needed. */
    readonly bytes: number;
    /** Removes archived files whose time is over. */
    clean(): void;
  };
  /** Called when a region may have become too large. */
  splitIfDue(region: Region): Promise<void>;
}

export class Maintenance {
  readonly #of: Maintained;
  readonly #running = new Set<Promise<void>>();
  readonly #flushing = new Set<Region>();
  readonly #compacting = new Set<Region>();
  #cancel: () => void = () => undefined;
  #isClosing = false;

  constructor(of: Maintained) {
    this.#of = of;
    this.#schedule();
  }

  afterWrite(region: Region): void {
    if (region.isFlushDue && !this.#flushing.has(region)) this.#flushLater(region);
  }

  /** Resolves when the region has room for writes again. */
  async admit(region: Region): Promise<void> {
    for (let tries = 0; region.isCrowded; tries++) {
      try {
        await region.flush();
      } catch (error) {
        throw new LimitError('LSM_BUSY', 'the memstore is full and its flush failed', {
          retryable: true,
          cause: error,
        });
      }
      if (tries > 100) return;
    }
  }

  /** Compacts as the policy says, in the background. */
  compactLater(region: Region): void {
    if (this.#isClosing || this.#compacting.has(region) || region.core.isClosed) return;
    this.#compacting.add(region);
    this.#track(async () => {
      try {
        while (!this.#isClosing && (await region.compact({ major: false })));
        if (!this.#isClosing) await this.#of.splitIfDue(region);
      } finally {
        this.#compacting.delete(region);
      }
    }, 'compaction');
  }

  /** Waits for what is under way; starts nothing new. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#cancel();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #flushLater(region: Region): void {
    if (this.#isClosing || region.core.isClosed) return;
    this.#flushing.add(region);
    this.#track(async () => {
      try {
        await this.#waitForCompaction(region);
        await region.flush();
      } finally {
        this.#flushing.delete(region);
      }
      this.compactLater(region);
    }, 'flush');
  }

  /** Too many files make reading slow: compaction goes first, for a while. */
  async #waitForCompaction(region: Region): Promise<void> {
    const { options, env } = this.#of;
    const untilMs = env.clock.now() + options.blockingWaitMs;
    while (
      !this.#isClosing &&
      options.compactionPolicy !== 'none' &&
      region.maxFiles >= options.blockingFiles &&
      env.clock.now() < untilMs
    ) {
      if (!(await region.compact({ major: false }))) return;
    }
  }

  #track(run: () => Promise<void>, what: string): void {
    const work = run()
      .catch((error: unknown) => {
        if (error instanceof AbortedError) return;
        this.#of.env.logger.log('error', `a ${what} failed`, { error });
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  #schedule(): void {
    this.#cancel = this.#of.env.timers.after(lookEveryMs, () => {
      if (this.#isClosing) return;
      this.look();
      this.#schedule();
    });
  }

  /** One look at what no single write shows. */
  look(): void {
    const { env, options } = this.#of;
    const nowMs = env.clock.now();
    const regions = [...this.#of.regions()].filter((one) => one.core.memstoreBytes > 0);
    let memstoreBytes = 0;
    for (const region of regions) {
      const { active } = region.core;
      memstoreBytes += region.core.memstoreBytes;
      const isOld = !active.isEmpty && nowMs - active.createdMs > options.flushAfterMs;
      if (options.flushAfterMs > 0 && isOld) this.#flushLater(region);
    }
    const largest = regions.toSorted((a, b) => b.core.memstoreBytes - a.core.memstoreBytes)[0];
    if (largest !== undefined && memstoreBytes > options.memstoreBytes) this.#flushLater(largest);
    if (this.#of.log.bytes > options.logBytes) {
      // The log can go no further than the oldest cell that is only in it.
      const oldest = regions
        .filter((one) => !one.core.active.isEmpty)
        .toSorted((a, b) => a.core.active.createdMs - b.core.active.createdMs)[0];
      if (oldest !== undefined) this.#flushLater(oldest);
    }
    for (const region of this.#of.regions()) this.compactLater(region);
    this.#of.log.clean();
  }
}
