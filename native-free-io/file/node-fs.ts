/**
 * The real disk, through node:fs. The only room of the product that imports it.
 *
 * Synchronous calls are positioned reads and writes on descriptors; asynchronous ones go through
 * the thread pool. Short writes are continued; errors are translated into the error tree with path,
 * system call and errno.
 */
import * as fs from 'node:fs';
import { resolve as absolutePath } from 'node:path';
import { promisify } from 'node:util';
import { pathError } from './file-errors.ts';
import type {
  DirectoryEntry,
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  OpenMode,
  SyncOptions,
  VolumeSpace,
} from './file-system.ts';
import { lockFileSync } from './lock-file.ts';
import { nodeProcesses } from './node-processes.ts';
import { parentPath } from './path.ts';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants;
const openFlags: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT,
  createNew: O_RDWR | O_CREAT | O_EXCL,
};

const openAsync = promisify(fs.open);
const closeAsync = promisify(fs.close);
const fstatAsync = promisify(fs.fstat);
const ftruncateAsync = promisify(fs.ftruncate);
const fsyncAsync = promisify(fs.fsync);
const fdatasyncAsync = promisify(fs.fdatasync);

/** Runs a system call and translates its error. */
function guard<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw pathError(error, path);
  }
}

async function guardAsync<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw pathError(error, path);
  }
}

class NodeFileHandle implements FileHandle {
  readonly path: string;
  #fd: number;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  get fd(): number {
    return this.#fd;
  }

  readSync(target: Uint8Array, start: number, length: number, position: number): number {
    return guard(this.path, () => {
      let done = 0;
      while (done < length) {
        const got = fs.readSync(this.#fd, target, start + done, length - done, position + done);
        if (got === 0) break;
        done += got;
      }
      return done;
    });
  }

  async read(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    let done = 0;
    while (done < length) {
      const got = await this.#readOnce(target, start + done, length - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  #readOnce(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, target, start, length, position, (error, got) => {
        if (error) reject(pathError(error, this.path));
        else resolve(got);
      });
    });
  }

  readVectorSync(targets: readonly Uint8Array[], position: number): number {
    const got = guard(this.path, () => fs.readvSync(this.#fd, targets, position));
    return got === totalLength(targets) ? got : got + this.#fillRest(targets, got, position);
  }

  /** Continues a vectored read that came back short, until the end of the file. */
  #fillRest(targets: readonly Uint8Array[], done: number, position: number): number {
    let filled = 0;
    for (const { bytes, start } of piecesAfter(targets, done)) {
      const length = bytes.length - start;
      const got = this.readSync(bytes, start, length, position + done + filled);
      filled += got;
      if (got < length) break;
    }
    return filled;
  }

  readVector(targets: readonly Uint8Array[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.readv(this.#fd, targets, position, (error, got) => {
        if (error) reject(pathError(error, this.path));
        else if (got === totalLength(targets) || got === 0) resolve(got);
        else resolve(got + this.#fillRest(targets, got, position));
      });
    });
  }

  writeSync(source: Uint8Array, start: number, length: number, position: number): void {
    guard(this.path, () => {
      let done = 0;
      while (done < length) {
        done += fs.writeSync(this.#fd, source, start + done, length - done, position + done);
      }
    });
  }

  async write(source: Uint8Array, start: number, length: number, position: number): Promise<void> {
    let done = 0;
    while (done < length) {
      done += await this.#writeOnce(source, start + done, length - done, position + done);
    }
  }

  #writeOnce(source: Uint8Array, start: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.#fd, source, start, length, position, (error, put) => {
        if (error) reject(pathError(error, this.path));
        else resolve(put);
      });
    });
  }

  writeVectorSync(sources: readonly Uint8Array[], position: number): void {
    const put = guard(this.path, () => fs.writevSync(this.#fd, sources, position));
    let at = position + put;
    for (const { bytes, start } of piecesAfter(sources, put)) {
      this.writeSync(bytes, start, bytes.length - start, at);
      at += bytes.length - start;
    }
  }

  async writeVector(sources: readonly Uint8Array[], position: number): Promise<void> {
    const put = await new Promise<number>((resolve, reject) => {
      fs.writev(this.#fd, sources, position, (error, written) => {
        if (error) reject(pathError(error, this.path));
        else resolve(written);
      });
    });
    let at = position + put;
    for (const { bytes, start } of piecesAfter(sources, put)) {
      await this.write(bytes, start, bytes.length - start, at);
      at += bytes.length - start;
    }
  }

  sizeSync(): number {
    return guard(this.path, () => fs.fstatSync(this.#fd).size);
  }
  size(): Promise<number> {
    return guardAsync(this.path, async () => (await fstatAsync(this.#fd)).size);
  }

  truncateSync(size: number): void {
    guard(this.path, () => fs.ftruncateSync(this.#fd, size));
  }
  truncate(size: number): Promise<void> {
    return guardAsync(this.path, () => ftruncateAsync(this.#fd, size));
  }

  syncSync(options?: SyncOptions): void {
    const dataOnly = options?.dataOnly ?? true;
    guard(this.path, () => (dataOnly ? fs.fdatasyncSync(this.#fd) : fs.fsyncSync(this.#fd)));
  }
  sync(options?: SyncOptions): Promise<void> {
    const dataOnly = options?.dataOnly ?? true;
    return guardAsync(this.path, () =>
      dataOnly ? fdatasyncAsync(this.#fd) : fsyncAsync(this.#fd),
    );
  }

  closeSync(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    guard(this.path, () => fs.closeSync(fd));
  }
  async close(): Promise<void> {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    await guardAsync(this.path, () => closeAsync(fd));
  }
}

export class NodeFileSystem implements FileSystem {
  readonly name = 'node';

  openSync(path: string, mode: OpenMode): FileHandle {
    return new NodeFileHandle(
      path,
      guard(path, () => fs.openSync(path, openFlags[mode], 0o644)),
    );
  }
  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    const fd = await guardAsync(path, () => openAsync(path, openFlags[mode], 0o644));
    return new NodeFileHandle(path, fd);
  }

  statSync(path: string): FileStat | undefined {
    const stats = guard(path, () => fs.statSync(path, { throwIfNoEntry: false }));
    return stats === undefined ? undefined : toStat(stats);
  }
  async stat(path: string): Promise<FileStat | undefined> {
    try {
      return toStat(await fs.promises.stat(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw pathError(error, path);
    }
  }

  listSync(path: string): DirectoryEntry[] {
    return sorted(guard(path, () => fs.readdirSync(path, { withFileTypes: true })));
  }
  async list(path: string): Promise<DirectoryEntry[]> {
    return sorted(await guardAsync(path, () => fs.promises.readdir(path, { withFileTypes: true })));
  }

  makeDirectorySync(path: string): void {
    guard(path, () => makeDirectoriesSync(path));
  }
  async makeDirectory(path: string): Promise<void> {
    this.makeDirectorySync(path);
  }

  renameSync(from: string, to: string): void {
    guard(from, () => fs.renameSync(from, to));
  }
  rename(from: string, to: string): Promise<void> {
    return guardAsync(from, () => fs.promises.rename(from, to));
  }

  linkSync(from: string, to: string): void {
    guard(from, () => fs.linkSync(from, to));
  }
  link(from: string, to: string): Promise<void> {
    return guardAsync(from, () => fs.promises.link(from, to));
  }

  removeFileSync(path: string): void {
    guard(path, () => fs.unlinkSync(path));
  }
  removeFile(path: string): Promise<void> {
    return guardAsync(path, () => fs.promises.unlink(path));
  }

  removeDirectorySync(path: string): void {
    guard(path, () => fs.rmdirSync(path));
  }
  removeDirectory(path: string): Promise<void> {
    return guardAsync(path, () => fs.promises.rmdir(path));
  }

  /** A directory cannot be opened for syncing on Windows; names are durable there by themselves. */
  syncDirectorySync(path: string): void {
    if (process.platform === 'win32') return;
    guard(path, () => {
      const fd = fs.openSync(path, O_RDONLY);
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  }
  async syncDirectory(path: string): Promise<void> {
    if (process.platform === 'win32') return;
    await guardAsync(path, async () => {
      const fd = await openAsync(path, O_RDONLY);
      try {
        await fsyncAsync(fd);
      } finally {
        await closeAsync(fd);
      }
    });
  }

  setModifiedTimeSync(path: string, mtimeMs: number): void {
    guard(path, () => fs.utimesSync(path, mtimeMs / 1000, mtimeMs / 1000));
  }
  setModifiedTime(path: string, mtimeMs: number): Promise<void> {
    return guardAsync(path, () => fs.promises.utimes(path, mtimeMs / 1000, mtimeMs / 1000));
  }

  spaceSync(path: string): VolumeSpace {
    return toSpace(guard(path, () => fs.statfsSync(path)));
  }
  async space(path: string): Promise<VolumeSpace> {
    return toSpace(await guardAsync(path, () => fs.promises.statfs(path)));
  }

  lockSync(path: string): FileLock {
    return lockFileSync(this, absolutePath(path), nodeProcesses);
  }
}

export const nodeFileSystem: FileSystem = new NodeFileSystem();

/**
 * Node's recursive form tries for ever where a directory refuses new names with ENOENT, as /proc
 * does.
 */
function makeDirectoriesSync(path: string): void {
  const exists = (at: string): fs.Stats | undefined => fs.statSync(at, { throwIfNoEntry: false });
  try {
    fs.mkdirSync(path);
  } catch (error) {
    if (exists(path)?.isDirectory() === true) return;
    const parent = parentPath(path);
    if (!isMissing(error) || exists(parent) !== undefined) throw error;
    makeDirectoriesSync(parent);
    makeDirectoriesSync(path);
  }
}

function toStat(stats: fs.Stats): FileStat {
  return { kind: kindOf(stats), size: stats.size, mtimeMs: stats.mtimeMs };
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): FileStat['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

function sorted(entries: readonly fs.Dirent[]): DirectoryEntry[] {
  return entries
    .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function toSpace(stats: fs.StatsFs): VolumeSpace {
  return { total: stats.blocks * stats.bsize, available: stats.bavail * stats.bsize };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function totalLength(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}

/** What is left of `pieces` after their first `done` bytes. */
function* piecesAfter(
  pieces: readonly Uint8Array[],
  done: number,
): Generator<{ bytes: Uint8Array; start: number }> {
  let skip = done;
  for (const bytes of pieces) {
    if (skip >= bytes.length) skip -= bytes.length;
    else {
      yield { bytes, start: skip };
      skip = 0;
    }
  }
}
