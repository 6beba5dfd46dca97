/**
 * Everything a store may ask of the outside world, as one injectable bundle.
 *
 * No store reads a clock, draws a random number, starts a timer or touches a file except through
 * this, so a test or a simulator can stand in for the world and one seed replays a failure.
 */
import type { FileSystem } from '../../native-free-io/index.ts';

export interface Clock {
  /** Milliseconds since the epoch, whole. */
  now(): number;
}

export interface Timers {
  /**
   * Runs `task` once after `delayMs`; the returned function cancels it. Never keeps a process
   * alive.
   */
  after(delayMs: number, task: () => void): () => void;
  /** Resolves once the event loop has turned, so that long synchronous work can be shared out. */
  turn(): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Sixteen random bytes, for identifiers. */
  uuid(): Uint8Array;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Env {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
}
