/**
 * OffsetFetch: what a group has committed, of one or, in newer versions, several groups.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type {
  OffsetFetchRequest,
  OffsetFetchRequestGroup,
  OffsetFetchResponseGroup,
  OffsetFetchResponseGroupTopic,
  OffsetFetchResponseGroupTopicPartition,
} from '../protocol/generated/offset-fetch.ts';
import type { RequestOrigin } from './messages.ts';
import type { Group } from './state.ts';
import { reply, type Turn } from './turn.ts';

/** From here on a request names several groups. */
const severalGroupsVersion = 8;
/** From here on an error of the whole group has a place in the answer. */
const groupErrorVersion = 2;

export function fetchOffsets(turn: Turn, origin: RequestOrigin, request: OffsetFetchRequest): void {
  if (origin.version >= severalGroupsVersion) {
    const groups = request.groups.map((asked) => offsetsOf(turn, asked, request.requireStable));
    const response = { throttleMs: 0, topics: [], error: ErrorCode.none, groups };
    reply(turn, origin, response, lastWritten(turn, request.groups));
    return;
  }
  const { groupId, topics, requireStable } = request;
  const asked = { groupId, memberId: null, memberEpoch: -1, topics };
  const group = offsetsOf(turn, asked, requireStable);
  const response = {
    throttleMs: 0,
    topics:
      group.error !== ErrorCode.none && origin.version < groupErrorVersion
        ? failedTopics(topics ?? [], group.error as ErrorCode)
        : group.topics,
    error: group.error,
    groups: [],
  };
  reply(turn, origin, response, lastWritten(turn, [asked]));
}

/** The partition of these groups whose last write is the latest: it is waited for. */
function lastWritten(turn: Turn, asked: readonly { readonly groupId: string }[]) {
  return asked
    .map(({ groupId }) => turn.state.partitionOf(groupId))
    .filter((partition) => partition !== undefined)
    .toSorted((a, b) => b.lastTicket - a.lastTicket)
    .find((partition) => partition.lastTicket > partition.durableTicket);
}

function offsetsOf(
  turn: Turn,
  asked: OffsetFetchRequestGroup,
  requireStable: boolean,
): OffsetFetchResponseGroup {
  const { groupId } = asked;
  const partition = turn.state.partitionOf(groupId);
  const refuse = (error: ErrorCode): OffsetFetchResponseGroup => ({ groupId, topics: [], error });
  if (partition === undefined) return refuse(ErrorCode.notCoordinator);
  if (partition.loading) return refuse(ErrorCode.coordinatorLoadInProgress);
  const group = partition.groups.get(groupId);
  const error = memberError(group, asked);
  if (error !== ErrorCode.none) return refuse(error);
  const topics =
    asked.topics ??
    [...knownTopics(group)].map((name) => ({ name, partitions: knownPartitions(group, name) }));
  return {
    groupId,
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((index) => offsetOf(group, name, index, requireStable)),
    })),
    error: ErrorCode.none,
  };
}

function memberError(group: Group | undefined, asked: OffsetFetchRequestGroup): ErrorCode {
  // Without an epoch the caller does not claim to be a member.
  if (group === undefined || asked.memberEpoch < 0 || asked.memberId === null) {
    return ErrorCode.none;
  }
  const { members } = group;
  if (members.type !== 'consumer') return ErrorCode.none;
  const member = members.members.get(asked.memberId);
  if (member === undefined) return ErrorCode.unknownMemberId;
  return member.memberEpoch === asked.memberEpoch ? ErrorCode.none : ErrorCode.staleMemberEpoch;
}

function knownTopics(group: Group | undefined): Set<string> {
  const tables = group === undefined ? [] : [group.offsets, ...group.pending.values()];
  return new Set(tables.flatMap((table) => [...table.topics()]));
}

function knownPartitions(group: Group | undefined, topic: string): number[] {
  const tables = group === undefined ? [] : [group.offsets, ...group.pending.values()];
  const all = tables.flatMap((table) => table.partitionsOf(topic).map(([index]) => index));
  return [...new Set(all)].toSorted((a, b) => a - b);
}

function offsetOf(
  group: Group | undefined,
  topic: string,
  index: number,
  requireStable: boolean,
): OffsetFetchResponseGroupTopicPartition {
  const none = { index, offset: -1, leaderEpoch: -1, metadata: '', error: ErrorCode.none };
  if (group === undefined) return none;
  if (requireStable && [...group.pending.values()].some((table) => table.get(topic, index))) {
    return { ...none, error: ErrorCode.unstableOffsetCommit };
  }
  const stored = group.offsets.get(topic, index);
  if (stored === undefined) return none;
  const { offset, leaderEpoch, metadata } = stored.value;
  return { index, offset, leaderEpoch, metadata, error: ErrorCode.none };
}

/** Each partition of the topics with one error. */
export function failedTopics(
  topics: readonly { readonly name: string; readonly partitions: readonly number[] }[],
  error: ErrorCode,
): OffsetFetchResponseGroupTopic[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((index) => ({
      index,
      offset: -1,
      leaderEpoch: -1,
      metadata: '',
      error,
    })),
  }));
}
