/** `varve log append`: one record per line of standard input. */
import { AbortedError, StoreError } from '../../../native-free-io/index.ts';
import type { PartitionLog, RecordInput } from '../../log/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type Invocation } from '../command.ts';
import { lineGroups, untilAborted } from '../lines.ts';
import { plural, Progress } from '../progress.ts';
import { assertPartitionOrNew, openForWriting } from './partition.ts';
import { codecOption, configFlag, parseConfig } from './shared.ts';

export const appendCommand: Command = {
  name: 'append',
  summary: 'Append one record per line of standard input.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
DIR is a partition directory; it is made if missing. Its name should be TOPIC-PARTITION,
for instance data/orders-0, so that Apache Kafka can take it over. With --key-separator, a line
without the separator becomes a record without a key. Ctrl-C keeps what was appended so far.`,
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

type AppendLines = (lines: readonly Uint8Array[]) => Promise<unknown>;

async function append(invocation: Invocation): Promise<0> {
  const { io, flags, positionals } = invocation;
  const batchRecords = wholeNumber(invocation, 'batch-records', { fallback: 1000, min: 1 });
  const separator = separatorBytes(flags['key-separator']);
  const config = parseConfig(flags['config']);
  const options = {
    codec: codecOption.parse(flags['codec']),
    durability: flags['sync'] === true ? ('synced' as const) : ('written' as const),
  };
  assertPartitionOrNew(positionals[0]!);
  await using log = await openForWriting(invocation, config);
  if (io.isInputTerminal) io.writeError('one record per line; Ctrl-D ends\n');
  const baseOffset = log.logEndOffset;
  const bytes = await appendAll(invocation, batchRecords, async (lines) => {
    try {
      await log.append(
        lines.map((line) => toRecord(line, separator)),
        options,
      );
    } catch (error) {
      io.writeError(standing(log, baseOffset));
      throw naming(error, log.logEndOffset - baseOffset);
    }
  });
  await log.sync();
  if (io.signal.aborted) {
    io.writeError(standing(log, baseOffset));
    throw new AbortedError();
  }
  const records = log.logEndOffset - baseOffset;
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify({ records, bytes, baseOffset, logEndOffset: log.logEndOffset })}\n`
      : standing(log, baseOffset),
  );
  return exitCode.fine;
}

/** Bytes of all lines. */
async function appendAll(
  { io, flags }: Invocation,
  batchRecords: number,
  appendLines: AppendLines,
): Promise<number> {
  using progress = new Progress(io, {
    label: 'append',
    total: 0,
    enabled: flags['json'] !== true && flags['quiet'] !== true,
  });
  let bytes = 0;
  for await (const lines of lineGroups(untilAborted(io.stdin, io.signal))) {
    for (let begin = 0; begin < lines.length; begin += batchRecords) {
      if (io.signal.aborted) return bytes;
      const group = lines.slice(begin, begin + batchRecords);
      await appendLines(group);
      for (const line of group) bytes += line.length;
      progress.update(bytes);
    }
  }
  return bytes;
}

function standing(log: PartitionLog, baseOffset: number): string {
  const end = log.logEndOffset;
  if (end === baseOffset) return 'no records appended\n';
  return `${plural(end - baseOffset, 'record')} appended at offsets ${baseOffset}..${end - 1}\n`;
}

/** A refused record by its line in the input, where the log says which one it was. */
function naming(error: unknown, linesBefore: number): unknown {
  const record = error instanceof StoreError ? error.context['record'] : undefined;
  if (!(error instanceof StoreError) || typeof record !== 'number') return error;
  const reason = error.message.replace(`record ${record} `, '');
  return new StoreError(error.code, `line ${linesBefore + record + 1} ${reason}`, { cause: error });
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
