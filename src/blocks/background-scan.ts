/** Scans one pass after the other in the background, a period apart. */
import type { StoreCore } from './store-core.ts';
import { scanBlocks, type ScanOptions } from './scanner.ts';
import type { BlockVerdict } from './verifying.ts';

export interface BackgroundScanOptions extends Pick<ScanOptions, 'bytesPerSecond'> {
  /** From the end of a pass to the next. Default 504 hours, as HDFS. */
  readonly periodMs?: number;
  /** Told of every damaged block. */
  readonly onDamage?: (verdict: BlockVerdict) => void | Promise<void>;
}

const defaultPeriodMs = 504 * 3600 * 1000;
/** Timers hold 31 bits of milliseconds. */
const longestWaitMs = 2 ** 31 - 1;

export class BackgroundScan {
  readonly #core: StoreCore;
  readonly #options: BackgroundScanOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(core: StoreCore, options: BackgroundScanOptions) {
    this.#core = core;
    this.#options = options;
    this.#done = this.#run();
  }

  /** Resolves when nothing of it runs any more; where it stands is kept. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { bytesPerSecond, periodMs = defaultPeriodMs, onDamage } = this.#options;
    const limits = bytesPerSecond === undefined ? { signal } : { bytesPerSecond, signal };
    while (!signal.aborted) {
      try {
        for await (const verdict of scanBlocks(this.#core, limits)) {
          if (verdict.problems.length > 0) await onDamage?.(verdict);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#core.env.logger.log('error', 'a scan of the blocks failed', { cause: String(error) });
      }
      await this.#pause(Math.min(periodMs, longestWaitMs));
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#core.env.timers.after(delayMs, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }
}
