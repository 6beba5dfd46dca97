/**
 * The world as it is: system clock, timers, randomness and disk. The only room of the product that
 * names Date, setTimeout or node:crypto.
 */
import { randomFillSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import type { Clock, Env, Logger, Random, Timers } from './env.ts';

export const systemClock: Clock = { now: () => Date.now() };

export const systemTimers: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => randomFillSync(new Uint8Array(16)),
};

/** Says nothing: an embedded library is silent unless it is given a logger. */
export const silentLogger: Logger = { log: () => undefined };

/** The real world; `overrides` replace single powers. */
export function realEnv(overrides: Partial<Env> = {}): Env {
  return {
    fs: nodeFileSystem,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    logger: silentLogger,
    ...overrides,
  };
}

/** Where the system wants files that need not last. */
export function temporaryFolder(): string {
  return tmpdir();
}
