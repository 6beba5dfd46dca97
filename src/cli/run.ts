/**
 * Finds the command that the arguments name, runs it, and turns its outcome into an exit code:
 * 0 fine, 1 something wrong was found or happened, 2 wrong usage.
 */
import { AbortedError, StoreError } from '../../native-free-io/index.ts';
import {
  commandHelp,
  exitCode,
  groupHelp,
  isGroup,
  parseInvocation,
  UsageError,
  type CliIo,
  type Command,
  type CommandGroup,
  type ExitCode,
} from './command.ts';

/** Exit code of a process ended by Ctrl-C, as shells expect it. */
const interruptedExitCode = 130;

export async function runCli(
  root: CommandGroup,
  args: readonly string[],
  io: CliIo,
): Promise<number> {
  let path = root.name;
  let entry: Command | CommandGroup = root;
  let rest = [...args];
  try {
    while (isGroup(entry)) {
      const name = rest[0];
      if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
        await io.write(groupHelp(path, entry));
        return name === undefined ? exitCode.usage : exitCode.fine;
      }
      const found: Command | CommandGroup | undefined = entry.commands.find(
        (candidate) => candidate.name === name,
      );
      if (found === undefined) throw new UsageError(`no command '${name}'`);
      path += ` ${name}`;
      entry = found;
      rest = rest.slice(1);
    }
    return await runCommand(entry, path, rest, io);
  } catch (error) {
    return report(error, path, io);
  }
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
  if (error instanceof StoreError) {
    io.writeError(`${path}: ${error.message} [${error.code}]\n`);
    return exitCode.foundWrong;
  }
  io.writeError(
    `${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCode.foundWrong;
}

/** The reader of our output (head, less) has seen enough: not an error. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
