/** Removes a folder with all it holds. */
import { joinPath, type FileSystem } from '../../../../native-free-io/index.ts';

export function removeTree(fs: FileSystem, dir: string): void {
  if (fs.statSync(dir) === undefined) return;
  for (const { name, kind } of fs.listSync(dir)) {
    if (kind === 'directory') removeTree(fs, joinPath(dir, name));
    else fs.removeFileSync(joinPath(dir, name));
  }
  fs.removeDirectorySync(dir);
}
