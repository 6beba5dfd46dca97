/**
 * How records change a group of the consumer protocol, while running and while loading.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupMetadataManager.java (replay).
 */
import { emptyAssignment, partitionsOf, toAssignment } from './assignment.ts';
import {
  holderKey,
  MemberState,
  newConsumerMember,
  type ConsumerGroup,
  type ConsumerMember,
} from './consumer-state.ts';
import {
  GroupRecordType,
  type ConsumerMemberRecord,
  type ConsumerMemberValue,
  type ConsumerRecord,
  type CurrentAssignmentValue,
} from './records.ts';

export function applyConsumerRecord(group: ConsumerGroup, record: ConsumerRecord): void {
  switch (record.type) {
    case GroupRecordType.consumerEpoch:
      group.epoch = record.value?.epoch ?? 0;
      return;
    case GroupRecordType.consumerTopics:
      group.topics = new Map(record.value?.topics.map((topic) => [topic.name, topic]));
      return;
    case GroupRecordType.consumerMember:
      applyMember(group, record);
      return;
    case GroupRecordType.consumerTargetEpoch:
      group.assignmentEpoch = record.value?.epoch ?? 0;
      return;
    case GroupRecordType.consumerTarget:
      if (record.value === null) group.targets.delete(record.memberId);
      else group.targets.set(record.memberId, toAssignment(record.value.partitions));
      return;
    case GroupRecordType.consumerCurrent:
      applyCurrent(group, record.memberId, record.value);
  }
}

/** A member of which only its assignment is known so far: compaction may reorder nothing else. */
const unknownSubscription: ConsumerMemberValue = {
  instanceId: null,
  rackId: null,
  clientId: '',
  clientHost: '',
  topicNames: [],
  topicRegex: null,
  rebalanceTimeoutMs: -1,
  assignor: null,
};

function applyMember(group: ConsumerGroup, { memberId, value }: ConsumerMemberRecord): void {
  const known = group.members.get(memberId);
  if (value === null) {
    if (known === undefined) return;
    release(group, known);
    const { instanceId } = known.subscription;
    if (instanceId !== null && group.staticMembers.get(instanceId) === memberId) {
      group.staticMembers.delete(instanceId);
    }
    group.members.delete(memberId);
    group.describable.delete(memberId);
    return;
  }
  const member = known ?? newConsumerMember(memberId, value);
  group.members.set(memberId, { ...member, subscription: value });
  if (value.instanceId !== null) group.staticMembers.set(value.instanceId, memberId);
}

function applyCurrent(
  group: ConsumerGroup,
  memberId: string,
  value: CurrentAssignmentValue | null,
): void {
  const known = group.members.get(memberId);
  if (known === undefined && value === null) return;
  const member = known ?? newConsumerMember(memberId, unknownSubscription);
  release(group, member);
  const assigned = toAssignment(value?.assigned ?? []);
  const revoking = toAssignment(value?.pendingRevocation ?? []);
  for (const assignment of [assigned, revoking]) {
    for (const [topicId, partition] of partitionsOf(assignment)) {
      group.holders.set(holderKey(topicId, partition), memberId);
    }
  }
  group.members.set(memberId, {
    ...member,
    memberEpoch: value?.memberEpoch ?? 0,
    previousMemberEpoch: value?.previousMemberEpoch ?? -1,
    state: (value?.state ?? MemberState.stable) as MemberState,
    assigned: value === null ? emptyAssignment : assigned,
    revoking: value === null ? emptyAssignment : revoking,
  });
}

function release(group: ConsumerGroup, member: ConsumerMember): void {
  for (const assignment of [member.assigned, member.revoking]) {
    for (const [topicId, partition] of partitionsOf(assignment)) {
      const key = holderKey(topicId, partition);
      if (group.holders.get(key) === member.memberId) group.holders.delete(key);
    }
  }
}
