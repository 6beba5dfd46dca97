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

export const streamingMapCommand: Command = {
  name: 'streaming-map',
  summary: "A module's map as the mapper of a Hadoop Streaming job: -mapper 'varve mr …'.",
  usage: 'MODULE',
  arity: [1, 1],
  async run(invocation) {
    await runModuleMapper(await optionsOf(invocation));
    return exitCode.fine;
  },
};

export const streamingReduceCommand: Command = {
  name: 'streaming-reduce',
  summary: "A module's reduce as the reducer of a Hadoop Streaming job.",
  usage: 'MODULE',
  arity: [1, 1],
  async run(invocation) {
    await runModuleReducer(await optionsOf(invocation), 'reduce');
    return exitCode.fine;
  },
};

export const streamingCombineCommand: Command = {
  name: 'streaming-combine',
  summary: "A module's combine as the combiner of a Hadoop Streaming job.",
  usage: 'MODULE',
  arity: [1, 1],
  async run(invocation) {
    await runModuleReducer(await optionsOf(invocation), 'combine');
    return exitCode.fine;
  },
};
