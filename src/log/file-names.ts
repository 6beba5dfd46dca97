/**
 * Every name a partition directory may hold, made and parsed in one place.
 *
 * Base offsets are 20 decimal digits, zero-padded. Suffixes stand after the type:
 * `00000000000000000042.log.swap`. Format doc: docs/formats/log.md, "Files of a partition".
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

/** Scheduled for removal; swept at load. */
export const deletedSuffix = '.deleted';
/** Output of cleaning that is not committed; removed at load. */
export const cleanedSuffix = '.cleaned';
/** Committed output that awaits its final name; completed at load. */
export const swapSuffix = '.swap';
export const leaderEpochFileName = 'leader-epoch-checkpoint';
export const partitionMetadataFileName = 'partition.metadata';

export type SegmentFileType = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot';
export type FileSuffix = '' | '.cleaned' | '.swap' | '.deleted';

export interface ClassifiedFile {
  readonly type: SegmentFileType;
  readonly offset: number;
  readonly suffix: FileSuffix;
}

const offsetDigits = 20;
const pattern = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)(\.cleaned|\.swap|\.deleted|)$/;

export function logFileName(baseOffset: number): string {
  return `${padded(baseOffset)}.log`;
}
export function offsetIndexFileName(baseOffset: number): string {
  return `${padded(baseOffset)}.index`;
}
export function timeIndexFileName(baseOffset: number): string {
  return `${padded(baseOffset)}.timeindex`;
}
export function transactionIndexFileName(baseOffset: number): string {
  return `${padded(baseOffset)}.txnindex`;
}
export function snapshotFileName(offset: number): string {
  return `${padded(offset)}.snapshot`;
}

/** The offset of a producer snapshot's name; undefined for any other name. */
export function parseSnapshotFileName(name: string): number | undefined {
  const file = classifyFileName(name);
  return file?.type === 'snapshot' && file.suffix === '' ? file.offset : undefined;
}

/** What a file of a segment is; undefined for names that belong to no segment. */
export function classifyFileName(name: string): ClassifiedFile | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const offset = Number(match[1]);
  if (!Number.isSafeInteger(offset)) return undefined;
  return { type: match[2] as SegmentFileType, offset, suffix: match[3] as FileSuffix };
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a directory of a log root is for, besides an ordinary replica. */
export type DirectoryRole = 'replica' | 'delete' | 'future' | 'stray';

const maxTopicLength = 249;
const topicPattern = /^[a-zA-Z0-9._-]+$/;

/** Throws LOG_NAME_INVALID unless Kafka would take the name for a topic. */
export function assertTopicName(topic: string): void {
  const valid =
    topic.length <= maxTopicLength && topicPattern.test(topic) && topic !== '.' && topic !== '..';
  if (valid) return;
  throw new InvalidArgumentError(
    'LOG_NAME_INVALID',
    `'${topic}' is no topic name: 1 to ${maxTopicLength} of a-z, A-Z, 0-9, '.', '_' and '-'`,
  );
}

export function partitionDirectoryName({ topic, partition }: TopicPartition): string {
  assertTopicName(topic);
  if (!Number.isInteger(partition) || partition < 0 || partition > 0x7fffffff) {
    throw new InvalidArgumentError('LOG_NAME_INVALID', `${partition} is no partition number`);
  }
  return `${topic}-${partition}`;
}

/**
 * Topic, partition and role of a directory in a log root; undefined when the name does not parse.
 */
export function parsePartitionDirectoryName(
  name: string,
): (TopicPartition & { readonly role: DirectoryRole }) | undefined {
  const marked = /^\S+-\S+\.\S+-(delete|future|stray)$/.exec(name);
  const role = (marked?.[1] ?? 'replica') as DirectoryRole;
  const effective = marked === null ? name : name.slice(0, name.lastIndexOf('.'));
  const at = effective.lastIndexOf('-');
  const digits = effective.slice(at + 1);
  const partition = Number(digits);
  if (at < 1 || !/^\d{1,10}$/.test(digits) || partition > 0x7fffffff) return undefined;
  return { topic: effective.slice(0, at), partition, role };
}

function padded(offset: number): string {
  return String(offset).padStart(offsetDigits, '0');
}
