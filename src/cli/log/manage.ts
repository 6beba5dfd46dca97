/** `varve log compact`, `varve log truncate`, `varve log offsets`. */
import { PartitionLog } from '../../log/index.ts';
import {
  exitCode,
  UsageError,
  wholeNumber,
  type Command,
  type ExitCode,
  type Invocation,
} from '../command.ts';
import { count, megabytes } from '../progress.ts';
import { configFlag, parseConfig } from './shared.ts';

const json = { type: 'boolean', help: 'print the result as JSON' } as const;

export const compactCommand: Command = {
  name: 'compact',
  summary: 'Keep only the last record of each key.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
Records without a key are dropped. Segments are rewritten and swapped in; the newest one stays as it
is unless --roll begins another first.`,
  options: {
    roll: { type: 'boolean', help: 'begin a new segment first, so that everything is compacted' },
    'map-bytes': { type: 'string', value: 'N', help: 'memory for keys (default 128 MiB)' },
    rate: { type: 'string', value: 'N', help: 'bytes per second at most' },
    config: configFlag,
    json,
  },
  run: compact,
};

export const truncateCommand: Command = {
  name: 'truncate',
  summary: 'Remove all records at and above an offset.',
  usage: 'DIR --to N --yes',
  arity: [1, 1],
  options: {
    to: { type: 'string', value: 'N', help: 'first offset to remove' },
    before: { type: 'string', value: 'N', help: 'instead: no longer serve what lies below' },
    yes: { type: 'boolean', help: 'really do it' },
    config: configFlag,
    json,
  },
  run: truncate,
};

export const offsetsCommand: Command = {
  name: 'offsets',
  summary: 'Print where the log starts and ends, or the offset of a time.',
  usage: 'DIR',
  arity: [1, 1],
  options: {
    time: { type: 'string', value: 'MS', help: 'first record at or after this time (Unix ms)' },
    json,
  },
  run: offsets,
};

async function compact(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  await using log = await PartitionLog.open({
    dir: positionals[0]!,
    config: { 'cleanup.policy': 'compact', ...parseConfig(flags['config']) },
  });
  if (flags['roll'] === true) await log.roll();
  const report = await log.compact({
    mapBytes: wholeNumber(invocation, 'map-bytes', { fallback: 128 << 20, min: 1024 }),
    maxBytesPerSecond: wholeNumber(invocation, 'rate', {
      fallback: Number.MAX_SAFE_INTEGER,
      min: 1,
    }),
    signal: io.signal,
  });
  const text = report.done
    ? `${count(report.recordsRead)} records read, ${count(report.recordsKept)} kept; ` +
      `${megabytes(report.bytesBefore)} became ${megabytes(report.bytesAfter)} in ${report.segmentsAfter} segments\n`
    : 'nothing to compact\n';
  await io.write(flags['json'] === true ? `${JSON.stringify(report)}\n` : text);
  return exitCode.fine;
}

async function truncate(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const { to, before } = flags;
  if ((to === undefined) === (before === undefined)) {
    throw new UsageError('give one of --to and --before');
  }
  if (flags['yes'] !== true) throw new UsageError('this removes records: add --yes');
  const offset = wholeNumber(invocation, to === undefined ? 'before' : 'to', { fallback: 0 });
  await using log = await PartitionLog.open({
    dir: positionals[0]!,
    config: parseConfig(flags['config']),
  });
  if (to === undefined) await log.deleteRecordsBefore(offset);
  else await log.truncateTo(offset);
  const { logStartOffset, logEndOffset } = log;
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify({ logStartOffset, logEndOffset })}\n`
      : `offsets ${logStartOffset}..${logEndOffset}\n`,
  );
  return exitCode.fine;
}

async function offsets(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  await using log = await PartitionLog.open({ dir: positionals[0]!, readOnly: true });
  if (flags['time'] !== undefined) {
    const found = await log.offsetForTimestamp(wholeNumber(invocation, 'time', { fallback: 0 }));
    if (flags['json'] === true) await io.write(`${JSON.stringify(found ?? null)}\n`);
    else if (found === undefined) await io.write('no record at or after that time\n');
    else await io.write(`${found.offset}\t${found.timestamp}\n`);
    return exitCode.fine;
  }
  const { logStartOffset, lastStableOffset, logEndOffset, segmentCount, sizeBytes } = log;
  const facts = { logStartOffset, lastStableOffset, logEndOffset, segmentCount, sizeBytes };
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify(facts)}\n`
      : `log start offset    ${logStartOffset}\n` +
          `last stable offset  ${lastStableOffset}\n` +
          `log end offset      ${logEndOffset}\n` +
          `segments            ${segmentCount}, ${megabytes(sizeBytes)}\n`,
  );
  return exitCode.fine;
}
