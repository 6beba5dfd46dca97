/**
 * Names of log files: `<prefix>.<milliseconds>`, the prefix percent-encoded as in a URL.
 *
 * The time is when the file was begun, made greater than that of every other file of the log, so
 * that names sort as the files follow each other.
 */
import type { FileSystem } from '../../../native-free-io/index.ts';
import { joinPath } from '../../../native-free-io/index.ts';

export interface WalFileName {
  readonly name: string;
  readonly path: string;
  readonly prefix: string;
  readonly startMs: number;
}

/** Of the log of `hbase:meta` upstream, behind the time. */
const metaSuffix = '.meta';

export function walFileName(prefix: string, startMs: number): string {
  return `${encodeURIComponent(prefix)}.${startMs}`;
}

/** Undefined for names that are not of logs. */
export function parseWalFileName(directory: string, name: string): WalFileName | undefined {
  const bare = name.endsWith(metaSuffix) ? name.slice(0, -metaSuffix.length) : name;
  const match = /^(.+)\.(\d{1,16})$/.exec(bare);
  if (match === null) return undefined;
  let prefix: string;
  try {
    prefix = decodeURIComponent(match[1]!);
  } catch {
    return undefined;
  }
  return { name, path: joinPath(directory, name), prefix, startMs: Number(match[2]) };
}

/** The logs in a directory, oldest first; of one prefix where it is given. */
export function listWalFiles(fs: FileSystem, directory: string, prefix?: string): WalFileName[] {
  if (fs.statSync(directory) === undefined) return [];
  return fs
    .listSync(directory)
    .filter(({ kind }) => kind === 'file')
    .map(({ name }) => parseWalFileName(directory, name))
    .filter((file) => file !== undefined && (prefix === undefined || file.prefix === prefix))
    .map((file) => file!)
    .sort((a, b) => a.startMs - b.startMs || (a.name < b.name ? -1 : 1));
}
