/**
 * A running command of a streaming job: lines in with backpressure, lines out as they come, its
 * reports on standard error.
 *
 *     reporter:counter:<group>,<counter>,<n>     adds to a counter
 *     reporter:status:<text>                     a sign of life
 *
 * Everything it prints is a sign of life. It fails with MAPREDUCE_COMMAND_FAILED when it cannot be
 * started, exits with anything but 0, or leaves while it is written to.
 */
import { once } from 'node:events';
import { IoError, StoreError } from '../../../native-free-io/index.ts';
import { startCommand, type RunningCommand } from '../../env/index.ts';
import type { TaskContext, TaskIdentity } from '../functions/context.ts';
import { commandVariables, splitCommand } from './command-line.ts';
import { LineCutter } from './lines.ts';

const rememberedBytes = 4096;
const counterReport = /^reporter:counter:([^,]+),([^,]+),(-?\d+)$/;

export interface CommandSetup {
  readonly command: string;
  readonly task: TaskIdentity;
  readonly context: TaskContext;
  readonly onLine: (line: Uint8Array) => void;
}

export class PipedCommand implements Disposable {
  readonly #setup: CommandSetup;
  readonly #running: RunningCommand;
  readonly #ended: Promise<unknown>;
  #failure: unknown;
  #lastWords = '';

  constructor(setup: CommandSetup) {
    this.#setup = setup;
    const { command, task, context } = setup;
    this.#running = startCommand({
      argv: splitCommand(command),
      variables: commandVariables(task, context.settings),
    });
    const { stdin, stdout, stderr } = this.#running;
    // A command that leaves early breaks the pipe.
    stdin.on('error', (error) => this.#fail(error));
    const out = new LineCutter((line) => this.#guard(() => setup.onLine(line)));
    const err = new LineCutter((line) => this.#guard(() => this.#report(line)));
    stdout.on('data', (piece: Uint8Array) => this.#take(out, piece));
    stderr.on('data', (piece: Uint8Array) => this.#take(err, piece));
    this.#ended = this.#watch(out, err);
  }

  /** Resolves when more may be written. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#assertWell();
    const { stdin } = this.#running;
    if (stdin.write(bytes)) return;
    await Promise.race([once(stdin, 'drain').catch(() => undefined), this.#ended]);
    this.#assertWell();
  }

  /** Ends its input and waits for its end. */
  async finish(): Promise<void> {
    if (this.#failure === undefined) this.#running.stdin.end();
    await this.#ended;
    this.#assertWell();
  }

  [Symbol.dispose](): void {
    this.#running[Symbol.dispose]();
  }

  async #watch(out: LineCutter, err: LineCutter): Promise<void> {
    try {
      const exit = await this.#running.exited;
      this.#guard(() => out.end());
      this.#guard(() => err.end());
      if (exit !== 0) this.#fail(new Error(`it ended with ${exit}`));
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(cutter: LineCutter, piece: Uint8Array): void {
    this.#setup.context.alive();
    cutter.push(piece);
  }

  #report(line: Uint8Array): void {
    const text = new TextDecoder().decode(line);
    const counter = counterReport.exec(text);
    if (counter !== null) this.#setup.context.count(counter[1]!, counter[2]!, Number(counter[3]));
    else if (text.startsWith('reporter:status:')) this.#setup.context.status(text.slice(16));
    else this.#lastWords = `${this.#lastWords}${text}\n`.slice(-rememberedBytes);
  }

  #guard(take: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      take();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#running[Symbol.dispose]();
  }

  #assertWell(): void {
    const cause = this.#failure;
    if (cause === undefined) return;
    if (cause instanceof StoreError && cause.code !== 'IO_FAILED') throw cause;
    throw commandFailed(this.#setup.command, cause, this.#lastWords);
  }
}

export function commandFailed(command: string, cause: unknown, words: string): IoError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const said = words === '' ? '' : `; it said: ${words.trimEnd()}`;
  return new IoError('MAPREDUCE_COMMAND_FAILED', `the command '${command}': ${reason}${said}`, {
    cause,
  });
}
