/** `varve sort`: GNU sort's common options, its results under LC_ALL=C, all cores. */
import { StoreError } from '../../native-free-io/index.ts';
import { checkSorted, sortFile, type SortInput, type SortOptions } from '../mapreduce/index.ts';
import { untilAborted } from './lines.ts';
import {
  exitCode,
  UsageError,
  type CommandBody,
  type ExitCode,
  type Invocation,
} from './command.ts';
import { Progress } from './progress.ts';
import { sortFlags, sortOptions } from './sort-flags.ts';

export const sortCommand: CommandBody = {
  usage: '[FILE…]',
  arity: [0, Number.MAX_SAFE_INTEGER],
  details: `
Takes GNU sort's common options and gives its result under LC_ALL=C, byte for byte. Without FILE,
or where it is -, standard input is read. OUT of -o may be one of the files; it is replaced when the
result is complete. --check ends with 1 at the first line that is out of order.`,
  options: sortFlags,
  run: sort,
};

async function sort(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const options = sortOptions(invocation);
  const paths = positionals.length === 0 ? ['-'] : positionals;
  if (paths.filter((path) => path === '-').length > 1) {
    throw new UsageError("standard input ('-') can be read once");
  }
  const inputs = paths.map((path): SortInput =>
    path === '-' ? untilAborted(io.stdin, io.signal) : path,
  );
  return asUsage(async () => {
    if (flags['check'] === true || flags['check-silent'] === true) {
      return check(invocation, options, { inputs, paths });
    }
    await run(invocation, options, inputs);
    return exitCode.fine;
  });
}

async function run(
  { io, flags }: Invocation,
  options: SortOptions,
  inputs: readonly SortInput[],
): Promise<void> {
  const { output } = flags;
  const isFile = typeof output === 'string';
  if (flags['json'] === true && !isFile) throw new UsageError('--json needs --output FILE');
  let progress: Progress | undefined;
  const report = await sortFile(inputs, isFile ? output : (bytes) => io.write(bytes), {
    ...options,
    signal: io.signal,
    onProgress: ({ bytes, totalBytes }) => {
      // Undefined, as the platform has it, would mean yes.
      const enabled = io.isTerminal ? flags['quiet'] !== true : false;
      progress ??= new Progress(io, { label: 'sort', total: totalBytes, enabled });
      progress.update(bytes);
    },
  }).finally(() => progress?.done());
  if (flags['json'] === true) await io.write(`${JSON.stringify(report)}\n`);
}

async function check(
  { io, flags }: Invocation,
  options: SortOptions,
  { inputs, paths }: { readonly inputs: readonly SortInput[]; readonly paths: readonly string[] },
): Promise<ExitCode> {
  if (inputs.length > 1) throw new UsageError(`--check takes one file, not also '${paths[1]}'`);
  const found = await checkSorted(inputs[0]!, { ...options, signal: io.signal });
  if (found === undefined) return exitCode.fine;
  if (flags['check'] === true) {
    const text = Buffer.from(found.bytes).toString();
    io.writeError(`varve sort: ${paths[0]}:${found.record}: disorder: ${text}\n`);
  }
  return exitCode.foundWrong;
}

/** Keys and letters are judged by the sort; to whoever typed them that is wrong usage. */
async function asUsage(work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    const isOption = error instanceof StoreError && error.code === 'OPTION_INVALID';
    throw isOption ? new UsageError(error.message) : error;
  }
}
