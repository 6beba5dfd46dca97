/**
 * The `<offset>.snapshot` files of a log: producer state up to but excluding that offset.
 *
 * Invariants: S1 a snapshot is written to a fresh file, never over an old one (upstream overwrites
 * without truncating and so can leave stale bytes); S2 a snapshot that does not decode is removed
 * and the next older one is tried.
 * Upstream:   apache/kafka: storage/.../log/ProducerStateManager.java; behaviour kept, code our
 *             own.
 * Format doc: docs/formats/log.md, "Producer snapshot".
 */
import { CorruptionError, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import { deletedSuffix, parseSnapshotFileName, snapshotFileName } from './file-names.ts';
import { decodeProducerSnapshot, encodeProducerSnapshot } from './format/producer-snapshot.ts';
import type { ProducerState } from './producer-state.ts';

export class ProducerSnapshots {
  readonly #fs: FileSystem;
  readonly #dir: string;
  /** Offsets of the snapshot files present, ascending. */
  #offsets: number[];
  /** Snapshots written but not synced. */
  readonly #unsynced = new Set<number>();

  constructor(fs: FileSystem, dir: string, fileNames: readonly string[]) {
    this.#fs = fs;
    this.#dir = dir;
    const offsets: number[] = [];
    for (const name of fileNames) {
      const offset = parseSnapshotFileName(name);
      if (offset !== undefined) offsets.push(offset);
    }
    this.#offsets = offsets.sort((a, b) => a - b);
  }

  get offsets(): readonly number[] {
    return this.#offsets;
  }

  get latestOffset(): number {
    return this.#offsets.at(-1) ?? -1;
  }

  /** Writes a snapshot at the state's end offset unless one at or above it exists. */
  take(state: ProducerState): void {
    const offset = state.endOffset;
    if (offset <= this.latestOffset) return;
    this.write(state, offset);
  }

  write(state: ProducerState, offset: number): void {
    const bytes = encodeProducerSnapshot(state.toSnapshot());
    const path = this.#path(offset);
    if (this.#fs.statSync(path) !== undefined) this.#fs.removeFileSync(path);
    const file = this.#fs.openSync(path, 'createNew');
    try {
      file.writeSync(bytes, 0, bytes.length, 0);
    } finally {
      file.closeSync();
    }
    if (!this.#offsets.includes(offset)) {
      this.#offsets.push(offset);
      this.#offsets.sort((a, b) => a - b);
    }
    this.#unsynced.add(offset);
  }

  /**
   * Loads the newest valid snapshot at or below `offset` into `state`; its offset, or undefined.
   */
  loadNewest(state: ProducerState, offset: number): number | undefined {
    for (let index = this.#offsets.length - 1; index >= 0; index--) {
      const candidate = this.#offsets[index]!;
      if (candidate > offset) continue;
      try {
        state.loadSnapshot(decodeProducerSnapshot(this.#read(candidate)), candidate);
        return candidate;
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.remove(candidate);
      }
    }
    return undefined;
  }

  /** Removes what a crash left half written, so that a sound one can be taken in its place. */
  removeUnsound(): void {
    for (const offset of this.#offsets) {
      try {
        decodeProducerSnapshot(this.#read(offset));
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.remove(offset);
      }
    }
  }

  /**
   * Makes all snapshots written since the last call durable (their names too, with the directory).
   */
  syncNow(): void {
    for (const offset of this.#unsynced) {
      if (!this.#offsets.includes(offset)) continue;
      const file = this.#fs.openSync(this.#path(offset), 'write');
      try {
        file.syncSync();
      } finally {
        file.closeSync();
      }
    }
    this.#unsynced.clear();
  }

  remove(offset: number): void {
    this.#offsets = this.#offsets.filter((other) => other !== offset);
    const path = this.#path(offset);
    if (this.#fs.statSync(path) !== undefined) this.#fs.removeFileSync(path);
  }

  removeWhere(doomed: (offset: number) => boolean): void {
    for (const offset of this.#offsets.filter(doomed)) this.remove(offset);
  }

  /** Renames the snapshot of a deleted segment; true when there was one. */
  release(offset: number): boolean {
    if (!this.#offsets.includes(offset)) return false;
    this.#offsets = this.#offsets.filter((other) => other !== offset);
    const path = this.#path(offset);
    if (this.#fs.statSync(path) === undefined) return false;
    this.#fs.renameSync(path, path + deletedSuffix);
    return true;
  }

  #read(offset: number): Uint8Array {
    const file = this.#fs.openSync(this.#path(offset), 'read');
    try {
      const bytes = new Uint8Array(file.sizeSync());
      file.readSync(bytes, 0, bytes.length, 0);
      return bytes;
    } finally {
      file.closeSync();
    }
  }

  #path(offset: number): string {
    return joinPath(this.#dir, snapshotFileName(offset));
  }
}
