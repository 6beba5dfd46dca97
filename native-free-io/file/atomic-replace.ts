/**
 * Replacing a small file so that a crash leaves the old contents or the new, never a mixture.
 *
 * Steps, each durable before the next is relied on: write `<name>.tmp`, sync it, rename it over the
 * name, sync the directory. The temporary's name is the one Apache's loaders clean up after.
 */
import type { FileSystem } from './file-system.ts';
import { parentPath } from './path.ts';

export const temporarySuffix = '.tmp';

export function atomicReplaceSync(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const temporary = path + temporarySuffix;
  const file = fs.openSync(temporary, 'create');
  try {
    file.truncateSync(0);
    file.writeSync(bytes, 0, bytes.length, 0);
    file.syncSync();
  } finally {
    file.closeSync();
  }
  fs.renameSync(temporary, path);
  fs.syncDirectorySync(parentPath(path));
}

export async function atomicReplace(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = path + temporarySuffix;
  const file = await fs.open(temporary, 'create');
  try {
    await file.truncate(0);
    await file.write(bytes, 0, bytes.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(temporary, path);
  await fs.syncDirectory(parentPath(path));
}
