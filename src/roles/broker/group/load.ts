/**
 * A partition of `__consumer_offsets` comes to this coordinator: its log is replayed, then its
 * groups go on where the log left them.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { joinError, answerJoin, answerSync, syncError } from './classic-answers.ts';
import { prepareRebalance, startSessionTimer } from './classic-rebalance.ts';
import { ClassicGroup, ClassicMember } from './classic-state.ts';
import { applyConsumerRecord } from './consumer-apply.ts';
import { extendSession } from './consumer-heartbeat.ts';
import { ConsumerGroup, MemberState } from './consumer-state.ts';
import type { LoadedBatch } from './messages.ts';
import { applyOffset, applyPendingOffset, endTransaction } from './offset-apply.ts';
import {
  GroupRecordType,
  type ClassicGroupRecord,
  type ClassicGroupValue,
  type ConsumerRecord,
  type GroupRecord,
} from './records.ts';
import { Group, OffsetsPartition } from './state.ts';
import { schedule, timerKey, type Turn } from './turn.ts';

export function beginLoad(turn: Turn, index: number): void {
  unload(turn, index);
  turn.state.partitions.set(index, new OffsetsPartition(index));
}

export function loadBatch(turn: Turn, index: number, batch: LoadedBatch): void {
  const partition = turn.state.partitions.get(index);
  if (partition?.loading !== true) return;
  if (batch.ended !== undefined) {
    endTransaction(partition, batch.producerId, batch.ended === 'commit');
    return;
  }
  for (const record of batch.records) {
    if (record.type === GroupRecordType.offset && batch.producerId >= 0) {
      applyPendingOffset(turn, partition, batch.producerId, record);
    } else {
      applyRecord(turn, partition, record);
    }
  }
}

function applyRecord(turn: Turn, partition: OffsetsPartition, record: GroupRecord): void {
  if (record.type === GroupRecordType.offset) applyOffset(turn, partition, record);
  else if (record.type === GroupRecordType.classicGroup) applyClassic(turn, partition, record);
  else applyConsumer(partition, record);
}

function applyClassic(
  turn: Turn,
  partition: OffsetsPartition,
  { groupId, value }: ClassicGroupRecord,
): void {
  const group = partition.groups.get(groupId);
  if (value === null) {
    if (group?.members.type !== 'classic') return;
    if (group.offsets.isEmpty && group.pending.size === 0) partition.groups.delete(groupId);
    else group.members = new ClassicGroup(turn.nowMs);
    return;
  }
  const members = classicFrom(value);
  if (group === undefined) partition.groups.set(groupId, new Group(groupId, partition, members));
  else group.members = members;
}

function classicFrom(value: ClassicGroupValue): ClassicGroup {
  const group = new ClassicGroup(value.stateTimestampMs);
  group.generation = value.generation;
  group.protocolType = value.protocolType === '' ? null : value.protocolType;
  group.protocolName = value.protocolName;
  for (const one of value.members) {
    const client = { id: one.clientId, host: one.clientHost };
    const member = new ClassicMember(one.memberId, one.instanceId, client);
    member.sessionTimeoutMs = one.sessionTimeoutMs;
    // Version 0 of the record has none.
    member.rebalanceTimeoutMs =
      one.rebalanceTimeoutMs < 0 ? one.sessionTimeoutMs : one.rebalanceTimeoutMs;
    member.protocols = [{ name: value.protocolName ?? '', metadata: one.subscription }];
    member.assignment = one.assignment;
    group.add(member);
  }
  group.leaderId = value.members.length === 0 ? null : value.leaderId;
  group.state = value.members.length === 0 ? 'Empty' : 'Stable';
  return group;
}

function applyConsumer(partition: OffsetsPartition, record: ConsumerRecord): void {
  const { groupId } = record;
  let group = partition.groups.get(groupId);
  if (record.value === null && group?.members.type !== 'consumer') return;
  if (group === undefined) {
    group = new Group(groupId, partition, new ConsumerGroup());
    partition.groups.set(groupId, group);
  } else if (group.members.type !== 'consumer') {
    group.members = new ConsumerGroup();
  }
  applyConsumerRecord(group.members as ConsumerGroup, record);
  // Its last record: nothing but offsets may be left.
  if (record.type !== GroupRecordType.consumerEpoch || record.value !== null) return;
  if (group.offsets.isEmpty && group.pending.size === 0) partition.groups.delete(groupId);
}

/** Members have their whole timeout from now on to be heard of. */
export function endLoad(turn: Turn, index: number): void {
  const partition = turn.state.partitions.get(index);
  if (partition?.loading !== true) return;
  partition.loading = false;
  for (const group of partition.groups.values()) {
    const { members } = group;
    if (members.type === 'consumer') {
      resumeConsumer(turn, group, members);
      continue;
    }
    for (const member of members.members.values()) {
      startSessionTimer(turn, { group, members }, member);
    }
    const most = turn.state.config['group.max.size'];
    if (members.members.size > most) prepareRebalance(turn, { group, members });
  }
}

function resumeConsumer(turn: Turn, group: Group, members: ConsumerGroup): void {
  members.topicsStale = true;
  for (const member of members.members.values()) {
    const { memberId, memberEpoch } = member;
    extendSession(turn, group, memberId);
    if (member.state !== MemberState.unrevokedPartitions) continue;
    const timer = { of: 'revocation', groupId: group.id, memberId, memberEpoch } as const;
    const timeoutMs = member.subscription.rebalanceTimeoutMs;
    schedule(turn, timerKey.revocation(group.id, memberId), timeoutMs, timer);
  }
}

/** The partition goes away, or what is known of it is not true: whoever waits must ask again. */
export function unload(turn: Turn, index: number): void {
  const { state } = turn;
  const partition = state.partitions.get(index);
  if (partition === undefined) return;
  for (const [ticket, owner] of state.tickets) {
    if (owner !== partition) continue;
    state.tickets.delete(ticket);
    state.writes.delete(ticket);
  }
  // Waiting requests are told at once: their writes will never be durable here.
  partition.durableTicket = partition.lastTicket;
  for (const { members } of partition.groups.values()) {
    if (members.type !== 'classic') continue;
    for (const member of members.members.values()) {
      answerJoin(turn, partition, member, ({ version }) =>
        joinError(member.memberId, ErrorCode.notCoordinator, version),
      );
      answerSync(turn, partition, member, syncError(ErrorCode.notCoordinator));
    }
    members.moveTo('Dead', turn.nowMs);
  }
  state.timers.cancelWhere(
    (timer) => timer.of !== 'expiry' && partition.groups.has(timer.groupId),
    turn.out,
  );
  state.partitions.delete(index);
}
