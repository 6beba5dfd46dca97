/**
 * Which leader wrote from which offset on: the leader epoch cache and its checkpoint file.
 *
 * Invariants: I1 epochs strictly ascend; I2 start offsets strictly ascend.
 * Durability: an assignment is on disk before the append that caused it returns; truncations are
 * written before they return too (a stale entry would be repaired at the next open all the same).
 * Damage:     a malformed checkpoint fails the open (LOG_CORRUPT_CHECKPOINT).
 * Upstream:   apache/kafka: storage/.../epoch/LeaderEpochFileCache.java; behaviour kept,
 *             code our own.
 * Format doc: docs/formats/log.md, "Leader epoch checkpoint".
 */
import { atomicReplaceSync, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import { encodeLeaderEpochs, decodeLeaderEpochs } from './format/checkpoint-text.ts';
import { leaderEpochFileName } from './file-names.ts';

export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

/** What a broker asks: it changes only by appends and truncations. */
export interface EpochTable {
  /** The one of the last record; undefined before the first. */
  readonly latest: EpochEntry | undefined;
  /** The epoch in force at `offset`, -1 when unknown. */
  epochFor(offset: number): number;
  /** The end of `epoch` as a leader would answer it; (-1, -1) when it cannot be known. */
  endOffsetFor(
    epoch: number,
    logEndOffset: number,
  ): { readonly epoch: number; readonly endOffset: number };
}

export const undefinedEpoch = -1;
export const undefinedOffset = -1;

export class LeaderEpochs implements EpochTable {
  readonly #fs: FileSystem;
  readonly #path: string;
  #entries: EpochEntry[];

  private constructor(fs: FileSystem, path: string, entries: EpochEntry[]) {
    this.#fs = fs;
    this.#path = path;
    this.#entries = entries;
  }

  static open(fs: FileSystem, dir: string): LeaderEpochs {
    const path = joinPath(dir, leaderEpochFileName);
    const stat = fs.statSync(path);
    if (stat === undefined) return new LeaderEpochs(fs, path, []);
    const bytes = new Uint8Array(stat.size);
    const file = fs.openSync(path, 'read');
    try {
      file.readSync(bytes, 0, bytes.length, 0);
    } finally {
      file.closeSync();
    }
    return new LeaderEpochs(fs, path, decodeLeaderEpochs(bytes, path));
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries;
  }

  get latest(): EpochEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Records that `epoch` begins at `startOffset`; true when the table changed. */
  assign(epoch: number, startOffset: number): boolean {
    invariant(epoch >= 0 && startOffset >= 0, 'leader epochs: negative epoch or offset');
    const latest = this.latest;
    if (latest !== undefined && latest.epoch === epoch && startOffset >= latest.startOffset) {
      return false;
    }
    const kept = this.#entries.filter(
      (entry) => entry.epoch < epoch && entry.startOffset < startOffset,
    );
    this.#store([...kept, { epoch, startOffset }]);
    return true;
  }

  /** Drops what begins at or after `offset`. */
  truncateFromEnd(offset: number): void {
    const latest = this.latest;
    if (latest === undefined || latest.startOffset < offset) return;
    this.#store(this.#entries.filter((entry) => entry.startOffset < offset));
  }

  /** Drops what lies wholly before `offset`; the epoch in force there then begins at `offset`. */
  truncateFromStart(offset: number): void {
    const dropped = this.#entries.filter((entry) => entry.startOffset <= offset);
    const inForce = dropped.at(-1);
    if (inForce === undefined || (dropped.length === 1 && inForce.startOffset === offset)) return;
    const kept = this.#entries.filter((entry) => entry.startOffset > offset);
    this.#store([{ epoch: inForce.epoch, startOffset: offset }, ...kept]);
  }

  clear(): void {
    if (this.#entries.length > 0) this.#store([]);
  }

  /** The end of `epoch` as a leader would answer it; (-1, -1) when it cannot be known. */
  endOffsetFor(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } {
    const latest = this.latest;
    if (latest === undefined || epoch === undefinedEpoch || epoch > latest.epoch) {
      return { epoch: undefinedEpoch, endOffset: undefinedOffset };
    }
    if (epoch === latest.epoch) return { epoch, endOffset: logEndOffset };
    const next = this.#entries.find((entry) => entry.epoch > epoch);
    invariant(next !== undefined, 'leader epochs: no entry above an older epoch');
    const floor = this.#entries.findLast((entry) => entry.epoch <= epoch);
    return { epoch: floor?.epoch ?? epoch, endOffset: next.startOffset };
  }

  /** The epoch in force at `offset`, -1 when unknown. */
  epochFor(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? undefinedEpoch;
  }

  /** Makes the file if it is not there yet: empty, as Kafka makes it. */
  ensureFile(): void {
    if (this.#fs.statSync(this.#path) !== undefined) return;
    atomicReplaceSync(this.#fs, this.#path, new Uint8Array(0));
  }

  #store(entries: EpochEntry[]): void {
    atomicReplaceSync(this.#fs, this.#path, encodeLeaderEpochs(entries));
    this.#entries = entries;
  }
}
