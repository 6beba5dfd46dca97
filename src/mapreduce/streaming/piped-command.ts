/**
 * A running command of a streaming job: lines in with backpressure, lines out as they come, its
 * reports on standard error.
 *
 *     reporter:counter:<group>,<counter>,<n>     adds to a counter
 *     reporter:status:<text>                     what it is doing
 *
 * `stream.stderr.reporter.prefix` may put something else for `reporter:`. Everything it prints is a
 * sign of life. It fails with MAPREDUCE_COMMAND_FAILED when it cannot be started, leaves while it
 * is written to, or exits with anything but 0, unless `stream.non.zero.exit.is.failure` is false.
 *
 * Upstream: apache/hadoop: streaming/PipeMapRed.java (Apache-2.0); rules kept, code our own.
 */
import { once } from 'node:events';
import { IoError, StoreError } from '../../../native-free-io/index.ts';
import { startCommand, type RunningCommand } from '../../env/index.ts';
import type { TaskContext, TaskIdentity } from '../functions/context.ts';
import { commandVariables, splitCommand } from './command-line.ts';
import { LineCutter } from './lines.ts';
import { pairReader, type OnPair, type PairReader } from './pair-reader.ts';
import type { StreamSettings } from './stream-settings.ts';

const rememberedBytes = 4096;
/** Group, name and number; spaces around all of it do not count. */
const counterReport = /^([^,]*),([^,]*),([+-]?\d+)$/;

export interface CommandSetup {
  readonly command: string;
  readonly task: TaskIdentity;
  readonly context: TaskContext;
  /** What is in it is committed with the task: files that the command leaves beside the output. */
  readonly outputDir: string;
  readonly stream: StreamSettings;
  /** Takes what the command puts out. */
  readonly collect: OnPair;
}

type Settings = Readonly<Record<string, string>>;

export class PipedCommand implements Disposable {
  readonly #setup: CommandSetup;
  readonly #running: RunningCommand;
  readonly #ended: Promise<unknown>;
  readonly #prefix: string;
  #failure: unknown;
  #lastWords = '';

  constructor(setup: CommandSetup) {
    this.#setup = setup;
    const { command, task, context, outputDir } = setup;
    this.#prefix = context.settings['stream.stderr.reporter.prefix'] ?? 'reporter:';
    this.#running = startCommand({
      argv: splitCommand(command),
      variables: commandVariables(task, context.settings, outputDir),
    });
    const { stdin, stdout, stderr } = this.#running;
    // A command that leaves early breaks the pipe.
    stdin.on('error', (error) => this.#fail(error));
    const out = pairReader(setup.stream, setup.collect);
    const err = new LineCutter((line) => this.#report(line), { endsAtCr: true });
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

  async #watch(out: PairReader, err: PairReader): Promise<void> {
    try {
      const exit = await this.#running.exited;
      this.#guard(() => err.end());
      if (!isExitFine(exit, this.#setup.context.settings)) {
        this.#fail(new Error(`it ended with ${exit}`));
      }
      this.#guard(() => out.end());
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(reader: PairReader, piece: Uint8Array): void {
    this.#setup.context.alive();
    this.#guard(() => reader.push(piece));
  }

  #report(line: Uint8Array): void {
    const { context } = this.#setup;
    const text = new TextDecoder().decode(line);
    const report = text.startsWith(this.#prefix) ? text.slice(this.#prefix.length) : '';
    const counter = report.startsWith('counter:')
      ? counterReport.exec(report.slice(8).trim())
      : null;
    if (counter !== null) context.count(counter[1]!, counter[2]!, Number(counter[3]));
    else if (report.startsWith('status:')) context.status(report.slice(7).trim());
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

/** Whether a command that ended so has done its work. */
export function isExitFine(exit: number | string, settings: Settings): boolean {
  return exit === 0 || settings['stream.non.zero.exit.is.failure'] === 'false';
}

export function commandFailed(command: string, cause: unknown, words: string): IoError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const said = words === '' ? '' : `; it said: ${words.trimEnd()}`;
  return new IoError('MAPREDUCE_COMMAND_FAILED', `the command '${command}': ${reason}${said}`, {
    cause,
  });
}
