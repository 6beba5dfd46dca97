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
  #uses = 0;

  constructor(fs: FileSystem, maxOpen = 512) {
    this.fs = fs;
    this.maxOpen = maxOpen;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Ascending from use to use: a file that is open already costs no more than this. */
  nextUse(): number {
    return ++this.#uses;
  }

  /** Notes that a file was opened, closing others when there are too many: a sixteenth at once. */
  opened(file: PooledFile): void {
    this.#open.add(file);
    const excess = this.#open.size - this.maxOpen;
    if (excess <= 0) return;
    const idle = [...this.#open].filter((other) => other !== file && !other.isPinned);
    idle.sort((a, b) => a.lastUse - b.lastUse);
    for (const other of idle.slice(0, Math.max(excess, this.maxOpen >> 4))) other.close();
  }

  forget(file: PooledFile): void {
    this.#open.delete(file);
  }
}

export class PooledFile {
  path: string;
  /** Number of its last use among all uses of the pool. */
  lastUse: number;
  readonly #pool: FilePool;
  #handle: FileHandle | undefined;
  #pins: number;
  #retired: boolean;

  constructor(pool: FilePool, path: string) {
    this.#pool = pool;
    this.path = path;
    this.lastUse = 0;
    this.#handle = undefined;
    this.#pins = 0;
    this.#retired = false;
  }

  get isPinned(): boolean {
    return this.#pins > 0;
  }

  /** The open file; valid until other files are used, unless pinned. */
  handle(): FileHandle {
    this.lastUse = this.#pool.nextUse();
    return this.#handle ?? this.#open();
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

  #open(): FileHandle {
    if (this.#retired) {
      throw new StateError('LOG_CLOSED', 'the segment file is gone', {
        context: { path: this.path },
      });
    }
    this.#handle = this.#pool.fs.openSync(this.path, 'write');
    this.#pool.opened(this);
    return this.#handle;
  }

  close(): void {
    this.#handle?.closeSync();
    this.#handle = undefined;
    this.#pool.forget(this);
  }
}
