/**
 * The temporary files of one sort: a directory of their own for runs, a file beside the output that
 * becomes it. Whatever ends the sort, both go; only a killed process leaves them behind.
 */
import {
  baseName,
  IoError,
  joinPath,
  parentPath,
  type FileHandle,
  type FileSystem,
} from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';

/** Takes bytes in order; resolves when more may come. */
export type SortSink = (bytes: Uint8Array) => Promise<void>;

/** A file, a taker of bytes, or files for parts of the result, one after the other in order. */
export type SortOutput = string | SortSink | readonly string[];

const copyBytes = 1 << 20;

export class SortScratch {
  readonly #fs: FileSystem;
  readonly #id: string;
  readonly #directory: string;
  readonly #output: string | SortSink | undefined;
  readonly #parts: readonly string[];
  /** Where the sorted bytes are made: one, or one for each part. */
  readonly resultPaths: readonly string[];
  #isMade = false;
  #files = 0;

  constructor(env: Env, output: SortOutput, temporaryDirectory: string | undefined) {
    this.#fs = env.fs;
    this.#id = Buffer.from(env.random.uuid()).toString('hex');
    this.#output = isParts(output) ? undefined : output;
    const first = isParts(output) ? output[0] : output;
    const beside = typeof first === 'string' ? parentPath(first) : '.';
    this.#directory = joinPath(temporaryDirectory ?? beside, `varve-sort-${this.#id}`);
    this.#parts = isParts(output) ? output : this.#becomesFile(first) ? [first] : [];
    this.resultPaths =
      this.#parts.length > 0
        ? this.#parts.map((path) => joinPath(parentPath(path), `${baseName(path)}.${this.#id}.tmp`))
        : [joinPath(this.#directory, 'sorted')];
  }

  /** Of a sort into one file. */
  get resultPath(): string {
    return this.resultPaths[0]!;
  }

  /** A name for a temporary file. */
  newPath(kind: string): string {
    if (!this.#isMade) {
      this.#fs.makeDirectorySync(this.#directory);
      this.#isMade = true;
    }
    return joinPath(this.#directory, `${kind}-${this.#files++}`);
  }

  /** Makes the file for the result, so that an output that cannot be written is told at once. */
  begin(): void {
    if (this.#parts.length === 0) this.newPath('sorted');
    for (const path of this.resultPaths) this.#fs.openSync(path, 'createNew').closeSync();
  }

  removeFile(path: string): void {
    this.#fs.removeFileSync(path);
  }

  /** Side by side: giving the memory of a gigabyte back takes a while. */
  async removeFiles(paths: readonly string[]): Promise<void> {
    await Promise.all(paths.map((path) => this.#fs.removeFile(path)));
  }

  /** Makes the result the output. */
  async commit(durability: 'written' | 'synced'): Promise<void> {
    if (this.#parts.length > 0) {
      const isSynced = durability === 'synced';
      for (const path of isSynced ? this.resultPaths : []) await this.#sync(path);
      for (const [index, path] of this.#parts.entries()) {
        this.#fs.renameSync(this.resultPaths[index]!, path);
      }
      const directories = isSynced ? new Set(this.#parts.map(parentPath)) : [];
      for (const directory of directories) await this.#fs.syncDirectory(directory);
      return;
    }
    const file = this.#fs.openSync(this.resultPath, 'read');
    try {
      await this.#deliver(file);
    } finally {
      file.closeSync();
    }
  }

  /** Removes everything; keeps quiet, since what ended the sort matters more. */
  clean(): void {
    for (const path of this.resultPaths) this.#tryRemove(path);
    if (!this.#isMade) return;
    try {
      for (const { name } of this.#fs.listSync(this.#directory)) {
        this.#tryRemove(joinPath(this.#directory, name));
      }
      this.#fs.removeDirectorySync(this.#directory);
    } catch {
      // Nothing can be done about it, and the result is not concerned.
    }
  }

  #tryRemove(path: string): void {
    try {
      this.#fs.removeFileSync(path);
    } catch {
      // It is gone, or was never there.
    }
  }

  /** A file is replaced; a device or pipe that exists is written to. */
  #becomesFile(output: SortOutput | undefined): output is string {
    if (typeof output !== 'string') return false;
    const kind = this.#fs.statSync(output)?.kind;
    if (kind === 'directory') {
      const context = { path: output };
      throw new IoError('IO_IS_DIRECTORY', 'the output is a directory', { context });
    }
    return kind !== 'other';
  }

  async #sync(path: string): Promise<void> {
    const file = await this.#fs.open(path, 'write');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #deliver(file: FileHandle): Promise<void> {
    const size = file.sizeSync();
    const device =
      typeof this.#output === 'string' ? this.#fs.openSync(this.#output, 'write') : undefined;
    try {
      for (let position = 0; position < size;) {
        // A sink may keep what it was given.
        const bytes = Buffer.allocUnsafeSlow(Math.min(copyBytes, size - position));
        file.readSync(bytes, 0, bytes.length, position);
        if (device !== undefined) device.writeSync(bytes, 0, bytes.length, position);
        else await (this.#output as SortSink)(bytes);
        position += bytes.length;
      }
    } finally {
      device?.closeSync();
    }
  }
}

function isParts(output: SortOutput): output is readonly string[] {
  return Array.isArray(output);
}
