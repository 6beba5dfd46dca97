/**
 * ListGroups, DescribeGroups, ConsumerGroupDescribe, DeleteGroups.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { ConsumerGroupDescribeRequest } from '../protocol/generated/consumer-group-describe.ts';
import type { DeleteGroupsRequest } from '../protocol/generated/delete-groups.ts';
import type {
  DescribeGroupsRequest,
  DescribeGroupsResponseGroup,
} from '../protocol/generated/describe-groups.ts';
import type { ListGroupsRequest } from '../protocol/generated/list-groups.ts';
import { noBytes, type ClassicGroup } from './classic-state.ts';
import { describeConsumer } from './consumer-describe.ts';
import type { RequestOrigin } from './messages.ts';
import { removeGroup } from './offset-removal.ts';
import type { Group } from './state.ts';
import { reply, type Turn } from './turn.ts';

/** What Kafka says when nobody asked which operations are allowed. */
const operationsNotAsked = -0x8000_0000;

export function listGroups(turn: Turn, origin: RequestOrigin, request: ListGroupsRequest): void {
  const partitions = [...turn.state.partitions.values()];
  const error = partitions.some(({ loading }) => loading)
    ? ErrorCode.coordinatorLoadInProgress
    : ErrorCode.none;
  const states = lowerCase(request.states);
  const types = lowerCase(request.types);
  const groups = partitions
    .flatMap((partition) => [...partition.groups.values()])
    .map(({ id, members }) => ({
      groupId: id,
      protocolType: members.type === 'consumer' ? 'consumer' : (members.protocolType ?? ''),
      state: members.state,
      type: members.type,
    }))
    .filter(({ state }) => states.size === 0 || states.has(state.toLowerCase()))
    .filter(({ type }) => types.size === 0 || types.has(type));
  reply(turn, origin, { throttleMs: 0, error, groups });
}

function lowerCase(texts: readonly string[]): Set<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

export function describeGroups(
  turn: Turn,
  origin: RequestOrigin,
  request: DescribeGroupsRequest,
): void {
  const groups = request.groups.map((id) => describeGroup(turn, id));
  reply(turn, origin, { throttleMs: 0, groups });
}

function describeGroup(turn: Turn, groupId: string): DescribeGroupsResponseGroup {
  const partition = turn.state.partitionOf(groupId);
  const described = {
    error: ErrorCode.none as number,
    groupId,
    state: '',
    protocolType: '',
    protocolData: '',
    members: [],
    ops: operationsNotAsked,
  };
  if (partition === undefined) return { ...described, error: ErrorCode.notCoordinator };
  if (partition.loading) return { ...described, error: ErrorCode.coordinatorLoadInProgress };
  const members = partition.groups.get(groupId)?.members;
  if (members === undefined || members.type === 'consumer') return { ...described, state: 'Dead' };
  return { ...described, ...describeClassic(members) };
}

function describeClassic(members: ClassicGroup) {
  const isSettled = members.state === 'Stable';
  return {
    state: members.state,
    protocolType: members.protocolType ?? '',
    protocolData: isSettled ? (members.protocolName ?? '') : '',
    members: [...members.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      metadata: isSettled ? member.metadataFor(members.protocolName) : noBytes,
      assignment: isSettled ? member.assignment : noBytes,
    })),
  };
}

export function describeConsumerGroups(
  turn: Turn,
  origin: RequestOrigin,
  request: ConsumerGroupDescribeRequest,
): void {
  const groups = request.groups.map((groupId) => {
    const described = {
      error: ErrorCode.none as number,
      message: null,
      groupId,
      state: '',
      groupEpoch: 0,
      assignmentEpoch: 0,
      assignor: '',
      members: [],
      ops: operationsNotAsked,
    };
    const partition = turn.state.partitionOf(groupId);
    if (partition === undefined) return { ...described, error: ErrorCode.notCoordinator };
    if (partition.loading) return { ...described, error: ErrorCode.coordinatorLoadInProgress };
    const members = partition.groups.get(groupId)?.members;
    if (members?.type !== 'consumer') {
      const message = `Group ${groupId} is not a consumer group.`;
      return { ...described, error: ErrorCode.groupIdNotFound, message };
    }
    return { ...described, ...describeConsumer(turn, members) };
  });
  reply(turn, origin, { throttleMs: 0, groups });
}

export function deleteGroups(
  turn: Turn,
  origin: RequestOrigin,
  request: DeleteGroupsRequest,
): void {
  const partitions = request.groups.map((id) => turn.state.partitionOf(id));
  const results = request.groups.map((groupId, index) => {
    const partition = partitions[index];
    if (partition === undefined) return { groupId, error: ErrorCode.notCoordinator };
    if (partition.loading) return { groupId, error: ErrorCode.coordinatorLoadInProgress };
    return { groupId, error: deleteGroup(turn, partition.groups.get(groupId)) };
  });
  const last = partitions
    .filter((partition) => partition !== undefined)
    .toSorted((a, b) => b.lastTicket - a.lastTicket)[0];
  reply(turn, origin, { throttleMs: 0, results }, last);
}

function deleteGroup(turn: Turn, group: Group | undefined): ErrorCode {
  if (group === undefined) return ErrorCode.groupIdNotFound;
  const { members } = group;
  const isBusy = members.type === 'classic' && members.pendingMembers.size > 0;
  if (group.hasMembers || isBusy) return ErrorCode.nonEmptyGroup;
  removeGroup(turn, group);
  return ErrorCode.none;
}
