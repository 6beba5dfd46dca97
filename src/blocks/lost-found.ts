/**
 * Moving files aside instead of deleting them: `<volume>/varve/lost+found` for what belongs to no
 * replica, `<volume>/varve/quarantine` for replicas whose bytes are damaged.
 */
import { joinPath, baseName, parentPath } from '../../native-free-io/index.ts';
import type { LoadNotes } from './load-report.ts';
import type { Volume } from './volume.ts';

/** Moves a file into a directory of ours under its name, numbered when that is taken. */
export function moveInto(volume: Volume, path: string, name: string): string {
  const { fs } = volume;
  const directory = volume.ownSubdirectory(name);
  let target = joinPath(directory, baseName(path));
  for (let copy = 1; fs.statSync(target) !== undefined; copy++) {
    target = joinPath(directory, `${baseName(path)}.${copy}`);
  }
  fs.renameSync(path, target);
  fs.syncDirectorySync(directory);
  fs.syncDirectorySync(parentPath(path));
  return target;
}

export function moveAside(
  volume: Volume,
  path: string,
  reason: string,
  notes: Pick<LoadNotes, 'aside'>,
): void {
  notes.aside.push({ path, movedTo: moveInto(volume, path, 'lost+found'), reason });
}
