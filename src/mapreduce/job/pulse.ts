/**
 * Signs of life of a task and what it says of itself, in memory that it shares with the runner: no
 * messages, no locks. The task alone writes, the runner alone reads.
 *
 *     0    beats        changes with every sign
 *     4    progress     millionths
 *     8    version      of the status, odd while it is being written
 *     12   length       of the status in bytes
 *     16   status       UTF-8, cut to fit
 */
const beatIndex = 0;
const progressIndex = 1;
const versionIndex = 2;
const lengthIndex = 3;
const words = 4;
const mostStatusBytes = 240;
/** Progress is a whole number of millionths. */
const whole = 1e6;

export class Pulse {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #status: Uint8Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(words * 4 + mostStatusBytes)) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, words);
    this.#status = new Uint8Array(shared, words * 4);
  }

  /** Changes with every sign. */
  get beats(): number {
    return Atomics.load(this.#words, beatIndex);
  }

  /** Of the task, 0 to 1. */
  get progress(): number {
    return Atomics.load(this.#words, progressIndex) / whole;
  }

  /** What the task said last; empty while it says the next. */
  get status(): string {
    const before = Atomics.load(this.#words, versionIndex);
    const text = new Uint8Array(this.#status.subarray(0, this.#words[lengthIndex]));
    const isWhole = before % 2 === 0 && Atomics.load(this.#words, versionIndex) === before;
    return isWhole ? new TextDecoder().decode(text) : '';
  }

  beat(): void {
    Atomics.add(this.#words, beatIndex, 1);
  }

  advance(progress: number): void {
    Atomics.store(this.#words, progressIndex, Math.round(Math.min(1, progress) * whole));
    this.beat();
  }

  say(status: string): void {
    const text = new TextEncoder().encode(status).subarray(0, mostStatusBytes);
    Atomics.add(this.#words, versionIndex, 1);
    this.#status.set(text);
    this.#words[lengthIndex] = text.length;
    Atomics.add(this.#words, versionIndex, 1);
    this.beat();
  }
}
