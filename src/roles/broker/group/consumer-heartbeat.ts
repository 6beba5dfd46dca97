/**
 * ConsumerGroupHeartbeat: the one call of the consumer protocol. Members join, leave, report what
 * they own and learn what they shall own.
 *
 * Upstream: apache/kafka: group-coordinator/.../GroupMetadataManager.java (consumerGroupHeartbeat).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../protocol/generated/consumer-group-heartbeat.ts';
import { sameAssignment, toAssignment, toLists, type Assignment } from './assignment.ts';
import { ConsumerChange } from './consumer-change.ts';
import { consumerMember, type Refusal } from './consumer-join.ts';
import { leaveConsumer } from './consumer-leave.ts';
import { currentRecord, memberRecord } from './consumer-records.ts';
import { reconciled } from './consumer-reconcile.ts';
import {
  ConsumerGroup,
  joiningEpoch,
  leavingStaticEpoch,
  MemberState,
  type ConsumerMember,
} from './consumer-state.ts';
import { assignors, assignTargets, refreshTopics } from './consumer-target.ts';
import { convertIfEmpty } from './conversion.ts';
import type { RequestOrigin } from './messages.ts';
import type { ConsumerMemberValue } from './records.ts';
import { PatternError } from './pattern/pattern-text.ts';
import { TopicPattern } from './pattern/topic-pattern.ts';
import { Group, type OffsetsPartition } from './state.ts';
import { cancel, reply, schedule, timerKey, type Turn } from './turn.ts';

export function consumerHeartbeat(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: ConsumerGroupHeartbeatRequest,
): void {
  const answer =
    invalid(request) ??
    (request.memberEpoch < joiningEpoch
      ? leaveConsumer(turn, partition, request)
      : heartbeat(turn, partition, origin, request));
  const response = 'refused' in answer ? refusalAnswer(answer, request) : answer;
  reply(turn, origin, response, partition);
}

function refusalAnswer(
  { refused, message }: Refusal,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerGroupHeartbeatResponse {
  return {
    throttleMs: 0,
    error: refused,
    message,
    memberId: request.memberId === '' ? null : request.memberId,
    memberEpoch: request.memberEpoch,
    heartbeatIntervalMs: 0,
    assignment: null,
  };
}

function invalid(request: ConsumerGroupHeartbeatRequest): Refusal | undefined {
  const bad = (message: string): Refusal => ({ refused: ErrorCode.invalidRequest, message });
  if (request.groupId === '') return bad("GroupId can't be empty.");
  if (request.instanceId === '') return bad("InstanceId can't be empty.");
  if (request.rackId === '') return bad("RackId can't be empty.");
  const { memberEpoch } = request;
  if (memberEpoch < leavingStaticEpoch) return bad('MemberEpoch is invalid.');
  if (memberEpoch !== joiningEpoch) {
    if (request.memberId === '') return bad("MemberId can't be empty.");
    if (memberEpoch === leavingStaticEpoch && request.instanceId === null) {
      return bad("InstanceId can't be null.");
    }
  } else {
    if (request.rebalanceTimeoutMs < 0) {
      return bad('RebalanceTimeoutMs must be provided in first request.');
    }
    if (request.owned === null || request.owned.length > 0) {
      return bad('TopicPartitions must be empty when (re-)joining.');
    }
    if (request.topicNames === null && request.topicRegex === null) {
      return bad('SubscribedTopicNames or SubscribedTopicRegex must be set in first request.');
    }
  }
  const wrong = patternRefusal(request.topicRegex);
  if (wrong !== undefined) return wrong;
  if (request.serverAssignor !== null && !assignors.has(request.serverAssignor)) {
    const known = [...assignors.keys()].join(', ');
    return {
      refused: ErrorCode.unsupportedAssignor,
      message: `ServerAssignor ${request.serverAssignor} is not supported. Supported assignors: ${known}.`,
    };
  }
  return undefined;
}

/** Null means unchanged, an empty pattern none. */
function patternRefusal(text: string | null): Refusal | undefined {
  if (text === null || text === '') return undefined;
  try {
    TopicPattern.parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const message = `SubscribedTopicRegex \`${text}\` is not a valid regular expression: ${error.message}.`;
    return { refused: ErrorCode.invalidRegularExpression, message };
  }
}

function heartbeat(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerGroupHeartbeatResponse | Refusal {
  const group = groupFor(turn, partition, request);
  if (group?.members.type !== 'consumer') {
    const message = `Group ${request.groupId} is not a consumer group.`;
    return { refused: ErrorCode.groupIdNotFound, message };
  }
  const change = new ConsumerChange(turn, group, group.members);
  const owned = request.owned === null ? undefined : toAssignment(request.owned);
  const found = consumerMember(change, request, { owned, freshId: origin.freshId });
  if ('refused' in found) {
    forgetIfNew(group);
    return found;
  }
  const known = change.members.members.get(found.memberId);
  const updated = { ...found, subscription: updatedSubscription(found, request, origin) };
  const subscriptionChanged = known === undefined || subscribesAnew(known, updated);
  if (known === undefined || differs(known, updated)) change.emit(memberRecord(group.id, updated));
  change.members.hear(found.memberId, origin.describable);
  refreshTopics(change, subscriptionChanged);
  assignTargets(change);
  const before = change.members.members.get(updated.memberId)!;
  const member = reconciled(change.members, before, owned);
  if (member !== before) {
    change.emit(currentRecord(group.id, member));
    boundRevocation(change, member);
  }
  change.finish();
  extendSession(turn, group, member.memberId);
  return answerTo(turn, request, { member, before: found.assigned });
}

/** A group comes into being with its first member. */
function groupFor(
  turn: Turn,
  partition: OffsetsPartition,
  request: ConsumerGroupHeartbeatRequest,
): Group | undefined {
  if (request.memberEpoch === joiningEpoch) {
    convertIfEmpty(turn, partition, request.groupId, 'consumer');
    if (!partition.groups.has(request.groupId)) {
      const made = new Group(request.groupId, partition, new ConsumerGroup());
      partition.groups.set(request.groupId, made);
    }
  }
  return partition.groups.get(request.groupId);
}

function forgetIfNew({ id, partition, members, offsets }: Group): void {
  const isNew = members.type === 'consumer' && members.epoch === 0 && offsets.isEmpty;
  if (isNew) partition.groups.delete(id);
}

/** Null means unchanged. */
function updatedSubscription(
  { subscription }: ConsumerMember,
  request: ConsumerGroupHeartbeatRequest,
  origin: RequestOrigin,
): ConsumerMemberValue {
  const names = request.topicNames;
  const pattern = request.topicRegex;
  return {
    instanceId: request.instanceId ?? subscription.instanceId,
    rackId: request.rackId ?? subscription.rackId,
    clientId: origin.clientId,
    clientHost: origin.clientHost,
    topicNames: names === null ? subscription.topicNames : [...new Set(names)].toSorted(),
    topicRegex: pattern === null ? subscription.topicRegex : pattern === '' ? null : pattern,
    rebalanceTimeoutMs:
      request.rebalanceTimeoutMs < 0 ? subscription.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    assignor: request.serverAssignor ?? subscription.assignor,
  };
}

function differs(
  { subscription: a }: ConsumerMember,
  { subscription: b }: ConsumerMember,
): boolean {
  return (
    a.instanceId !== b.instanceId ||
    a.rackId !== b.rackId ||
    a.clientId !== b.clientId ||
    a.clientHost !== b.clientHost ||
    a.rebalanceTimeoutMs !== b.rebalanceTimeoutMs ||
    a.assignor !== b.assignor ||
    a.topicRegex !== b.topicRegex ||
    a.topicNames.join('\0') !== b.topicNames.join('\0')
  );
}

function subscribesAnew(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.subscription.assignor !== b.subscription.assignor ||
    a.subscription.topicRegex !== b.subscription.topicRegex ||
    a.subscription.topicNames.join('\0') !== b.subscription.topicNames.join('\0')
  );
}

/** Partitions must be given up within the member's rebalance timeout. */
function boundRevocation({ turn, groupId }: ConsumerChange, member: ConsumerMember): void {
  const { memberId, memberEpoch, subscription } = member;
  const key = timerKey.revocation(groupId, memberId);
  if (member.state !== MemberState.unrevokedPartitions) {
    cancel(turn, key);
    return;
  }
  const timer = { of: 'revocation', groupId, memberId, memberEpoch } as const;
  schedule(turn, key, subscription.rebalanceTimeoutMs, timer);
}

export function extendSession(turn: Turn, group: Group, memberId: string): void {
  const timer = { of: 'silence', groupId: group.id, memberId } as const;
  const timeoutMs = turn.state.config['group.consumer.session.timeout.ms'];
  schedule(turn, timerKey.silence(group.id, memberId), timeoutMs, timer);
}

/** The assignment is told when it changed, and to a member that told everything itself. */
function answerTo(
  turn: Turn,
  request: ConsumerGroupHeartbeatRequest,
  { member, before }: { readonly member: ConsumerMember; readonly before: Assignment },
): ConsumerGroupHeartbeatResponse {
  const toldAll =
    request.memberEpoch === joiningEpoch ||
    (request.rebalanceTimeoutMs >= 0 && request.topicNames !== null && request.owned !== null);
  const tell = toldAll || !sameAssignment(before, member.assigned);
  return {
    throttleMs: 0,
    error: ErrorCode.none,
    message: null,
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs: turn.state.config['group.consumer.heartbeat.interval.ms'],
    assignment: tell ? { partitions: toLists(member.assigned) } : null,
  };
}
