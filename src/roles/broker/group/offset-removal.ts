/**
 * How offsets go away: on request, by age, with their topic, with their group.
 *
 * Upstream: apache/kafka: group-coordinator/.../OffsetMetadataManager.java (cleanupExpiredOffsets),
 * OffsetExpirationConditionImpl.java.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { OffsetDeleteRequest } from '../protocol/generated/offset-delete.ts';
import { consumerTombstones } from './consumer-records.ts';
import type { RequestOrigin } from './messages.ts';
import { applyOffset } from './offset-apply.ts';
import type { StoredOffset } from './offset-table.ts';
import { GroupRecordType, type GroupRecord, type OffsetRecord } from './records.ts';
import type { Group, OffsetsPartition } from './state.ts';
import { subscribedTopics } from './subscribed-topics.ts';
import { persist, reply, schedule, timerKey, type Turn } from './turn.ts';

export function deleteOffsets(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: OffsetDeleteRequest,
): void {
  const group = partition.groups.get(request.groupId);
  const error = group === undefined ? ErrorCode.groupIdNotFound : deletionRefusal(group);
  if (group === undefined || error !== ErrorCode.none) {
    reply(turn, origin, { throttleMs: 0, error, topics: [] }, partition);
    return;
  }
  const inUse = subscribedTopics(group.members);
  const records: OffsetRecord[] = [];
  const topics = request.topics.map(({ name, partitions }) => {
    const subscribed = group.hasMembers && (inUse === undefined || inUse.has(name));
    if (!subscribed) {
      records.push(...partitions.map(({ index }) => offsetTombstone(group.id, name, index)));
    }
    const answer = subscribed ? ErrorCode.groupSubscribedToTopic : ErrorCode.none;
    return { name, partitions: partitions.map(({ index }) => ({ index, error: answer })) };
  });
  removeOffsets(
    turn,
    partition,
    records.filter((record) => isKnown(group, record)),
  );
  reply(turn, origin, { throttleMs: 0, error: ErrorCode.none, topics }, partition);
}

function isKnown(group: Group, { topic, partition }: OffsetRecord): boolean {
  return [group.offsets, ...group.pending.values()].some(
    (table) => table.get(topic, partition) !== undefined,
  );
}

function deletionRefusal({ members, hasMembers }: Group): ErrorCode {
  if (members.type === 'consumer') return ErrorCode.none;
  if (members.state === 'Dead') return ErrorCode.groupIdNotFound;
  const isConsumer = members.protocolType === 'consumer';
  return hasMembers && !isConsumer ? ErrorCode.nonEmptyGroup : ErrorCode.none;
}

function offsetTombstone(groupId: string, topic: string, partition: number): OffsetRecord {
  return { type: GroupRecordType.offset, groupId, topic, partition, value: null };
}

function removeOffsets(
  turn: Turn,
  partition: OffsetsPartition,
  records: readonly OffsetRecord[],
): void {
  if (records.length === 0) return;
  persist(turn, partition, records);
  for (const record of records) applyOffset(turn, partition, record);
}

/** Everything of the group: tombstones for its offsets, then for itself. */
export function removeGroup(turn: Turn, group: Group): void {
  const { partition, members } = group;
  const tables = [group.offsets, ...group.pending.values()];
  const topics = new Set(tables.flatMap((table) => [...table.topics()]));
  const records: GroupRecord[] = [];
  for (const topic of topics) {
    const all = tables.flatMap((table) => table.partitionsOf(topic).map(([index]) => index));
    for (const index of new Set(all)) records.push(offsetTombstone(group.id, topic, index));
  }
  if (members.type === 'consumer') records.push(...consumerTombstones(group.id));
  else records.push({ type: GroupRecordType.classicGroup, groupId: group.id, value: null });
  persist(turn, partition, records);
  for (const record of records) {
    if (record.type === GroupRecordType.offset) applyOffset(turn, partition, record);
  }
  if (members.type === 'classic') members.moveTo('Dead', turn.nowMs);
  partition.groups.delete(group.id);
}

/** Offsets of topics that are gone. Those that wait for a transaction go with it. */
export function topicsDeleted(turn: Turn, topics: readonly string[]): void {
  for (const partition of turn.state.partitions.values()) {
    if (partition.loading) continue;
    const records: OffsetRecord[] = [];
    for (const group of partition.groups.values()) {
      for (const topic of topics) {
        for (const [index] of group.offsets.partitionsOf(topic)) {
          records.push(offsetTombstone(group.id, topic, index));
        }
      }
    }
    removeOffsets(turn, partition, records);
  }
}

export function scheduleExpiry(turn: Turn): void {
  const intervalMs = turn.state.config['offsets.retention.check.interval.ms'];
  schedule(turn, timerKey.expiry, intervalMs, { of: 'expiry' });
}

/** Offsets that are too old, and groups of which nothing is left. */
export function expireOffsets(turn: Turn): void {
  for (const partition of turn.state.partitions.values()) {
    if (partition.loading) continue;
    for (const group of partition.groups.values()) expireOffsetsOf(turn, group);
  }
  scheduleExpiry(turn);
}

function expireOffsetsOf(turn: Turn, group: Group): void {
  const records: OffsetRecord[] = [];
  const inUse = subscribedTopics(group.members);
  const keep = group.hasMembers && inUse === undefined;
  for (const topic of keep ? [] : group.offsets.topics()) {
    if (group.hasMembers && inUse!.has(topic)) continue;
    for (const [index, offset] of group.offsets.partitionsOf(topic)) {
      const waits = [...group.pending.values()].some((table) => table.get(topic, index));
      if (!waits && isExpired(turn, group, offset)) {
        records.push(offsetTombstone(group.id, topic, index));
      }
    }
  }
  removeOffsets(turn, group.partition, records);
  const { members } = group;
  const isIdle = !(members.type === 'classic' && members.pendingMembers.size > 0);
  if (group.offsets.isEmpty && group.pending.size === 0 && !group.hasMembers && isIdle) {
    removeGroup(turn, group);
  }
}

function isExpired(turn: Turn, group: Group, { value }: StoredOffset): boolean {
  if (value.expireTimestampMs >= 0) return turn.nowMs >= value.expireTimestampMs;
  const retentionMs = turn.state.config['offsets.retention.minutes'] * 60_000;
  const { members } = group;
  // A group that had members counts from when the last one left, others from the commit.
  const emptySinceMs =
    members.type === 'classic' && members.protocolType !== null && members.state === 'Empty'
      ? members.stateTimestampMs
      : 0;
  return turn.nowMs - Math.max(value.commitTimestampMs, emptySinceMs) >= retentionMs;
}
