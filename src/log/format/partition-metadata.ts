/**
 * `partition.metadata`: which topic, by identifier, a partition directory belongs to.
 *
 *    version: 0\n
 *    topic_id: <22 characters>          no newline at the end
 *
 * Format doc: docs/formats/log.md, "partition.metadata".
 */
import { CorruptionError } from '../../../native-free-io/index.ts';
import { parseUuid, uuidText } from './uuid-text.ts';

export interface PartitionMetadata {
  /** 16 bytes, not all zero. */
  readonly topicId: Uint8Array;
}

export function encodePartitionMetadata({ topicId }: PartitionMetadata): Uint8Array {
  return new TextEncoder().encode(`version: 0\ntopic_id: ${uuidText(topicId)}`);
}

/** LOG_CORRUPT_CHECKPOINT on any deviation; a trailing newline and later versions are fine. */
export function decodePartitionMetadata(bytes: Uint8Array, path: string): PartitionMetadata {
  const lines = new TextDecoder('latin1').decode(bytes).split('\n');
  const version = /^\S+\s+(\d+)\s*$/.exec(lines[0] ?? '')?.[1];
  if (version === undefined) throw malformed('the version is missing', path, 0);
  const text = /^\S+\s+(\S+)\s*$/.exec(lines[1] ?? '')?.[1];
  const topicId = text === undefined ? undefined : parseUuid(text);
  const position = lines[0]!.length + 1;
  if (topicId === undefined) throw malformed('the topic id is missing', path, position);
  if (topicId.every((byte) => byte === 0)) throw malformed('the topic id is zero', path, position);
  return { topicId };
}

function malformed(reason: string, path: string, position: number): CorruptionError {
  return new CorruptionError('LOG_CORRUPT_CHECKPOINT', reason, { context: { path, position } });
}
