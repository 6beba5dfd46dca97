/**
 * The group coordinator as a pure machine: one input at a time, effects out, nothing else.
 *
 * Who is in a group, what generation or epoch it is in, what it has committed. Records are written
 * to the partition of `__consumer_offsets` that the group's id hashes to, and no answer leaves
 * before the records it rests on are durable.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupCoordinatorShard.java; behaviour kept, code
 * our own.
 */
import type { EffectSink } from '../../shared/outbox.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { joinGroup } from './classic-join.ts';
import {
  assignmentStored,
  classicGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
} from './classic-members.ts';
import { completeJoin, initialDelayOver, sessionOver, syncPhaseOver } from './classic-rebalance.ts';
import { defaultGroupConfig, type GroupConfig } from './config.ts';
import { consumerHeartbeat } from './consumer-heartbeat.ts';
import { consumerSessionOver, revocationOver } from './consumer-leave.ts';
import { errorAnswer } from './error-answers.ts';
import { deleteGroups, describeConsumerGroups, describeGroups, listGroups } from './group-admin.ts';
import { beginLoad, endLoad, loadBatch, unload } from './load.ts';
import {
  GroupInputKind,
  type GroupEffect,
  type GroupInput,
  type GroupRequestInput,
  type TopicInfo,
} from './messages.ts';
import { endTransaction } from './offset-apply.ts';
import { commitInTransaction, commitOffsets, transactionalOffsetsStored } from './offset-commit.ts';
import { fetchOffsets } from './offset-fetch.ts';
import { deleteOffsets, expireOffsets, scheduleExpiry, topicsDeleted } from './offset-removal.ts';
import { EffectKind } from '../../shared/effect.ts';
import { coordinatorError, isStorageError } from '../../shared/storage-error.ts';
import { CoordinatorState, type GroupTimer, type OffsetsPartition } from './state.ts';
import { reply, type Turn } from './turn.ts';

export class GroupMachine {
  readonly state: CoordinatorState;
  #started = false;

  constructor(config: Partial<GroupConfig> = {}) {
    this.state = new CoordinatorState({ ...defaultGroupConfig, ...config });
  }

  step(input: GroupInput, nowMs: number, out: EffectSink<GroupEffect>): void {
    const turn = { state: this.state, nowMs, out };
    if (!this.#started) {
      this.#started = true;
      scheduleExpiry(turn);
    }
    switch (input.kind) {
      case GroupInputKind.persisted:
        return persisted(turn, input.ticket, input.error);
      case GroupInputKind.timer: {
        const timer = this.state.timers.fire(input.timer, nowMs, out);
        if (timer !== undefined) timerFired(turn, timer);
        return;
      }
      case GroupInputKind.loadBegin:
        return beginLoad(turn, input.partition);
      case GroupInputKind.loadBatch:
        return loadBatch(turn, input.partition, input.batch);
      case GroupInputKind.loadEnd:
        return endLoad(turn, input.partition);
      case GroupInputKind.unload:
        return unload(turn, input.partition);
      case GroupInputKind.topics:
        return topicsChanged(turn, input.topics, input.deleted);
      case GroupInputKind.transactionEnded: {
        const partition = this.state.partitions.get(input.partition);
        if (partition !== undefined) endTransaction(partition, input.producerId, input.committed);
        return;
      }
      case GroupInputKind.list:
        return listGroups(turn, input.origin, input.request);
      case GroupInputKind.describe:
        return describeGroups(turn, input.origin, input.request);
      case GroupInputKind.remove:
        return deleteGroups(turn, input.origin, input.request);
      case GroupInputKind.describeConsumer:
        return describeConsumerGroups(turn, input.origin, input.request);
      case GroupInputKind.fetchOffsets:
        return fetchOffsets(turn, input.origin, input.request);
      default:
        return ofOneGroup(turn, input);
    }
  }
}

type OneGroupInput = Exclude<GroupRequestInput, { readonly kind: (typeof severalGroups)[number] }>;
const severalGroups = [
  GroupInputKind.list,
  GroupInputKind.describe,
  GroupInputKind.remove,
  GroupInputKind.describeConsumer,
  GroupInputKind.fetchOffsets,
] as const;

/** Groups without a name only have offsets. */
const namelessAllowed: ReadonlySet<GroupInputKind> = new Set([GroupInputKind.commit]);

function ofOneGroup(turn: Turn, input: OneGroupInput): void {
  const { origin, request } = input;
  const partition = turn.state.partitionOf(request.groupId);
  if (request.groupId === '' && !namelessAllowed.has(input.kind)) {
    reply(turn, origin, errorAnswer(input, ErrorCode.invalidGroupId));
  } else if (partition === undefined) {
    reply(turn, origin, errorAnswer(input, ErrorCode.notCoordinator));
  } else if (partition.loading) {
    reply(turn, origin, errorAnswer(input, ErrorCode.coordinatorLoadInProgress));
  } else {
    dispatch(turn, partition, input);
  }
}

function dispatch(turn: Turn, partition: OffsetsPartition, input: OneGroupInput): void {
  const { origin } = input;
  switch (input.kind) {
    case GroupInputKind.join:
      return joinGroup(turn, partition, origin, input.request);
    case GroupInputKind.sync:
      return syncGroup(turn, partition, origin, input.request);
    case GroupInputKind.heartbeat:
      return heartbeat(turn, partition, origin, input.request);
    case GroupInputKind.leave:
      return leaveGroup(turn, partition, origin, input.request);
    case GroupInputKind.commit:
      return commitOffsets(turn, partition, origin, input.request);
    case GroupInputKind.commitInTransaction:
      return commitInTransaction(turn, partition, origin, input.request);
    case GroupInputKind.deleteOffsets:
      return deleteOffsets(turn, partition, origin, input.request);
    case GroupInputKind.consumerHeartbeat:
      return consumerHeartbeat(turn, partition, origin, input.request);
  }
}

/** A write is durable, or it failed; then what memory knows of the partition may not be true. */
function persisted(turn: Turn, ticket: number, error: ErrorCode): void {
  const { state } = turn;
  const partition = state.tickets.get(ticket);
  if (partition === undefined) return;
  state.tickets.delete(ticket);
  partition.durableTicket = Math.max(partition.durableTicket, ticket);
  const write = state.writes.get(ticket);
  state.writes.delete(ticket);
  if (write?.of === 'transactionalOffsets') {
    transactionalOffsetsStored(turn, partition, write, coordinatorError(error));
  } else if (write?.of === 'sync' && !isStorageError(error)) {
    const classic = classicGroup(partition, write.groupId);
    if (classic !== undefined) assignmentStored(turn, classic, write.request, error);
  }
  // What was refused for itself changed nothing; after anything else the log must be read again.
  const isLost = write === undefined ? error !== ErrorCode.none : isStorageError(error);
  if (!isLost) return;
  unload(turn, partition.index);
  turn.out.push({ kind: EffectKind.reload, partition: partition.index });
}

function timerFired(turn: Turn, timer: GroupTimer): void {
  if (timer.of === 'expiry') {
    expireOffsets(turn);
    return;
  }
  const group = turn.state.group(timer.groupId);
  if (group === undefined) return;
  const { members } = group;
  if (members.type === 'consumer') {
    if (timer.of === 'silence') consumerSessionOver(turn, group, members, timer.memberId);
    if (timer.of === 'revocation') revocationOver(turn, group, members, timer);
    return;
  }
  const classic = { group, members };
  if (timer.of === 'silence') sessionOver(turn, classic, timer.memberId);
  if (timer.of === 'join') completeJoin(turn, classic);
  if (timer.of === 'initial') initialDelayOver(turn, classic, timer);
  if (timer.of === 'sync') syncPhaseOver(turn, classic, timer.generation);
}

function topicsChanged(turn: Turn, topics: readonly TopicInfo[], deleted: readonly string[]): void {
  turn.state.topics = new Map(topics.map((topic) => [topic.name, topic]));
  for (const partition of turn.state.partitions.values()) {
    for (const { members } of partition.groups.values()) {
      if (members.type === 'consumer') members.topicsStale = true;
    }
  }
  if (deleted.length > 0) topicsDeleted(turn, deleted);
}
