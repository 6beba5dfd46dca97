/**
 * The checkpoint files of a log root: one offset per partition each, replaced atomically.
 *
 * Upstream: apache/kafka: storage/.../checkpoint/*.java; format kept, code our own.
 */
import { atomicReplaceSync, joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { decodeOffsets } from '../format/checkpoint-text.ts';

export const checkpointNames = {
  logStartOffset: 'log-start-offset-checkpoint',
  recoveryPoint: 'recovery-point-offset-checkpoint',
  highWatermark: 'replication-offset-checkpoint',
  cleanerOffset: 'cleaner-offset-checkpoint',
} as const;

export type CheckpointKind = keyof typeof checkpointNames;

/** In the order they are written: a log start that moved is not forgotten after a crash. */
export const checkpointKinds: readonly CheckpointKind[] = Object.keys(
  checkpointNames,
) as CheckpointKind[];

/** Offsets by partition directory name. Throws LOG_CORRUPT_CHECKPOINT. */
export function readOffsets(
  fs: FileSystem,
  root: string,
  kind: CheckpointKind,
): Map<string, number> {
  const path = joinPath(root, checkpointNames[kind]);
  const offsets = new Map<string, number>();
  const bytes = readSmallFile(fs, path);
  if (bytes === undefined) return offsets;
  for (const { topic, partition, offset } of decodeOffsets(bytes, path)) {
    offsets.set(`${topic}-${partition}`, offset);
  }
  return offsets;
}

/** Replaces the file; durable on return. */
export function writeCheckpoint(
  fs: FileSystem,
  root: string,
  kind: CheckpointKind,
  bytes: Uint8Array,
): void {
  atomicReplaceSync(fs, joinPath(root, checkpointNames[kind]), bytes);
}

/** The whole file, or undefined when it does not exist. */
export function readSmallFile(fs: FileSystem, path: string): Uint8Array | undefined {
  if (fs.statSync(path) === undefined) return undefined;
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    return bytes.subarray(0, file.readSync(bytes, 0, bytes.length, 0));
  } finally {
    file.closeSync();
  }
}
