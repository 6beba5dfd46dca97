/**
 * Programs beside this one: the only room that starts processes.
 *
 * No shell is involved. A process is killed when its handle is disposed of, and with its parent.
 */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { IoError } from '../../native-free-io/index.ts';

export interface CommandOptions {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Added to the environment of this process. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface RunningCommand extends Disposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Exit code, or the name of the signal that ended it. Rejects when it could not be started. */
  readonly exited: Promise<number | string>;
}

export function startCommand({ argv, variables }: CommandOptions): RunningCommand {
  const [program = '', ...rest] = argv;
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(program, rest, {
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const exited = new Promise<number | string>((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(program, cause)));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  }).finally(() => process.off('exit', end));
  // Whoever waits is told; nobody has to.
  exited.catch(() => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    [Symbol.dispose]: end,
  };
}

export interface CommandResult {
  readonly exit: number | string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Runs a program to its end with `input` on standard input; this thread waits. */
export function runCommand(options: CommandOptions, input: Uint8Array): CommandResult {
  const [program = '', ...rest] = options.argv;
  const { status, signal, stdout, stderr, error } = spawnSync(program, rest, {
    env: { ...process.env, ...options.variables },
    input,
    maxBuffer: Infinity,
  });
  if (error !== undefined) throw notStarted(program, error);
  return { exit: status ?? signal ?? 'SIGKILL', stdout, stderr };
}

function notStarted(program: string, cause: Error): IoError {
  return new IoError('IO_FAILED', `${program} could not be started: ${cause.message}`, { cause });
}
