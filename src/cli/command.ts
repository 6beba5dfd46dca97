/**
 * How a command of the CLI looks: a name, a line of summary, its options, and a function. Help texts
 * are made from this and from nothing else, so they cannot drift from what is parsed.
 */
import { parseArgs } from 'node:util';
import { InvalidArgumentError } from '../../native-free-io/index.ts';

export const exitCode = { fine: 0, foundWrong: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly help: string;
  /** Name of the value in help texts, for strings. */
  readonly value?: string;
}

/** What a command may touch of the process; tests pass their own. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written; rejects when the reader has gone. */
  write(text: string | Uint8Array): Promise<void>;
  writeError(text: string): void;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly io: CliIo;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments, as shown in the usage line. */
  readonly usage: string;
  readonly details?: string;
  readonly options?: Readonly<Record<string, OptionSpec>>;
  /** How many positionals are allowed. */
  readonly arity: readonly [min: number, max: number];
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly (Command | CommandGroup)[];
}

const commonOptions: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', help: 'show this text' },
};

/** A wrong call: shown with a hint at --help, exit code 2. */
export class UsageError extends InvalidArgumentError {
  constructor(message: string) {
    super('CLI_USAGE', message);
  }
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return 'commands' in entry;
}

/** Splits arguments by the command's options; undefined when help was asked for. */
export function parseInvocation(
  command: Command,
  args: readonly string[],
  io: CliIo,
): Invocation | undefined {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, spec] of Object.entries({ ...command.options, ...commonOptions })) {
    options[name] = { type: spec.type, ...(spec.short === undefined ? {} : { short: spec.short }) };
  }
  const parsed = parse(args, options);
  if (parsed.values['help'] === true) return undefined;
  const [min, max] = command.arity;
  const count = parsed.positionals.length;
  if (count < min || count > max) {
    throw new UsageError(
      count < min ? `missing argument: ${command.usage}` : `too many arguments: ${command.usage}`,
    );
  }
  return { positionals: parsed.positionals, flags: parsed.values, io };
}

function parse(
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean'; short?: string }>,
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The whole number given by a flag, within bounds; `fallback` when it was not given. */
export function wholeNumber(
  invocation: Invocation,
  name: string,
  bounds: { fallback: number; min?: number; max?: number },
): number {
  const text = invocation.flags[name];
  if (text === undefined) return bounds.fallback;
  const value = Number(text);
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (typeof text !== 'string' || !/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name}: expected a whole number from ${min} to ${max}, got '${text}'`);
  }
  return value;
}

export function commandHelp(path: string, command: Command): string {
  const rows = Object.entries({ ...command.options, ...commonOptions }).map(([name, spec]) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    const value = spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : '';
    return [`${short}--${name}${value}`, spec.help] as const;
  });
  const usage = `Usage: ${path}${command.usage === '' ? '' : ` ${command.usage}`} [options]`;
  const details = command.details === undefined ? '' : `\n${command.details.trim()}\n`;
  return `${command.summary}\n\n${usage}\n${details}\nOptions:\n${table(rows)}\n`;
}

export function groupHelp(path: string, group: CommandGroup): string {
  const rows = group.commands.map((entry) => [entry.name, entry.summary] as const);
  return (
    `${group.summary}\n\nUsage: ${path} COMMAND [arguments]\n\nCommands:\n${table(rows)}\n\n` +
    `'${path} COMMAND --help' explains one.\n`
  );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
