/**
 * `varve quickstart`: real text in, a Kafka partition directory out, read back and verified.
 *
 * Every line of the input becomes a record. The log is closed and opened again before it is read,
 * so that what is shown has been through the disk format.
 */
import { createHash } from 'node:crypto';
import { joinPath, nodeFileSystem, throwIfAborted } from '../../native-free-io/index.ts';
import { PartitionLog, verifyPartition, type PartitionReport } from '../log/index.ts';
import {
  exitCode,
  UsageError,
  wholeNumber,
  type CliIo,
  type Command,
  type ExitCode,
  type Invocation,
} from './command.ts';
import { count, megabytes, Progress } from './progress.ts';
import { findTextFiles, installedPackages, readPieces, type TextFile } from './text-files.ts';
import { lineGroups } from './lines.ts';

export const quickstartCommand: Command = {
  name: 'quickstart',
  summary: 'Store real text as a Kafka partition, stream it back, verify every byte.',
  usage: '[PATH]',
  arity: [0, 1],
  details: `
PATH is a text file or a directory of text files; by default the text that the installed packages
ship. Each line becomes a record of a partition directory that Apache Kafka could have written.`,
  options: {
    dir: {
      type: 'string',
      value: 'DIR',
      help: 'partition directory to write (default data/quickstart/lines-0, emptied first)',
    },
    'max-bytes': { type: 'string', value: 'N', help: 'input bytes at most (default 256 MiB)' },
    'segment-bytes': { type: 'string', value: 'N', help: 'bytes per segment (default 16 MiB)' },
    json: { type: 'boolean', help: 'print the result as JSON' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: quickstart,
};

const defaultDir = 'data/quickstart/lines-0';
const batchRecords = 1000;
/** Some packages ship one-line bundles of many megabytes. */
const maxMessageBytes = 64 << 20;

interface Phase {
  readonly records: number;
  /** Bytes of the lines, without their ends. */
  readonly bytes: number;
  readonly seconds: number;
  readonly digest: string;
}

interface Result {
  readonly files: number;
  readonly appended: Phase;
  readonly reopenSeconds: number;
  readonly read: Phase;
  readonly middle: number;
  readonly readFromMiddle: Phase;
  readonly verified: PartitionReport;
  readonly verifySeconds: number;
  readonly same: boolean;
}

async function quickstart(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  const dir = typeof flags['dir'] === 'string' ? flags['dir'] : defaultDir;
  const maxBytes = wholeNumber(invocation, 'max-bytes', { fallback: 256 << 20, min: 1 });
  const source = invocation.positionals[0] ?? installedPackages();
  const files = findTextFiles(source, maxBytes);
  if (files.length === 0) throw new UsageError(`no text files in ${source}`);
  prepare(dir, flags['dir'] === undefined);
  const config = {
    'segment.bytes': wholeNumber(invocation, 'segment-bytes', { fallback: 16 << 20, min: 1 << 20 }),
    'max.message.bytes': maxMessageBytes,
  };
  const result = await run(dir, files, {
    io,
    config,
    progress: flags['json'] !== true && flags['quiet'] !== true,
  });
  await io.write(
    flags['json'] === true ? `${JSON.stringify({ dir, ...result })}\n` : describe(dir, result),
  );
  return result.same && result.verified.problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

/** The default directory is ours to empty; one that was named must be empty already. */
function prepare(dir: string, isOurs: boolean): void {
  const fs = nodeFileSystem;
  if (fs.statSync(dir) === undefined) return;
  const entries = fs.listSync(dir);
  if (entries.length > 0 && !isOurs) throw new UsageError(`--dir: ${dir} is not empty`);
  for (const { name, kind } of entries) if (kind === 'file') fs.removeFileSync(joinPath(dir, name));
}

interface Work {
  readonly io: CliIo;
  readonly config: { readonly 'segment.bytes': number; readonly 'max.message.bytes': number };
  readonly progress: boolean;
}

async function run(dir: string, files: readonly TextFile[], work: Work): Promise<Result> {
  const appended = await appendLines(dir, files, work);
  const reopened = performance.now();
  await using log = await PartitionLog.open({ dir, config: work.config });
  const reopenSeconds = secondsSince(reopened);
  const middle = Math.floor((log.logStartOffset + log.logEndOffset) / 2);
  const [read, secondHalf] = await readLines(log, log.logStartOffset, middle, work);
  const [readFromMiddle] = await readLines(log, middle, middle, work);
  const began = performance.now();
  const verified = await verifyPartition({ dir, signal: work.io.signal });
  return {
    files: files.length,
    appended,
    reopenSeconds,
    read,
    middle,
    readFromMiddle,
    verified,
    verifySeconds: secondsSince(began),
    same:
      appended.digest === read.digest &&
      appended.records === read.records &&
      secondHalf === readFromMiddle.digest,
  };
}

async function appendLines(dir: string, files: readonly TextFile[], work: Work): Promise<Phase> {
  await using log = await PartitionLog.open({ dir, config: work.config });
  const digest = createHash('sha256');
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const progress = new Progress(work.io, { label: 'append', total, enabled: work.progress });
  const began = performance.now();
  let bytes = 0;
  for (const file of files) {
    throwIfAborted(work.io.signal);
    for await (const lines of lineGroups(readPieces(file.path))) {
      for (let begin = 0; begin < lines.length; begin += batchRecords) {
        const records = lines.slice(begin, begin + batchRecords).map((value) => ({ value }));
        log.appendSync(records);
        for (const { value } of records) {
          digest.update(value);
          digest.update('\n');
          bytes += value.length;
        }
      }
      progress.update(bytes);
    }
  }
  await log.sync();
  progress.done();
  return {
    records: log.logEndOffset - log.logStartOffset,
    bytes,
    seconds: secondsSince(began),
    digest: digest.digest('hex'),
  };
}

/** Reads to the end; also gives the digest of the records from offset `middle` on. */
async function readLines(
  log: PartitionLog,
  from: number,
  middle: number,
  work: Work,
): Promise<[phase: Phase, fromMiddle: string]> {
  const digest = createHash('sha256');
  const secondHalf = createHash('sha256');
  const progress = new Progress(work.io, {
    label: 'read',
    total: log.sizeBytes,
    enabled: work.progress,
  });
  const began = performance.now();
  let records = 0;
  let bytes = 0;
  for await (const batch of log.read({ from, signal: work.io.signal })) {
    const cursor = batch.cursor();
    while (cursor.next()) {
      if (cursor.offset < from) continue;
      const value = cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd);
      digest.update(value);
      digest.update('\n');
      if (cursor.offset >= middle) {
        secondHalf.update(value);
        secondHalf.update('\n');
      }
      records++;
      bytes += value.length;
    }
    progress.update(bytes);
  }
  progress.done();
  const phase = { records, bytes, seconds: secondsSince(began), digest: digest.digest('hex') };
  return [phase, secondHalf.digest('hex')];
}

function describe(dir: string, result: Result): string {
  const { appended, read, readFromMiddle, verified } = result;
  const rate = (bytes: number, seconds: number): string => `${megabytes(bytes / seconds)}/s`;
  const row = (name: string, records: number, bytes: number, seconds: number): string =>
    [
      name.padEnd(24),
      count(records).padStart(12),
      megabytes(bytes).padStart(12),
      `${seconds.toFixed(2)} s`.padStart(9),
      rate(bytes, seconds).padStart(14),
    ].join('');
  const sound = result.same && verified.problems.length === 0;
  const problems = verified.problems.map(
    ({ path, position, reason }) => `${path}: byte ${position}: ${reason}`,
  );
  return [
    `${count(result.files)} files of text, one record per line`,
    '',
    [''.padEnd(24), 'records'.padStart(12), 'text'.padStart(12), 'time'.padStart(9)].join(''),
    row('append, then sync', appended.records, appended.bytes, appended.seconds),
    row('read from the start', read.records, read.bytes, read.seconds),
    row(
      `read from ${count(result.middle)}`,
      readFromMiddle.records,
      readFromMiddle.bytes,
      readFromMiddle.seconds,
    ),
    row('verify every byte', verified.records, verified.bytes, result.verifySeconds),
    '',
    ...problems,
    sound
      ? `sound: ${count(verified.segments.length)} segments, ${count(verified.batches)} checksums, sha256 ${read.digest.slice(0, 16)}… in and out`
      : 'NOT SOUND: what was read is not what was written',
    `closed and opened again in ${(result.reopenSeconds * 1000).toFixed(1)} ms`,
    '',
    `The files: ${dir}`,
    'Look inside:',
    `  npx varve log cat ${dir} --from ${result.middle} --count 5`,
    `  npx varve log dump ${dir} --shallow | head`,
    `  npx varve log verify ${dir}`,
    '',
  ].join('\n');
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
