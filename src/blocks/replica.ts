/**
 * One copy of a block on a volume: its state, and how much of it may be read.
 *
 *    none ──▶ rbw ─────────▶ finalized ◀──── rur       rbw        being written
 *      │       ▲ ◀── append ──┘   │           ▲        rwr        found on opening, to be recovered
 *      │       │                  └───────────┤        rur        under recovery
 *      └─▶ temporary ─▶ finalized   rwr ──────┘        temporary  being copied here
 *
 * Invariants: R1 the generation stamp never goes down; R2 `length` is what readers may see: bytes
 * whose sums are written, with `partialSum` the sum of a short last chunk, published together, so
 * that a reader never meets a sum that belongs to another length (HDFS-11056).
 *
 * Upstream: apache/hadoop: HdfsServerConstants.ReplicaState, FsDatasetImpl.java.
 */
import { StateError, throwIfAborted } from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import type { Volume } from './volume.ts';

/** Persisted and reported numbers of the states, as in HDFS. */
export const replicaStateNumber = {
  finalized: 0,
  rbw: 1,
  rwr: 2,
  rur: 3,
  temporary: 4,
} as const;

export type ReplicaState = keyof typeof replicaStateNumber;

/** Every legal move; anything else is refused. A replica in any state may be deleted. */
export const legalMoves: Readonly<Record<ReplicaState, readonly ReplicaState[]>> = {
  temporary: ['finalized', 'rbw'],
  rbw: ['finalized', 'rbw', 'rwr', 'rur'],
  finalized: ['rbw', 'rur'],
  rwr: ['rur'],
  rur: ['finalized', 'rur'],
};

/** What a caller sees of a replica. */
export interface BlockInfo {
  readonly id: bigint;
  readonly generationStamp: number;
  /** Bytes that readers may see. */
  readonly length: number;
  readonly state: ReplicaState;
  /** Directory of the volume. */
  readonly volume: string;
  /** A read or scan found it damaged since the store was opened. */
  readonly isCorrupt: boolean;
}

export class Replica {
  readonly id: bigint;
  readonly volume: Volume;
  generationStamp: number;
  /** Directory of both files. */
  directory: string;
  length: number;
  /**
   * Sum of the short last chunk where the sidecar's may be newer or older; undefined: as on disk.
   */
  partialSum: number | undefined;
  /** Changes whenever sums read before may be stale. */
  version: number;
  isCorrupt: boolean;
  #state: ReplicaState;
  #waiting: (() => void)[];

  constructor(
    place: { id: bigint; generationStamp: number; volume: Volume; directory: string },
    state: ReplicaState,
    length: number,
  ) {
    this.id = place.id;
    this.volume = place.volume;
    this.generationStamp = place.generationStamp;
    this.directory = place.directory;
    this.length = length;
    this.partialSum = undefined;
    this.version = 0;
    this.isCorrupt = false;
    this.#state = state;
    this.#waiting = [];
  }

  get state(): ReplicaState {
    return this.#state;
  }

  get info(): BlockInfo {
    return {
      id: this.id,
      generationStamp: this.generationStamp,
      length: this.#state === 'temporary' ? 0 : this.length,
      state: this.#state,
      volume: this.volume.dir,
      isCorrupt: this.isCorrupt,
    };
  }

  /** Throws BLOCKS_ILLEGAL_STATE unless the table allows it. */
  assertMove(to: ReplicaState): void {
    if (legalMoves[this.#state].includes(to)) return;
    throw new StateError(
      'BLOCKS_ILLEGAL_STATE',
      `block ${this.id} is ${this.#state}, not for ${to}`,
      {
        context: { block: this.id, state: this.#state, volume: this.volume.dir },
      },
    );
  }

  move(to: ReplicaState): void {
    this.assertMove(to);
    this.#state = to;
    this.changed();
  }

  raiseGenerationStamp(to: number): void {
    invariant(to >= this.generationStamp, 'a generation stamp went down');
    this.generationStamp = to;
  }

  /** What readers may see from now on. */
  publish(length: number, partialSum: number | undefined): void {
    this.length = length;
    this.partialSum = partialSum;
    this.version++;
    this.changed();
  }

  /** Resolves at the next publication or change of state. */
  async untilChanged(signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal);
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    throwIfAborted(signal);
  }

  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
