/** `varve mr streaming`: a job of any programs, with options and settings of Hadoop Streaming. */
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { nameOfClass, SequenceFileReader } from '../../hadoop/index.ts';
import {
  totalOrder,
  type FunctionOption,
  type JobOptions,
  type JobTypes,
} from '../../mapreduce/index.ts';
import { UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { inputOf, jobOptions, runWithFlags, settingsOf } from './shared.ts';

export const streamingCommand: Command = {
  name: 'streaming',
  summary: 'Run a MapReduce job of any programs, as Hadoop Streaming does.',
  usage: '',
  arity: [0, 0],
  details: `
A mapper reads lines on standard input and writes lines 'key TAB value'; a reducer reads such lines
sorted by key. 'reporter:counter:GROUP,NAME,N' on standard error counts. No shell is involved. Parts
are named part-00000 and on.

Settings of Hadoop that mean something here (-D NAME=VALUE):
  stream.map.input, stream.map.output, stream.reduce.input, stream.reduce.output   as --io
  stream.{map,reduce}.{input,output}.field.separator, stream.num.{map,reduce}.output.key.fields
  stream.map.input.ignoreKey, stream.non.zero.exit.is.failure, stream.stderr.reporter.prefix
  mapreduce.job.reduces, mapreduce.job.maps, mapreduce.task.io.sort.mb
  mapreduce.job.output.key.comparator.class, mapreduce.partition.keycomparator.options
  mapreduce.job.partitioner.class, mapreduce.partition.keypartitioner.options
  mapreduce.map.output.key.field.separator, mapreduce.output.textoutputformat.separator`,
  options: {
    ...jobOptions,
    mapper: { type: 'string', short: 'm', value: 'COMMAND', help: 'default: records as they are' },
    reducer: {
      type: 'string',
      value: 'COMMAND',
      help: 'default: records as they are; NONE: maps only',
    },
    combiner: { type: 'string', value: 'COMMAND', help: 'runs on the output of each map' },
    io: {
      type: 'string',
      value: 'FORM',
      help: 'of records: text (default), rawbytes, typedbytes, keyonlytext',
    },
    partitioner: {
      type: 'string',
      value: 'NAME',
      help: 'hash (default), keyfield, or total:FILE with split points',
    },
    comparator: {
      type: 'string',
      value: 'NAME',
      help: 'order of keys: bytes (default), reverse, keyfield',
    },
    cmdenv: {
      type: 'string',
      value: 'NAME=VALUE',
      repeats: true,
      help: 'added to the environment of the commands',
    },
  },
  run: streaming,
};

async function streaming(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation;
  const settings = streamingSettings(invocation);
  const command = (name: string): { command: string } | undefined =>
    typeof flags[name] === 'string' ? { command: flags[name] } : undefined;
  const reduces = settings['mapreduce.job.reduces'];
  const isMapOnly = flags['reducer'] === 'NONE' || (reduces === '0' && !flags['reducers']);
  const [map, combine, reduce] = [command('mapper'), command('combiner'), command('reducer')];
  const own: Partial<JobOptions> = {
    ...(map === undefined ? { types: await inputTypes(invocation) } : { map }),
    ...(combine === undefined ? {} : { combine }),
    ...(isMapOnly || reduce === undefined ? {} : { reduce }),
    ...partitionOf(flags['partitioner'] ?? settings['mapreduce.job.partitioner.class']),
    ...comparatorOf(flags['comparator'] ?? settings['mapreduce.job.output.key.comparator.class']),
    partNames: 'old',
    settings,
  };
  return runWithFlags(
    {
      ...invocation,
      flags: {
        ...flagsOf(settings),
        ...flags,
        ...(isMapOnly ? { reducers: '0' } : {}),
      },
    },
    own,
  );
}

/** Settings that have a flag here. */
function flagsOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  const names: Readonly<Record<string, string>> = {
    'mapreduce.job.reduces': 'reducers',
    'mapreduce.job.maps': 'maps',
    'mapreduce.task.io.sort.mb': 'sort-mb',
    'mapreduce.output.textoutputformat.separator': 'separator',
  };
  const flags: Record<string, string> = { maps: '2' };
  for (const [setting, flag] of Object.entries(names)) {
    const value = settings[setting];
    if (value !== undefined) flags[flag] = value;
  }
  return flags;
}

function streamingSettings(invocation: Invocation): Record<string, string> {
  const { flags, lists } = invocation;
  const settings = settingsOf(invocation);
  if (typeof flags['io'] === 'string') {
    for (const side of ['map', 'reduce']) {
      for (const end of ['input', 'output']) settings[`stream.${side}.${end}`] = flags['io'];
    }
  }
  const added = lists['cmdenv'];
  if (added !== undefined) {
    const odd = added.find((pair) => !/^[^= ]+=[^ ]*$/.test(pair));
    if (odd !== undefined) {
      throw new UsageError(`--cmdenv: expected NAME=VALUE without spaces, got '${odd}'`);
    }
    settings['stream.addenvironment'] = added.join(' ');
  }
  return settings;
}

/** Names are those of the flags, or of Hadoop's classes with or without their packages. */
function partitionOf(name: string | boolean | undefined): { partition?: FunctionOption } {
  if (typeof name !== 'string') return {};
  if (name.startsWith('total:')) return { partition: totalOrder(name.slice('total:'.length)) };
  const known: Readonly<Record<string, FunctionOption>> = {
    hash: 'hash',
    HashPartitioner: 'hash',
    keyfield: 'keyField',
    KeyFieldBasedPartitioner: 'keyField',
  };
  return { partition: lookUp(known, name, 'partitioner') };
}

function comparatorOf(name: string | boolean | undefined): { compare?: FunctionOption } {
  if (typeof name !== 'string' || name === 'bytes') return {};
  const known: Readonly<Record<string, FunctionOption>> = {
    reverse: 'reverse',
    keyfield: 'keyField',
    KeyFieldBasedComparator: 'keyField',
  };
  return { compare: lookUp(known, name, 'comparator') };
}

function lookUp<Value>(known: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const short = name.slice(name.lastIndexOf('.') + 1);
  const found = Object.hasOwn(known, short) ? known[short] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(
    `--${what}: none is called '${name}': there are ${Object.keys(known).join(', ')}`,
  );
}

/** What the records of the input are, where no mapper makes others of them. */
async function inputTypes(invocation: Invocation): Promise<Pick<JobTypes, 'mapKey' | 'mapValue'>> {
  const format = invocation.flags['input-format'];
  if (format === 'keyvalue') return { mapKey: 'text', mapValue: 'text' };
  if (format !== 'sequence') return { mapKey: 'long', mapValue: 'text' };
  const [split] = await inputOf(invocation).splits(nodeFileSystem);
  if (split === undefined) return { mapKey: 'text', mapValue: 'text' };
  const { header } = SequenceFileReader.headerOf(nodeFileSystem, split.path);
  return { mapKey: nameOfClass(header.keyClass), mapValue: nameOfClass(header.valueClass) };
}
