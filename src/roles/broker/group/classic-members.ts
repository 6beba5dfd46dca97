/**
 * SyncGroup, Heartbeat and LeaveGroup of a classic group.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupMetadataManager.java (classic parts).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { HeartbeatRequest } from '../protocol/generated/heartbeat.ts';
import type {
  LeaveGroupRequest,
  LeaveGroupRequestMember,
  LeaveGroupResponseMember,
} from '../protocol/generated/leave-group.ts';
import type { SyncGroupRequest } from '../protocol/generated/sync-group.ts';
import { answerSync, syncAnswer, syncError } from './classic-answers.ts';
import {
  afterRemoval,
  classicRecord,
  prepareRebalance,
  removeMember,
  startSessionTimer,
  type Classic,
} from './classic-rebalance.ts';
import { noBytes, type ClassicGroup } from './classic-state.ts';
import type { RequestOrigin } from './messages.ts';
import type { OffsetsPartition } from './state.ts';
import { persist, reply, type Turn } from './turn.ts';
import { validateClassicMember } from './validation.ts';

export function classicGroup(partition: OffsetsPartition, groupId: string): Classic | undefined {
  const group = partition.groups.get(groupId);
  if (group?.members.type !== 'classic') return undefined;
  return { group, members: group.members };
}

export function syncGroup(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: SyncGroupRequest,
): void {
  const classic = classicGroup(partition, request.groupId);
  const error = classic === undefined ? ErrorCode.unknownMemberId : syncRefusal(classic, request);
  if (classic === undefined || error !== ErrorCode.none) {
    reply(turn, origin, syncError(error), partition);
    return;
  }
  const { members } = classic;
  const member = members.members.get(request.memberId)!;
  members.pendingSync.delete(member.memberId);
  if (members.state === 'Stable') {
    reply(turn, origin, syncAnswer(members, member), partition);
    return;
  }
  answerSync(turn, partition, member, syncError(ErrorCode.rebalanceInProgress));
  member.sync = { requestId: origin.requestId, version: origin.version };
  if (members.leaderId !== member.memberId) return;
  const record = classicRecord(classic.group, members, assignmentsOf(members, request));
  const ticket = persist(turn, partition, [record]);
  turn.state.writes.set(ticket, { of: 'sync', groupId: request.groupId, request });
}

function syncRefusal({ members }: Classic, request: SyncGroupRequest): ErrorCode {
  if (members.state === 'Dead') return ErrorCode.coordinatorNotAvailable;
  const error = validateClassicMember(members, request);
  if (error !== ErrorCode.none) return error;
  if (request.generation !== members.generation) return ErrorCode.illegalGeneration;
  const { protocolType, protocolName } = request;
  if (
    (protocolType !== null && protocolType !== members.protocolType) ||
    (protocolName !== null && protocolName !== members.protocolName)
  ) {
    return ErrorCode.inconsistentGroupProtocol;
  }
  if (members.state === 'Empty') return ErrorCode.unknownMemberId;
  if (members.state === 'PreparingRebalance') return ErrorCode.rebalanceInProgress;
  return ErrorCode.none;
}

function assignmentsOf(members: ClassicGroup, request: SyncGroupRequest): Map<string, Uint8Array> {
  const given = new Map(request.assignments.map((one) => [one.memberId, one.assignment]));
  return new Map([...members.members.keys()].map((id) => [id, given.get(id) ?? noBytes]));
}

/** The leader's assignment is durable, or could not be stored. */
export function assignmentStored(
  turn: Turn,
  classic: Classic,
  request: SyncGroupRequest,
  error: ErrorCode,
): void {
  const { group, members } = classic;
  // Another rebalance may have begun meanwhile.
  if (members.state !== 'CompletingRebalance' || request.generation !== members.generation) return;
  if (error !== ErrorCode.none) {
    for (const member of members.members.values()) {
      if (member.sync === undefined) continue;
      answerSync(turn, group.partition, member, syncError(error));
      startSessionTimer(turn, classic, member);
    }
    prepareRebalance(turn, classic);
    return;
  }
  const assignments = assignmentsOf(members, request);
  members.moveTo('Stable', turn.nowMs);
  for (const member of members.members.values()) {
    member.assignment = assignments.get(member.memberId) ?? noBytes;
    if (member.sync === undefined) continue;
    answerSync(turn, group.partition, member, syncAnswer(members, member));
    startSessionTimer(turn, classic, member);
  }
}

export function heartbeat(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: HeartbeatRequest,
): void {
  const classic = classicGroup(partition, request.groupId);
  const error =
    classic === undefined ? ErrorCode.unknownMemberId : heartbeatOf(turn, classic, request);
  reply(turn, origin, { throttleMs: 0, error }, partition);
}

function heartbeatOf(turn: Turn, classic: Classic, request: HeartbeatRequest): ErrorCode {
  const { members } = classic;
  if (members.state === 'Dead') return ErrorCode.coordinatorNotAvailable;
  const error = validateClassicMember(members, request);
  if (error !== ErrorCode.none) return error;
  if (request.generation !== members.generation) return ErrorCode.illegalGeneration;
  if (members.state === 'Empty') return ErrorCode.unknownMemberId;
  startSessionTimer(turn, classic, members.members.get(request.memberId)!);
  return members.state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
}

/** Up to version 2 one member leaves, told by the error of the whole answer. */
const memberListVersion = 3;

export function leaveGroup(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: LeaveGroupRequest,
): void {
  const classic = classicGroup(partition, request.groupId);
  const leaving =
    origin.version >= memberListVersion
      ? request.members
      : [{ memberId: request.memberId, instanceId: null, reason: null }];
  if (classic?.members.state === 'Dead') {
    const error = ErrorCode.coordinatorNotAvailable;
    reply(turn, origin, { throttleMs: 0, error, members: [] }, partition);
    return;
  }
  const members = leaving.map((one): LeaveGroupResponseMember => {
    const error = classic === undefined ? ErrorCode.unknownMemberId : leave(turn, classic, one);
    return { memberId: one.memberId, instanceId: one.instanceId, error };
  });
  if (classic !== undefined && members.some(({ error }) => error === ErrorCode.none)) {
    afterRemoval(turn, classic);
  }
  const response =
    origin.version >= memberListVersion
      ? { throttleMs: 0, error: ErrorCode.none, members }
      : { throttleMs: 0, error: members[0]!.error, members: [] };
  reply(turn, origin, response, partition);
}

function leave(turn: Turn, classic: Classic, one: LeaveGroupRequestMember): ErrorCode {
  const { members } = classic;
  let { memberId } = one;
  if (memberId === '') {
    // An administrator takes out a static member, whose member id nobody else knows.
    const holder = members.staticMembers.get(one.instanceId ?? '');
    if (holder === undefined) return ErrorCode.unknownMemberId;
    memberId = holder;
  } else if (!members.pendingMembers.has(memberId)) {
    const error = validateClassicMember(members, one);
    if (error !== ErrorCode.none) return error;
  }
  removeMember(turn, classic, memberId);
  return ErrorCode.none;
}
