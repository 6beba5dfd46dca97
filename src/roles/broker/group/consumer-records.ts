/**
 * Records that say how a group of the consumer protocol changed.
 */
import { toLists, type Assignment } from './assignment.ts';
import type { ConsumerMember } from './consumer-state.ts';
import { GroupRecordType, type ConsumerRecord, type SubscribedTopic } from './records.ts';

export function epochRecord(groupId: string, epoch: number): ConsumerRecord {
  return { type: GroupRecordType.consumerEpoch, groupId, value: { epoch } };
}

export function topicsRecord(groupId: string, topics: readonly SubscribedTopic[]): ConsumerRecord {
  return { type: GroupRecordType.consumerTopics, groupId, value: { topics } };
}

export function memberRecord(groupId: string, member: ConsumerMember): ConsumerRecord {
  const { memberId, subscription } = member;
  return { type: GroupRecordType.consumerMember, groupId, memberId, value: subscription };
}

export function targetEpochRecord(groupId: string, epoch: number): ConsumerRecord {
  return { type: GroupRecordType.consumerTargetEpoch, groupId, value: { epoch } };
}

export function targetRecord(
  groupId: string,
  memberId: string,
  target: Assignment,
): ConsumerRecord {
  const value = { partitions: toLists(target) };
  return { type: GroupRecordType.consumerTarget, groupId, memberId, value };
}

export function currentRecord(groupId: string, member: ConsumerMember): ConsumerRecord {
  return {
    type: GroupRecordType.consumerCurrent,
    groupId,
    memberId: member.memberId,
    value: {
      memberEpoch: member.memberEpoch,
      previousMemberEpoch: member.previousMemberEpoch,
      state: member.state,
      assigned: toLists(member.assigned),
      pendingRevocation: toLists(member.revoking),
    },
  };
}

export function memberTombstones(groupId: string, memberId: string): ConsumerRecord[] {
  return [
    { type: GroupRecordType.consumerCurrent, groupId, memberId, value: null },
    { type: GroupRecordType.consumerTarget, groupId, memberId, value: null },
    { type: GroupRecordType.consumerMember, groupId, memberId, value: null },
  ];
}

/** Of a group that has no members left. */
export function consumerTombstones(groupId: string): ConsumerRecord[] {
  return [
    { type: GroupRecordType.consumerTargetEpoch, groupId, value: null },
    { type: GroupRecordType.consumerTopics, groupId, value: null },
    { type: GroupRecordType.consumerEpoch, groupId, value: null },
  ];
}
