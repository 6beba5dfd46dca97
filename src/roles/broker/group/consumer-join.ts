/**
 * Which member of a group of the consumer protocol a heartbeat comes from: a known one, a new one,
 * or a static one that takes the place of its predecessor.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { ConsumerGroupHeartbeatRequest } from '../protocol/generated/consumer-group-heartbeat.ts';
import { emptyAssignment, isSubset, type Assignment } from './assignment.ts';
import type { ConsumerChange } from './consumer-change.ts';
import { currentRecord, memberRecord, targetRecord } from './consumer-records.ts';
import {
  joiningEpoch,
  leavingStaticEpoch,
  newConsumerMember,
  type ConsumerMember,
} from './consumer-state.ts';

export interface Refusal {
  readonly refused: ErrorCode;
  readonly message: string;
}

interface Caller {
  readonly owned: Assignment | undefined;
  readonly freshId: string;
}

/** The member as known, or as it will be once its first record is written. */
export function consumerMember(
  change: ConsumerChange,
  request: ConsumerGroupHeartbeatRequest,
  caller: Caller,
): ConsumerMember | Refusal {
  const { members, turn } = change;
  const memberId = request.memberId === '' ? caller.freshId : request.memberId;
  const known = members.members.get(memberId);
  const most = turn.state.config['group.consumer.max.size'];
  if (known === undefined && members.members.size >= most) {
    return { refused: ErrorCode.groupMaxSizeReached, message: `The group has ${most} members.` };
  }
  if (request.instanceId !== null) return staticMember(change, request, { memberId, ...caller });
  if (known !== undefined) return epochRefusal(known, request, caller.owned) ?? known;
  if (request.memberEpoch !== joiningEpoch) return unknownMember(memberId, change.groupId);
  return newMember(memberId);
}

export function unknownMember(memberId: string, groupId: string): Refusal {
  const message = `Member ${memberId} is not a member of group ${groupId}.`;
  return { refused: ErrorCode.unknownMemberId, message };
}

function newMember(memberId: string): ConsumerMember {
  return newConsumerMember(memberId, {
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    topicNames: [],
    topicRegex: null,
    rebalanceTimeoutMs: -1,
    assignor: null,
  });
}

function staticMember(
  change: ConsumerChange,
  request: ConsumerGroupHeartbeatRequest,
  caller: Caller & { readonly memberId: string },
): ConsumerMember | Refusal {
  const { members } = change;
  const { memberId } = caller;
  const instanceId = request.instanceId!;
  const holder = members.members.get(members.staticMembers.get(instanceId) ?? '');
  if (request.memberEpoch !== joiningEpoch) {
    if (holder === undefined) return unknownMember(memberId, change.groupId);
    if (holder.memberId !== memberId) return fencedInstance(instanceId);
    return epochRefusal(holder, request, caller.owned) ?? holder;
  }
  if (holder === undefined) return members.members.get(memberId) ?? newMember(memberId);
  if (holder.memberId === memberId) return holder;
  if (holder.memberEpoch !== leavingStaticEpoch) {
    const message = `Static member ${memberId} with instance id ${instanceId} cannot join, the instance id is in use.`;
    return { refused: ErrorCode.unreleasedInstanceId, message };
  }
  return replaced(change, holder, memberId);
}

/** The newcomer takes over subscription, assignment and target. */
function replaced(change: ConsumerChange, holder: ConsumerMember, memberId: string) {
  const { groupId, members } = change;
  const target = members.targets.get(holder.memberId) ?? emptyAssignment;
  const member = { ...holder, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  change.removeMember(holder.memberId);
  change.emit(
    memberRecord(groupId, member),
    targetRecord(groupId, memberId, target),
    currentRecord(groupId, member),
  );
  return members.members.get(memberId)!;
}

export function fencedInstance(instanceId: string): Refusal {
  const message = `Static member with instance id ${instanceId} was fenced by another member.`;
  return { refused: ErrorCode.fencedInstanceId, message };
}

/**
 * The epoch must be the member's, or the one before when the answer with the new one may have been
 * lost. A member that joins anew (epoch 0) starts over.
 */
function epochRefusal(
  member: ConsumerMember,
  request: ConsumerGroupHeartbeatRequest,
  owned: Assignment | undefined,
): Refusal | undefined {
  const { memberEpoch } = request;
  if (memberEpoch === member.memberEpoch || memberEpoch === joiningEpoch) return undefined;
  if (
    memberEpoch === member.previousMemberEpoch &&
    owned !== undefined &&
    isSubset(owned, member.assigned)
  ) {
    return undefined;
  }
  const message = `The member epoch ${memberEpoch} is not ${member.memberEpoch}, which the coordinator knows. The member must abandon all its partitions and rejoin.`;
  return { refused: ErrorCode.fencedMemberEpoch, message };
}
