/** The command line with streams of the test's own, and as a real process. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rootCommand } from '../../../src/cli/commands.ts';
import { runCli } from '../../../src/cli/run.ts';
import type { CliIo } from '../../../src/cli/command.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Input {
  /** Pieces of standard input, as a pipe would deliver them. */
  readonly stdin?: AsyncIterable<Uint8Array> | readonly (string | Uint8Array)[];
  readonly signal?: AbortSignal;
  readonly isTerminal?: boolean;
  readonly isInputTerminal?: boolean;
  /** Called with each piece of output before it is taken. */
  readonly onWrite?: (text: string) => void;
  /** The same for standard error. */
  readonly onWriteError?: (text: string) => void;
}

/** Runs `varve` with these arguments inside this process. */
export async function varve(args: readonly string[], input: Input = {}): Promise<Outcome> {
  const out: Buffer[] = [];
  let err = '';
  const io: CliIo = {
    stdin: pieces(input.stdin ?? []),
    write: async (text) => {
      const bytes = Buffer.from(text as string);
      input.onWrite?.(bytes.toString());
      out.push(bytes);
    },
    writeError: (text) => {
      input.onWriteError?.(text);
      err += text;
    },
    isTerminal: input.isTerminal ?? false,
    isInputTerminal: input.isInputTerminal ?? false,
    signal: input.signal ?? new AbortController().signal,
  };
  const code = await runCli(rootCommand, args, io);
  return { code, out: Buffer.concat(out).toString(), err };
}

async function* pieces(
  stdin: NonNullable<Input['stdin']>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of stdin) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** A path that does not exist yet, named as a partition. */
export function newPartition(): string {
  return join(temporaryFolder(), 'orders-0');
}

/** A closed partition holding these lines, . */
export async function partitionOf(
  lines: readonly string[],
  options: readonly string[] = [],
): Promise<string> {
  const dir = newPartition();
  const stdin = lines.map((line) => `${line}\n`);
  const { code, err } = await varve(['log', 'append', dir, ...options], {
    stdin: [stdin.join('')],
  });
  if (code !== 0) throw new Error(err);
  return dir;
}

/** `first` … `last`, one per element. */
export function numbers(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

export const main: string = fileURLToPath(new URL('../../../dist/cli/varve.js', import.meta.url));

/** The compiled command as a process of its own. */
export function varveProcess(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main, ...args], { stdio: 'pipe' });
}

/** Waits for the end; collects what was written from now on. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let out = '';
  let err = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}
