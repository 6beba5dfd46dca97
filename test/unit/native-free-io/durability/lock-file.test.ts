import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { lockFileSync, type ProcessTable } from '../../../../native-free-io/file/lock-file.ts';
import { nodeFileSystem } from '../../../../native-free-io/file/node-fs.ts';
import { nodeProcesses } from '../../../../native-free-io/file/node-processes.ts';
import { codeOf } from '../buffer/codes.ts';

let directory = '';
let counter = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'varve-lock-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const newPath = (): string => join(directory, `lock-${++counter}`);

/** A process of its own that idles until killed. */
async function idleProcess(): Promise<{ child: ChildProcess; pid: number }> {
  const script = 'process.stdout.write("ready"); process.stdin.resume()';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout !== null) await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0 };
}

/** The claim that a process writes, as the format of the room says. */
function claimOf(pid: number): string {
  return `${pid} ${nodeProcesses.startOf(pid) ?? 0} 1\n`;
}

/** A made-up host with these processes, by id and start time. */
function processTable(ownId: number, alive: Readonly<Record<number, number>>): ProcessTable {
  return { ownId, startOf: (pid) => alive[pid], held: new Set() };
}

test('a lock of a living process is refused, of that process once killed taken over', async () => {
  const path = newPath();
  const { child, pid } = await idleProcess();
  writeFileSync(path, claimOf(pid));
  expect(codeOf(() => nodeFileSystem.lockSync(path))).toBe('IO_LOCKED');
  expect(() => nodeFileSystem.lockSync(path)).toThrow(
    expect.objectContaining({ retryable: true, context: { path, holder: pid } }),
  );
  expect(readFileSync(path, 'latin1')).toBe(claimOf(pid));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = nodeFileSystem.lockSync(path);
  expect(readFileSync(path, 'latin1')).toMatch(new RegExp(`^${process.pid} `));
  lock.releaseSync();
  expect(existsSync(path)).toBe(false);
});

test('the second lock of one process is refused until the first is released', () => {
  const path = newPath();
  const first = nodeFileSystem.lockSync(path);
  expect(codeOf(() => nodeFileSystem.lockSync(path))).toBe('IO_LOCKED');
  first.releaseSync();
  const second = nodeFileSystem.lockSync(path);
  // A second release of the first must not release the second.
  first.releaseSync();
  expect(existsSync(path)).toBe(true);
  expect(codeOf(() => nodeFileSystem.lockSync(path))).toBe('IO_LOCKED');
  second.releaseSync();
});

test('a lock file holds the process id and, where the platform tells it, the start time', () => {
  const path = newPath();
  const lock = nodeFileSystem.lockSync(path);
  const [pid, start, token] = readFileSync(path, 'latin1').trim().split(' ').map(Number);
  expect(pid).toBe(process.pid);
  expect(start).toBe(nodeProcesses.startOf(process.pid));
  expect(token).toBeGreaterThan(0);
  lock.releaseSync();
});

test('a reused process id is not mistaken for the owner, an equal start time is', () => {
  const path = newPath();
  writeFileSync(path, '77 1000 1\n');
  const same = processTable(5, { 5: 1, 77: 1000 });
  expect(codeOf(() => lockFileSync(nodeFileSystem, path, same))).toBe('IO_LOCKED');
  const reused = processTable(5, { 5: 1, 77: 2000 });
  lockFileSync(nodeFileSystem, path, reused).releaseSync();
});

test('where start times are unknown a living process id is believed', () => {
  const path = newPath();
  writeFileSync(path, '77 0 1\n');
  const alive = processTable(5, { 5: 0, 77: 0 });
  expect(codeOf(() => lockFileSync(nodeFileSystem, path, alive))).toBe('IO_LOCKED');
  const dead = processTable(5, { 5: 0 });
  lockFileSync(nodeFileSystem, path, dead).releaseSync();
});

test('a lock left by an earlier process with our own id is taken over', () => {
  const path = newPath();
  for (const [claim, ownStart] of [
    ['5 1000 1\n', 2000],
    ['5 0 1\n', 0],
  ] as const) {
    writeFileSync(path, claim);
    lockFileSync(nodeFileSystem, path, processTable(5, { 5: ownStart })).releaseSync();
  }
});

test('another holder in this process that shares no table is refused', () => {
  const path = newPath();
  const first = lockFileSync(nodeFileSystem, path, processTable(5, { 5: 1000 }));
  const other = processTable(5, { 5: 1000 });
  expect(codeOf(() => lockFileSync(nodeFileSystem, path, other))).toBe('IO_LOCKED');
  first.releaseSync();
  lockFileSync(nodeFileSystem, path, other).releaseSync();
});

test('a claim torn by a crash counts as dead', () => {
  for (const torn of ['', '12', 'garbage here 1\n', '-4 0 1\n']) {
    const path = newPath();
    writeFileSync(path, torn);
    lockFileSync(nodeFileSystem, path, processTable(5, { 5: 1 })).releaseSync();
  }
});

test('a takeover leaves no file behind but the lock, and release none at all', () => {
  const path = newPath();
  writeFileSync(path, '77 1000 1\n');
  const before = readdirSync(directory).length;
  const lock = lockFileSync(nodeFileSystem, path, processTable(5, { 5: 1 }));
  expect(readdirSync(directory)).toHaveLength(before);
  lock.releaseSync();
  expect(readdirSync(directory)).toHaveLength(before - 1);
});

test('a holder whose lock was taken over does not remove the new owner’s file', () => {
  const path = newPath();
  const lock = lockFileSync(nodeFileSystem, path, processTable(5, { 5: 1 }));
  writeFileSync(path, '77 1000 1\n');
  lock.releaseSync();
  expect(readFileSync(path, 'latin1')).toBe('77 1000 1\n');
});
