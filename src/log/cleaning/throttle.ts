/**
 * Keeps background work below a byte rate, and the event loop turning while it runs; the moments at
 * which it can be called off.
 */
import { throwIfAborted } from '../../../native-free-io/index.ts';
import type { Clock, Timers } from '../../env/index.ts';

/** Bytes worked on between pauses, at most. */
const turnBytes = 1 << 20;
/** Work between pauses when the rate is low: so short a burst nobody minds. Ms. */
const burstMs = 100;
/** A pause shorter than this is not worth a timer. Ms. */
const leastPauseMs = 2;

export class Throttle {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #bytesPerSecond: number;
  readonly #burstBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #startedMs: number;
  #bytes = 0;
  #sincePause = 0;

  constructor(
    world: { readonly clock: Clock; readonly timers: Timers },
    bytesPerSecond: number,
    signal?: AbortSignal,
  ) {
    this.#clock = world.clock;
    this.#timers = world.timers;
    this.#bytesPerSecond = bytesPerSecond;
    this.#burstBytes = Math.min(turnBytes, (bytesPerSecond * burstMs) / 1000);
    this.#signal = signal;
    this.#startedMs = world.clock.now();
  }

  /** True when `pause` should be awaited after these bytes. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    this.#sincePause += bytes;
    return this.#sincePause >= this.#burstBytes;
  }

  /** Throws AbortedError once the signal has fired. */
  async pause(): Promise<void> {
    this.#sincePause = 0;
    throwIfAborted(this.#signal);
    const dueMs = this.#startedMs + (this.#bytes / this.#bytesPerSecond) * 1000;
    const waitMs = Math.ceil(dueMs - this.#clock.now());
    if (waitMs < leastPauseMs) await this.#timers.turn();
    else await this.#wait(waitMs);
    throwIfAborted(this.#signal);
  }

  async #wait(waitMs: number): Promise<void> {
    const signal = this.#signal;
    await new Promise<void>((resolve) => {
      const cancel = this.#timers.after(waitMs, done);
      function done(): void {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
