/** `varve log append`: one record per line of standard input. */
import { PartitionLog, type RecordInput } from '../../log/index.ts';
import { exitCode, UsageError, wholeNumber, type Command, type Invocation } from '../command.ts';
import { lineGroups } from '../lines.ts';
import { count, Progress } from '../progress.ts';
import { codecOption, configFlag, parseConfig } from './shared.ts';

export const appendCommand: Command = {
  name: 'append',
  summary: 'Append one record per line of standard input.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
DIR is a partition directory; it is made if missing. Its name should be TOPIC-PARTITION,
for instance data/orders-0, so that Apache Kafka can take it over.`,
  options: {
    'key-separator': {
      type: 'string',
      value: 'TEXT',
      help: 'what separates key and value in a line; without it records have no key',
    },
    codec: codecOption,
    'batch-records': {
      type: 'string',
      value: 'N',
      help: 'records per batch at most (default 1000)',
    },
    sync: { type: 'boolean', help: 'make every batch durable before the next' },
    config: configFlag,
    json: { type: 'boolean', help: 'print the result as JSON' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: append,
};

async function append(invocation: Invocation): Promise<0> {
  const { io, flags } = invocation;
  const batchRecords = wholeNumber(invocation, 'batch-records', { fallback: 1000, min: 1 });
  const separator = separatorBytes(flags['key-separator']);
  await using log = await PartitionLog.open({
    dir: invocation.positionals[0]!,
    config: parseConfig(flags['config']),
  });
  const progress = new Progress(io, {
    label: 'append',
    total: 0,
    enabled: flags['json'] !== true && flags['quiet'] !== true,
  });
  const baseOffset = log.logEndOffset;
  let bytes = 0;
  const options = {
    codec: codecOption.parse(flags['codec']),
    durability: flags['sync'] === true ? ('synced' as const) : ('written' as const),
    signal: io.signal,
  };
  for await (const lines of lineGroups(io.stdin)) {
    for (let begin = 0; begin < lines.length; begin += batchRecords) {
      const records = lines
        .slice(begin, begin + batchRecords)
        .map((line) => toRecord(line, separator));
      await log.append(records, options);
      for (const line of lines.slice(begin, begin + batchRecords)) bytes += line.length;
      progress.update(bytes);
    }
  }
  await log.sync();
  progress.done();
  const records = log.logEndOffset - baseOffset;
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify({ records, bytes, baseOffset, logEndOffset: log.logEndOffset })}\n`
      : `${count(records)} records appended at offsets ${baseOffset}..${log.logEndOffset - 1}\n`.replace(
          `${baseOffset}..${baseOffset - 1}`,
          'none',
        ),
  );
  return exitCode.fine;
}

function separatorBytes(flag: string | boolean | undefined): Uint8Array | undefined {
  if (flag === undefined) return undefined;
  if (typeof flag !== 'string' || flag === '') {
    throw new UsageError('--key-separator: expected at least one character');
  }
  return new TextEncoder().encode(flag);
}

function toRecord(line: Uint8Array, separator: Uint8Array | undefined): RecordInput {
  if (separator === undefined) return { value: line };
  const at = Buffer.from(line.buffer, line.byteOffset, line.length).indexOf(separator);
  if (at < 0) return { value: line };
  return { key: line.subarray(0, at), value: line.subarray(at + separator.length) };
}
