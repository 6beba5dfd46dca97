/**
 * One step of a member from what it has to what it shall have: first it gives up what it loses,
 * then it gets what others have given up.
 *
 * Upstream: apache/kafka: group-coordinator/.../modern/consumer/CurrentAssignmentBuilder.java.
 */
import { invariant } from '../../../base/index.ts';
import {
  addTo,
  emptyAssignment,
  filtered,
  holds,
  overlap,
  partitionsOf,
  type Assignment,
} from './assignment.ts';
import {
  isReconciled,
  legalMemberMoves,
  MemberState,
  type ConsumerGroup,
  type ConsumerMember,
} from './consumer-state.ts';

/** `owned` is what the member says it has; undefined when it did not say. */
export function reconciled(
  group: ConsumerGroup,
  member: ConsumerMember,
  owned: Assignment | undefined,
): ConsumerMember {
  if (isReconciled(member, group.assignmentEpoch)) return member;
  if (member.state === MemberState.unrevokedPartitions) {
    if (owns(owned, member.revoking)) return member;
    // Revocation is done: the member moves on by one epoch even if it must revoke again.
    return nextStep(group, { ...member, memberEpoch: member.memberEpoch + 1 }, owned, member);
  }
  return nextStep(group, member, owned, member);
}

function owns(owned: Assignment | undefined, assignment: Assignment): boolean {
  return owned === undefined || overlap(owned, assignment);
}

function nextStep(
  group: ConsumerGroup,
  from: ConsumerMember,
  owned: Assignment | undefined,
  before: ConsumerMember,
): ConsumerMember {
  const target = group.targets.get(from.memberId) ?? emptyAssignment;
  const kept = filtered(from.assigned, (topicId, partition) => holds(target, topicId, partition));
  const revoking = filtered(
    from.assigned,
    (topicId, partition) => !holds(target, topicId, partition),
  );
  if (revoking.size > 0 && owns(owned, revoking)) {
    return moved(before, {
      memberEpoch: from.memberEpoch,
      state: MemberState.unrevokedPartitions,
      assigned: kept,
      revoking,
    });
  }
  let isComplete = true;
  for (const [topicId, partition] of partitionsOf(target)) {
    if (holds(kept, topicId, partition)) continue;
    const holder = group.holderOf(topicId, partition);
    if (holder === undefined || holder === from.memberId) addTo(kept, topicId, partition);
    else isComplete = false;
  }
  return moved(before, {
    memberEpoch: group.assignmentEpoch,
    state: isComplete ? MemberState.stable : MemberState.unreleasedPartitions,
    assigned: kept,
    revoking: emptyAssignment,
  });
}

function moved(
  before: ConsumerMember,
  after: Pick<ConsumerMember, 'memberEpoch' | 'state' | 'assigned' | 'revoking'>,
): ConsumerMember {
  invariant(
    legalMemberMoves[before.state].includes(after.state),
    `a member must not go from state ${before.state} to ${after.state}`,
  );
  return { ...before, ...after, previousMemberEpoch: before.memberEpoch };
}
