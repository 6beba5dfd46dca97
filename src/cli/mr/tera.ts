/** `varve mr teragen`, `terasort` and `teravalidate`: Hadoop's benchmark of sorting. */
import {
  teraGenerate,
  teraSort,
  teraValidate,
  type TeraForm,
  type TeraReport,
} from '../../mapreduce/index.ts';
import { wholeNumber } from '../arguments.ts';
import {
  exitCode,
  UsageError,
  type Command,
  type ExitCode,
  type Invocation,
  type OptionSpec,
} from '../command.ts';
import { count, plural, Progress } from '../progress.ts';
import { memoryFlag, memoryOf, parallelFlag, parallelOf } from '../sort-flags.ts';

const jsonFlag: OptionSpec = { type: 'boolean', help: 'print the result as JSON' };

export const teragenCommand: Command = {
  name: 'teragen',
  summary: 'Make records of 100 bytes with random keys, as TeraGen does.',
  usage: 'RECORDS DIR',
  arity: [2, 2],
  options: {
    ascii: { type: 'boolean', help: 'printable records, as gensort -a makes them' },
    maps: { type: 'string', value: 'N', help: 'part files (default 2)' },
    parallel: parallelFlag,
    json: jsonFlag,
  },
  run: teragen,
};

export const terasortCommand: Command = {
  name: 'terasort',
  summary: 'Sort the part files of a directory by the first 10 of 100 bytes.',
  usage: 'DIR OUTPUT',
  arity: [2, 2],
  options: {
    'buffer-size': memoryFlag,
    parallel: parallelFlag,
    reducers: { type: 'string', short: 'r', value: 'N', help: 'part files (default 1)' },
    sync: { type: 'boolean', help: 'the output survives a power cut' },
    json: jsonFlag,
  },
  run: terasort,
};

export const teravalidateCommand: Command = {
  name: 'teravalidate',
  summary: 'Tell whether the part files of a directory are in order, and their checksum.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
The checksum is the sum of the CRC-32s of all records, as TeraValidate and valsort print it. Ends
with 1 when a record is out of order.`,
  options: { parallel: parallelFlag, json: jsonFlag },
  run: teravalidate,
};

async function teragen(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const [number, directory] = positionals as [string, string];
  if (!/^\d+$/.test(number)) {
    throw new UsageError(`expected a number of records, got '${number}'`);
  }
  const form: TeraForm = flags['ascii'] === true ? 'ascii' : 'binary';
  const records = Number(number);
  const maps = wholeNumber(invocation, 'maps', { fallback: 2, min: 1, max: 10_000 });
  const parallel = parallelOf(invocation);
  const options = { records, form, maps, parallel, signal: io.signal };
  const checksum = await teraGenerate(directory, options);
  const text = `${plural(records, 'record')}, checksum ${checksum}\n`;
  await io.write(flags['json'] === true ? json({ records, checksum }) : text);
  return exitCode.fine;
}

async function terasort(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const [from, to] = positionals as [string, string];
  const parallel = parallelOf(invocation);
  let progress: Progress | undefined;
  const report = await teraSort(from, to, {
    parallel,
    memoryBytes: memoryOf(invocation, parallel),
    reducers: wholeNumber(invocation, 'reducers', { fallback: 1, min: 1, max: 10_000 }),
    durability: flags['sync'] === true ? 'synced' : 'written',
    signal: io.signal,
    onProgress: ({ bytes, totalBytes }) => {
      const enabled = flags['json'] !== true;
      progress ??= new Progress(io, { label: 'terasort', total: totalBytes, enabled });
      progress.update(bytes);
    },
  }).finally(() => progress?.done());
  const text = `${plural(report.records, 'record')} sorted\n`;
  await io.write(flags['json'] === true ? json(report) : text);
  return exitCode.fine;
}

async function teravalidate(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const parallel = parallelOf(invocation);
  const report = await teraValidate(positionals[0]!, { parallel, signal: io.signal });
  await io.write(flags['json'] === true ? json(report) : judgement(report));
  return report.unordered === 0 ? exitCode.fine : exitCode.foundWrong;
}

function judgement(report: TeraReport): string {
  const { records, checksum, duplicates, unordered, firstUnordered } = report;
  const verdict =
    unordered === 0
      ? 'SUCCESS - all records are in order'
      : `ERROR - ${plural(unordered, 'record')} out of order, the first is number ${firstUnordered}`;
  const lines = [
    `Records: ${count(records)}`,
    `Checksum: ${checksum}`,
    `Duplicate keys: ${count(duplicates)}`,
    verdict,
  ];
  return `${lines.join('\n')}\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
