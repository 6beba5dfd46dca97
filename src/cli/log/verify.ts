/** `varve log verify`: every byte of a partition directory, without changing anything. */
import { verifyPartition, type PartitionReport } from '../../log/index.ts';
import { exitCode, wholeNumber, type Command, type ExitCode, type Invocation } from '../command.ts';
import { count, megabytes, Progress } from '../progress.ts';

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
  const { flags, io } = invocation;
  const progress = new Progress(io, {
    label: 'verify',
    total: 0,
    enabled: flags['json'] !== true && flags['quiet'] !== true,
  });
  let bytes = 0;
  const report = await verifyPartition({
    dir: invocation.positionals[0]!,
    deep: flags['shallow'] !== true,
    threads: wholeNumber(invocation, 'threads', { fallback: 0, max: 64 }),
    signal: io.signal,
    onSegment: (segment) => {
      bytes += segment.bytes;
      progress.update(bytes);
    },
  });
  progress.done();
  if (flags['json'] === true) await io.write(`${JSON.stringify(report)}\n`);
  else await io.write(describe(report));
  return report.problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

function describe(report: PartitionReport): string {
  const lines = report.problems.map(
    (problem) => `${problem.path}: byte ${problem.position}: ${problem.reason}`,
  );
  const sound = report.problems.length === 0;
  lines.push(
    `${sound ? 'sound' : `${report.problems.length} problems`}: ${count(report.segments.length)} segments, ` +
      `${count(report.batches)} batches, ${count(report.records)} records, ${megabytes(report.bytes)}, ` +
      `offsets ${report.logStartOffset}..${report.logEndOffset}`,
  );
  return `${lines.join('\n')}\n`;
}
