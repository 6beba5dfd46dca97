/**
 * What varve asks of a file system, and nothing more.
 *
 * Every core reaches files only through these two interfaces, so that one program runs on the real
 * disk (`node-fs.ts`), in memory (`memory-fs.ts`), on a disk that crashes at a chosen operation
 * (`crash-fs.ts`) and on one that fails by script (`fault-fs.ts`). All pass the same conformance
 * suite (`test/conformance/file-system.ts`).
 *
 * Each operation exists twice. The synchronous form is the fast path for bytes that live in the
 * page cache (about 1.4 us against 40 us through the thread pool); the asynchronous form is for
 * what may really wait: syncs, cold reads, deep queues.
 *
 * Durability contract, the one the crash simulator enforces:
 *  - written bytes are durable after `sync` of that file;
 *  - a new, renamed or removed name is durable after `syncDirectory` of its parent;
 *  - anything else may be lost, kept or torn by a crash.
 *
 * Paths: absolute or relative to the process, '/'-separated (the Node implementation takes what
 * the platform takes). Errors: `NotFoundError` (IO_NOT_FOUND) and `IoError` (IO_*), with
 * `context.path`, `context.syscall`, `context.errno`.
 */

/**
 * How to open:
 *  - `read`: must exist, reading only;
 *  - `write`: must exist, reading and writing;
 *  - `create`: reading and writing, made empty when absent, kept when present;
 *  - `createNew`: reading and writing, must not exist.
 */
export type OpenMode = 'read' | 'write' | 'create' | 'createNew';

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, fraction kept where the platform has one. */
  readonly mtimeMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

export interface VolumeSpace {
  /** Bytes. */
  readonly total: number;
  /** Bytes this process may still use. */
  readonly available: number;
}

export interface SyncOptions {
  /** True: file contents and size only (fdatasync). Default true. */
  readonly dataOnly?: boolean;
}

export interface FileSystem {
  /** Short name for messages: 'node', 'memory', 'crash', 'fault'. */
  readonly name: string;

  openSync(path: string, mode: OpenMode): FileHandle;
  open(path: string, mode: OpenMode): Promise<FileHandle>;

  /** `undefined` when nothing is there; any other trouble throws. */
  statSync(path: string): FileStat | undefined;
  stat(path: string): Promise<FileStat | undefined>;

  /** Sorted by name (UTF-16 order), without '.' and '..'. */
  listSync(path: string): DirectoryEntry[];
  list(path: string): Promise<DirectoryEntry[]>;

  /** Makes missing parents too; an existing directory is fine. */
  makeDirectorySync(path: string): void;
  makeDirectory(path: string): Promise<void>;

  /** Atomic, replaces an existing file. Never copies. */
  renameSync(from: string, to: string): void;
  rename(from: string, to: string): Promise<void>;

  /** Hard link; `to` must not exist. */
  linkSync(from: string, to: string): void;
  link(from: string, to: string): Promise<void>;

  removeFileSync(path: string): void;
  removeFile(path: string): Promise<void>;

  /** The directory must be empty. */
  removeDirectorySync(path: string): void;
  removeDirectory(path: string): Promise<void>;

  /** Makes names created, renamed and removed in this directory durable. */
  syncDirectorySync(path: string): void;
  syncDirectory(path: string): Promise<void>;

  setModifiedTimeSync(path: string, mtimeMs: number): void;
  setModifiedTime(path: string, mtimeMs: number): Promise<void>;

  spaceSync(path: string): VolumeSpace;
  space(path: string): Promise<VolumeSpace>;

  /**
   * Takes an exclusive lock named by the file `path`; see `lock-file.ts`. Throws IoError IO_LOCKED
   * (context: holder) when a living process, or this one, holds it. A crashed holder's lock is
   * taken over.
   */
  lockSync(path: string): FileLock;
}

export interface FileLock {
  readonly path: string;
  /** Idempotent. */
  releaseSync(): void;
}

/**
 * One open file. Positions and lengths are bytes. No implicit cursor: every call names its
 * position, so one handle serves many readers.
 */
export interface FileHandle {
  readonly path: string;
  /**
   * Descriptor number where there is one (`node-fs`), else -1; only for the platform's own streams.
   */
  readonly fd: number;

  /**
   * Fills `target[start, start + length)`; returns how many bytes, fewer only at the end of the
   * file: short reads of the platform are continued inside.
   */
  readSync(target: Uint8Array, start: number, length: number, position: number): number;
  read(target: Uint8Array, start: number, length: number, position: number): Promise<number>;

  /** Fills the targets in turn, likewise; returns the bytes read in all. */
  readVectorSync(targets: readonly Uint8Array[], position: number): number;
  readVector(targets: readonly Uint8Array[], position: number): Promise<number>;

  /** Writes all of it or throws; short writes of the platform are continued inside. */
  writeSync(source: Uint8Array, start: number, length: number, position: number): void;
  write(source: Uint8Array, start: number, length: number, position: number): Promise<void>;

  writeVectorSync(sources: readonly Uint8Array[], position: number): void;
  writeVector(sources: readonly Uint8Array[], position: number): Promise<void>;

  sizeSync(): number;
  size(): Promise<number>;

  /** Cuts, or extends with zeros. */
  truncateSync(size: number): void;
  truncate(size: number): Promise<void>;

  syncSync(options?: SyncOptions): void;
  sync(options?: SyncOptions): Promise<void>;

  /** Idempotent. */
  closeSync(): void;
  close(): Promise<void>;
}

/** A contiguous piece of an open file: what a socket, a Writable or another file is handed. */
export interface FileRegion {
  readonly file: FileHandle;
  /** First byte. */
  readonly position: number;
  /** Bytes. */
  readonly length: number;
}
