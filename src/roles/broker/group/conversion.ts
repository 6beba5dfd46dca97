/**
 * A group without members takes the protocol of whoever comes next; its offsets stay.
 */
import { ClassicGroup } from './classic-state.ts';
import { ConsumerGroup } from './consumer-state.ts';
import { consumerTombstones } from './consumer-records.ts';
import { GroupRecordType } from './records.ts';
import type { OffsetsPartition } from './state.ts';
import { cancel, persist, timerKey, type Turn } from './turn.ts';

export function convertIfEmpty(
  turn: Turn,
  partition: OffsetsPartition,
  groupId: string,
  wanted: 'classic' | 'consumer',
): void {
  const group = partition.groups.get(groupId);
  if (group === undefined || group.members.type === wanted || group.hasMembers) return;
  if (group.members.type === 'classic') {
    if (group.members.pendingMembers.size > 0) return;
    cancel(turn, timerKey.join(groupId));
    persist(turn, partition, [{ type: GroupRecordType.classicGroup, groupId, value: null }]);
    group.members = new ConsumerGroup();
  } else {
    persist(turn, partition, consumerTombstones(group.id));
    group.members = new ClassicGroup(turn.nowMs);
  }
}
