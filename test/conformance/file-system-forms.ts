/** The synchronous and the asynchronous form of each operation behind one face, for the suite. */
import type {
  DirectoryEntry,
  FileHandle,
  FileStat,
  FileSystem,
  OpenMode,
  SyncOptions,
  VolumeSpace,
} from '../../native-free-io/index.ts';

export class Form {
  readonly name: 'synchronous' | 'asynchronous';
  readonly #isSync: boolean;

  constructor(name: 'synchronous' | 'asynchronous') {
    this.name = name;
    this.#isSync = name === 'synchronous';
  }

  async open(fs: FileSystem, path: string, mode: OpenMode): Promise<FileHandle> {
    return this.#isSync ? fs.openSync(path, mode) : fs.open(path, mode);
  }
  async stat(fs: FileSystem, path: string): Promise<FileStat | undefined> {
    return this.#isSync ? fs.statSync(path) : fs.stat(path);
  }
  async list(fs: FileSystem, path: string): Promise<DirectoryEntry[]> {
    return this.#isSync ? fs.listSync(path) : fs.list(path);
  }
  async listNames(fs: FileSystem, path: string): Promise<string[]> {
    return (await this.list(fs, path)).map((entry) => entry.name);
  }
  async makeDirectory(fs: FileSystem, path: string): Promise<void> {
    return this.#isSync ? fs.makeDirectorySync(path) : fs.makeDirectory(path);
  }
  async rename(fs: FileSystem, from: string, to: string): Promise<void> {
    return this.#isSync ? fs.renameSync(from, to) : fs.rename(from, to);
  }
  async link(fs: FileSystem, from: string, to: string): Promise<void> {
    return this.#isSync ? fs.linkSync(from, to) : fs.link(from, to);
  }
  async removeFile(fs: FileSystem, path: string): Promise<void> {
    return this.#isSync ? fs.removeFileSync(path) : fs.removeFile(path);
  }
  async removeDirectory(fs: FileSystem, path: string): Promise<void> {
    return this.#isSync ? fs.removeDirectorySync(path) : fs.removeDirectory(path);
  }
  async syncDirectory(fs: FileSystem, path: string): Promise<void> {
    return this.#isSync ? fs.syncDirectorySync(path) : fs.syncDirectory(path);
  }
  async setModifiedTime(fs: FileSystem, path: string, mtimeMs: number): Promise<void> {
    return this.#isSync ? fs.setModifiedTimeSync(path, mtimeMs) : fs.setModifiedTime(path, mtimeMs);
  }
  async space(fs: FileSystem, path: string): Promise<VolumeSpace> {
    return this.#isSync ? fs.spaceSync(path) : fs.space(path);
  }

  async read(
    file: FileHandle,
    ...range: [target: Uint8Array, start: number, length: number, position: number]
  ): Promise<number> {
    return this.#isSync ? file.readSync(...range) : file.read(...range);
  }
  async readVector(file: FileHandle, targets: Uint8Array[], position: number): Promise<number> {
    return this.#isSync
      ? file.readVectorSync(targets, position)
      : file.readVector(targets, position);
  }
  async write(
    file: FileHandle,
    ...range: [source: Uint8Array, start: number, length: number, position: number]
  ): Promise<void> {
    return this.#isSync ? file.writeSync(...range) : file.write(...range);
  }
  async writeVector(file: FileHandle, sources: Uint8Array[], position: number): Promise<void> {
    return this.#isSync
      ? file.writeVectorSync(sources, position)
      : file.writeVector(sources, position);
  }
  async size(file: FileHandle): Promise<number> {
    return this.#isSync ? file.sizeSync() : file.size();
  }
  async truncate(file: FileHandle, size: number): Promise<void> {
    return this.#isSync ? file.truncateSync(size) : file.truncate(size);
  }
  async sync(file: FileHandle, options?: SyncOptions): Promise<void> {
    return this.#isSync ? file.syncSync(options) : file.sync(options);
  }
  async close(file: FileHandle): Promise<void> {
    return this.#isSync ? file.closeSync() : file.close();
  }

  /** Makes or overwrites a file with exactly these bytes. */
  async put(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.open(fs, path, 'create');
    await this.truncate(file, 0);
    await this.write(file, bytes, 0, bytes.length, 0);
    await this.close(file);
  }

  /** All bytes of a file, through a handle of its own. */
  async content(fs: FileSystem, path: string): Promise<Uint8Array> {
    const file = await this.open(fs, path, 'read');
    const bytes = new Uint8Array(await this.size(file));
    let got = 0;
    while (got < bytes.length) {
      const more = await this.read(file, bytes, got, bytes.length - got, got);
      if (more === 0) throw new Error(`${path} ended at ${got} of ${bytes.length} bytes`);
      got += more;
    }
    await this.close(file);
    return bytes;
  }
}

export const bothForms: readonly Form[] = [new Form('synchronous'), new Form('asynchronous')];
