/**
 * `varve mr streaming-map`, `-reduce` and `-combine`: a module of a job as mapper, reducer or
 * combiner of a real Hadoop Streaming job.
 */
import {
  loadJobModule,
  runModuleMapper,
  runModuleReducer,
  type ModuleCommandOptions,
} from '../../mapreduce/index.ts';
import { exitCode, type Command, type Invocation } from '../command.ts';
import { moduleUrl } from './shared.ts';

async function optionsOf({ io, positionals }: Invocation): Promise<ModuleCommandOptions> {
  return {
    functions: await loadJobModule(moduleUrl(positionals[0]!).href),
    input: io.stdin,
    write: (bytes) => io.write(bytes),
    report: (line) => io.writeError(line),
    variables: io.variables ?? {},
    signal: io.signal,
  };
}

function moduleCommand(
  { name, summary }: Pick<Command, 'name' | 'summary'>,
  work: (options: ModuleCommandOptions) => Promise<void>,
): Command {
  return {
    name,
    summary,
    usage: 'MODULE',
    arity: [1, 1],
    async run(invocation) {
      await work(await optionsOf(invocation));
      return exitCode.fine;
    },
  };
}

export const streamingMapCommand: Command = moduleCommand(
  {
    name: 'streaming-map',
    summary: "A module's map as the mapper of a Hadoop Streaming job: -mapper 'varve mr …'.",
  },
  runModuleMapper,
);

export const streamingReduceCommand: Command = moduleCommand(
  {
    name: 'streaming-reduce',
    summary: "A module's reduce as the reducer of a Hadoop Streaming job.",
  },
  (options) => runModuleReducer(options, 'reduce'),
);

export const streamingCombineCommand: Command = moduleCommand(
  {
    name: 'streaming-combine',
    summary: "A module's combine as the combiner of a Hadoop Streaming job.",
  },
  (options) => runModuleReducer(options, 'combine'),
);
