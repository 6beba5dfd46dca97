/**
 * Signs of life of a task, in memory that it shares with the runner: no messages, no locks. The
 * task alone writes, the runner alone reads.
 */
const beatIndex = 0;
const progressIndex = 1;
const words = 2;
/** Progress is a whole number of millionths. */
const whole = 1e6;

export class Pulse {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(words * 4)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Changes with every sign. */
  get beats(): number {
    return Atomics.load(this.#words, beatIndex);
  }

  /** Of the task, 0 to 1. */
  get progress(): number {
    return Atomics.load(this.#words, progressIndex) / whole;
  }

  /** A plain store, as there is one writer: an atomic one would cost more than a short record. */
  beat(): void {
    this.#words[beatIndex]!++;
  }

  advance(progress: number): void {
    Atomics.store(this.#words, progressIndex, Math.round(Math.min(1, progress) * whole));
    this.beat();
  }
}
