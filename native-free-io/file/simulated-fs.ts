/**
 * The `FileSystem` face of a simulated disk: every operation in its two forms, and locks.
 *
 * Each instance is a process of its own: it holds what it locked, and knows no other living
 * process. So a copy made from it, after a crash or not, finds the locks of a dead owner and takes
 * them over.
 */
import type {
  DirectoryEntry,
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  OpenMode,
  VolumeSpace,
} from './file-system.ts';
import { lockFileSync, type ProcessTable } from './lock-file.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { partsOf } from './memory-tree.ts';
import { rangeError, systemError } from './simulated-error.ts';
import { SimulatedHandle } from './simulated-handle.ts';

/** What an instance runs on, and the process it stands for; a copy is the next process. */
export interface SimulatedProcess<Disk extends MemoryDisk = MemoryDisk> {
  readonly disk: Disk;
  readonly processId: number;
}

export abstract class SimulatedFileSystem implements FileSystem {
  abstract readonly name: string;
  readonly #disk: MemoryDisk;
  readonly #processes: ProcessTable;

  constructor({ disk, processId }: SimulatedProcess) {
    this.#disk = disk;
    this.#processes = {
      ownId: processId,
      startOf: (pid) => (pid === processId ? 1 : undefined),
      held: new Set(),
    };
  }

  openSync(path: string, mode: OpenMode): FileHandle {
    const file = this.#disk.openFile(path, mode);
    return new SimulatedHandle(this.#disk, path, file, mode !== 'read');
  }
  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.openSync(path, mode);
  }

  statSync(path: string): FileStat | undefined {
    const node = this.#disk.find(path, 'stat');
    if (node === undefined) return undefined;
    const size = node.kind === 'file' ? node.pages.size : 0;
    return { kind: node.kind, size, mtimeMs: node.mtimeMs };
  }
  async stat(path: string): Promise<FileStat | undefined> {
    return this.statSync(path);
  }

  listSync(path: string): DirectoryEntry[] {
    const node = this.#disk.find(path, 'scandir');
    if (node === undefined) throw systemError('ENOENT', 'scandir', path);
    if (node.kind === 'file') throw systemError('ENOTDIR', 'scandir', path);
    return [...node.entries]
      .map(([name, child]): DirectoryEntry => ({ name, kind: child.kind }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
  async list(path: string): Promise<DirectoryEntry[]> {
    return this.listSync(path);
  }

  makeDirectorySync(path: string): void {
    this.#disk.makeDirectory(path);
  }
  async makeDirectory(path: string): Promise<void> {
    this.makeDirectorySync(path);
  }

  renameSync(from: string, to: string): void {
    this.#disk.rename(from, to);
  }
  async rename(from: string, to: string): Promise<void> {
    this.renameSync(from, to);
  }

  linkSync(from: string, to: string): void {
    this.#disk.link(from, to);
  }
  async link(from: string, to: string): Promise<void> {
    this.linkSync(from, to);
  }

  removeFileSync(path: string): void {
    this.#disk.removeFile(path);
  }
  async removeFile(path: string): Promise<void> {
    this.removeFileSync(path);
  }

  removeDirectorySync(path: string): void {
    this.#disk.removeDirectory(path);
  }
  async removeDirectory(path: string): Promise<void> {
    this.removeDirectorySync(path);
  }

  syncDirectorySync(path: string): void {
    this.#disk.syncDirectory(path);
  }
  async syncDirectory(path: string): Promise<void> {
    this.syncDirectorySync(path);
  }

  setModifiedTimeSync(path: string, mtimeMs: number): void {
    if (!Number.isFinite(mtimeMs)) throw rangeError(path, `mtimeMs is ${mtimeMs}`);
    this.#disk.setModifiedTime(path, mtimeMs);
  }
  async setModifiedTime(path: string, mtimeMs: number): Promise<void> {
    this.setModifiedTimeSync(path, mtimeMs);
  }

  spaceSync(path: string): VolumeSpace {
    return this.#disk.space(path);
  }
  async space(path: string): Promise<VolumeSpace> {
    return this.spaceSync(path);
  }

  lockSync(path: string): FileLock {
    return lockFileSync(this, `/${partsOf(path, 'open').join('/')}`, this.#processes);
  }
}
