/**
 * Who keeps the facts about a log that do not lie in its segments: where it starts, what is
 * durable, whether it was closed in order. A partition opened by itself keeps them in a file of its
 * own; a log directory keeps them for all its partitions, in Kafka's checkpoint files.
 */
import { joinPath } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { classifyFileName } from './file-names.ts';
import type { LogCore } from './log-core.ts';
import {
  readPartitionCheckpoint,
  writePartitionCheckpoint,
  type CleanClose,
} from './partition-checkpoint.ts';

/** What was known when the log was last in use. */
export interface StartFacts {
  /** It was closed in order, and nobody wrote to it since. */
  readonly clean: boolean;
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly highWatermark: number | undefined;
  readonly cleanerOffset: number | undefined;
}

export interface LogKeeper {
  readonly start: StartFacts;
  /** Called before anything in the directory changes: a clean mark must be gone, durably. */
  begin(core: LogCore): void;
  /** Facts changed; 'now' must be durable on return, 'soon' may wait. */
  note(core: LogCore, when: 'now' | 'soon'): void;
  /** Everything is durable, the files are as an orderly stop leaves them. */
  closed(core: LogCore): void;
  /** Gives locks back. Idempotent. */
  release(): void;
}

/** Held by whoever has the partition open for writing. */
export const partitionLockName = '.varve_lock';

/** Takes the partition's lock and reads its own checkpoint. */
export function openStandaloneKeeper(env: Env, dir: string): LogKeeper {
  const { fs } = env;
  const lock = fs.lockSync(joinPath(dir, partitionLockName));
  const write = (facts: CheckpointFacts, clean: CleanClose | null): void => {
    const { logStartOffset, recoveryPoint, cleanerOffset } = facts;
    writePartitionCheckpoint(fs, dir, {
      version: 1,
      logStartOffset,
      recoveryPoint,
      clean,
      ...(cleanerOffset === undefined ? {} : { cleanerOffset }),
    });
  };
  let start: StartFacts;
  try {
    start = startFacts(env, dir);
  } catch (error) {
    lock.releaseSync();
    throw error;
  }
  return {
    start,
    begin: () => write(start, null),
    note: (core) => write(core, null),
    closed: (core) => write(core, cleanClose(core)),
    release: () => lock.releaseSync(),
  };
}

type CheckpointFacts = Pick<LogCore, 'logStartOffset' | 'recoveryPoint' | 'cleanerOffset'>;

/** What the directory's own checkpoint says, believed only as far as the files bear it out. */
function startFacts(env: Env, dir: string): StartFacts {
  const checkpoint = readPartitionCheckpoint(env.fs, dir);
  const clean = checkpoint?.clean;
  return {
    clean: clean !== undefined && clean !== null && matches(env, dir, clean),
    recoveryPoint: checkpoint?.recoveryPoint ?? 0,
    logStartOffset: checkpoint?.logStartOffset ?? 0,
    highWatermark: undefined,
    cleanerOffset: checkpoint?.cleanerOffset,
  };
}

/** The last segment is the one, and of the size, that the clean mark names. */
function matches(env: Env, dir: string, clean: CleanClose): boolean {
  let last = '';
  for (const { name } of env.fs.listSync(dir)) {
    const file = classifyFileName(name);
    if (file?.type === 'log' && file.suffix === '') last = name;
  }
  if (classifyFileName(last)?.offset !== clean.activeBaseOffset) return false;
  return env.fs.statSync(joinPath(dir, last))?.size === clean.activeSize;
}

function cleanClose(core: LogCore): CleanClose {
  const { baseOffset, size } = core.segments.active;
  return { logEndOffset: core.logEndOffset, activeBaseOffset: baseOffset, activeSize: size };
}
