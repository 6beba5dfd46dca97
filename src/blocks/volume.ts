/**
 * One volume: a directory, usually a disk, with its identity, its lock and its space.
 *
 * Invariants: V1 a directory that holds anything and no VERSION is never formatted (HDFS-10360);
 * V2 VERSION is written last, so that its presence says that the rest is there; V3 a volume that
 * failed is not asked again before the store is opened anew.
 *
 * The lock is a file that names the owner (varve/io); a DataNode takes an operating system lock on
 * the same file and would not notice ours.
 */
import {
  atomicReplaceSync,
  joinPath,
  makeDirectoryDurably,
  StateError,
  type FileLock,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { finalizedSubdirectory } from './file-names.ts';

export type VolumeState = 'live' | 'failed';

/** Names that an interrupted format may leave; anything else means that there is data. */
const skeletonNames =
  /^(?:in_use\.lock.*|VERSION|VERSION\.tmp|counters\.json|counters\.json\.tmp)$/;

export class Volume {
  readonly dir: string;
  readonly fs: FileSystem;
  /** Bytes left free for others. */
  readonly keepFreeBytes: number;
  /** Directory of the block pool's files, `<dir>/current/<pool>`. */
  readonly poolDir: string;
  readonly rbwDir: string;
  readonly finalizedDir: string;
  readonly temporaryDir: string;
  /** What is ours alone. */
  readonly ownDir: string;
  /** Set by formatting or reading VERSION. */
  storageId = '';
  /** Set aside for blocks being written, bytes. */
  reservedBytes = 0;
  #state: VolumeState = 'live';
  #failure: unknown;
  #lock: FileLock | undefined;
  readonly #made = new Set<string>();

  constructor(fs: FileSystem, options: { dir: string; reservedBytes: number }, poolId: string) {
    this.fs = fs;
    this.dir = options.dir;
    this.keepFreeBytes = options.reservedBytes;
    this.poolDir = joinPath(joinPath(this.dir, 'current'), poolId);
    const current = joinPath(this.poolDir, 'current');
    this.rbwDir = joinPath(current, 'rbw');
    this.finalizedDir = joinPath(current, 'finalized');
    this.temporaryDir = joinPath(this.poolDir, 'tmp');
    this.ownDir = joinPath(this.dir, 'varve');
  }

  get state(): VolumeState {
    return this.#state;
  }

  /** What made it fail. */
  get failure(): unknown {
    return this.#failure;
  }

  fail(cause: unknown): void {
    this.#state = 'failed';
    this.#failure = cause;
  }

  assertLive(): void {
    if (this.#state === 'live') return;
    throw new StateError('BLOCKS_VOLUME_FAILED', 'the volume was taken out after a failure', {
      context: { path: this.dir },
      cause: this.#failure,
    });
  }

  holdLock(lock: FileLock): void {
    this.#lock = lock;
  }

  release(): void {
    this.#lock?.releaseSync();
    this.#lock = undefined;
  }

  /** Bytes that new blocks may take. */
  availableBytes(): number {
    const { available } = this.fs.spaceSync(this.dir);
    return Math.max(0, available - this.keepFreeBytes - this.reservedBytes);
  }

  /** Directories a store works in; empty ones may be missing after a crash or a copy. */
  makeDirectories(): void {
    for (const path of [this.finalizedDir, this.rbwDir, this.temporaryDir, this.ownDir]) {
      makeDirectoryDurably(this.fs, path);
    }
  }

  /** Where the finalized files of a block belong; made, durably, when missing. */
  finalizedDirOf(id: bigint): string {
    const [first, second] = finalizedSubdirectory(id);
    const path = joinPath(joinPath(this.finalizedDir, first), second);
    if (!this.#made.has(path)) {
      makeDirectoryDurably(this.fs, path);
      this.#made.add(path);
    }
    return path;
  }

  /** `<dir>/varve/<name>`, made when missing. */
  ownSubdirectory(name: string): string {
    const path = joinPath(this.ownDir, name);
    if (!this.#made.has(path)) {
      makeDirectoryDurably(this.fs, path);
      this.#made.add(path);
    }
    return path;
  }

  /** Writes a small text file so that a crash leaves the old or the new. */
  replaceText(path: string, text: string): void {
    atomicReplaceSync(this.fs, path, new TextEncoder().encode(text));
  }

  /** Whether anything but the skeleton of an interrupted format is there. */
  holdsData(): boolean {
    return holdsFiles(this.fs, this.dir);
  }
}

export function readText(fs: FileSystem, path: string): string | undefined {
  const stat = fs.statSync(path);
  if (stat?.kind !== 'file') return undefined;
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(Math.min(stat.size, longestTextBytes));
    const length = file.readSync(bytes, 0, bytes.length, 0);
    return new TextDecoder().decode(bytes.subarray(0, length));
  } finally {
    file.closeSync();
  }
}

const longestTextBytes = 16 << 20;

/** Whether a file lies below that an interrupted format does not leave. */
export function holdsFiles(fs: FileSystem, dir: string): boolean {
  if (fs.statSync(dir)?.kind !== 'directory') return false;
  return fs.listSync(dir).some(({ name, kind }) => {
    if (kind === 'directory') return holdsFiles(fs, joinPath(dir, name));
    return !skeletonNames.test(name);
  });
}
