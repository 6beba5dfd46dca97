/** The rounds of compaction of one log: one at a time, ended by the closing of the log. */
import { StateError } from '../../../native-free-io/index.ts';
import type { LogCore } from '../log-core.ts';
import { compact, type CompactionReport, type CompactOptions } from './compact.ts';

export class CompactionRounds {
  readonly #core: LogCore;
  /** Called when the cleaner offset moved. */
  readonly #onDone: () => void;
  readonly #closed = new AbortController();
  #running: Promise<CompactionReport> | undefined = undefined;

  constructor(core: LogCore, onDone: () => void) {
    this.#core = core;
    this.#onDone = onDone;
  }

  async run(options: CompactOptions): Promise<CompactionReport> {
    if (this.#running !== undefined) {
      throw new StateError('LOG_BUSY', 'a round of compaction is running', {
        context: { path: this.#core.dir },
        retryable: true,
      });
    }
    this.#running = this.#round(options);
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Ends a round under way and resolves when it has. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running?.catch(() => undefined);
  }

  async #round(options: CompactOptions): Promise<CompactionReport> {
    const core = this.#core;
    const signals = [this.#closed.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    const report = await compact(core, core.cleanerOffset, { ...options, signal });
    if (report.done) {
      core.cleanerOffset = report.firstDirty;
      this.#onDone();
    }
    return report;
  }
}
