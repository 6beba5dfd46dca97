/** The `partition.metadata` file: written once, durably, before the first append. */
import { atomicReplaceSync, joinPath } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { partitionMetadataFileName } from './file-names.ts';
import { decodePartitionMetadata, encodePartitionMetadata } from './format/partition-metadata.ts';

/** Writes the file if it is missing; checks it if it is there. Returns the topic id, 16 bytes. */
export function ensurePartitionMetadata(
  env: Env,
  dir: string,
  topicId: Uint8Array | undefined,
): Uint8Array {
  const present = readPartitionMetadata(env, dir);
  if (present !== undefined) return present;
  const id = topicId ?? env.random.uuid();
  const path = joinPath(dir, partitionMetadataFileName);
  atomicReplaceSync(env.fs, path, encodePartitionMetadata({ topicId: id }));
  return id;
}

/** The topic id; undefined when there is no file. */
export function readPartitionMetadata(env: Env, dir: string): Uint8Array | undefined {
  const path = joinPath(dir, partitionMetadataFileName);
  const stat = env.fs.statSync(path);
  if (stat === undefined) return undefined;
  const bytes = new Uint8Array(stat.size);
  const file = env.fs.openSync(path, 'read');
  try {
    file.readSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
  return decodePartitionMetadata(bytes, path).topicId;
}
