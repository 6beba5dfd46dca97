/** Whole small files, and directories that outlive a crash. */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';

export function readFile(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    return bytes.subarray(0, file.readSync(bytes, 0, bytes.length, 0));
  } finally {
    file.closeSync();
  }
}

/** Writes a file of its own and makes its contents durable, not yet its name. */
export function writeFile(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const file = fs.openSync(path, 'create');
  try {
    file.truncateSync(0);
    if (bytes.length > 0) file.writeSync(bytes, 0, bytes.length, 0);
    file.syncSync();
  } finally {
    file.closeSync();
  }
}

/** As `writeFile`, for those who serve meanwhile: only the sync takes long. */
export async function writeFileAsync(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = fs.openSync(path, 'create');
  try {
    file.truncateSync(0);
    if (bytes.length > 0) file.writeSync(bytes, 0, bytes.length, 0);
    await file.sync();
  } finally {
    file.closeSync();
  }
}

/** Removes a directory and everything in it. What is not there is fine. */
export function removeTree(fs: FileSystem, path: string): void {
  if (fs.statSync(path) === undefined) return;
  for (const { name, kind } of fs.listSync(path)) {
    const inner = joinPath(path, name);
    if (kind === 'directory') removeTree(fs, inner);
    else fs.removeFileSync(inner);
  }
  fs.removeDirectorySync(path);
}
