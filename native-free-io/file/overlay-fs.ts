/**
 * A file system over another one that it never changes: every write, cut, rename and removal stays
 * in memory and is gone with this object.
 *
 * It lets a store run its ordinary recovery on files it must not touch: those of another process,
 * of a read-only volume, of a case that somebody has yet to look at.
 *
 * Changed files are kept as their changed pages over what the base file holds; reading an
 * unchanged file costs what it costs on the base. Syncs and locks do nothing.
 */
import { IoError, NotFoundError } from '../errors.ts';
import type {
  DirectoryEntry,
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  OpenMode,
  VolumeSpace,
} from './file-system.ts';
import { OverlayFile, OverlayHandle } from './overlay-file.ts';
import { baseName, parentPath } from './path.ts';

export class OverlayFileSystem implements FileSystem {
  readonly name = 'overlay';
  readonly #base: FileSystem;
  /** What differs from the base, by path; 'removed' hides a file or directory of the base. */
  readonly #files = new Map<string, OverlayFile | 'removed'>();
  readonly #directories = new Set<string>();

  constructor(base: FileSystem) {
    this.#base = base;
  }

  openSync(path: string, mode: OpenMode): FileHandle {
    const known = this.#files.get(path);
    if (known === undefined && mode === 'read') return this.#base.openSync(path, 'read');
    const exists = this.statSync(path) !== undefined;
    if (exists && mode === 'createNew') {
      throw new IoError('IO_EXISTS', 'the file exists', { context: { path } });
    }
    if (!exists && (mode === 'read' || mode === 'write')) throw missing(path);
    if (!exists) this.#files.set(path, new OverlayFile(undefined, 0));
    return new OverlayHandle(path, this.#changed(path));
  }
  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.openSync(path, mode);
  }

  statSync(path: string): FileStat | undefined {
    const known = this.#files.get(path);
    if (known === 'removed') return undefined;
    if (known !== undefined) {
      return { kind: 'file', size: known.size, mtimeMs: known.mtimeMs };
    }
    const found = this.#base.statSync(path);
    if (found !== undefined) return found;
    return this.#directories.has(path) ? { kind: 'directory', size: 0, mtimeMs: 0 } : undefined;
  }
  async stat(path: string): Promise<FileStat | undefined> {
    return this.statSync(path);
  }

  listSync(path: string): DirectoryEntry[] {
    if (this.#files.get(path) === 'removed') throw missing(path);
    const entries = new Map<string, DirectoryEntry>();
    if (!this.#directories.has(path)) {
      for (const entry of this.#base.listSync(path)) entries.set(entry.name, entry);
    }
    for (const directory of this.#directories) {
      const name = baseName(directory);
      if (parentPath(directory) === path) entries.set(name, { name, kind: 'directory' });
    }
    for (const [file, state] of this.#files) {
      if (parentPath(file) !== path) continue;
      const name = baseName(file);
      if (state === 'removed') entries.delete(name);
      else entries.set(name, { name, kind: 'file' });
    }
    return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  async list(path: string): Promise<DirectoryEntry[]> {
    return this.listSync(path);
  }

  makeDirectorySync(path: string): void {
    if (this.statSync(path) !== undefined) return;
    this.#files.delete(path);
    this.#directories.add(path);
  }
  async makeDirectory(path: string): Promise<void> {
    this.makeDirectorySync(path);
  }

  renameSync(from: string, to: string): void {
    if (this.statSync(from) === undefined) throw missing(from);
    this.#files.set(to, this.#changed(from));
    this.#files.set(from, 'removed');
  }
  async rename(from: string, to: string): Promise<void> {
    this.renameSync(from, to);
  }

  linkSync(from: string, to: string): void {
    if (this.statSync(from) === undefined) throw missing(from);
    if (this.statSync(to) !== undefined) {
      throw new IoError('IO_EXISTS', 'the file exists', { context: { path: to } });
    }
    this.#files.set(to, this.#changed(from));
  }
  async link(from: string, to: string): Promise<void> {
    this.linkSync(from, to);
  }

  removeFileSync(path: string): void {
    if (this.statSync(path) === undefined) throw missing(path);
    this.#files.set(path, 'removed');
  }
  async removeFile(path: string): Promise<void> {
    this.removeFileSync(path);
  }

  removeDirectorySync(path: string): void {
    if (this.statSync(path)?.kind !== 'directory') throw missing(path);
    if (this.listSync(path).length > 0) {
      throw new IoError('IO_NOT_EMPTY', 'the directory is not empty', { context: { path } });
    }
    this.#directories.delete(path);
    this.#files.set(path, 'removed');
  }
  async removeDirectory(path: string): Promise<void> {
    this.removeDirectorySync(path);
  }

  syncDirectorySync(_path: string): void {
    // Nothing here ever becomes durable.
  }
  async syncDirectory(_path: string): Promise<void> {
    // As above.
  }

  setModifiedTimeSync(path: string, mtimeMs: number): void {
    this.#changed(path).mtimeMs = mtimeMs;
  }
  async setModifiedTime(path: string, mtimeMs: number): Promise<void> {
    this.setModifiedTimeSync(path, mtimeMs);
  }

  spaceSync(path: string): VolumeSpace {
    return this.#base.spaceSync(path);
  }
  space(path: string): Promise<VolumeSpace> {
    return this.#base.space(path);
  }

  lockSync(path: string): FileLock {
    return { path, releaseSync: () => undefined };
  }

  /** The overlay's own state of a file that exists here or below. */
  #changed(path: string): OverlayFile {
    const known = this.#files.get(path);
    if (known !== undefined && known !== 'removed') return known;
    const stat = this.#base.statSync(path);
    if (stat === undefined || known === 'removed') throw missing(path);
    const file = new OverlayFile({ fs: this.#base, path }, stat.size);
    file.mtimeMs = stat.mtimeMs;
    this.#files.set(path, file);
    return file;
  }
}

function missing(path: string): NotFoundError {
  return new NotFoundError('IO_NOT_FOUND', 'no such file', { context: { path } });
}
