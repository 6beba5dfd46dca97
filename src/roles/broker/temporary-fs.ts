/**
 * The disk for what need not outlive the process: files and names are written, syncs are left out.
 * A temporary broker starts in a fraction of the time, and tests do not wear the disk.
 */
import { NodeFileSystem, type FileHandle, type OpenMode } from '../../../native-free-io/index.ts';

export class TemporaryFileSystem extends NodeFileSystem {
  override openSync(path: string, mode: OpenMode): FileHandle {
    return withoutSync(super.openSync(path, mode));
  }
  override async open(path: string, mode: OpenMode): Promise<FileHandle> {
    return withoutSync(await super.open(path, mode));
  }
  override syncDirectorySync(): void {
    // Nothing has to be durable.
  }
  override async syncDirectory(): Promise<void> {
    // Nothing has to be durable.
  }
}

function withoutSync(handle: FileHandle): FileHandle {
  return Object.assign(handle, {
    syncSync: () => undefined,
    sync: () => Promise.resolve(),
  });
}
