/**
 * The checkpoint files of a log root: one offset per partition each, replaced atomically.
 *
 * Upstream: apache/kafka: storage/.../checkpoint/*.java; format kept, code our own.
 */
import { atomicReplaceSync, joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { partitionDirectoryName, type TopicPartition } from '../file-names.ts';
import { decodeOffsets, encodeOffsets, type OffsetLine } from '../format/checkpoint-text.ts';

export const checkpointNames = {
  recoveryPoint: 'recovery-point-offset-checkpoint',
  highWatermark: 'replication-offset-checkpoint',
  logStartOffset: 'log-start-offset-checkpoint',
  cleanerOffset: 'cleaner-offset-checkpoint',
} as const;

export type CheckpointKind = keyof typeof checkpointNames;

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

export function writeOffsets(
  fs: FileSystem,
  root: string,
  kind: CheckpointKind,
  offsets: ReadonlyMap<TopicPartition, number>,
): void {
  const lines: OffsetLine[] = [];
  for (const [{ topic, partition }, offset] of offsets) lines.push({ topic, partition, offset });
  lines.sort((a, b) => (partitionDirectoryName(a) < partitionDirectoryName(b) ? -1 : 1));
  atomicReplaceSync(fs, joinPath(root, checkpointNames[kind]), encodeOffsets(lines));
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
