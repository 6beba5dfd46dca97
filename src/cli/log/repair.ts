/** `varve log repair` and `varve log reindex`. */
import { resolve } from 'node:path';
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import {
  reindexPartition,
  repairPartition,
  verifyPartition,
  type RepairReport,
} from '../../log/index.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { plural } from '../progress.ts';
import { assertPartition, listNames, problemLine } from './partition.ts';
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
    await mend(invocation, reindexPartition);
    return exitCode.fine;
  },
};

async function repair(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  if (flags['copy'] !== undefined || flags['yes'] === true) {
    await mend(invocation, repairPartition);
    return exitCode.fine;
  }
  parseConfig(flags['config']);
  const dir = positionals[0]!;
  assertPartition(dir);
  const { problems } = await verifyPartition({ dir, signal: io.signal });
  if (flags['json'] === true) await io.write(`${JSON.stringify({ dir, problems })}\n`);
  else {
    for (const problem of problems) await io.write(problemLine(problem));
    await io.write(
      problems.length === 0
        ? 'sound: nothing to repair\n'
        : `${plural(problems.length, 'problem')}; nothing was changed. ` +
            '--copy DIR repairs after copying, --yes without.\n',
    );
  }
  return problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

type Mender = (options: Parameters<typeof repairPartition>[0]) => Promise<RepairReport>;

async function mend(invocation: Invocation, mender: Mender): Promise<void> {
  const { flags, io, positionals } = invocation;
  const dir = positionals[0]!;
  const config = parseConfig(flags['config']);
  const copyTo = copyTarget(flags['copy'], dir);
  assertPartition(dir);
  try {
    const report = await mender({
      dir,
      config,
      signal: io.signal,
      ...(copyTo === undefined ? {} : { copyTo }),
    });
    await io.write(flags['json'] === true ? `${JSON.stringify(report)}\n` : describe(report));
  } catch (error) {
    if (error instanceof InvalidArgumentError && error.code === 'OPTION_INVALID') {
      throw new UsageError(`--config: ${error.message}`);
    }
    throw error;
  }
}

/** A copy must not mix with other files, nor lie among those that are mended. */
function copyTarget(flag: string | boolean | undefined, dir: string): string | undefined {
  if (flag === undefined) return undefined;
  const target = String(flag);
  if (target === '') throw new UsageError('--copy: expected a directory');
  const inside = `${resolve(target)}/`.startsWith(`${resolve(dir)}/`);
  if (inside) throw new UsageError(`--copy: ${target} lies in the directory to be mended`);
  if ((listNames(target) ?? []).length > 0) throw new UsageError(`--copy: ${target} is not empty`);
  return target;
}

function describe(report: RepairReport): string {
  return (
    `${plural(report.recoveredSegments, 'segment')} read and indexed, ` +
    `${plural(report.truncatedBytes, 'damaged byte')} cut, ` +
    `${plural(report.deletedSegments, 'later segment')} removed; ` +
    `log start offset ${report.logStartOffset}, log end offset ${report.logEndOffset}\n`
  );
}
