/**
 * Folders of temporary brokers: made at the start, removed at the end, and by the next temporary
 * broker where the end never came.
 */
import { joinPath, StoreError } from '../../../native-free-io/index.ts';
import { temporaryFolder, type Env } from '../../env/index.ts';
import { LogDirectory } from '../../log/index.ts';
import { removeTree } from './topics/remove-tree.ts';

const prefix = 'varve-kafka-';
const goneSuffix = '.gone';
const namePattern = /^varve-kafka-[0-9a-f]{32}(?:\.gone)?$/;
/** A folder without a lock is being made or removed; after this it is taken for forgotten. Ms. */
const forgottenAfterMs = 3_600_000;

export function newTemporaryFolder(env: Env): string {
  const name = Buffer.from(env.random.uuid()).toString('hex');
  return joinPath(temporaryFolder(), `${prefix}${name}`);
}

/** Of a broker that has closed; under another name, so that no other takes it for forgotten. */
export function removeTemporaryFolder({ fs }: Env, dir: string): void {
  fs.renameSync(dir, `${dir}${goneSuffix}`);
  removeTree(fs, `${dir}${goneSuffix}`);
}

/** Removes what brokers that were killed left, a folder a turn, until `stopping` fires. */
export async function removeForgotten(env: Env, own: string, stopping: AbortSignal): Promise<void> {
  const parent = temporaryFolder();
  const names = env.fs.listSync(parent).filter(({ name }) => namePattern.test(name));
  for (const { name } of names) {
    const dir = joinPath(parent, name);
    if (dir === own) continue;
    await env.timers.turn();
    if (stopping.aborted) return;
    try {
      if (removeIfForgotten(env, dir)) env.logger.log('info', 'forgotten folder removed', { dir });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      env.logger.log('debug', 'a folder of a temporary broker stays', {
        dir,
        error: error.message,
      });
    }
  }
}

/** Its owner lives: the lock says so. Whoever else removes it meanwhile makes this fail. */
function removeIfForgotten({ fs, clock }: Env, dir: string): boolean {
  const lockPath = joinPath(dir, LogDirectory.lockName);
  if (fs.statSync(lockPath) === undefined) {
    const changedMs = fs.statSync(dir)?.mtimeMs ?? Infinity;
    if (clock.now() - changedMs < forgottenAfterMs) return false;
  }
  const lock = fs.lockSync(lockPath);
  try {
    removeTree(fs, dir);
  } finally {
    lock.releaseSync();
  }
  return true;
}
