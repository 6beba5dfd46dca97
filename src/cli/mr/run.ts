/** `varve mr run` and `varve mr streaming`: jobs of built-ins, of modules and of commands. */
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { builtinJobs, loadJobModule, type JobOptions } from '../../mapreduce/index.ts';
import { UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { jobOptions, moduleUrl, runWithFlags } from './shared.ts';

export const runCommand: Command = {
  name: 'run',
  summary: 'Run a MapReduce job: one that is built in, or the functions of a module.',
  usage: 'wordcount|grep|join|MODULE',
  arity: [1, 1],
  details: `
wordcount  counts the words of text
grep       counts what --pattern finds
join       joins lines of 'key TAB rest' on their key: those of the paths that begin with --left
           with all others
MODULE     a file that exports map, and reduce, combine, partition, compare, group, types as need be`,
  options: {
    ...jobOptions,
    pattern: { type: 'string', short: 'e', value: 'REGEX', help: 'of grep' },
    left: {
      type: 'string',
      value: 'PATH',
      help: 'of join: the beginning of paths of the left side',
    },
  },
  run,
};

async function run(invocation: Invocation): Promise<ExitCode> {
  const { flags, positionals } = invocation;
  const name = positionals[0]!;
  const builtin = Object.hasOwn(builtinJobs, name) ? builtinJobs[name] : undefined;
  if (builtin !== undefined) {
    const settings: Record<string, string> = {};
    for (const flag of ['pattern', 'left'] as const) {
      const value = flags[flag];
      if (typeof value === 'string') settings[flag] = value;
    }
    const needed = { grep: 'pattern', join: 'left' }[name];
    if (needed !== undefined && settings[needed] === undefined) {
      throw new UsageError(`--${needed} is missing`);
    }
    return runWithFlags(invocation, { ...builtin, settings });
  }
  return runWithFlags(invocation, await moduleJob(name));
}

async function moduleJob(path: string): Promise<Omit<JobOptions, 'input' | 'output'>> {
  if (nodeFileSystem.statSync(path) === undefined) {
    const known = Object.keys(builtinJobs).join(', ');
    throw new UsageError(`no file '${path}', and no job of that name: there are ${known}`);
  }
  const module = moduleUrl(path);
  const exported = await loadJobModule(module.href);
  if (exported.map === undefined && exported.reduce === undefined) {
    throw new UsageError(`${path} exports neither map nor reduce`);
  }
  const roles = ['map', 'reduce', 'combine', 'partition', 'compare', 'group'] as const;
  const functions = roles.filter((role) => exported[role] !== undefined);
  return {
    types: exported.types,
    ...Object.fromEntries(functions.map((role) => [role, module])),
  };
}

export const streamingCommand: Command = {
  name: 'streaming',
  summary: 'Run a MapReduce job of any programs, as Hadoop Streaming does.',
  usage: '',
  arity: [0, 0],
  details: `
A mapper reads lines on standard input and writes lines 'key TAB value'; a reducer reads such lines
sorted by key. 'reporter:counter:GROUP,NAME,N' on standard error counts. No shell is involved.`,
  options: {
    ...jobOptions,
    mapper: { type: 'string', short: 'm', value: 'COMMAND', help: 'default: lines as they are' },
    reducer: {
      type: 'string',
      value: 'COMMAND',
      help: 'default: records as they are; NONE: maps only',
    },
    combiner: { type: 'string', value: 'COMMAND', help: 'runs on the output of each map' },
  },
  run: streaming,
};

function streaming(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation;
  const command = (name: string): { command: string } | undefined =>
    typeof flags[name] === 'string' ? { command: flags[name] } : undefined;
  const isMapOnly = flags['reducer'] === 'NONE';
  const combine = command('combiner');
  const reduce = command('reducer');
  return runWithFlags(invocation, {
    map: command('mapper') ?? 'lines',
    ...(combine === undefined ? {} : { combine }),
    ...(isMapOnly ? { reducers: 0 } : {}),
    ...(isMapOnly || reduce === undefined ? {} : { reduce }),
    types: { mapKey: 'textBytes', mapValue: 'textBytes', key: 'textBytes', value: 'textBytes' },
  });
}
