/** Door of the environment: the powers a store is given, and their real implementation. */
export {
  runCommand,
  startCommand,
  type CommandOptions,
  type CommandResult,
  type RunningCommand,
} from './child-process.ts';
export type { Clock, Env, Logger, LogLevel, Random, Timers } from './env.ts';
export {
  compiledModule,
  sourceModule,
  workerPool,
  type WorkerPool,
  type WorkerPoolOptions,
} from './worker-pool.ts';
export {
  realEnv,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimers,
  temporaryFolder,
} from './real.ts';
