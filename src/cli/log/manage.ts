/** `varve log compact`, `varve log truncate`, `varve log offsets`. */
import type { PartitionLog } from '../../log/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { count, sizeText, plural } from '../progress.ts';
import {
  assertPartition,
  offsetWithin,
  openForReading,
  openForWriting,
  tellDamage,
} from './partition.ts';
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
    yes: { type: 'boolean', help: 'even when the log holds records without a key' },
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
  usage: 'DIR',
  arity: [1, 1],
  details: `
Batches are removed whole, so --to must be where one begins; 'varve log dump DIR --shallow' shows
them. With --before, the files of what is no longer served go with retention.`,
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
  const config = { 'cleanup.policy': 'compact', ...parseConfig(flags['config']) };
  const options = {
    mapBytes: wholeNumber(invocation, 'map-bytes', { fallback: 128 << 20, min: 1024 }),
    maxBytesPerSecond: wholeNumber(invocation, 'rate', {
      fallback: Number.MAX_SAFE_INTEGER,
      min: 1,
    }),
    signal: io.signal,
  };
  assertPartition(positionals[0]!);
  await using log = await openForWriting(invocation, config);
  if (flags['yes'] !== true) await refuseKeyless(log);
  if (flags['roll'] === true) await log.roll();
  const report = await log.compact(options);
  const text = report.done
    ? `${plural(report.recordsRead, 'record')} read, ${count(report.recordsKept)} kept; ` +
      `${sizeText(report.bytesBefore)} became ${sizeText(report.bytesAfter)} in ${plural(report.segmentsAfter, 'segment')}\n`
    : `nothing to compact${flags['roll'] === true ? '' : '; --roll includes the newest segment'}\n`;
  await io.write(flags['json'] === true ? `${JSON.stringify(report)}\n` : text);
  return exitCode.fine;
}

/** A log of records without keys would come out empty: judged by its first record. */
async function refuseKeyless(log: PartitionLog): Promise<void> {
  for await (const batch of log.read({ from: log.logStartOffset })) {
    const cursor = batch.cursor();
    if (!cursor.next()) continue;
    if (cursor.keyStart >= 0) return;
    throw new UsageError(
      `records without a key would be dropped, and offset ${cursor.offset} has none: add --yes`,
    );
  }
}

async function truncate(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const { to, before } = flags;
  if ((to === undefined) === (before === undefined)) {
    throw new UsageError('give one of --to and --before');
  }
  const flag = to === undefined ? 'before' : 'to';
  const offset = wholeNumber(invocation, flag, { fallback: 0 });
  const config = parseConfig(flags['config']);
  if (flags['yes'] !== true) throw new UsageError('this removes records: add --yes');
  assertPartition(positionals[0]!);
  await using log = await openForWriting(invocation, config);
  offsetWithin(log, flag, offset);
  if (to === undefined) await log.deleteRecordsBefore(offset);
  else {
    await refuseInside(log, offset);
    await log.truncateTo(offset);
  }
  const { logStartOffset, logEndOffset } = log;
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify({ logStartOffset, logEndOffset })}\n`
      : `log start offset ${logStartOffset}, log end offset ${logEndOffset}\n`,
  );
  return exitCode.fine;
}

/** The batch that holds the offset would go whole, and with it records below the offset. */
async function refuseInside(log: PartitionLog, offset: number): Promise<void> {
  for await (const { baseOffset, lastOffset } of log.read({ from: offset, controls: true })) {
    if (baseOffset >= offset) return;
    throw new UsageError(
      `--to: ${offset} lies inside the batch ${baseOffset}..${lastOffset}, which is kept or ` +
        `removed whole: give ${baseOffset} or ${lastOffset + 1}`,
    );
  }
}

async function offsets(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const time = wholeNumber(invocation, 'time', { fallback: 0 });
  await using log = await openForReading(positionals[0]!);
  if (flags['time'] !== undefined) {
    const found = await log.offsetForTimestamp(time);
    if (flags['json'] === true) await io.write(`${JSON.stringify(found ?? null)}\n`);
    else if (found === undefined) await io.write('no record at or after that time\n');
    else await io.write(`${found.offset}\t${found.timestamp}\n`);
    return await tellDamage(invocation, log);
  }
  const { logStartOffset, lastStableOffset, logEndOffset, segmentCount, sizeBytes } = log;
  const facts = { logStartOffset, lastStableOffset, logEndOffset, segmentCount, sizeBytes };
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify(facts)}\n`
      : `log start offset    ${logStartOffset}\n` +
          `last stable offset  ${lastStableOffset}\n` +
          `log end offset      ${logEndOffset}\n` +
          `segments            ${segmentCount}, ${sizeText(sizeBytes)}\n`,
  );
  return await tellDamage(invocation, log);
}
