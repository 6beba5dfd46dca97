/**
 * How a command of the CLI looks: a name, a line of summary, its options, and a function. Arguments
 * (`arguments.ts`) and help texts (`help.ts`) are made from this and from nothing else, so they
 * cannot drift apart.
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

export const exitCode = { fine: 0, foundWrong: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly help: string;
  /** Name of the value in help texts, for strings. */
  readonly value?: string;
  /** May be given again: all values are in `lists`. */
  readonly repeats?: true;
}

/** What a command may touch of the process; tests pass their own. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written; rejects when the reader has gone. */
  write(text: string | Uint8Array): Promise<void>;
  writeError(text: string): void;
  /** Standard error is a terminal that can redraw a line. */
  readonly isTerminal: boolean;
  /** Somebody types what is read. */
  readonly isInputTerminal: boolean;
  /** The environment of the process; absent is empty. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Threads that run at once on this machine. */
  readonly cores?: number;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where temporary files go unless somebody says otherwise. */
  readonly temporaryDirectory?: string;
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** Every value of the options that repeat. */
  readonly lists: Readonly<Record<string, readonly string[] | undefined>>;
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
  readonly commands: readonly Entry[];
}

/** A command without what the list of commands says of it already. */
export type CommandBody = Omit<Command, 'name' | 'summary'>;
export type GroupBody = Omit<CommandGroup, 'name' | 'summary'>;

/** A command or group whose modules load when it is used. */
export interface Deferred {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandBody | GroupBody>;
}

export type Entry = Command | CommandGroup | Deferred;

/** Understood by every command. */
export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', help: 'show this text' },
};

/** A wrong call: shown with a hint at --help, exit code 2. */
export class UsageError extends InvalidArgumentError {
  constructor(message: string) {
    super('CLI_USAGE', message);
  }
}

/** The options of a command with the common ones; a short name it takes itself stays its own. */
export function allOptions(command: Command): Readonly<Record<string, OptionSpec>> {
  const taken = new Set(Object.values(command.options ?? {}).map(({ short }) => short));
  const common = Object.entries(commonOptions).map(([name, { short, ...spec }]) => {
    const isFree = short !== undefined && !taken.has(short);
    return [name, isFree ? { ...spec, short } : spec] as const;
  });
  return { ...command.options, ...Object.fromEntries(common) };
}

export async function loaded(entry: Entry): Promise<Command | CommandGroup> {
  if (!('load' in entry)) return entry;
  const { name, summary } = entry;
  return { ...(await entry.load()), name, summary };
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return 'commands' in entry;
}
