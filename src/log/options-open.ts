/**
 * What `PartitionLog.open` takes beside the directory.
 */
import type { Env } from '../env/index.ts';
import type { SharedCursors } from './cursor-home.ts';
import type { LogKeeper } from './log-keeper.ts';
import type { LogConfigInput } from './options.ts';
import type { SegmentContext } from './segment.ts';

export interface OpenOptions {
  /** Partition directory; its name should be `<topic>-<partition>`. Made if missing. */
  readonly dir: string;
  /** Topic-level settings under Kafka's names. */
  readonly config?: LogConfigInput;
  /** The world to act in; the real one by default. */
  readonly env?: Partial<Env>;
  /** Topic id for `partition.metadata` of a new directory; 16 bytes. Random by default. */
  readonly topicId?: Uint8Array;
  /** Epoch stamped into appended batches. Default 0. */
  readonly leaderEpoch?: number;
  /**
   * True (default): this is the only replica, everything written is at once visible. False: the
   * caller raises the high watermark.
   */
  readonly soleReplica?: boolean;
  /** Open files at most; more segments than that are opened as they are read. Default 512. */
  readonly maxOpenFiles?: number;
  /** Memory for the indexes of inactive segments. Bytes, default 64 MiB. */
  readonly indexCacheBytes?: number;
  /** Read only: nothing is created, repaired, locked or deleted. Default false. */
  readonly readOnly?: boolean;
  /**
   * Forget idempotent producers silent for so long: at the open, at each roll and with each
   * retention run. Ms, default 24 h (producer.id.expiration.ms).
   */
  readonly producerExpirationMs?: number;
  /**
   * Who keeps recovery point, log start and clean mark. Default: a file in the directory itself.
   */
  readonly keeper?: LogKeeper;
  /** Open files and index memory shared with other partitions. Default: its own. */
  readonly shared?: Pick<SegmentContext, 'files' | 'indexes'>;
  /** Where cursors are kept. Default: a file in the directory itself. */
  readonly cursors?: SharedCursors;
}
