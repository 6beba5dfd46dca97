/**
 * A group of the consumer protocol as an administrator sees it.
 */
import type { ConsumerGroupDescribeResponseGroupMember } from '../protocol/generated/consumer-group-describe.ts';
import { emptyAssignment, toLists, type Assignment } from './assignment.ts';
import type { ConsumerGroup } from './consumer-state.ts';
import { preferredAssignor } from './consumer-target.ts';
import type { Turn } from './turn.ts';

export function describeConsumer(
  turn: Turn,
  members: ConsumerGroup,
): {
  state: string;
  groupEpoch: number;
  assignmentEpoch: number;
  assignor: string;
  members: ConsumerGroupDescribeResponseGroupMember[];
} {
  const names = new Map([...turn.state.topics.values()].map(({ id, name }) => [id, name]));
  const named = (assignment: Assignment) => ({
    partitions: toLists(assignment).flatMap(({ topicId, partitions }) => {
      const topicName = names.get(topicId);
      return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
    }),
  });
  return {
    state: members.state,
    groupEpoch: members.epoch,
    assignmentEpoch: members.assignmentEpoch,
    assignor: preferredAssignor(members),
    members: [...members.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.subscription.instanceId,
      rackId: member.subscription.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.subscription.clientId,
      clientHost: member.subscription.clientHost,
      topicNames: [...member.subscription.topicNames],
      topicRegex: member.subscription.topicRegex,
      assignment: named(member.assigned),
      targetAssignment: named(members.targets.get(member.memberId) ?? emptyAssignment),
      memberType: 1,
    })),
  };
}
