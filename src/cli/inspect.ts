/** `varve inspect`: recognises a file by its bytes and name, and prints its structure. */
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { inspectBlockFile } from '../blocks/index.ts';
import { inspectSequenceFile } from '../hadoop/index.ts';
import { inspectFile, unknownFileKind, type InspectedFile } from '../log/index.ts';
import { inspectLsmFile, inspectParts, type InspectPart } from '../lsm/index.ts';
import { wholeNumber } from './arguments.ts';
import {
  exitCode,
  UsageError,
  type CommandBody,
  type ExitCode,
  type Invocation,
} from './command.ts';
import { problemLine } from './log/partition.ts';

export const inspectCommand: CommandBody = {
  usage: 'FILE',
  arity: [1, 1],
  details: `
Knows Apache Kafka's segment, index and checkpoint files, Apache HBase's store
files (HFiles) and write-ahead logs, Hadoop's SequenceFiles, and HDFS's checksum
sidecars and VERSION files; ends with 1 for what is none of these. Of HBase's files,
--show says what is printed: meta (what the file says of itself, the default), keys,
blocks, histogram (how large keys, values and rows are), several with commas between.
Keys and histogram read the file whole and check the order of its cells.`,
  options: {
    show: { type: 'string', value: 'PARTS', help: 'of store files and logs: what to print' },
    limit: { type: 'string', value: 'N', help: 'entries to print at most (default 100)' },
    json: { type: 'boolean', help: 'print as JSON' },
  },
  run: inspect,
};

async function inspect(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const limit = wholeNumber(invocation, 'limit', { fallback: 100, min: 1 });
  const path = positionals[0]!;
  if (nodeFileSystem.statSync(path)?.kind === 'directory') {
    throw new UsageError(`${path} is a directory; 'varve log dump' shows the files of a partition`);
  }
  const parts = partsOf(flags['show']);
  const found =
    inspectBlockFile(nodeFileSystem, path, limit) ??
    inspectLsmFile(path, { limit, parts, signal: io.signal }) ??
    inspectSequenceFile(nodeFileSystem, path, limit) ??
    inspectFile(path, { limit });
  await io.write(flags['json'] === true ? `${JSON.stringify(found)}\n` : describe(found));
  return found.problems.length > 0 || found.kind === unknownFileKind
    ? exitCode.foundWrong
    : exitCode.fine;
}

function partsOf(flag: string | boolean | undefined): InspectPart[] {
  if (typeof flag !== 'string') return ['meta'];
  return flag.split(',').map((name) => {
    const part = inspectParts.find((one) => one === name);
    if (part !== undefined) return part;
    throw new UsageError(`--show takes ${inspectParts.join(', ')}, not '${name}'`);
  });
}

function describe(found: InspectedFile): string {
  const more = found.truncated ? '… and more: --limit N prints further ones\n' : '';
  const lines = [`${found.kind}, ${found.size} bytes`, ...found.lines];
  return `${lines.join('\n')}\n${more}${found.problems.map(problemLine).join('')}`;
}
