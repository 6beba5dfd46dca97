/** `varve log verify`: every byte of a partition directory, without changing anything. */
import { joinPath, nodeFileSystem } from '../../../native-free-io/index.ts';
import { verifyPartition, type PartitionReport } from '../../log/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, type Command, type ExitCode, type Invocation } from '../command.ts';
import { sizeText, plural, Progress } from '../progress.ts';
import { assertPartition, listNames, problemLine } from './partition.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Check every byte of a partition directory; exit code 1 when something is wrong.',
  usage: 'DIR',
  arity: [1, 1],
  options: {
    shallow: { type: 'boolean', help: 'checksums and indexes only, not the records inside' },
    threads: { type: 'string', value: 'N', help: 'worker threads (default 0: this thread)' },
    json: { type: 'boolean', help: 'print the report as JSON' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: verify,
};

async function verify(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const dir = positionals[0]!;
  const threads = wholeNumber(invocation, 'threads', { fallback: 0, max: 64 });
  assertPartition(dir);
  const report = await verifyWithProgress(invocation, dir, threads);
  await io.write(flags['json'] === true ? `${JSON.stringify(report)}\n` : describe(report));
  return report.problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

async function verifyWithProgress(
  { flags, io }: Invocation,
  dir: string,
  threads: number,
): Promise<PartitionReport> {
  using progress = new Progress(io, {
    label: 'verify',
    total: segmentBytes(dir),
    enabled: flags['json'] !== true && flags['quiet'] !== true,
  });
  let bytes = 0;
  return await verifyPartition({
    dir,
    deep: flags['shallow'] !== true,
    threads,
    signal: io.signal,
    onSegment: (segment) => {
      bytes += segment.bytes;
      progress.update(bytes);
    },
  });
}

function segmentBytes(dir: string): number {
  let bytes = 0;
  for (const name of listNames(dir) ?? []) {
    if (name.endsWith('.log')) bytes += nodeFileSystem.statSync(joinPath(dir, name))?.size ?? 0;
  }
  return bytes;
}

function describe(report: PartitionReport): string {
  const { problems } = report;
  const verdict = problems.length === 0 ? 'sound' : plural(problems.length, 'problem');
  return (
    problems.map(problemLine).join('') +
    `${verdict}: ${plural(report.segments.length, 'segment')}, ` +
    `${plural(report.batches, 'batch', 'batches')}, ${plural(report.records, 'record')}, ${sizeText(report.bytes)}, ` +
    `log start offset ${report.logStartOffset}, log end offset ${report.logEndOffset}\n`
  );
}
