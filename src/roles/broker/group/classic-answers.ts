/**
 * Answers of the classic protocol, in the forms that each version of a client can read.
 */
import type { ErrorCode } from '../../shared/error-code.ts';
import { ErrorCode as Code } from '../../shared/error-code.ts';
import type {
  JoinGroupResponse,
  JoinGroupResponseMember,
} from '../protocol/generated/join-group.ts';
import type { SyncGroupResponse } from '../protocol/generated/sync-group.ts';
import {
  noBytes,
  type ClassicGroup,
  type ClassicMember,
  type ParkedRequest,
} from './classic-state.ts';
import type { OffsetsPartition } from './state.ts';
import { reply, type Turn } from './turn.ts';

/** From here on a null protocol name is legal. */
const nullProtocolVersion = 7;
/** From here on the leader can be told not to assign. */
const skipAssignmentVersion = 9;

export function joinError(memberId: string, error: ErrorCode, version: number): JoinGroupResponse {
  return {
    throttleMs: 0,
    error,
    generation: -1,
    protocolType: null,
    protocolName: version >= nullProtocolVersion ? null : '',
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  };
}

/** The current generation as `member` sees it. */
export function joinAnswer(
  group: ClassicGroup,
  member: ClassicMember,
  version: number,
): JoinGroupResponse {
  return {
    ...joinError(member.memberId, Code.none, version),
    generation: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    members: group.leaderId === member.memberId ? memberList(group) : [],
  };
}

/**
 * To a static member that came back to a stable group. A returning leader must not assign anew: new
 * clients are told so, old ones are told that another member leads.
 */
export function staticReturnAnswer(
  group: ClassicGroup,
  member: ClassicMember,
  returned: { readonly version: number; readonly leaderBefore: string | null },
): JoinGroupResponse {
  const answer = joinAnswer(group, member, returned.version);
  if (returned.version >= skipAssignmentVersion) {
    return { ...answer, skipAssignment: group.leaderId === member.memberId };
  }
  return { ...answer, leader: returned.leaderBefore ?? '', members: [] };
}

function memberList(group: ClassicGroup): JoinGroupResponseMember[] {
  return [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    instanceId: member.instanceId,
    metadata: member.metadataFor(group.protocolName),
  }));
}

export function syncError(error: ErrorCode): SyncGroupResponse {
  return { throttleMs: 0, error, protocolType: null, protocolName: null, assignment: noBytes };
}

export function syncAnswer(group: ClassicGroup, member: ClassicMember): SyncGroupResponse {
  return {
    throttleMs: 0,
    error: Code.none,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    assignment: member.assignment,
  };
}

/** Answers the member's parked join, if it has one. */
export function answerJoin(
  turn: Turn,
  partition: OffsetsPartition,
  member: ClassicMember,
  answer: (parked: ParkedRequest) => JoinGroupResponse,
): void {
  const { join } = member;
  if (join === undefined) return;
  member.join = undefined;
  reply(turn, join, answer(join), partition);
}

export function answerSync(
  turn: Turn,
  partition: OffsetsPartition,
  member: ClassicMember,
  response: SyncGroupResponse,
): void {
  const { sync } = member;
  if (sync === undefined) return;
  member.sync = undefined;
  reply(turn, sync, response, partition);
}
