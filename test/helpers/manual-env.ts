/**
 * A world that stands still until a test moves it: clock, timers, randomness, a log of messages.
 */
import type { Clock, Env, Logger, Random, Timers } from '../../src/env/index.ts';
import { Seeded } from './seeded.ts';

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

/** Time that moves by `advance` only; timers that have come due run in their order. */
export class ManualTime implements Clock, Timers {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Sets the clock without running timers; backwards too. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  advance(ms: number): void {
    const target = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.dueMs <= target);
      due.sort((a, b) => a.dueMs - b.dueMs);
      const first = due[0];
      if (first === undefined) break;
      this.#timers.delete(first);
      this.#nowMs = Math.max(this.#nowMs, first.dueMs);
      first.task();
    }
    this.#nowMs = target;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

export class SeededRandom implements Random {
  readonly #seeded: Seeded;

  constructor(seed: number) {
    this.#seeded = new Seeded(seed);
  }

  next(): number {
    return this.#seeded.next();
  }

  uuid(): Uint8Array {
    return this.#seeded.bytes(16);
  }
}

export class CollectingLogger implements Logger {
  readonly lines: string[] = [];

  log(level: string, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.lines.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`);
  }
}

/** The parts of an `Env` a test steers; the file system is the real one unless overridden. */
export interface ManualEnv extends Pick<Env, 'clock' | 'timers' | 'random' | 'logger'> {
  readonly time: ManualTime;
  readonly messages: CollectingLogger;
}

export function manualEnv(seed = 1): ManualEnv {
  const time = new ManualTime();
  const messages = new CollectingLogger();
  return {
    time,
    messages,
    clock: time,
    timers: time,
    random: new SeededRandom(seed),
    logger: messages,
  };
}
