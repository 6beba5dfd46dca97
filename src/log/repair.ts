/**
 * Mending a partition directory: cutting what is damaged, as a broker's recovery would, and
 * building the indexes anew from the batches.
 *
 * Both run the log's own recovery over every segment. Recovery keeps whole batches from the start
 * up to the first damage; what lies behind it is removed, so a copy can be made first.
 */
import {
  CorruptionError,
  joinPath,
  NotFoundError,
  throwIfAborted,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { makeDirectoryDurably } from './durable-directory.ts';
import { classifyFileName } from './file-names.ts';
import type { LoadReport } from './log-loader.ts';
import { resolveLogConfig, type LogConfigInput } from './options.ts';
import { readPartitionCheckpoint, writePartitionCheckpoint } from './partition-checkpoint.ts';
import { PartitionLog } from './partition-log.ts';
import { verifyPartition } from './verify-partition.ts';

export interface RepairOptions {
  readonly dir: string;
  /** Every file is copied there first; must not exist yet. Default: no copy. */
  readonly copyTo?: string;
  readonly config?: LogConfigInput;
  readonly signal?: AbortSignal;
  readonly env?: Partial<Env>;
}

export interface RepairReport extends LoadReport {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
}

const lockName = '.varve_lock';
const copyPieceBytes = 1 << 20;

/** Cuts damage and rebuilds all indexes and the producer state. */
export async function repairPartition(options: RepairOptions): Promise<RepairReport> {
  const env = realEnv(options.env);
  resolveLogConfig(options.config);
  prepare(env, options, []);
  return recover(env, options);
}

/**
 * Rebuilds all indexes; refuses with LOG_CORRUPT_BATCH when the data itself is damaged, because
 * that is `repairPartition`'s work.
 */
export async function reindexPartition(options: RepairOptions): Promise<RepairReport> {
  const env = realEnv(options.env);
  resolveLogConfig(options.config);
  const report = await verifyPartition({
    dir: options.dir,
    deep: false,
    env,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const damage = report.problems.find(({ path }) => path.endsWith('.log'));
  if (damage !== undefined) {
    const { path, position } = damage;
    throw new CorruptionError('LOG_CORRUPT_BATCH', `${damage.reason}: repair comes first`, {
      context: { path, position },
    });
  }
  // The offset index is enough: without it the loader rebuilds the others too, safely.
  prepare(env, options, ['index']);
  return recover(env, options);
}

/** Under the lock: copies what is there, then takes away the clean mark and files of some types. */
function prepare(env: Env, options: RepairOptions, types: readonly string[]): void {
  const { fs } = env;
  const { dir } = options;
  if (fs.statSync(dir)?.kind !== 'directory') {
    throw new NotFoundError('LOG_NOT_FOUND', 'no such directory', { context: { path: dir } });
  }
  const lock = fs.lockSync(joinPath(dir, lockName));
  try {
    if (options.copyTo !== undefined) copyFiles(fs, dir, options.copyTo, options.signal);
    const checkpoint = readPartitionCheckpoint(fs, dir);
    // What was deleted stays deleted; everything else is doubted.
    if (checkpoint !== undefined) {
      writePartitionCheckpoint(fs, dir, { ...checkpoint, recoveryPoint: 0, clean: null });
    }
    for (const { name } of fs.listSync(dir)) {
      const type = classifyFileName(name)?.type;
      if (type !== undefined && types.includes(type)) fs.removeFileSync(joinPath(dir, name));
    }
  } finally {
    lock.releaseSync();
  }
}

async function recover(env: Env, options: RepairOptions): Promise<RepairReport> {
  await using log = await PartitionLog.open({
    dir: options.dir,
    env,
    ...(options.config === undefined ? {} : { config: options.config }),
  });
  const { logStartOffset, logEndOffset, loadReport } = log;
  return { ...loadReport, logStartOffset, logEndOffset };
}

function copyFiles(
  fs: FileSystem,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): void {
  makeDirectoryDurably(fs, to);
  const piece = new Uint8Array(copyPieceBytes);
  for (const { name, kind } of fs.listSync(from)) {
    if (kind !== 'file' || name === lockName) continue;
    throwIfAborted(signal);
    const source = fs.openSync(joinPath(from, name), 'read');
    const target = fs.openSync(joinPath(to, name), 'createNew');
    try {
      for (let position = 0; ;) {
        const length = source.readSync(piece, 0, piece.length, position);
        if (length === 0) break;
        target.writeSync(piece, 0, length, position);
        position += length;
      }
      target.syncSync();
    } finally {
      source.closeSync();
      target.closeSync();
    }
  }
  fs.syncDirectorySync(to);
}
