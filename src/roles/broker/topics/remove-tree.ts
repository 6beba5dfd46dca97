/** Removes a folder with all it holds; what somebody else removes meanwhile is no error. */
import { joinPath, NotFoundError, type FileSystem } from '../../../../native-free-io/index.ts';

export function removeTree(fs: FileSystem, dir: string): void {
  try {
    for (const { name, kind } of fs.listSync(dir)) {
      if (kind === 'directory') removeTree(fs, joinPath(dir, name));
      else removeFile(fs, joinPath(dir, name));
    }
    fs.removeDirectorySync(dir);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

function removeFile(fs: FileSystem, path: string): void {
  try {
    fs.removeFileSync(path);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
