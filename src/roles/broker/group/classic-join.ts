/**
 * JoinGroup: who comes to a classic group, and what each caller is told.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupMetadataManager.java (classicGroupJoin).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { JoinGroupRequest } from '../protocol/generated/join-group.ts';
import {
  answerJoin,
  answerSync,
  joinAnswer,
  joinError,
  staticReturnAnswer,
  syncError,
} from './classic-answers.ts';
import {
  classicRecord,
  completeIfAllJoined,
  prepareRebalance,
  rebalanceOrComplete,
  startSessionTimer,
  stopSessionTimer,
  type Classic,
} from './classic-rebalance.ts';
import { ClassicMember, type ClassicGroup } from './classic-state.ts';
import { convertIfEmpty } from './conversion.ts';
import type { RequestOrigin } from './messages.ts';
import type { OffsetsPartition } from './state.ts';
import { groupOrNew, persist, reply, schedule, timerKey, type Turn } from './turn.ts';
import { validateClassicMember } from './validation.ts';

/** From here on a new member learns its id first and joins with it. */
const memberIdRequiredVersion = 4;
/**
 * A new member without its first answer sends no heartbeats; this long it may wait for it. Ms.
 */
const newMemberTimeoutMs = 300_000;

interface Join {
  readonly classic: Classic;
  readonly origin: RequestOrigin;
  readonly request: JoinGroupRequest;
}

export function joinGroup(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: JoinGroupRequest,
): void {
  const refuse = (memberId: string, error: ErrorCode): void =>
    reply(turn, origin, joinError(memberId, error, origin.version), partition);
  const { config } = turn.state;
  if (
    request.sessionTimeoutMs < config['group.min.session.timeout.ms'] ||
    request.sessionTimeoutMs > config['group.max.session.timeout.ms']
  ) {
    return refuse(request.memberId, ErrorCode.invalidSessionTimeout);
  }
  convertIfEmpty(turn, partition, request.groupId, 'classic');
  const isNew = !partition.groups.has(request.groupId);
  if (isNew && request.memberId !== '') {
    return refuse(request.memberId, ErrorCode.unknownMemberId);
  }
  const group = groupOrNew(turn, partition, request.groupId);
  const { members } = group;
  if (members.type !== 'classic') return refuse('', ErrorCode.inconsistentGroupProtocol);
  const join = { classic: { group, members }, origin, request };
  const error = refusalOf(turn, join);
  if (error !== ErrorCode.none) {
    if (isNew) partition.groups.delete(group.id);
    const full = error === ErrorCode.groupMaxSizeReached;
    return refuse(full ? '' : request.memberId, error);
  }
  if (isNew) persist(turn, partition, [classicRecord(group, members)]);
  if (request.memberId === '') joinNew(turn, join);
  else if (members.pendingMembers.has(request.memberId)) addMember(turn, join, request.memberId);
  else joinKnown(turn, join);
}

function refusalOf(turn: Turn, { classic, request }: Join): ErrorCode {
  const { members } = classic;
  if (members.state === 'Dead') return ErrorCode.coordinatorNotAvailable;
  if (!hasRoom(members, request.memberId, turn.state.config['group.max.size'])) {
    classic.members.remove(request.memberId);
    stopSessionTimer(turn, classic, request.memberId);
    return ErrorCode.groupMaxSizeReached;
  }
  if (!members.supports(request.protocolType, request.protocols)) {
    return ErrorCode.inconsistentGroupProtocol;
  }
  return ErrorCode.none;
}

/**
 * During a rebalance those who wait already are counted: the last to rejoin are those who are out.
 */
function hasRoom(members: ClassicGroup, memberId: string, most: number): boolean {
  const member = members.members.get(memberId);
  if (members.state === 'Empty') return true;
  if (members.state === 'PreparingRebalance') {
    return member?.join !== undefined || members.joinCount < most;
  }
  return member !== undefined || members.members.size < most;
}

function joinNew(turn: Turn, join: Join): void {
  const { classic, origin, request } = join;
  const { group, members } = classic;
  if (request.instanceId !== null) {
    const memberId = `${request.instanceId}-${origin.freshId}`;
    const known = members.members.get(members.staticMembers.get(request.instanceId) ?? '');
    if (known === undefined) addMember(turn, join, memberId);
    else returnStatic(turn, join, { known, memberId });
    return;
  }
  const memberId = `${origin.clientId}-${origin.freshId}`;
  if (origin.version < memberIdRequiredVersion) {
    addMember(turn, join, memberId);
    return;
  }
  members.pendingMembers.add(memberId);
  const timer = { of: 'silence', groupId: group.id, memberId } as const;
  schedule(turn, timerKey.silence(group.id, memberId), request.sessionTimeoutMs, timer);
  const response = joinError(memberId, ErrorCode.memberIdRequired, origin.version);
  reply(turn, origin, response, group.partition);
}

function addMember(turn: Turn, join: Join, memberId: string): void {
  const { classic, origin, request } = join;
  const { members } = classic;
  const client = { id: origin.clientId, host: origin.clientHost };
  const member = new ClassicMember(memberId, request.instanceId, client);
  member.isNew = true;
  takeOver(turn, join, member);
  if (members.state === 'PreparingRebalance' && members.previousState === 'Empty') {
    members.newMemberAdded = true;
  }
  if (members.members.size === 0) members.protocolType = request.protocolType;
  members.add(member);
  startSessionTimer(turn, classic, member, newMemberTimeoutMs);
  rebalanceOrComplete(turn, classic);
}

/** What the request says of the member; its answer is parked. */
function takeOver(turn: Turn, { classic, origin, request }: Join, member: ClassicMember): void {
  member.protocols = request.protocols;
  member.sessionTimeoutMs = request.sessionTimeoutMs;
  // Version 0 has one timeout for both; in none at all nobody could rejoin.
  member.rebalanceTimeoutMs =
    request.rebalanceTimeoutMs <= 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs;
  answerJoin(turn, classic.group.partition, member, ({ version }) =>
    joinError(member.memberId, ErrorCode.rebalanceInProgress, version),
  );
  member.join = { requestId: origin.requestId, version: origin.version };
}

function joinKnown(turn: Turn, join: Join): void {
  const { classic, origin, request } = join;
  const { group, members } = classic;
  const error = validateClassicMember(members, request);
  if (error !== ErrorCode.none) {
    reply(turn, origin, joinError(request.memberId, error, origin.version), group.partition);
    return;
  }
  const member = members.members.get(request.memberId)!;
  const unchanged = member.hasProtocols(request.protocols);
  switch (members.state) {
    case 'PreparingRebalance':
      takeOver(turn, join, member);
      completeIfAllJoined(turn, classic);
      return;
    case 'CompletingRebalance':
    case 'Stable': {
      // A leader that joins wants to assign anew: it saw what the others cannot.
      const wantsRebalance = members.state === 'Stable' && members.leaderId === member.memberId;
      if (unchanged && !wantsRebalance) {
        reply(turn, origin, joinAnswer(members, member, origin.version), group.partition);
        return;
      }
      takeOver(turn, join, member);
      prepareRebalance(turn, classic);
      return;
    }
    default: {
      const response = joinError(request.memberId, ErrorCode.unknownMemberId, origin.version);
      reply(turn, origin, response, group.partition);
    }
  }
}

/** A static member restarted: its new member id takes the place of the old one. */
function returnStatic(
  turn: Turn,
  join: Join,
  { known: member, memberId }: { readonly known: ClassicMember; readonly memberId: string },
): void {
  const { classic } = join;
  const { group, members } = classic;
  const leaderBefore = members.leaderId;
  const fenced = member.memberId;
  answerJoin(turn, group.partition, member, ({ version }) =>
    joinError(fenced, ErrorCode.fencedInstanceId, version),
  );
  answerSync(turn, group.partition, member, syncError(ErrorCode.fencedInstanceId));
  stopSessionTimer(turn, classic, fenced);
  members.replaceStatic(member, memberId);
  startSessionTimer(turn, classic, member);
  takeOver(turn, join, member);
  if (members.state === 'CompletingRebalance') {
    prepareRebalance(turn, classic);
  } else if (members.state === 'PreparingRebalance') {
    completeIfAllJoined(turn, classic);
  } else if (members.chooseProtocol() === members.protocolName) {
    persist(turn, group.partition, [classicRecord(group, members)]);
    answerJoin(turn, group.partition, member, ({ version }) =>
      staticReturnAnswer(members, member, { version, leaderBefore }),
    );
  } else {
    prepareRebalance(turn, classic);
  }
}
