/**
 * An exclusive lock named by a file, that survives a crashed owner.
 *
 * Node offers no advisory locks, so the lock is the file itself: created exclusively, holding the
 * owner's process id and, where the platform tells it, the start time of that process, so that a
 * reused id is not mistaken for a living owner. Who finds a dead owner's file takes it over by
 * renaming its own claim over it and reading back who won.
 *
 *    contents, ASCII:  <pid> <start time of the process, clock ticks, or 0> <unique token>\n
 *
 * Limits: processes must share a process-id namespace; two hosts on one network file system do not
 * exclude each other.
 */
import { IoError, StoreError } from '../errors.ts';
import type { FileLock, FileSystem } from './file-system.ts';

/** What the lock needs to know about processes; injected so that simulations can answer. */
export interface ProcessTable {
  readonly ownId: number;
  /** Start time in any unit, 0 when unknown; undefined when no such process lives. */
  startOf(pid: number): number | undefined;
  /** Paths this process holds: a second opener in the same process is refused too. */
  readonly held: Set<string>;
}

let counter = 0;

export function lockFileSync(fs: FileSystem, path: string, processes: ProcessTable): FileLock {
  const { held } = processes;
  if (held.has(path)) throw locked(path, processes.ownId);
  const token = `${processes.ownId} ${processes.startOf(processes.ownId) ?? 0} ${++counter}`;
  if (!tryCreate(fs, path, token)) takeOver(fs, path, token, processes);
  held.add(path);
  let isHeld = true;
  return {
    path,
    releaseSync() {
      if (!isHeld) return;
      isHeld = false;
      held.delete(path);
      if (readOwner(fs, path) === token) fs.removeFileSync(path);
    },
  };
}

function tryCreate(fs: FileSystem, path: string, token: string): boolean {
  try {
    writeClaim(fs, path, token);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'IO_EXISTS') return false;
    throw error;
  }
}

function writeClaim(fs: FileSystem, path: string, token: string): void {
  const file = fs.openSync(path, 'createNew');
  try {
    const bytes = new TextEncoder().encode(`${token}\n`);
    file.writeSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
}

function takeOver(fs: FileSystem, path: string, token: string, processes: ProcessTable): void {
  const owner = readOwner(fs, path);
  if (owner !== undefined && isAlive(owner, processes)) {
    throw locked(path, Number(owner.split(' ')[0]));
  }
  const claim = `${path}.${token.replaceAll(' ', '.')}`;
  writeClaim(fs, claim, token);
  fs.renameSync(claim, path);
  // Two takers may both have renamed; the later rename is the one that stays, and both read it.
  const winner = readOwner(fs, path);
  if (winner !== token) throw locked(path, Number(winner?.split(' ')[0] ?? 0));
}

function readOwner(fs: FileSystem, path: string): string | undefined {
  if (fs.statSync(path) === undefined) return undefined;
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(64);
    const length = file.readSync(bytes, 0, bytes.length, 0);
    return new TextDecoder().decode(bytes.subarray(0, length)).trim();
  } finally {
    file.closeSync();
  }
}

/** A claim whose owner crashed before it was written whole counts as dead. */
function isAlive(owner: string, processes: ProcessTable): boolean {
  const [pid, start] = owner.split(' ').map(Number);
  if (pid === undefined || start === undefined || !Number.isInteger(pid) || pid <= 0) return false;
  // Our own id without a start time to tell apart: not in `held`, so an earlier process had it.
  if (pid === processes.ownId && start === 0) return false;
  const actual = processes.startOf(pid);
  return actual !== undefined && (start === 0 || actual === 0 || actual === start);
}

function locked(path: string, holder: number): IoError {
  return new IoError('IO_LOCKED', `locked by process ${holder}`, {
    context: { path, holder },
    retryable: true,
  });
}
