/**
 * What a log that stands alone remembers about itself: where it starts, what is durable, and
 * whether it was closed in order.
 *
 * Apache Kafka keeps these facts once for all partitions of a log directory (offset checkpoints and
 * clean-shutdown marker); `LogDirectory` does the same. A single partition opened by itself keeps
 * them in one small file of its own, which Kafka ignores. A clean close names the log end and the
 * size of the last segment, so a directory that anybody wrote to in between is not taken for clean.
 *
 * Invariants: P1 the clean mark is gone, durably, before anything else in the directory changes;
 * P2 it is written after everything it vouches for is durable; P3 the recovery point never gets
 * ahead of what is durable.
 */
import { atomicReplaceSync, joinPath, type FileSystem } from '../../native-free-io/index.ts';

export const partitionCheckpointName = '.varve_checkpoint';
const maxBytes = 4096;

/** Stated by an orderly close. */
export interface CleanClose {
  readonly logEndOffset: number;
  readonly activeBaseOffset: number;
  /** Bytes of the last segment. */
  readonly activeSize: number;
}

export interface PartitionCheckpoint {
  readonly version: 1;
  readonly logStartOffset: number;
  readonly recoveryPoint: number;
  /** Where the last round of compaction ended; absent before the first. */
  readonly cleanerOffset?: number;
  readonly clean: CleanClose | null;
}

/** The checkpoint, or undefined when there is none or it does not read as one. */
export function readPartitionCheckpoint(
  fs: FileSystem,
  dir: string,
): PartitionCheckpoint | undefined {
  const path = joinPath(dir, partitionCheckpointName);
  const stat = fs.statSync(path);
  if (stat === undefined || stat.size > maxBytes) return undefined;
  const bytes = new Uint8Array(stat.size);
  const file = fs.openSync(path, 'read');
  try {
    file.readSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isCheckpoint(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the checkpoint atomically and durably. */
export function writePartitionCheckpoint(
  fs: FileSystem,
  dir: string,
  checkpoint: PartitionCheckpoint,
): void {
  const text = `${JSON.stringify(checkpoint)}\n`;
  atomicReplaceSync(fs, joinPath(dir, partitionCheckpointName), new TextEncoder().encode(text));
}

function isCheckpoint(value: unknown): value is PartitionCheckpoint {
  if (typeof value !== 'object' || value === null) return false;
  const facts = value as Record<string, unknown>;
  return (
    facts['version'] === 1 &&
    isCount(facts['logStartOffset']) &&
    isCount(facts['recoveryPoint']) &&
    isCleanClose(facts['clean']) &&
    (facts['cleanerOffset'] === undefined || isCount(facts['cleanerOffset']))
  );
}

function isCleanClose(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const { logEndOffset, activeBaseOffset, activeSize } = value as Record<string, unknown>;
  return isCount(logEndOffset) && isCount(activeBaseOffset) && isCount(activeSize);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
