/** `varve mr run`: jobs that are built in, and jobs of a module. */
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
