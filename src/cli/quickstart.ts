/**
 * `varve quickstart`: real text in, a Kafka partition directory out, read back and verified.
 *
 * Every line of the input becomes a record. The log is closed and opened again before it is read,
 * so that what is shown has been through the disk format.
 */
import { joinPath, nodeFileSystem, throwIfAborted } from '../../native-free-io/index.ts';
import { systemTimers } from '../env/index.ts';
import { PartitionLog, verifyPartition } from '../log/index.ts';
import { wholeNumber } from './arguments.ts';
import {
  exitCode,
  UsageError,
  type CliIo,
  type CommandBody,
  type ExitCode,
  type Invocation,
} from './command.ts';
import { listNames } from './log/partition.ts';
import { Progress } from './progress.ts';
import { quickstartReport, type Phase, type QuickstartResult } from './quickstart-report.ts';
import { findTextFiles, installedPackages, readPieces, type TextFile } from './text-files.ts';
import { LineDigest } from './line-digest.ts';
import { lineGroups } from './lines.ts';

export const quickstartCommand: CommandBody = {
  usage: '[PATH]',
  arity: [0, 1],
  details: `
PATH is a text file or a directory of text files; by default the text that the installed packages
ship. Each line becomes a record of a partition directory that Apache Kafka could have written.
What is read back is compared with what was written; exit code 1 if it differs.`,
  options: {
    dir: {
      type: 'string',
      value: 'DIR',
      help: 'where to write (default data/quickstart/lines-0, emptied first)',
    },
    'max-bytes': { type: 'string', value: 'N', help: 'input bytes at most (default 256 MiB)' },
    'segment-bytes': { type: 'string', value: 'N', help: 'bytes per segment (default 16 MiB)' },
    json: { type: 'boolean', help: 'print the result as JSON' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: quickstart,
};

const defaultDir = 'data/quickstart/lines-0';
const lockName = '.varve_lock';
const batchRecords = 1000;
/** Some packages ship one-line bundles of many sizeText. */
const maxMessageBytes = 64 << 20;

async function quickstart(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  const dir = typeof flags['dir'] === 'string' ? flags['dir'] : defaultDir;
  if (dir === '') throw new UsageError('--dir: expected a directory');
  const maxBytes = wholeNumber(invocation, 'max-bytes', { fallback: 256 << 20, min: 1 });
  const config = {
    'segment.bytes': wholeNumber(invocation, 'segment-bytes', {
      fallback: 16 << 20,
      min: 1 << 20,
      max: 0x7fffffff,
    }),
    'max.message.bytes': maxMessageBytes,
  };
  const source = invocation.positionals[0] ?? installedPackages();
  const { files, unreadable } = findTextFiles(source, maxBytes);
  if (unreadable > 0) io.writeError(`note: ${unreadable} files or folders could not be read\n`);
  if (files.length === 0) throw new UsageError(`no text files in ${source}`);
  prepare(dir, flags['dir'] === undefined);
  const result = await run(dir, files, {
    io,
    config,
    progress: flags['json'] !== true && flags['quiet'] !== true,
  });
  await io.write(
    flags['json'] === true
      ? `${JSON.stringify({ dir, source, ...result })}\n`
      : quickstartReport({ dir, source, result }),
  );
  return result.same && result.verified.problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

/** The default directory is ours to empty; one that was named must be empty already. */
function prepare(dir: string, isOurs: boolean): void {
  const fs = nodeFileSystem;
  const names = listNames(dir) ?? [];
  if (names.length === 0) return;
  if (!isOurs) throw new UsageError(`--dir: ${dir} is not empty`);
  // Not while another process appends to it.
  const lock = fs.lockSync(joinPath(dir, lockName));
  try {
    for (const { name, kind } of fs.listSync(dir)) {
      if (kind === 'file' && name !== lockName) fs.removeFileSync(joinPath(dir, name));
    }
  } finally {
    lock.releaseSync();
  }
}

interface Work {
  readonly io: CliIo;
  readonly config: { readonly 'segment.bytes': number; readonly 'max.message.bytes': number };
  readonly progress: boolean;
}

async function run(dir: string, files: readonly TextFile[], work: Work): Promise<QuickstartResult> {
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
  const digest = new LineDigest();
  const total = files.reduce((sum, file) => sum + file.size, 0);
  using progress = new Progress(work.io, { label: 'append', total, enabled: work.progress });
  const began = performance.now();
  let bytes = 0;
  for (const file of files) {
    for await (const lines of lineGroups(readPieces(file.path))) {
      for (let begin = 0; begin < lines.length; begin += batchRecords) {
        const records = lines.slice(begin, begin + batchRecords).map((value) => ({ value }));
        log.appendSync(records);
        for (const { value } of records) {
          digest.add(value);
          bytes += value.length;
        }
      }
      progress.update(bytes);
      // Reading and appending never wait, and Ctrl-C comes with the event loop.
      await systemTimers.turn();
      throwIfAborted(work.io.signal);
    }
  }
  await log.sync();
  progress.done();
  return {
    records: log.logEndOffset - log.logStartOffset,
    bytes,
    seconds: secondsSince(began),
    digest: digest.hex(),
  };
}

/** Reads to the end; also gives the digest of the records from offset `middle` on. */
async function readLines(
  log: PartitionLog,
  from: number,
  middle: number,
  work: Work,
): Promise<[phase: Phase, fromMiddle: string]> {
  const digest = new LineDigest();
  const secondHalf = new LineDigest();
  using progress = new Progress(work.io, {
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
      digest.add(value);
      if (cursor.offset >= middle) {
        secondHalf.add(value);
      }
      records++;
      bytes += value.length;
    }
    progress.update(bytes);
  }
  progress.done();
  const phase = { records, bytes, seconds: secondsSince(began), digest: digest.hex() };
  return [phase, secondHalf.hex()];
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
