/**
 * Opening a partition directory for a command: says what is wrong with the path before anything is
 * made there, and does not cut more of a damaged log than a crash can have torn off.
 */
import {
  baseName,
  CorruptionError,
  InvalidArgumentError,
  IoError,
  nodeFileSystem,
  NotFoundError,
} from '../../../native-free-io/index.ts';
import {
  PartitionLog,
  verifyPartition,
  type LoadReport,
  type LogConfigInput,
  type Problem,
} from '../../log/index.ts';
import { exitCode, UsageError, type ExitCode, type Invocation } from '../command.ts';
import { plural } from '../progress.ts';

const segmentName = /^\d{20}\.log(\.swap)?$/;
/** What Kafka and varve put beside the segments. */
const companionName = /^(\d{20}\.\w+|leader-epoch-checkpoint|partition\.metadata|\.varve_\S+)$/;
/** What an append that was cut short may leave behind the last whole batch. */
const tornBytes = 2 << 20;

/** Throws unless `dir` is a directory that holds a segment. */
export function assertPartition(dir: string): void {
  const names = listNames(dir);
  if (names === undefined) {
    throw new NotFoundError('LOG_NOT_FOUND', 'no such directory', { context: { path: dir } });
  }
  if (names.some((name) => segmentName.test(name))) return;
  throw new NotFoundError('LOG_NOT_FOUND', 'not a partition directory: it holds no segment', {
    context: { path: dir },
  });
}

/** Throws when `dir` holds other people's files and no segment; it need not exist. */
export function assertPartitionOrNew(dir: string): void {
  const names = listNames(dir) ?? [];
  if (names.some((name) => segmentName.test(name))) return;
  const stranger = names.find((name) => !companionName.test(name));
  if (stranger === undefined) return;
  throw new UsageError(
    `${dir} is not a partition directory: it holds '${stranger}' and no segment; ` +
      `give a new one, for instance ${dir === '.' ? '' : `${dir}/`}orders-0`,
  );
}

/** Names in a directory; undefined when it does not exist. */
export function listNames(dir: string): string[] | undefined {
  const stat = nodeFileSystem.statSync(dir);
  if (stat === undefined) return undefined;
  if (stat.kind !== 'directory') {
    throw new IoError('IO_NOT_DIRECTORY', 'a file, not a directory', { context: { path: dir } });
  }
  return nodeFileSystem.listSync(dir).map(({ name }) => name);
}

/** For commands that only look. */
export function openForReading(dir: string): Promise<PartitionLog> {
  assertPartition(dir);
  return PartitionLog.open({ dir, readOnly: true });
}

/** For commands that change something. Opening cuts a torn tail, as a broker's recovery does. */
export async function openForWriting(
  invocation: Invocation,
  config: LogConfigInput,
): Promise<PartitionLog> {
  const dir = invocation.positionals[0]!;
  if (nodeFileSystem.statSync(dir) !== undefined) await refuseDamage(dir);
  try {
    const log = await PartitionLog.open({ dir, config });
    const cut = log.loadReport.truncatedBytes;
    if (cut > 0) {
      invocation.io.writeError(
        `note: ${plural(cut, 'byte')} of an incomplete write at the end cut\n`,
      );
    }
    return log;
  } catch (error) {
    if (error instanceof InvalidArgumentError && error.code === 'OPTION_INVALID') {
      throw new UsageError(`--config: ${error.message}`);
    }
    throw error;
  }
}

/** Damage in the midst is for `repair`, which makes a copy: opening would cut all that follows. */
async function refuseDamage(dir: string): Promise<void> {
  const { loadReport } = await look(dir);
  if (loadReport.deletedSegments === 0 && loadReport.truncatedBytes <= tornBytes) return;
  const [problem] = await damageOf(dir, loadReport);
  if (problem === undefined) return;
  const { path, position, reason } = problem;
  throw new CorruptionError(
    'LOG_CORRUPT_BATCH',
    `${reason}; ${plural(loadReport.truncatedBytes, 'byte')} and ` +
      `${plural(loadReport.deletedSegments, 'later segment')} would be lost: 'varve log repair ${dir} --copy DIR' comes first`,
    { context: { path, position } },
  );
}

async function look(dir: string): Promise<{ readonly loadReport: LoadReport }> {
  await using log = await PartitionLog.open({ dir, readOnly: true });
  return { loadReport: log.loadReport };
}

/** The offset given by a flag, which must lie in the log or at its end. */
export function offsetWithin(log: PartitionLog, flag: string, offset: number): number {
  const { logStartOffset, logEndOffset } = log;
  if (offset >= logStartOffset && offset <= logEndOffset) return offset;
  throw new UsageError(
    `--${flag}: offset ${offset} lies outside the log, ${logStartOffset}..${logEndOffset}`,
  );
}

/** What lies behind damage is not in the output: on standard error, and by the exit code. */
export async function tellDamage({ io }: Invocation, log: PartitionLog): Promise<ExitCode> {
  const problems = await damageOf(log.dir, log.loadReport);
  for (const problem of problems) io.writeError(problemLine(problem));
  return problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

/** What opening left out, by file and byte; none when it was only space not used yet. */
async function damageOf(dir: string, report: LoadReport): Promise<readonly Problem[]> {
  if (report.truncatedBytes === 0 && report.deletedSegments === 0) return [];
  const { problems } = await verifyPartition({ dir, deep: false });
  return problems.filter(({ path }) => baseName(path).endsWith('.log'));
}

export function problemLine({ path, position, reason }: Problem): string {
  return `${path}: byte ${position}: ${reason}\n`;
}
