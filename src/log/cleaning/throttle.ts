/** Keeps background work below a byte rate, and the event loop turning while it runs. */
import type { Clock, Timers } from '../../env/index.ts';

/** Bytes worked on between turns of the event loop. */
const turnBytes = 1 << 20;
/** A pause shorter than this is not worth a timer. Ms. */
const leastPauseMs = 2;

export class Throttle {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #bytesPerSecond: number;
  readonly #startedMs: number;
  #bytes = 0;
  #sinceTurn = 0;

  constructor(world: { readonly clock: Clock; readonly timers: Timers }, bytesPerSecond: number) {
    this.#clock = world.clock;
    this.#timers = world.timers;
    this.#bytesPerSecond = bytesPerSecond;
    this.#startedMs = world.clock.now();
  }

  /** True when `pause` should be awaited after these bytes. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    this.#sinceTurn += bytes;
    return this.#sinceTurn >= turnBytes;
  }

  async pause(): Promise<void> {
    this.#sinceTurn = 0;
    const dueMs = this.#startedMs + (this.#bytes / this.#bytesPerSecond) * 1000;
    const waitMs = Math.ceil(dueMs - this.#clock.now());
    if (waitMs < leastPauseMs) await this.#timers.turn();
    else await new Promise<void>((resolve) => void this.#timers.after(waitMs, resolve));
  }
}
