/**
 * Making a log durable: one flush at a time, each covering everything appended before it began.
 *
 * Whoever needs durability waits for the first flush that began after its append; many waiters thus
 * share one sync (group commit). A failed sync poisons the log: what the system dropped from its
 * cache cannot be synced again, so retrying would only pretend.
 *
 * Order: names before contents are vouched for, contents before the recovery point moves.
 */
import { GroupCommit } from '../../native-free-io/index.ts';
import type { LogCore } from './log-core.ts';
import type { Segment } from './segment.ts';

/** When an append resolves: in the page cache, or on stable storage. */
export type Durability = 'written' | 'synced';

export interface DurabilityOptions {
  /**
   * Default 'written', as Kafka does: a crash of the machine may lose it, one of the process not.
   */
  readonly durability?: Durability;
}

export class Flusher {
  readonly #core: LogCore;
  readonly #commits: GroupCommit;
  /** Called after the recovery point moved past a segment boundary. */
  readonly #onRecoveryPoint: () => void;

  constructor(core: LogCore, onRecoveryPoint: () => void) {
    this.#core = core;
    this.#onRecoveryPoint = onRecoveryPoint;
    this.#commits = new GroupCommit(() => this.#flushOnce());
  }

  /** Resolves once everything appended so far is durable. */
  async flush(): Promise<void> {
    this.#core.assertWritable();
    if (this.#core.recoveryPoint >= this.#core.logEndOffset && !this.#core.directoryDirty) return;
    await this.#commits.commit();
  }

  async #flushOnce(): Promise<void> {
    const core = this.#core;
    const upTo = core.logEndOffset;
    const active = core.segments.active;
    const before = core.recoveryPoint;
    const generation = core.generation;
    try {
      const finished = [...core.unsyncedSegments];
      const unsynced = new Set([...finished, ...core.segments.overlapping(before, upTo)]);
      for (const segment of unsynced) await this.#syncSegment(segment, segment === active);
      for (const segment of finished) core.unsyncedSegments.delete(segment);
      core.snapshots.syncNow();
      if (core.directoryDirty) {
        core.directoryDirty = false;
        await core.fs.syncDirectory(core.dir);
      }
    } catch (error) {
      core.failure ??= error;
      throw error;
    }
    // After a truncation in between, offsets below `upTo` may be other records, not yet durable.
    if (core.generation !== generation) return;
    core.recoveryPoint = Math.max(before, upTo);
    if (active.baseOffset > before) this.#onRecoveryPoint();
  }

  /**
   * Indexes of the active segment are rebuilt by recovery, which always looks at the segment
   * holding the recovery point; those of finished segments must be durable. A segment that a
   * truncation or retention removes meanwhile needs no durability, and its files may be gone.
   */
  async #syncSegment(segment: Segment, active: boolean): Promise<void> {
    const { segments } = this.#core;
    if (!segments.has(segment)) return;
    try {
      await (active ? segment.syncData() : segment.sync());
    } catch (error) {
      if (segments.has(segment)) throw error;
    }
  }
}
