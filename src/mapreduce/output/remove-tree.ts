/** Removes a directory with all that is in it; nothing happens where there is none. */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';

export async function removeTree(fs: FileSystem, dir: string): Promise<void> {
  if ((await fs.stat(dir)) === undefined) return;
  for (const { name, kind } of await fs.list(dir)) {
    const path = joinPath(dir, name);
    if (kind === 'directory') await removeTree(fs, path);
    else await fs.removeFile(path);
  }
  await fs.removeDirectory(dir);
}
