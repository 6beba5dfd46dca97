/** `varve log dump`: what Apache's DumpLogSegments shows. */
import { nodeFileSystem, throwIfAborted } from '../../../native-free-io/index.ts';
import { dumpFile, type Problem } from '../../log/index.ts';
import { exitCode, type Command, type ExitCode, type Invocation } from '../command.ts';

export const dumpCommand: Command = {
  name: 'dump',
  summary: 'Print every batch, record and index entry, as DumpLogSegments does.',
  usage: 'DIR|FILE…',
  arity: [1, 10_000],
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
  const { flags, io } = invocation;
  const problems: Problem[] = [];
  for (const path of invocation.positionals.flatMap(filesOf)) {
    const found: Problem[] = [];
    const listing = dumpFile(nodeFileSystem, path, {
      deep: flags['shallow'] !== true,
      data: flags['data'] === true,
      onProblem: (problem) => found.push(problem),
    });
    if (flags['json'] === true) {
      const lines = [...listing];
      if (lines.length > 0) {
        await io.write(`${JSON.stringify({ path, lines, problems: found })}\n`);
      }
    } else {
      await writeLines((text) => io.write(text), listing, io.signal);
      for (const { position, reason } of found) {
        await io.write(`${path}: byte ${position}: ${reason}\n`);
      }
    }
    problems.push(...found);
  }
  return problems.length === 0 ? exitCode.fine : exitCode.foundWrong;
}

async function writeLines(
  write: (text: string) => Promise<void>,
  listing: Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  let lines: string[] = [];
  for (const line of listing) {
    lines.push(line);
    if (lines.length < linesPerWrite) continue;
    throwIfAborted(signal);
    await write(`${lines.join('\n')}\n`);
    lines = [];
  }
  if (lines.length > 0) await write(`${lines.join('\n')}\n`);
}

function filesOf(path: string): string[] {
  const stat = nodeFileSystem.statSync(path);
  if (stat?.kind !== 'directory') return [path];
  return nodeFileSystem
    .listSync(path)
    .filter((entry) => entry.kind === 'file')
    .map((entry) => `${path}/${entry.name}`);
}
