/** How a partition comes into being in memory, and how it is left in order. */
import {
  InvalidArgumentError,
  NotFoundError,
  OverlayFileSystem,
} from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { makeDirectoryDurably } from './durable-directory.ts';
import { FilePool } from './file-pool.ts';
import { IndexCache } from './index-cache.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import { LogCore } from './log-core.ts';
import type { OpenOptions } from './options-open.ts';
import type { LogConfig } from './options.ts';
import { ProducerSnapshots } from './producer-snapshots.ts';
import { ProducerState } from './producer-state.ts';
import { Segments } from './segments.ts';

const dayMs = 86_400_000;

/** A reader's own recovery happens in memory, above files it never touches. */
export function environmentOf(options: OpenOptions): Env {
  const env = realEnv(options.env);
  return options.readOnly === true ? { ...env, fs: new OverlayFileSystem(env.fs) } : env;
}

/** The directory, made if it is missing and may be written. */
export function prepareDirectory(env: Env, options: OpenOptions): void {
  const { dir } = options;
  if (typeof dir !== 'string' || dir === '') {
    throw new InvalidArgumentError('OPTION_INVALID', 'dir: expected a path');
  }
  const stat = env.fs.statSync(dir);
  if (options.readOnly === true) {
    if (stat?.kind === 'directory') return;
    throw new NotFoundError('LOG_NOT_FOUND', 'no such directory', { context: { path: dir } });
  }
  makeDirectoryDurably(env.fs, dir);
}

/** The state of a log that is not loaded yet. */
export function makeCore(env: Env, config: LogConfig, options: OpenOptions): LogCore {
  const { fs } = env;
  const { dir } = options;
  const context = {
    dir,
    fs,
    files: options.shared?.files ?? new FilePool(fs, options.maxOpenFiles),
    indexes: options.shared?.indexes ?? new IndexCache(options.indexCacheBytes),
  };
  const names = fs.listSync(dir).map((entry) => entry.name);
  return new LogCore({
    env,
    context,
    config,
    segments: new Segments(),
    producers: new ProducerState(),
    snapshots: new ProducerSnapshots(fs, dir, names),
    epochs: LeaderEpochs.open(fs, dir),
    soleReplica: options.soleReplica ?? true,
    producerExpirationMs: options.producerExpirationMs ?? dayMs,
  });
}

/** After an open that failed: no file stays open, nothing happens later. */
export function abandon(core: LogCore): void {
  try {
    core.flushDeletes();
  } catch {
    // Files on their way out; the next open removes them.
  } finally {
    for (const segment of core.segments.toArray()) segment.close();
  }
}

/** Final index entries, exact file sizes and a producer snapshot at the end: a clean directory. */
export function closeInOrder(core: LogCore): void {
  core.guardWrite(() => {
    const active = core.segments.active;
    active.finishTimeIndex();
    active.trim();
    active.syncNow();
    core.producers.endOffset = core.logEndOffset;
    core.snapshots.take(core.producers);
    core.snapshots.syncNow();
    core.fs.syncDirectorySync(core.dir);
    core.recoveryPoint = core.logEndOffset;
  });
}
