/** What the block commands have in common: opening stores, progress, block ids. */
import { baseName, nodeFileSystem, NotFoundError } from '../../../native-free-io/index.ts';
import { BlockStore, type BlockStoreOptions } from '../../blocks/index.ts';
import { UsageError, type Invocation, type OptionSpec } from '../command.ts';
import { Progress } from '../progress.ts';

export const jsonOption: OptionSpec = { type: 'boolean', help: 'print as JSON' };
export const quietOption: OptionSpec = { type: 'boolean', help: 'no progress' };
export const dirsHelp = `
DIR is a volume, or several with commas between them: disk0,disk1. Directories that a DataNode of
Hadoop made are opened as they are; stop the DataNode before you change something in them.`;

function dirsOf(invocation: Invocation): string[] {
  return invocation.positionals[0]!.split(',').filter((dir) => dir !== '');
}

/** For commands that only look: nothing is locked, moved or repaired on the disk. */
export function openForReading(invocation: Invocation): Promise<BlockStore> {
  for (const dir of dirsOf(invocation)) {
    if (nodeFileSystem.statSync(dir) !== undefined) continue;
    throw new NotFoundError('BLOCKS_NOT_FOUND', 'no such directory', { context: { path: dir } });
  }
  return BlockStore.open({ dirs: dirsOf(invocation), readOnly: true });
}

/** For commands that change something; tells what opening moved aside. */
export async function openForWriting(
  invocation: Invocation,
  options: Partial<BlockStoreOptions> = {},
): Promise<BlockStore> {
  const store = await BlockStore.open({ dirs: dirsOf(invocation), ...options });
  for (const { path, movedTo, reason } of store.loadReport.aside) {
    invocation.io.writeError(`moved aside: ${path} (${reason}), now ${movedTo}\n`);
  }
  return store;
}

export function progressOf({ io, flags }: Invocation, label: string, total: number): Progress {
  const enabled = flags['json'] !== true && flags['quiet'] !== true;
  return new Progress(io, { label, total, enabled });
}

/** A block id, as in `blk_1073741825` or `1073741825`. */
export function blockId(text: string): bigint {
  const match = /^(?:blk_)?(-?\d{1,19})$/.exec(text);
  if (match === null) throw new UsageError(`expected a block id, got '${text}'`);
  return BigInt(match[1]!);
}

/** JSON of values with block ids, which become strings. */
export function jsonLine(value: unknown): string {
  const plain = (_: string, field: unknown): unknown =>
    typeof field === 'bigint' ? String(field) : field;
  return `${JSON.stringify(value, plain)}\n`;
}

/** The name under which a file is stored unless one is given. */
export function nameOf(path: string): string {
  return baseName(path);
}
