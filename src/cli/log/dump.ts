/** `varve log dump`: what Apache's DumpLogSegments shows. */
import {
  baseName,
  joinPath,
  nodeFileSystem,
  NotFoundError,
  throwIfAborted,
} from '../../../native-free-io/index.ts';
import { dumpFile, type Problem } from '../../log/index.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { problemLine } from './partition.ts';

export const dumpCommand: Command = {
  name: 'dump',
  summary: 'Print every batch, record and index entry, as DumpLogSegments does.',
  usage: 'DIR|FILE…',
  arity: [1, 10_000],
  details: `
Of a directory, the segment, index and snapshot files are shown. Damage ends a file's listing with
its byte and reason.`,
  options: {
    shallow: { type: 'boolean', help: 'batches only, not the records inside' },
    data: { type: 'boolean', help: 'print keys and values too' },
    json: { type: 'boolean', help: 'one JSON object per file: its lines and its problems' },
  },
  run: dump,
};

/** Lines handed to the output at once. */
const linesPerWrite = 500;

async function dump(invocation: Invocation): Promise<ExitCode> {
  let problems = 0;
  for (const path of invocation.positionals.flatMap(filesOf)) {
    problems += await dumpOne(invocation, path);
  }
  return problems === 0 ? exitCode.fine : exitCode.foundWrong;
}

/** Prints one file; how many problems it has. */
async function dumpOne({ flags, io }: Invocation, path: string): Promise<number> {
  const found: Problem[] = [];
  const listing = dumpFile(nodeFileSystem, path, {
    deep: flags['shallow'] !== true,
    data: flags['data'] === true,
    onProblem: (problem) => found.push(problem),
  });
  if (flags['json'] === true) {
    // Piece by piece: the lines of a large segment do not fit one string.
    await io.write(`{"path":${JSON.stringify(path)},"lines":[`);
    let comma = '';
    for (const lines of groups(listing)) {
      throwIfAborted(io.signal);
      await io.write(comma + lines.map((line) => JSON.stringify(line)).join(','));
      comma = ',';
    }
    await io.write(`],"problems":${JSON.stringify(found)}}\n`);
    return found.length;
  }
  for (const lines of groups(listing)) {
    throwIfAborted(io.signal);
    await io.write(`${lines.join('\n')}\n`);
  }
  for (const problem of found) await io.write(problemLine(problem));
  return found.length;
}

function* groups(listing: Iterable<string>): Generator<string[]> {
  let lines: string[] = [];
  for (const line of listing) {
    lines.push(line);
    if (lines.length < linesPerWrite) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}

function filesOf(path: string): string[] {
  const kind = nodeFileSystem.statSync(path)?.kind;
  if (kind === undefined) {
    throw new NotFoundError('IO_NOT_FOUND', 'no such file or directory', { context: { path } });
  }
  if (kind !== 'directory') {
    if (isKnown(path)) return [path];
    throw new UsageError(
      `${path}: not named as a file of a partition (20 digits, then .log, .index, …); ` +
        `'varve inspect' recognises a file by its bytes`,
    );
  }
  const files = nodeFileSystem
    .listSync(path)
    .filter((entry) => entry.kind === 'file' && isKnown(entry.name))
    .map((entry) => joinPath(path, entry.name));
  if (files.length > 0) return files;
  throw new NotFoundError('LOG_NOT_FOUND', 'no file of a partition in this directory', {
    context: { path },
  });
}

/** Names of which `dumpFile` has something to say. */
function isKnown(path: string): boolean {
  return /^\d{20}\.(log|index|timeindex|txnindex|snapshot)(\.\w+)?$/.test(baseName(path));
}
