/**
 * Making a directory so that what is synced inside it later cannot be lost with its own name: a new
 * name is durable only once the directory it stands in is synced.
 */
import type { FileSystem } from './file-system.ts';
import { parentPath } from './path.ts';

/**
 * Makes the directory with all that lead to it. An empty one may be left by a process that ended
 * before this was done, so its name is taken for new too.
 */
export function makeDirectoryDurably(fs: FileSystem, path: string): void {
  const kind = fs.statSync(path)?.kind;
  if (kind === 'directory' && fs.listSync(path).length > 0) return;
  const parent = parentPath(path);
  if (kind === undefined && parent !== path) makeDirectoryDurably(fs, parent);
  fs.makeDirectorySync(path);
  fs.syncDirectorySync(parent);
}
