/**
 * How a classic group goes from one generation to the next.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupMetadataManager.java (classic parts).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { answerJoin, answerSync, joinAnswer, joinError, syncError } from './classic-answers.ts';
import { ClassicMember, noBytes, type ClassicGroup } from './classic-state.ts';
import { GroupRecordType, type ClassicGroupRecord } from './records.ts';
import type { Group } from './state.ts';
import { cancel, persist, schedule, timerKey, type Turn } from './turn.ts';

/** A group known to be classic. */
export interface Classic {
  readonly group: Group;
  readonly members: ClassicGroup;
}

export function startSessionTimer(
  turn: Turn,
  { group }: Classic,
  member: ClassicMember,
  timeoutMs: number = member.sessionTimeoutMs,
): void {
  const { memberId } = member;
  const timer = { of: 'silence', groupId: group.id, memberId } as const;
  schedule(turn, timerKey.silence(group.id, memberId), timeoutMs, timer);
}

export function stopSessionTimer(turn: Turn, { group }: Classic, memberId: string): void {
  cancel(turn, timerKey.silence(group.id, memberId));
}

/** After members changed: a new rebalance if the state allows one, else perhaps its end. */
export function rebalanceOrComplete(turn: Turn, classic: Classic): void {
  if (classic.members.state === 'PreparingRebalance') completeIfAllJoined(turn, classic);
  else prepareRebalance(turn, classic);
}

export function prepareRebalance(turn: Turn, classic: Classic): void {
  const { group, members } = classic;
  if (members.state === 'CompletingRebalance') {
    for (const member of members.members.values()) {
      member.assignment = noBytes;
      if (member.sync === undefined) continue;
      answerSync(turn, group.partition, member, syncError(ErrorCode.rebalanceInProgress));
      startSessionTimer(turn, classic, member);
    }
  }
  members.pendingSync.clear();
  cancel(turn, timerKey.sync(group.id));
  const isInitial = members.state === 'Empty';
  members.moveTo('PreparingRebalance', turn.nowMs);
  if (!isInitial) {
    completeOrWait(turn, classic);
    return;
  }
  const delayMs = turn.state.config['group.initial.rebalance.delay.ms'];
  const remainingMs = Math.max(members.rebalanceTimeoutMs - delayMs, 0);
  const timer = { of: 'initial', groupId: group.id, delayMs, remainingMs } as const;
  schedule(turn, timerKey.join(group.id), delayMs, timer);
}

function completeOrWait(turn: Turn, classic: Classic): void {
  const { group, members } = classic;
  if (members.allJoined) {
    completeJoin(turn, classic);
    return;
  }
  const timer = { of: 'join', groupId: group.id } as const;
  schedule(turn, timerKey.join(group.id), members.rebalanceTimeoutMs, timer);
}

/** Members left or joined during a rebalance; the initial delay is always waited for. */
export function completeIfAllJoined(turn: Turn, classic: Classic): void {
  const { members } = classic;
  if (members.state !== 'PreparingRebalance') return;
  if (members.previousState === 'Empty' || !members.allJoined) return;
  completeJoin(turn, classic);
}

/** The initial delay is over: waited for again while members keep coming. */
export function initialDelayOver(
  turn: Turn,
  classic: Classic,
  delay: { readonly delayMs: number; readonly remainingMs: number },
): void {
  const { group, members } = classic;
  if (members.state !== 'PreparingRebalance') return;
  if (!members.newMemberAdded || delay.remainingMs === 0) {
    completeJoin(turn, classic);
    return;
  }
  members.newMemberAdded = false;
  const delayMs = Math.min(
    turn.state.config['group.initial.rebalance.delay.ms'],
    delay.remainingMs,
  );
  const remainingMs = Math.max(delay.remainingMs - delay.delayMs, 0);
  const timer = { of: 'initial', groupId: group.id, delayMs, remainingMs } as const;
  schedule(turn, timerKey.join(group.id), delayMs, timer);
}

/** The join phase ends: whoever did not come is out, all others learn of their generation. */
export function completeJoin(turn: Turn, classic: Classic): void {
  const { group, members } = classic;
  if (members.state !== 'PreparingRebalance') return;
  cancel(turn, timerKey.join(group.id));
  members.newMemberAdded = false;
  dropAbsentMembers(turn, classic);
  if (!electJoinedLeader(members)) {
    const timer = { of: 'join', groupId: group.id } as const;
    schedule(turn, timerKey.join(group.id), members.rebalanceTimeoutMs, timer);
    return;
  }
  members.beginGeneration(turn.nowMs);
  if (members.members.size === 0) {
    persist(turn, group.partition, [classicRecord(group, members)]);
    return;
  }
  for (const member of members.members.values()) {
    const { partition } = group;
    answerJoin(turn, partition, member, ({ version }) => joinAnswer(members, member, version));
    member.isNew = false;
    startSessionTimer(turn, classic, member);
    members.pendingSync.add(member.memberId);
  }
  const timer = { of: 'sync', groupId: group.id, generation: members.generation } as const;
  schedule(turn, timerKey.sync(group.id), members.rebalanceTimeoutMs, timer);
}

/** Static members keep their place until they are silent for too long. */
function dropAbsentMembers(turn: Turn, classic: Classic): void {
  const { members } = classic;
  for (const member of members.members.values()) {
    if (member.join !== undefined || member.instanceId !== null) continue;
    members.remove(member.memberId);
    stopSessionTimer(turn, classic, member.memberId);
  }
}

/** False when there are members, all static, and none of them has rejoined. */
function electJoinedLeader(members: ClassicGroup): boolean {
  if (members.members.size === 0) return true;
  if (members.members.get(members.leaderId ?? '')?.join !== undefined) return true;
  const joined = [...members.members.values()].find(({ join }) => join !== undefined);
  if (joined === undefined) return false;
  members.leaderId = joined.memberId;
  return true;
}

/** Some member of the generation never asked for its assignment. */
export function syncPhaseOver(turn: Turn, classic: Classic, generation: number): void {
  const { members } = classic;
  const { state } = members;
  if (generation !== members.generation || members.pendingSync.size === 0) return;
  if (state !== 'CompletingRebalance' && state !== 'Stable') return;
  for (const memberId of members.pendingSync) {
    members.remove(memberId);
    stopSessionTimer(turn, classic, memberId);
  }
  prepareRebalance(turn, classic);
}

/** The member was silent for too long, or a pending id was not taken up. */
export function sessionOver(turn: Turn, classic: Classic, memberId: string): void {
  const { members } = classic;
  const member = members.members.get(memberId);
  // A member whose request is parked sends no heartbeats; a new one may have gone unnoticed.
  if (member?.sync !== undefined || (member?.join !== undefined && !member.isNew)) return;
  const isPending = members.pendingMembers.has(memberId);
  if (member === undefined && !isPending) return;
  removeMember(turn, classic, memberId);
  afterRemoval(turn, classic);
}

/** Takes a member or pending id out; a parked join learns that it is unknown now. */
export function removeMember(turn: Turn, classic: Classic, memberId: string): void {
  const { group, members } = classic;
  const member = members.members.get(memberId);
  if (member !== undefined) {
    const { partition } = group;
    answerJoin(turn, partition, member, ({ version }) =>
      joinError('', ErrorCode.unknownMemberId, version),
    );
    answerSync(turn, partition, member, syncError(ErrorCode.unknownMemberId));
  }
  members.remove(memberId);
  stopSessionTimer(turn, classic, memberId);
}

export function afterRemoval(turn: Turn, classic: Classic): void {
  const { state } = classic.members;
  if (state === 'Stable' || state === 'CompletingRebalance') prepareRebalance(turn, classic);
  else completeIfAllJoined(turn, classic);
}

/** The group as it stands, with these assignments. */
export function classicRecord(
  group: Group,
  members: ClassicGroup,
  assignments?: ReadonlyMap<string, Uint8Array>,
): ClassicGroupRecord {
  return {
    type: GroupRecordType.classicGroup,
    groupId: group.id,
    value: {
      protocolType: members.protocolType ?? '',
      generation: members.generation,
      protocolName: members.protocolName,
      leaderId: members.leaderId,
      stateTimestampMs: members.stateTimestampMs,
      members: [...members.members.values()].map((member) => ({
        memberId: member.memberId,
        instanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeoutMs: member.rebalanceTimeoutMs,
        sessionTimeoutMs: member.sessionTimeoutMs,
        subscription: member.metadataFor(members.protocolName),
        assignment: assignments?.get(member.memberId) ?? member.assignment,
      })),
    },
  };
}
