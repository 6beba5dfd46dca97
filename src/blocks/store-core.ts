/**
 * What the rooms of a store share: volumes, replicas by id, open files, counters, metrics.
 *
 * Invariant: S1 a replica is in the map exactly while its files are where it says; files are moved
 * or removed only by who holds the block's turn (`serially`).
 */
import { NotFoundError, StateError } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { Counters } from './counters.ts';
import { dataPath, metaPath } from './block-files.ts';
import type { LoadNotes } from './load-report.ts';
import { moveAside } from './lost-found.ts';
import { StoreMetrics } from './metrics.ts';
import { OpenBlocks } from './open-blocks.ts';
import type { Identity } from './open-volumes.ts';
import type { ResolvedOptions } from './options.ts';
import type { Replica } from './replica.ts';
import { Serial } from './serial.ts';
import type { VolumeSet } from './volume-set.ts';

export class StoreCore {
  readonly env: Env;
  readonly options: ResolvedOptions;
  readonly identity: Identity;
  readonly volumes: VolumeSet;
  readonly replicas: Map<bigint, Replica> = new Map();
  readonly open: OpenBlocks;
  readonly counters: Counters;
  readonly metrics: StoreMetrics = new StoreMetrics();
  /** Blocks that a read found damaged, to be scanned first. */
  readonly suspects: Set<bigint> = new Set();
  readonly #turns = new Map<bigint, { serial: Serial; users: number }>();
  isClosed = false;

  constructor(
    env: Env,
    options: ResolvedOptions,
    parts: { identity: Identity; volumes: VolumeSet },
  ) {
    this.env = env;
    this.options = options;
    this.identity = parts.identity;
    this.volumes = parts.volumes;
    this.open = new OpenBlocks(options.maxOpenBlocks);
    this.counters = new Counters(() => this.volumes.live);
  }

  /**
   * Takes up a replica found on opening. Of two of one block the one with the higher generation
   * stamp stays, then the longer, then the first; the other goes aside, unless both are the same
   * file (HDFS-8486).
   */
  adopt(replica: Replica, notes: LoadNotes): void {
    this.counters.see(replica.id, replica.generationStamp);
    const other = this.replicas.get(replica.id);
    if (other === undefined) {
      this.replicas.set(replica.id, replica);
      return;
    }
    const isBetter =
      replica.generationStamp !== other.generationStamp
        ? replica.generationStamp > other.generationStamp
        : replica.length > other.length;
    const [winner, loser] = isBetter ? [replica, other] : [other, replica];
    this.replicas.set(winner.id, winner);
    if (dataPath(winner) === dataPath(loser)) return;
    moveAside(loser.volume, metaPath(loser), 'another replica of the block is newer', notes);
    moveAside(loser.volume, dataPath(loser), 'another replica of the block is newer', notes);
  }

  /** BLOCKS_NOT_FOUND when there is none. */
  replica(id: bigint): Replica {
    this.assertOpen();
    const replica = this.replicas.get(id);
    if (replica === undefined) {
      throw new NotFoundError('BLOCKS_NOT_FOUND', `no block ${id}`, { context: { block: id } });
    }
    return replica;
  }

  /** One change of a block at a time. */
  async serially<T>(id: bigint, work: () => T | Promise<T>): Promise<T> {
    const turn = this.#turns.get(id) ?? { serial: new Serial(), users: 0 };
    turn.users++;
    this.#turns.set(id, turn);
    try {
      return await turn.serial.run(work);
    } finally {
      turn.users--;
      if (turn.users === 0) this.#turns.delete(id);
    }
  }

  /** Told what an operation on a replica threw: a volume that failed goes with all its replicas. */
  failed(replica: Replica, cause: unknown): void {
    if (!this.volumes.judge(replica.volume, cause)) return;
    this.metrics.volumesFailed++;
    this.env.logger.log('error', 'a volume failed and was taken out', {
      volume: replica.volume.dir,
      cause: String(cause),
    });
    for (const one of this.replicas.values()) {
      if (one.volume !== replica.volume) continue;
      this.open.drop(one);
      this.replicas.delete(one.id);
      one.changed();
    }
  }

  /** Told of damage. */
  damaged(replica: Replica): void {
    this.metrics.corruptions++;
    replica.isCorrupt = true;
    this.suspects.add(replica.id);
  }

  assertOpen(): void {
    if (this.isClosed) throw new StateError('BLOCKS_CLOSED', 'the block store is closed');
  }

  assertWritable(): void {
    this.assertOpen();
    if (!this.options.readOnly) return;
    throw new StateError('BLOCKS_READ_ONLY', 'the block store was opened read-only');
  }
}
