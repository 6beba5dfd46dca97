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

const copyBytes = 1 << 20;

export class SortScratch {
  readonly #fs: FileSystem;
  readonly #id: string;
  readonly #directory: string;
  readonly #output: string | SortSink;
  /** Where the sorted bytes are made. */
  readonly resultPath: string;
  #isMade = false;
  #files = 0;

  constructor(env: Env, output: string | SortSink, temporaryDirectory: string | undefined) {
    this.#fs = env.fs;
    this.#output = output;
    this.#id = Buffer.from(env.random.uuid()).toString('hex');
    const beside = typeof output === 'string' ? parentPath(output) : '.';
    const home = this.#becomesOutput() ? beside : (temporaryDirectory ?? '.');
    this.#directory = joinPath(temporaryDirectory ?? beside, `varve-sort-${this.#id}`);
    this.resultPath = this.#becomesOutput()
      ? joinPath(home, `${baseName(output as string)}.${this.#id}.tmp`)
      : joinPath(this.#directory, 'sorted');
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
    if (!this.#becomesOutput()) this.newPath('sorted');
    this.#fs.openSync(this.resultPath, 'createNew').closeSync();
  }

  removeFile(path: string): void {
    this.#fs.removeFileSync(path);
  }

  /** Makes the result the output. */
  async commit(durability: 'written' | 'synced'): Promise<void> {
    if (this.#becomesOutput()) {
      const output = this.#output as string;
      if (durability === 'synced') await this.#sync();
      this.#fs.renameSync(this.resultPath, output);
      if (durability === 'synced') await this.#fs.syncDirectory(parentPath(output));
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
    this.#tryRemove(this.resultPath);
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
  #becomesOutput(): boolean {
    if (typeof this.#output !== 'string') return false;
    const kind = this.#fs.statSync(this.#output)?.kind;
    if (kind === 'directory') {
      const context = { path: this.#output };
      throw new IoError('IO_IS_DIRECTORY', 'the output is a directory', { context });
    }
    return kind !== 'other';
  }

  async #sync(): Promise<void> {
    const file = await this.#fs.open(this.resultPath, 'write');
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
