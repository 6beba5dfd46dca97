/**
 * Keeps flush and compaction from holding the event loop, and compaction below a byte rate.
 */
import { throwIfAborted } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';

/** Bytes worked on between two looks at the clock: well below a millisecond. */
const turnBytes = 128 << 10;
const leastPauseMs = 2;

export class Pace {
  readonly #env: Env;
  readonly #bytesPerSecond: number;
  readonly #signal: AbortSignal | undefined;
  readonly #startedMs: number;
  #bytes = 0;
  #sinceTurn = 0;

  constructor(env: Env, bytesPerSecond: number, signal?: AbortSignal) {
    this.#env = env;
    this.#bytesPerSecond = bytesPerSecond;
    this.#signal = signal;
    this.#startedMs = env.clock.now();
  }

  /** True when `pause` is due. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    this.#sinceTurn += bytes;
    return this.#sinceTurn >= turnBytes;
  }

  async pause(): Promise<void> {
    this.#sinceTurn = 0;
    throwIfAborted(this.#signal);
    const { clock, timers } = this.#env;
    const dueMs = this.#startedMs + (this.#bytes / this.#bytesPerSecond) * 1000;
    const waitMs = Math.ceil(dueMs - clock.now());
    if (waitMs < leastPauseMs) await timers.turn();
    else await new Promise<void>((resolve) => void timers.after(waitMs, resolve));
    throwIfAborted(this.#signal);
  }
}
