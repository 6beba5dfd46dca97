/**
 * How members leave a group of the consumer protocol: by saying so, or by silence.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../protocol/generated/consumer-group-heartbeat.ts';
import { emptyAssignment } from './assignment.ts';
import { ConsumerChange } from './consumer-change.ts';
import { fencedInstance, unknownMember, type Refusal } from './consumer-join.ts';
import { currentRecord } from './consumer-records.ts';
import { leavingStaticEpoch, MemberState, type ConsumerGroup } from './consumer-state.ts';
import { refreshTopics } from './consumer-target.ts';
import type { Group, OffsetsPartition } from './state.ts';
import type { Turn } from './turn.ts';

export function leaveConsumer(
  turn: Turn,
  partition: OffsetsPartition,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerGroupHeartbeatResponse | Refusal {
  const { groupId, memberId, memberEpoch, instanceId } = request;
  const group = partition.groups.get(groupId);
  if (group?.members.type !== 'consumer') {
    return { refused: ErrorCode.groupIdNotFound, message: `Group ${groupId} not found.` };
  }
  const { members } = group;
  const holderId = instanceId === null ? memberId : members.staticMembers.get(instanceId);
  const member = members.members.get(holderId ?? '');
  if (member === undefined) return unknownMember(memberId, groupId);
  if (member.memberId !== memberId) return fencedInstance(instanceId!);
  const change = new ConsumerChange(turn, group, members);
  if (memberEpoch === leavingStaticEpoch) {
    const away = {
      ...member,
      memberEpoch: leavingStaticEpoch,
      state: MemberState.stable,
      revoking: emptyAssignment,
    };
    change.emit(currentRecord(groupId, away));
  } else {
    takeOut(change, memberId);
  }
  change.finish();
  return {
    throttleMs: 0,
    error: ErrorCode.none,
    message: null,
    memberId,
    memberEpoch,
    heartbeatIntervalMs: 0,
    assignment: null,
  };
}

function takeOut(change: ConsumerChange, memberId: string): void {
  change.removeMember(memberId);
  refreshTopics(change, true);
}

/** Silent for too long. */
export function consumerSessionOver(
  turn: Turn,
  group: Group,
  members: ConsumerGroup,
  memberId: string,
): void {
  if (!members.members.has(memberId)) return;
  const change = new ConsumerChange(turn, group, members);
  takeOut(change, memberId);
  change.finish();
}

/** Did not give up in time what it was told to, unless it has moved on since. */
export function revocationOver(
  turn: Turn,
  group: Group,
  members: ConsumerGroup,
  late: { readonly memberId: string; readonly memberEpoch: number },
): void {
  if (members.members.get(late.memberId)?.memberEpoch !== late.memberEpoch) return;
  consumerSessionOver(turn, group, members, late.memberId);
}
