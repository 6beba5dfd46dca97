/**
 * Open files of many segments, at most so many at once, the least recently used closed first.
 *
 * A file that somebody streams from (a pinned one) is never closed; removal of the name does not
 * disturb it, because the system keeps the bytes until the last descriptor is gone.
 */
import { StateError, type FileHandle, type FileSystem } from '../../native-free-io/index.ts';

export class FilePool {
  readonly fs: FileSystem;
  readonly maxOpen: number;
  readonly #open = new Set<PooledFile>();
  #latest: PooledFile | undefined = undefined;

  constructor(fs: FileSystem, maxOpen = 512) {
    this.fs = fs;
    this.maxOpen = maxOpen;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Notes use of an open file, closing others when there are too many. */
  used(file: PooledFile): void {
    if (this.#latest === file) return;
    this.#latest = file;
    this.#open.delete(file);
    this.#open.add(file);
    if (this.#open.size <= this.maxOpen) return;
    for (const other of this.#open) {
      if (this.#open.size <= this.maxOpen) return;
      if (other !== file && !other.isPinned) other.close();
    }
  }

  forget(file: PooledFile): void {
    this.#open.delete(file);
    if (this.#latest === file) this.#latest = undefined;
  }
}

export class PooledFile {
  path: string;
  readonly #pool: FilePool;
  #handle: FileHandle | undefined;
  #pins: number;
  #retired: boolean;

  constructor(pool: FilePool, path: string) {
    this.#pool = pool;
    this.path = path;
    this.#handle = undefined;
    this.#pins = 0;
    this.#retired = false;
  }

  get isPinned(): boolean {
    return this.#pins > 0;
  }

  /** The open file; valid until other files are used, unless pinned. */
  handle(): FileHandle {
    if (this.#handle === undefined) {
      if (this.#retired) {
        throw new StateError('LOG_CLOSED', 'the segment file is gone', {
          context: { path: this.path },
        });
      }
      this.#handle = this.#pool.fs.openSync(this.path, 'write');
    }
    this.#pool.used(this);
    return this.#handle;
  }

  /** Keeps the file open until the returned function is called (once or more). */
  pin(): () => void {
    this.handle();
    this.#pins++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#pins--;
      if (this.#pins === 0 && this.#retired) this.close();
    };
  }

  /** Closes now, or as soon as the last pin is gone; the file is never opened again. */
  retire(): void {
    this.#retired = true;
    if (this.#pins === 0) this.close();
  }

  close(): void {
    this.#handle?.closeSync();
    this.#handle = undefined;
    this.#pool.forget(this);
  }
}
