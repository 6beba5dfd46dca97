/**
 * Files and names of a log root beside its checkpoints: `meta.properties`, partitions, and
 * directories on their way out.
 */
import {
  atomicReplaceSync,
  InvalidArgumentError,
  joinPath,
  StoreError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { hexText } from '../../base/index.ts';
import type { Env } from '../../env/index.ts';
import {
  parsePartitionDirectoryName,
  partitionDirectoryName,
  type TopicPartition,
} from '../file-names.ts';
import {
  decodeMetaProperties,
  encodeMetaProperties,
  type MetaProperties,
} from '../format/meta-properties.ts';
import { uuidText } from '../format/uuid-text.ts';
import { readSmallFile } from './checkpoint-files.ts';

const maxNameLength = 255;

export interface NewMeta {
  readonly nodeId?: number;
  readonly clusterId?: string;
}

/** What `meta.properties` says; made durably if it is missing. */
export function ensureMeta(env: Env, root: string, options: NewMeta): MetaProperties {
  const path = joinPath(root, 'meta.properties');
  const bytes = readSmallFile(env.fs, path);
  if (bytes !== undefined) return decodeMetaProperties(bytes, path);
  const { nodeId = 1, clusterId = uuidText(env.random.uuid()) } = options;
  if (!Number.isInteger(nodeId) || nodeId < 0 || nodeId > 0x7fffffff) {
    throw new InvalidArgumentError('OPTION_INVALID', `nodeId: not a node id: ${nodeId}`);
  }
  if (!/^[\x21-\x7e]+$/.test(clusterId)) {
    throw new InvalidArgumentError('OPTION_INVALID', `clusterId: not one word: '${clusterId}'`);
  }
  const meta: MetaProperties = { clusterId, nodeId, directoryId: env.random.uuid() };
  atomicReplaceSync(env.fs, path, encodeMetaProperties(meta));
  return meta;
}

/**
 * The partitions in a root, by name. Directories whose names none of ours can have are left out.
 */
export function listPartitions(fs: FileSystem, root: string): TopicPartition[] {
  const found: TopicPartition[] = [];
  for (const { name, kind } of fs.listSync(root)) {
    const parsed = kind === 'directory' ? parsePartitionDirectoryName(name) : undefined;
    if (parsed?.role !== 'replica') continue;
    const key = { topic: parsed.topic, partition: parsed.partition };
    if (isNameOf(name, key)) found.push(key);
  }
  return found;
}

/** False for `a b-0` and `a-00` too, which would lead to another directory or to none. */
function isNameOf(name: string, key: TopicPartition): boolean {
  try {
    return partitionDirectoryName(key) === name;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

/** Deletes what was on its way out when the root was last in use. */
export function removeLeftovers(fs: FileSystem, root: string): void {
  for (const { name, kind } of fs.listSync(root)) {
    if (kind === 'directory' && parsePartitionDirectoryName(name)?.role === 'delete') {
      removeTree(fs, joinPath(root, name));
    }
  }
}

/** Removes the directory with all it holds; one that is gone is no trouble. */
export function removeTree(fs: FileSystem, dir: string): void {
  if (fs.statSync(dir) === undefined) return;
  for (const { name, kind } of fs.listSync(dir)) {
    if (kind === 'directory') removeTree(fs, joinPath(dir, name));
    else fs.removeFileSync(joinPath(dir, name));
  }
  fs.removeDirectorySync(dir);
}

/** `<topic>-<partition>.<32 hex digits>-delete`, the topic cut so that 255 characters suffice. */
export function deletedName(name: string, id: Uint8Array): string {
  const suffix = `.${hexText(id)}-delete`;
  const at = name.lastIndexOf('-');
  const partition = name.slice(at);
  const topic = name.slice(0, Math.min(at, maxNameLength - suffix.length - partition.length));
  return `${topic}${partition}${suffix}`;
}
