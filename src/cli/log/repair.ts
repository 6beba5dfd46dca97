/** `varve log repair` and `varve log reindex`. */
import {
  reindexPartition,
  repairPartition,
  verifyPartition,
  type RepairReport,
} from '../../log/index.ts';
import { exitCode, type Command, type ExitCode, type Invocation } from '../command.ts';
import { count } from '../progress.ts';
import { configFlag, parseConfig } from './shared.ts';

const copyOption = {
  type: 'string',
  value: 'DIR',
  help: 'copy every file there first; the directory must be new or empty',
} as const;

export const repairCommand: Command = {
  name: 'repair',
  summary: 'Cut damage and rebuild indexes; without --copy or --yes only says what is wrong.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
Keeps whole batches from the start up to the first damaged one, as a broker's recovery does; later
segments are removed. Indexes and producer state are built anew from the batches.`,
  options: {
    copy: copyOption,
    yes: { type: 'boolean', help: 'repair without a copy' },
    config: configFlag,
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  run: repair,
};

export const reindexCommand: Command = {
  name: 'reindex',
  summary: 'Build all indexes anew from the batches; the batches themselves must be sound.',
  usage: 'DIR',
  arity: [1, 1],
  options: {
    copy: copyOption,
    config: configFlag,
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  run: async (invocation) => {
    const report = await reindexPartition(repairOptions(invocation));
    await print(invocation, report);
    return exitCode.fine;
  },
};

async function repair(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  if (flags['copy'] !== undefined || flags['yes'] === true) {
    await print(invocation, await repairPartition(repairOptions(invocation)));
    return exitCode.fine;
  }
  const dir = invocation.positionals[0]!;
  const { problems } = await verifyPartition({ dir, signal: io.signal });
  if (flags['json'] === true) await io.write(`${JSON.stringify({ dir, problems })}\n`);
  else {
    for (const { path, position, reason } of problems) {
      await io.write(`${path}: byte ${position}: ${reason}\n`);
    }
    await io.write(
      problems.length === 0
        ? 'sound: nothing to repair\n'
        : `${problems.length} problems; nothing was changed. --copy DIR repairs after copying, --yes without.\n`,
    );
  }
  return problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

function repairOptions(invocation: Invocation): Parameters<typeof repairPartition>[0] {
  const { flags, io, positionals } = invocation;
  return {
    dir: positionals[0]!,
    config: parseConfig(flags['config']),
    signal: io.signal,
    ...(typeof flags['copy'] === 'string' ? { copyTo: flags['copy'] } : {}),
  };
}

async function print({ io, flags }: Invocation, report: RepairReport): Promise<void> {
  if (flags['json'] === true) {
    await io.write(`${JSON.stringify(report)}\n`);
    return;
  }
  await io.write(
    `${count(report.recoveredSegments)} segments read and indexed, ` +
      `${count(report.truncatedBytes)} damaged bytes cut, ` +
      `${count(report.deletedSegments)} segments behind them removed; ` +
      `offsets ${report.logStartOffset}..${report.logEndOffset}\n`,
  );
}
