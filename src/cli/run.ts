/**
 * Finds the command that the arguments name, runs it, and turns its outcome into an exit code:
 * 0 fine, 1 something wrong was found or happened, 2 wrong usage.
 */
import {
  AbortedError,
  IoError,
  ioErrorCodes,
  StoreError,
  type IoErrorCode,
} from '../../native-free-io/index.ts';
import { parseInvocation } from './arguments.ts';
import {
  exitCode,
  isGroup,
  loaded,
  UsageError,
  type CliIo,
  type Command,
  type CommandGroup,
  type Entry,
  type ExitCode,
} from './command.ts';
import { commandHelp, groupHelp } from './help.ts';
import { nearestName } from './suggest.ts';
import { packageVersion } from './version.ts';

/** Exit code of a process ended by Ctrl-C, as shells expect it. */
export const interruptedExitCode = 130;

export async function runCli(
  root: CommandGroup,
  args: readonly string[],
  io: CliIo,
): Promise<number> {
  let path = root.name;
  let entry: Command | CommandGroup = root;
  // `varve help log cat` is `varve log cat --help`.
  let rest = args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
  try {
    while (isGroup(entry)) {
      const name = rest[0];
      if (name === '--help' || name === '-h' || name === 'help') {
        await io.write(groupHelp(path, entry));
        return exitCode.fine;
      }
      if (name === '--version' && entry === root) {
        await io.write(`${packageVersion()}\n`);
        return exitCode.fine;
      }
      if (name === undefined) {
        io.writeError(groupHelp(path, entry));
        return exitCode.usage;
      }
      const found = find(entry, name);
      path += ` ${name}`;
      entry = await loaded(found);
      rest = rest.slice(1);
    }
    return await runCommand(entry, path, rest, io);
  } catch (error) {
    return report(error, path, io);
  }
}

function find(group: CommandGroup, name: string): Entry {
  const found = group.commands.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  if (name.startsWith('-')) throw new UsageError(`unknown option '${name}'`);
  const nearest = nearestName(
    name,
    group.commands.map((candidate) => candidate.name),
  );
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  throw new UsageError(`no command '${name}'${hint}`);
}

async function runCommand(
  command: Command,
  path: string,
  args: readonly string[],
  io: CliIo,
): Promise<ExitCode> {
  const invocation = parseInvocation(command, args, io);
  if (invocation !== undefined) return command.run(invocation);
  await io.write(commandHelp(path, command));
  return exitCode.fine;
}

function report(error: unknown, path: string, io: CliIo): number {
  if (error instanceof UsageError) {
    io.writeError(`${path}: ${error.message}\nTry '${path} --help'.\n`);
    return exitCode.usage;
  }
  if (error instanceof AbortedError) return interruptedExitCode;
  if (isBrokenPipe(error)) return exitCode.fine;
  io.writeError(`${path}: ${describe(error)}\n`);
  return exitCode.foundWrong;
}

/** The reader of our output (head, less) has seen enough: not an error. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function describe(error: unknown): string {
  if (error instanceof StoreError) {
    // The system says EACCES; the table says what that means.
    const isSystemError = error instanceof IoError && error.context['errno'] !== undefined;
    const meaning = isSystemError ? `${ioErrorCodes[error.code as IoErrorCode]}: ` : '';
    return `${meaning}${error.message} [${error.code}]`;
  }
  if (!(error instanceof Error)) return String(error);
  // Of a stream, for instance standard input being a directory.
  if ('syscall' in error) return error.message;
  return `a fault of varve itself, please report it: ${error.stack ?? error.message}`;
}
