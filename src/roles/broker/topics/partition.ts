/**
 * One partition as its leader: the log, the epoch of its leadership, and who waits for it.
 *
 * Invariants: log start <= last stable offset <= high watermark <= log end (the log's own); whoever
 * waits is told after the change is visible to readers.
 */
import type { AppendBatchesOptions, AppendResult, PartitionLog } from '../../../log/index.ts';

export interface PartitionParts {
  readonly topic: string;
  readonly index: number;
  readonly log: PartitionLog;
  readonly leaderEpoch: number;
}

export class Partition {
  readonly topic: string;
  readonly index: number;
  readonly log: PartitionLog;
  /** Term of this broker as the leader; stamped into what is appended. */
  readonly leaderEpoch: number;
  /** Deleted or given away: requests find it no more, who waits is told. */
  isGone = false;
  readonly #waiting = new Set<() => void>();

  constructor(parts: PartitionParts) {
    this.topic = parts.topic;
    this.index = parts.index;
    this.log = parts.log;
    this.leaderEpoch = parts.leaderEpoch;
  }

  /**
   * Appends batches as the leader: validates, stamps offsets and epoch into `bytes`, writes, then
   * wakes who waits. Throws what the log throws.
   */
  append(bytes: Uint8Array, options: AppendBatchesOptions = {}): AppendResult {
    const result = this.log.appendBatchesSync(bytes, { ...options, leaderEpoch: this.leaderEpoch });
    if (!result.duplicate) this.wake();
    return result;
  }

  /** Calls `look` whenever something changed that a reader could see; returns the way out. */
  onChange(look: () => void): () => void {
    this.#waiting.add(look);
    return () => this.#waiting.delete(look);
  }

  /** Lets everybody look again. */
  wake(): void {
    if (this.#waiting.size === 0) return;
    for (const look of this.#waiting) look();
  }

  /** Takes it out of service. */
  retire(): void {
    this.isGone = true;
    this.wake();
  }
}
